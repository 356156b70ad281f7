"""Read any other table with a heading row, by the confirmed mapping and by exact names and titles.

Nothing is guessed: `survey.importing.mapping` proposes similar headings, which are used only once a person confirms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from survey.readers.cells.keys import heading_key
from survey.readers.files.sheet import Opened
from survey.readers.tables.layout import META_KEYS, PLACE_NAMES, Heading, find_heading, read_below
from survey.readers.tables.native import DIALECT, HALF, fed_share, not_this_questionnaire
from survey.readers.tables.read_table import Form, Guide, Match, ReadTable
from survey.readers.tables.vocabulary import Vocabulary, enough, flags_first, without_twins

OWN = {
    **{name: target for name, target in META_KEYS.items() if target not in PLACE_NAMES},  # titles take precedence
    "序号": "serial",
    "填写时间": "submitted",
    "答卷时间": "submitted",
    "填写时长": "seconds",
}
LOOSE = replace(DIALECT, prefix="p", separators=(*DIALECT.separators, ",", "，", "、", "\n"))
"""Options are matched by their labels from the left, so separators inside a label do no harm."""
MOST = 0.6  # highest score, below that of a reader that recognises its tool


class PlainTableReader:
    """Reader of tables of any origin."""

    name = "plain"
    title = "普通表格（按列名对应）"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Score by the share of questions with known columns; 0 below half of them."""
        table = _Plain.of(guide)
        heading = table.find(opened)
        if heading is None:
            return Match(0.0)
        share = fed_share([target for target in table.targets(heading.cells) if target], guide.questionnaire)
        return Match(MOST * share, f"按列名认出 {share:.0%} 的题目") if share >= HALF else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the heading."""
        table = _Plain.of(guide)
        heading = table.find(opened)
        if heading is None:
            raise not_this_questionnaire(opened.name, "没有一列与问卷对得上")
        columns = without_twins(tuple(table.vocabulary.columns(heading, OWN)))
        columns = flags_first(columns, guide.questionnaire)
        enough(opened.name, columns, guide.questionnaire, heading.cells)
        return read_below(opened, heading, columns, LOOSE, reader=self.name)


@dataclass(frozen=True, slots=True)
class _Plain:
    """The known headings of a study."""

    vocabulary: Vocabulary
    meta: Mapping[str, str]

    @classmethod
    def of(cls, guide: Guide) -> _Plain:
        return cls(Vocabulary.of(guide), OWN)

    def targets(self, cells: Sequence[str]) -> list[str]:
        found = (
            self.vocabulary.find(cell) for cell in cells if heading_key(cell) and heading_key(cell) not in self.meta
        )
        return [target for form, target in filter(None, found) if form is not Form.META]

    def find(self, opened: Opened) -> Heading | None:
        return find_heading(opened, lambda cells: len(set(self.targets(cells))))
