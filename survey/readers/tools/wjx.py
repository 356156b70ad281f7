"""Read 问卷星: exports by text (按文本) and by number (按序号), with old and new headings.

Layout: six or more columns about the response (序号, 提交答卷时间, 所用时间, 来源, 来源详情, 来自IP, then optionally
总分, 用户ID, link parameters), then one group of columns per question, each heading numbered `8、`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect, Values
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Opened
from survey.readers.tables.layout import META_KEYS, Heading, column, find_heading, read_below
from survey.readers.tables.native import HALF, fed_share, not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, part_targets, whole_target

META: Mapping[str, str] = {
    "序号": "serial",
    "提交答卷时间": "submitted",
    "所用时间": "seconds",
    "来源": "",
    "来源详情": "link",
    "来自ip": "ip",
    "总分": "",
    "用户id": "",
    "经纬度": "",
}
"""Heading key -> META target, "" for a known column that is not used."""
SURE = 4  # of the six columns that every export has

BY_TEXT = Dialect(
    skipped=frozenset({"(跳过)", "（跳过）"}),
    blank=frozenset({"(空)", "（空）"}),
    separators=("┋",),
    brackets=("〖", "〗"),
    prefix="wjx",
)
BY_NUMBER = replace(
    BY_TEXT,
    skipped=BY_TEXT.skipped | {"-3"},
    blank=BY_TEXT.blank | {"-2"},
    values=Values.POSITION,
)
OLD = re.compile(r"^第(\d+)题\((.*)\)$")
NUMBERED = re.compile(r"^(\d+)[、.:]?(.*)$")


class WjxReader:
    """Exports of 问卷星."""

    name = "wjx"
    title = "问卷星"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the columns about the response that every export has."""
        heading = find_heading(opened, _score)
        if heading is None or heading.score < SURE:
            return Match(0.0)
        return Match(0.95, "有问卷星的序号、提交答卷时间、所用时间、来源等列")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the heading.

        Raises:
            CodingError: the questions are not those of the questionnaire.
        """
        heading = find_heading(opened, _score)
        if heading is None:
            raise not_this_questionnaire(opened.name, "没有问卷星的表头")
        columns = tuple(_columns(heading, guide))
        found = [found.target for found in columns if found.form is not Form.META]
        if fed_share(found, guide.questionnaire) < HALF:
            titles = [cell.strip() for cell in heading.cells if NUMBERED.match(heading_key(cell))]
            raise not_this_questionnaire(opened.name, f"题目与问卷不同：{'；'.join(titles[:5])}……")
        table = read_below(opened, heading, columns, BY_TEXT, reader=self.name)
        table = replace(table, unused=tuple(name for name in table.unused if key(name) not in META))
        if not by_number(table):
            return table
        lost = tuple(f"{question.name}.other" for question in guide.questionnaire.questions if question.other)
        return replace(table, dialect=BY_NUMBER, lost=lost)


def by_number(table: ReadTable) -> bool:
    """Return whether closed answers are positions: more than half of their cells (first 200 rows) are integers."""
    closed = [col.index for col in table.columns if col.form in (Form.SINGLE, Form.FLAG, Form.OPTIONS)]
    cells = [cell for index in closed for cell in table.frame[f"c{index}"].slice(0, 200).to_pylist() if cell]
    numbers = sum(bool(re.fullmatch(r"-?\d+", cell.strip())) for cell in cells)
    return bool(cells) and numbers > len(cells) / 2


def _score(cells: Sequence[str]) -> float:
    return sum(key(cell) in META for cell in cells)


def _columns(heading: Heading, guide: Guide) -> Iterator[Column]:
    mapped = {heading_key(text): target for text, target in guide.mapping.items()}
    groups: dict[int, list[Numbered]] = {}
    for index, cell in enumerate(heading.cells):
        name = heading_key(cell)
        if target := META.get(name) or META_KEYS.get(mapped.get(name, name)):
            yield column(heading, index, Form.META, target)
        elif name not in META and (found := Numbered.of(index, name)):
            groups.setdefault(found.number, []).append(found)
    for group in groups.values():
        for index, target_of in _match(group, guide.questionnaire):
            yield column(heading, index, *target_of)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered heading: column index, question number, and the text after the number."""

    index: int
    number: int
    rest: str
    old: bool

    @classmethod
    def of(cls, index: int, heading: str) -> Numbered | None:
        """Parse `8、题目—行`, `8.题目(选项)`, `第8题(选项)`; None for a heading without a number."""
        if found := OLD.match(heading):
            return cls(index, int(found[1]), f"({found[2]})", True)
        found = NUMBERED.match(heading)
        return cls(index, int(found[1]), found[2], False) if found else None


def _match(group: Sequence[Numbered], questionnaire: Questionnaire) -> Iterator[tuple[int, Target]]:
    """Yield the targets of the columns of one question; nothing for an unknown question."""
    question = _by_title(group[0].rest, questionnaire) or _by_parts(group, questionnaire)
    if question is None:
        return
    title = heading_key(question.title)
    parts = [entry.rest.removeprefix(title) for entry in group]
    if len(group) == 1 and not parts[0].strip("?:.") and (whole := whole_target(question)):
        yield group[0].index, whole
        return
    known = dict(_parts(question))
    for entry, part in zip(group, parts, strict=True):
        if target := known.get(_bare(part)):
            yield entry.index, target


def _by_title(text: str, questionnaire: Questionnaire) -> Question | None:
    """Return the question whose title starts the heading; the longest title if several do."""
    fits = [question for question in questionnaire.questions if text.startswith(heading_key(question.title))]
    return max(fits, key=lambda question: len(question.title), default=None)


def _by_parts(group: Sequence[Numbered], questionnaire: Questionnaire) -> Question | None:
    """Return the question with these options or rows, for old headings without title; by position if several do."""
    words = {_bare(entry.rest) for entry in group}
    fits = [question for question in questionnaire.questions if words and words <= set(dict(_parts(question)))]
    by_place = dict(enumerate(questionnaire.questions, start=1))
    at = by_place.get(group[0].number)
    return at if at in fits else (fits[0] if len(fits) == 1 else None)


def _parts(question: Question) -> Iterator[tuple[str, Target]]:
    """Yield the labels of the options or rows, with their targets."""
    yield from ((_bare(key(item.label)), target) for item, target in part_targets(question))


def _bare(part: str) -> str:
    """Return the label of an option or row without the link to the title: `—行`, `(选项)`, `?(选项)`."""
    text = part.lstrip("?:.—-")
    if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]):
        text = text[1:-1]
    return heading_key(text)


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
