"""Vocabulary: all headings that tools use for the columns of a questionnaire, with their targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.instrument.question import OTHER, OTHER_VALUE, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.keys import heading_key, simplified_key
from survey.readers.tables.layout import META_KEYS, PLACE_NAMES, Heading, column
from survey.readers.tables.native import HALF, fed_share, not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide
from survey.readers.tables.targets import Target, item_target, part_targets, whole_target

JOINERS = (("/", ""), ("_", ""), (".", ""), (":", ""), ("-", ""), ("—", ""), ("[", "]"), ("(", ")"))
"""What tools write between a question and its option or row, and after it."""

OWN = frozenset({"psu", "interviewer", "mode", "wave", "weight"}) | PLACE_NAMES
ADDED_BY_HAND: Mapping[str, Target] = {name: (Form.META, meta) for name, meta in META_KEYS.items() if meta in OWN}
"""META columns that a form or an analyst can add to the file of any tool."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Heading key -> target of the column."""

    known: Mapping[str, Target]

    @classmethod
    def of(cls, guide: Guide, more: Iterable[tuple[str, Target]] = ()) -> Vocabulary:
        """Return the vocabulary of a questionnaire.

        Args:
            guide: the questionnaire and the manual mapping, which takes precedence over all other headings.
            more: headings specific to one tool, which take precedence over the general ones.
        """
        names = {heading_key(text): target for text, target in more}
        titles: dict[str, Target | None] = {}
        for question in guide.questionnaire.questions:
            for text, target in headings_of(question):
                name = heading_key(text)
                # a heading shared by two questions identifies neither
                titles[name] = target if titles.get(name, target) == target else None
        by_hand = {heading_key(text): target_of(name, guide.questionnaire) for text, name in guide.mapping.items()}
        known = {**ADDED_BY_HAND, **titles, **names, **by_hand}
        return cls({name: target for name, target in known.items() if target})

    def find(self, heading: str) -> Target | None:
        """Return the target of a heading; group names before it (`group/question`) are dropped one by one."""
        name = heading_key(heading)
        while name not in self.known:
            _, slash, name = name.partition("/")
            if not slash:
                return None
        return self.known[name]

    def _simplified(self, heading: str) -> Target | None:
        """Find a heading by its simplified characters; for the heading row only, as the dictionaries load slowly."""
        return None if heading.isascii() else self.find(simplified_key(heading))

    def columns(self, heading: Heading, meta: Mapping[str, str]) -> Iterator[Column]:
        """Yield the columns of a heading row that have a target.

        Args:
            heading: the row.
            meta: heading key -> META target, "" for a known heading that is not used.
        """
        for index, cell in enumerate(heading.cells):
            name = heading_key(cell)
            target = meta.get(name)
            if target:
                yield column(heading, index, Form.META, target)
            elif target is None and name and (found := self.find(cell) or self._simplified(cell)):
                yield column(heading, index, *found)


def headings_of(question: Question) -> Iterator[tuple[str, Target]]:
    """Yield the headings of the columns of a question, by name and by title."""
    for stem in filter(None, (question.source_name, question.name, question.title)):
        if whole := whole_target(question):
            yield stem, whole
        for part, target in parts_of(question):
            # in native files, B1.other is the column of the respondent's own words
            joiners = [pair for pair in JOINERS if (pair[0], part) != (".", OTHER_VALUE)]
            yield from ((f"{stem}{before}{part}{behind}", target) for before, behind in joiners)
        if question.other:
            yield f"{stem}.other", (Form.TEXT, f"{question.name}.other")
    if question.type.grid:
        yield from ((item.label, target) for item, target in part_targets(question))
        targets = zip(question.rows, part_targets(question), strict=True)
        yield from ((row.source_name, target) for row, (_, target) in targets if row.source_name)


def parts_of(question: Question) -> Iterator[tuple[str, Target]]:
    """Yield codes, names and labels of the options with columns of their own, and those of the rows of a grid."""
    named = {choice.code: choice.source_name for choice in question.choices if choice.source_name}
    for item, target in part_targets(question):
        if item.option in named:
            yield named[item.option], target
        yield from ((part, target) for part in (item.name.removeprefix(f"{question.name}."), item.label))
        if item.option == OTHER:
            yield OTHER_VALUE, target


def target_of(name: str, questionnaire: Questionnaire) -> Target | None:
    """Return the target of a native column name: an item, text item, question or META target; None if unknown."""
    wanted = heading_key(name)
    if target := META_KEYS.get(wanted):
        return Form.META, target
    for question in questionnaire.questions:
        for text in question.text_items:
            if heading_key(text) == wanted:
                return Form.TEXT, text
        if heading_key(question.name) == wanted and (whole := whole_target(question)):
            return whole
        for item in question.items:
            if heading_key(item.name) == wanted:
                return item_target(item)
    return None


def by_title(text: str, questionnaire: Questionnaire) -> Question | None:
    """Return the question whose title starts the heading key `text`; the longest title if several do."""
    fits = [question for question in questionnaire.questions if text.startswith(heading_key(question.title))]
    return max(fits, key=lambda question: len(question.title), default=None)


def flags_first(columns: Sequence[Column], questionnaire: Questionnaire) -> tuple[Column, ...]:
    """Drop the column with all chosen options of a question if every option also has its own column."""
    fed = {column.target for column in columns}
    whole = {
        question.name
        for question in questionnaire.questions
        if question.type.several
        and all(item.name in fed for item in question.items if not item.name.endswith(f".{OTHER}"))
    }
    return tuple(column for column in columns if not (column.form is Form.OPTIONS and column.target in whole))


def without_twins(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Keep only the first of several columns with the same META target."""
    seen: dict[str, Column] = {}
    kept = []
    for found in columns:
        if found.form is not Form.META or seen.setdefault(found.target, found) is found:
            kept.append(found)
    return tuple(kept)


def enough(file: str, columns: Sequence[Column], questionnaire: Questionnaire, headings: Sequence[str]) -> None:
    """Raise if a file has columns for less than half of the questions.

    Raises:
        CodingError: the file belongs to another questionnaire.
    """
    found = [column.target for column in columns if column.form is not Form.META]
    if fed_share(found, questionnaire) < HALF:
        used = {column.index for column in columns}
        strange = [text.strip() for index, text in enumerate(headings) if index not in used and text.strip()]
        raise not_this_questionnaire(file, f"题目与问卷不同：{'；'.join(strange[:5])}……")


def moved(columns: Iterable[Column], shift: Mapping[str, Target]) -> tuple[Column, ...]:
    """Return the columns, with the targets of some heading keys replaced."""
    return tuple(
        replace(found, form=shift[heading_key(found.heading)][0], target=shift[heading_key(found.heading)][1])
        if heading_key(found.heading) in shift
        else found
        for found in columns
    )
