"""Findings of an import: what is refused, and what is left out or completed, each with sheet, row and column."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey.errors import SiluError
from survey.formats.xlsform.sheets import FormRow
from survey.instrument.finding import Level, LintFinding

LEAVE_OUT = "--leave-out"
"""Option of the command that leaves out parts without a counterpart."""


@dataclass
class Findings:
    """The findings of one import, in order.

    Attributes:
        leave_out: whether parts without a counterpart are left out with a note instead of refused.
        found: the findings.
    """

    leave_out: bool = False
    found: list[LintFinding] = field(default_factory=list)

    def error(self, row: FormRow, column: str, what: str, *, got: str = "", expected: str = "", cure: str = "") -> None:
        """Add a reason to refuse the form."""
        self._add("error", row, column, what, got, expected, cure)

    def note(self, row: FormRow, column: str, what: str, *, got: str = "", cure: str = "") -> None:
        """Add something that is left out or completed, and that does not prevent the import."""
        self._add("warning", row, column, what, got, "", cure)

    def lost(self, row: FormRow, column: str, what: str, *, got: str = "", cure: str = "") -> None:
        """Add a part without a counterpart: refused, or left out if the user has said so."""
        if self.leave_out:
            self._add("warning", row, column, f"{what}，已略去", got, "", "")
        else:
            self._add("error", row, column, what, got, "", f"{cure}；确实不要这部分，加 {LEAVE_OUT} 略去")

    def caught(self, row: FormRow, column: str, error: SiluError) -> None:
        """Add an error of an expression."""
        self._add("error", row, column, error.what, error.got or error.where, error.expected, error.cure)

    def about(self, sheet: str, place: str, what: str, *, cure: str = "", error: bool = False) -> None:
        """Add a finding about a sheet or a column as a whole."""
        self.found.append(LintFinding("error" if error else "warning", place, sheet, what, cure=cure))

    def _add(self, level: Level, row: FormRow, column: str, what: str, got: str, expected: str, cure: str) -> None:
        place = row.cell_place(column) if column else ""
        short = got if len(got) <= 80 else f"{got[:77]}…"
        self.found.append(LintFinding(level, place, row.place, what, got=short, expected=expected, cure=cure))
