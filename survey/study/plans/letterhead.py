"""The letterhead: who issues documents, to whom, and by when action is due; the table [briefing] of study.toml."""

from __future__ import annotations

from dataclasses import dataclass

from survey.study.study import Study

SECTION = "briefing"
AREA = "{区县}"
"""Slot for the name of a district in the name of its lead unit."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Issuer, addressees and periods.

    Attributes:
        office: full name of the issuer; the organiser of the study by default.
        short: its short name; the full name by default.
        code: code of the issuer in the numbers of documents, such as 澄创办; "" prints a blank to be filled in.
        lead: name of the lead unit of a district with the slot `AREA`; the district itself by default.
        addressee: to whom circulars go.
        report, send, issue: 报, 送 and 发 on the last line of a briefing; "" for none.
        copy: 抄送 of a circular; "" for none.
        plan, check, mend: days from the date of the document until a plan is due, until causes are checked, and until
            the weakness is mended.
    """

    office: str
    short: str = ""
    code: str = ""
    lead: str = AREA
    addressee: str = ""
    report: str = ""
    send: str = ""
    issue: str = ""
    copy: str = ""
    plan: int = 7
    check: int = 14
    mend: int = 28

    @property
    def name(self) -> str:
        """Return the short name."""
        return self.short or self.office

    def lead_of(self, district: str) -> str:
        """Return the lead unit of a district."""
        return self.lead.replace(AREA, district)


def letterhead(study: Study) -> Letterhead:
    """Return the letterhead of a study."""
    return Letterhead(**{"office": study.organiser, **study.sections.get(SECTION, {})})
