"""Read the native column layout: one heading row with META names and item names or question titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.errors import CodingError
from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.keys import heading_key
from survey.readers.files.sheet import Opened
from survey.readers.tables.layout import META_KEYS, PLACE_NAMES, Heading, column, find_heading, read_below
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, part_targets, whole_target

HALF = 0.5
DIALECT = Dialect(
    skipped=frozenset({"(跳过)", "（跳过）"}),
    blank=frozenset({"(空)", "（空）", "-2"}),  # -2 in our own exports
    separators=("|", "┋", ";", "；"),
    brackets=("〖", "〗"),
)


class NativeReader:
    """Files with a column of response ids and columns named as in the questionnaire."""

    name = "native"
    title = "本系统的列名格式"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Score by the share of the questions found; low without response ids."""
        names = Names.of(guide)
        heading = names.find(opened)
        if heading is None:
            return Match(0.0)
        found = [target for _, target in names.known(heading.cells)]
        share = fed_share(found, guide.questionnaire)
        has_id = "response_id" in found
        # a file without ids is left to the reader of plain tables, which generates them
        return Match(min(0.9, 0.3 + 0.6 * share) if has_id else 0.2 * share, f"有答卷编号，认出 {share:.0%} 的题目")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the heading.

        Raises:
            CodingError: no ids, two columns with one target, or another questionnaire.
        """
        names = Names.of(guide)
        heading = names.find(opened)
        if heading is None:
            raise not_this_questionnaire(opened.name, "没有一列与问卷对得上")
        columns = tuple(names.columns(heading))
        found = [column.target for column in columns]
        if "response_id" not in found:
            raise not_this_questionnaire(opened.name, "没有答卷编号这一列（response_id 或 编号）")
        if fed_share(found, guide.questionnaire) < HALF:
            raise not_this_questionnaire(opened.name, f"一半以上的题目找不到，只认出：{'、'.join(found)}")
        return read_below(opened, heading, columns, DIALECT, reader=self.name)


@dataclass(frozen=True, slots=True)
class Names:
    """Heading key -> target. The manual mapping takes precedence, then item names, META headings and titles."""

    known_keys: Mapping[str, Target]

    @classmethod
    def of(cls, guide: Guide) -> Names:
        """Return the names of a questionnaire and its manual mapping."""
        names: dict[str, Target] = {}
        titles: dict[str, Target | None] = {}
        for question in guide.questionnaire.questions:
            names |= {heading_key(name): target for name, target in _of_question(question)}
            for title, target in _titles(question):
                # a title shared by two questions identifies neither
                titles[heading_key(title)] = None if heading_key(title) in titles else target
        meta: dict[str, Target] = {heading: (Form.META, target) for heading, target in META_KEYS.items()}
        places = {heading: target for heading, target in meta.items() if target[1] in PLACE_NAMES}
        asked = {title: target for title, target in titles.items() if target}
        known = {**places, **asked, **{name: meta[name] for name in meta if name not in places}, **names}
        by_hand = ((heading_key(text), known.get(heading_key(target))) for text, target in guide.mapping.items())
        mapped = {heading: target for heading, target in by_hand if target}
        return cls({**known, **mapped})

    def known(self, cells: Sequence[str]) -> tuple[Target, ...]:
        """Return the targets of the known headings."""
        found = (self.known_keys.get(heading_key(cell)) for cell in cells)
        return tuple(target for target in found if target)

    def find(self, opened: Opened) -> Heading | None:
        """Return the row with the most known headings, None if no row has any."""
        return find_heading(opened, lambda cells: len(self.known(cells)))

    def columns(self, heading: Heading) -> Iterator[Column]:
        """Yield the columns that have a target."""
        for index, cell in enumerate(heading.cells):
            if target := self.known_keys.get(heading_key(cell)):
                yield column(heading, index, *target)


def fed_share(found: Sequence[str], questionnaire: Questionnaire) -> float:
    """Return the share of the questions, in [0,1], that have a column."""
    fed = {target.partition(".")[0] for target in found} | set(found)
    asked = [question.name for question in questionnaire.questions]
    return sum(name in fed for name in asked) / max(len(asked), 1)


def _of_question(question: Question) -> Iterator[tuple[str, Target]]:
    """Yield the possible column names of a question, with their targets."""
    if whole := whole_target(question):
        yield question.name, whole
    yield from ((item.name, target) for item, target in part_targets(question))
    if question.other:
        yield f"{question.name}.other", (Form.TEXT, f"{question.name}.other")


def _titles(question: Question) -> Iterator[tuple[str, Target]]:
    if whole := whole_target(question):
        yield question.title, whole
    if question.type.grid:
        for item, target in part_targets(question):
            yield item.label, target
            yield f"{question.title}—{item.label}", target


def not_this_questionnaire(file: str, why: str) -> CodingError:
    """Return the error for a file of another questionnaire."""
    return CodingError(
        "文件与这份问卷对不上",
        where=file,
        got=why,
        cure="检查是否选错了文件或调查；文件没错，就用它的问卷替换调查文件夹里的 questionnaire.json"
        "（ODK、Kobo 的问卷先用 silu xlsform 转换）；问卷也没错、只是列名不同，就用 silu mapping 生成列名对应表",
    )
