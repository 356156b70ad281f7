"""The letterhead: who issues documents, to whom, by when action is due, and the day of the official survey.

It is the table [briefing] of study.toml.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from survey.errors import StudyError
from survey.study.study import Study

SECTION = "briefing"
AREA = "{区县}"
"""Slot for the name of a district in the name of its lead unit."""
TEXTS = {
    "office": "发文单位全称",
    "short": "发文单位简称",
    "code": "发文机关代字",
    "lead": "区县牵头单位",
    "lead_short": "牵头单位简称",
    "copy": "抄送",
    "contact": "整改材料报送的联系人和电话",
    "addressee": "通报的主送单位",
    "report": "简报报哪里",
    "send": "简报送哪里",
    "issue": "简报发哪里",
    "docx": "Word 模板的文件名",
    "pptx": "演示文稿模板的文件名",
}
PERIODS = {"plan": "几天内报整改方案", "check": "几天内核查原因", "mend": "几天内完成整改",
           "retest": "整改期满后几天内复测"}  # fmt: skip
"""Key -> what it is."""
EXAM, EXAM_LABEL = "exam", "官方调查的日期"
DAYS = range(1, 366)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Issuer, addressees and periods.

    Attributes:
        office: full name of the issuer; the organiser of the study by default.
        short: its short name; the full name by default.
        code: code of the issuer in the numbers of documents, such as 澄创办; "" prints a blank to be filled in.
        lead: name of the lead unit of a district with the slot `AREA`; the district itself by default.
        lead_short: its short name, for tables; the full one by default.
        addressee: to whom circulars go.
        report, send, issue: 报, 送 and 发 on the last line of a briefing; "" for none.
        copy: 抄送 of a circular; "" for none.
        contact: who takes plans and reports, with telephone; "" prints a blank to be filled in.
        docx, pptx: templates of the organisation in the folder of the study; "" for ours.
        plan, check, mend: days from the date of the document until a plan is due, until causes are checked, and until
            the weakness is mended.
        exam: the first day of the official survey; None where it is not known.
        retest: days from there until the next wave, where study.toml does not list it.
    """

    office: str
    short: str = ""
    code: str = ""
    lead: str = AREA
    lead_short: str = ""
    addressee: str = ""
    report: str = ""
    send: str = ""
    issue: str = ""
    copy: str = ""
    contact: str = ""
    docx: str = ""
    pptx: str = ""
    plan: int = 7
    check: int = 14
    mend: int = 28
    retest: int = 28
    exam: date | None = None

    @property
    def name(self) -> str:
        """Return the short name."""
        return self.short or self.office

    def lead_of(self, district: str) -> str:
        """Return the lead unit of a district."""
        return self.lead.replace(AREA, district)

    def short_lead_of(self, district: str) -> str:
        """Return the short name of the lead unit of a district."""
        return (self.lead_short or self.lead).replace(AREA, district)

    def named_lead_of(self, district: str) -> str:
        """Return the short name of the lead unit of a district; "" where it is the district itself."""
        name = self.short_lead_of(district)
        return "" if name == district else name


def letterhead(study: Study) -> Letterhead:
    """Return the letterhead of a study.

    Raises:
        StudyError: a key of [briefing] that does not exist, or a value of the wrong type.
    """
    raw: Any = study.sections.get(SECTION, {})
    where = f"study.toml [{SECTION}]"
    if not isinstance(raw, dict):
        raise StudyError("study.toml 的一节写法不对", where=where, expected=f"以 [{SECTION}] 开头")
    known = {**TEXTS, **PERIODS, EXAM: EXAM_LABEL}
    for name, value in raw.items():
        if name not in known:
            near = difflib.get_close_matches(name, list(known), 1, 0.0)
            raise StudyError("不认识的设置", where=f"{where} {name}", expected=f"是否想写 {near[0]}")
        if expected := _expected(name, value):
            raise StudyError(f"{known[name]}不对", where=f"{where} {name}", got=str(value), expected=expected)
    return Letterhead(**{"office": study.organiser, **raw})


def _expected(name: str, value: object) -> str:
    """Return what a value should be; "" where it is good."""
    if name in TEXTS:
        return "" if isinstance(value, str) else "一段文字（写在引号里）"
    if name == EXAM:
        good = isinstance(value, date) and not isinstance(value, datetime)
        return "" if good else "日期，例如 2027-03-19（不写引号）"
    return "" if type(value) is int and value in DAYS else f"{DAYS.start} 到 {DAYS.stop - 1} 之间的天数"
