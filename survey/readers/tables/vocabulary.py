"""Vocabulary: every heading by which tools call the columns of a questionnaire, and what such a column feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.instrument.question import OTHER, OTHER_VALUE, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.keys import heading_key, simplified_key
from survey.readers.tables.layout import META_KEYS, Heading, column
from survey.readers.tables.native import HALF, fed_share, not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide
from survey.readers.tables.targets import Target, item_target, part_targets, whole_target

JOINERS = (("/", ""), ("_", ""), (".", ""), (":", ""), ("-", ""), ("—", ""), ("[", "]"), ("(", ")"))
"""What stands between a question and its option or row, and behind it."""

OWN = frozenset({"psu", "interviewer", "mode", "wave", "weight"})
ADDED_BY_HAND: Mapping[str, Target] = {name: (Form.META, meta) for name, meta in META_KEYS.items() if meta in OWN}
"""Columns that no tool makes by itself, but that a form or an analyst may add to its files."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Key of a heading -> what the column feeds."""

    known: Mapping[str, Target]

    @classmethod
    def of(cls, guide: Guide, more: Iterable[tuple[str, Target]] = ()) -> Vocabulary:
        """Names and titles of a questionnaire.

        Args:
            guide: the questionnaire, and headings mapped by hand, which count more than all others.
            more: headings that only one tool uses; they count more than the general ones.
        """
        names = {heading_key(text): target for text, target in more}
        titles: dict[str, Target | None] = {}
        for question in guide.questionnaire.questions:
            for text, target in headings_of(question):
                name = heading_key(text)
                # wording that two questions share names neither
                titles[name] = target if titles.get(name, target) == target else None
        by_hand = {heading_key(text): target_of(name, guide.questionnaire) for text, name in guide.mapping.items()}
        known = {**ADDED_BY_HAND, **titles, **names, **by_hand}
        return cls({name: target for name, target in known.items() if target})

    def find(self, heading: str) -> Target | None:
        """What a heading means; names of groups before it (`group/question`) are dropped one by one."""
        name = heading_key(heading)
        while name not in self.known:
            _, slash, name = name.partition("/")
            if not slash:
                return None
        return self.known[name]

    def _simplified(self, heading: str) -> Target | None:
        """The same in simplified characters; only for the heading row, because the dictionaries are dear to load."""
        return None if heading.isascii() else self.find(simplified_key(heading))

    def columns(self, heading: Heading, meta: Mapping[str, str]) -> Iterator[Column]:
        """The columns of a heading row that feed something.

        Args:
            heading: the row.
            meta: key of a heading -> META target, "" for one that is known and not used.
        """
        for index, cell in enumerate(heading.cells):
            name = heading_key(cell)
            target = meta.get(name)
            if target:
                yield column(heading, index, Form.META, target)
            elif target is None and name and (found := self.find(cell) or self._simplified(cell)):
                yield column(heading, index, *found)


def headings_of(question: Question) -> Iterator[tuple[str, Target]]:
    """Headings of the columns of a question, by name and by title."""
    for stem in (question.name, question.title):
        if whole := whole_target(question):
            yield stem, whole
        for part, target in parts_of(question):
            # B1.other is the column of the words, in our own files
            joiners = [pair for pair in JOINERS if (pair[0], part) != (".", OTHER_VALUE)]
            yield from ((f"{stem}{before}{part}{behind}", target) for before, behind in joiners)
        if question.other:
            yield f"{stem}.other", (Form.TEXT, f"{question.name}.other")
    if question.type.grid:
        yield from ((item.label, target) for item, target in part_targets(question))


def parts_of(question: Question) -> Iterator[tuple[str, Target]]:
    """Yield codes and wordings of options that have a column of their own, names and wordings of the rows of a grid."""
    for item, target in part_targets(question):
        yield from ((part, target) for part in (item.name.removeprefix(f"{question.name}."), item.label))
        if item.option == OTHER:
            yield OTHER_VALUE, target


def target_of(name: str, questionnaire: Questionnaire) -> Target | None:
    """What a column of our own name feeds: an item, a text, a question or a META target; None for no such name."""
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
    """The question whose title the key of a heading begins with, the longest where several do."""
    fits = [question for question in questionnaire.questions if text.startswith(heading_key(question.title))]
    return max(fits, key=lambda question: len(question.title), default=None)


def flags_first(columns: Sequence[Column], questionnaire: Questionnaire) -> tuple[Column, ...]:
    """Drop the column of all chosen options where every option has a column of its own too."""
    fed = {column.target for column in columns}
    whole = {
        question.name
        for question in questionnaire.questions
        if question.type.several
        and all(item.name in fed for item in question.items if not item.name.endswith(f".{OTHER}"))
    }
    return tuple(column for column in columns if not (column.form is Form.OPTIONS and column.target in whole))


def without_twins(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Where one META target has several columns (start, end, recorded), the first of them."""
    seen: dict[str, Column] = {}
    kept = []
    for found in columns:
        if found.form is not Form.META or seen.setdefault(found.target, found) is found:
            kept.append(found)
    return tuple(kept)


def enough(file: str, columns: Sequence[Column], questionnaire: Questionnaire, headings: Sequence[str]) -> None:
    """Refuse a file that feeds less than half of the questions.

    Raises:
        CodingError: it is of another questionnaire.
    """
    found = [column.target for column in columns if column.form is not Form.META]
    if fed_share(found, questionnaire) < HALF:
        used = {column.index for column in columns}
        strange = [text.strip() for index, text in enumerate(headings) if index not in used and text.strip()]
        raise not_this_questionnaire(file, f"题目与问卷不同：{'；'.join(strange[:5])}……")


def moved(columns: Iterable[Column], shift: Mapping[str, Target]) -> tuple[Column, ...]:
    """The columns, with what some headings (by key) feed replaced."""
    return tuple(
        replace(found, form=shift[heading_key(found.heading)][0], target=shift[heading_key(found.heading)][1])
        if heading_key(found.heading) in shift
        else found
        for found in columns
    )
