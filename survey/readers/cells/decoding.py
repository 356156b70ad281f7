"""Decode the text of a cell to the code it stands for, once per distinct value rather than per row.

A cell that matches nothing is "bad" and becomes an Issue; codes are never guessed from similarity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from survey.instrument.question import BLANK, OTHER, OTHER_VALUE, Choice, Item, Question, Shape
from survey.readers.cells.dialect import Dialect, Values
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import key, simplified_key
from survey.readers.cells.missing import MISSING, NO_VALUE

WHOLE = re.compile(r"-?\d+(\.0+)?")
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
UNITS = re.compile(r"(周岁|岁|年|分|人|次|天|个)$")
YES = frozenset(
    {
        *("1", "是", "有", "选中", "已选", "勾选", "选择", "提及", "√", "✓"),
        *("true", "yes", "y", "selected", "checked", "mentioned", "quoted"),
    }
)
NO = frozenset(
    {
        *("0", "否", "无", "未选中", "没选中", "未选", "没选", "未勾选", "未选择", "未提及", "×"),
        *("false", "no", "n", "notselected", "unselected", "unchecked", "notmentioned", "notquoted"),
    }
)
UNLABELLED = "（没有标签）"
"""Follows a number that has no label in a column whose labels contradict the codes of the questionnaire."""

State = Literal["ok", "skipped", "bad"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The decoded content of a cell.

    Args:
        state: "ok", "skipped" (the tool marks the question as not shown) or "bad".
        code: the code of a single answer or the number; BLANK for an empty cell.
        codes: the chosen codes of a multiple choice, in the order of the cell; None for an empty cell.
        words: the respondent's own words after 其他; None without any.
        problem: why the cell is bad, or a note about an answer that is kept.
    """

    state: State = "ok"
    code: int = BLANK
    codes: tuple[int, ...] | None = None
    words: str | None = None
    problem: IssueCode | None = None


Decoder = Callable[[str], Answer]
SKIPPED = Answer(state="skipped")
EMPTY = Answer()


def bad(problem: IssueCode) -> Answer:
    """Return the answer for a cell that matches nothing."""
    return Answer(state="bad", problem=problem)


@dataclass(frozen=True)
class Tokens:
    """Keys of the cells by which a tool marks questions as not shown or left empty."""

    skipped: frozenset[str]
    blank: frozenset[str]

    @classmethod
    def of(cls, dialect: Dialect, answers: Collection[str] = ()) -> Tokens:
        """Return the tokens of a dialect, with the words for missing that all tools share.

        Args:
            dialect: conventions of the tool.
            answers: keys of answers, which are no words for missing.
        """
        skipped = frozenset(map(key, dialect.skipped))
        shared = MISSING - skipped - frozenset(answers)
        return cls(skipped, shared | {"", *map(key, dialect.blank)})

    @classmethod
    def for_question(cls, question: Question, dialect: Dialect) -> Tokens:
        """Return the tokens for the cells of a question, whose labels, names and numbers take precedence."""
        words = {key(text) for choice in question.choices for text in (choice.label, choice.source_name) if text}
        return cls.of(dialect, words)

    def read(self, cell_key: str) -> Answer | None:
        """Return the answer for such a token, None for any other cell."""
        if cell_key in self.blank:
            return EMPTY
        if cell_key == NO_VALUE:
            return bad(IssueCode.NO_VALUE)
        return SKIPPED if cell_key in self.skipped else None


def codes_by_key(choices: Sequence[Choice], values: Values) -> Mapping[str, int]:
    """Return key -> code for positions from 1, or for codes, names in the source form and labels, in this precedence.

    A label takes precedence over a name, and a name over a code.
    """
    if values is Values.POSITION:
        return {str(place): choice.code for place, choice in enumerate(choices, start=1)}
    codes = {str(choice.code): choice.code for choice in choices}
    other = {OTHER_VALUE: OTHER} if any(choice.code == OTHER for choice in choices) else {}
    named = {key(choice.source_name): choice.code for choice in choices if choice.source_name}
    return codes | other | named | {key(choice.label): choice.code for choice in choices}


def codes_of(question: Question, dialect: Dialect) -> Mapping[str, int]:
    """Return key -> code for the cells of one question in one file."""
    return {**codes_by_key(question.choices, dialect.values), **dialect.aliases.get(question.name, {})}


def single(question: Question, dialect: Dialect, item: Item) -> Decoder:
    """Return a decoder of cells that hold one code of a stored column.

    The cell holds the label of an option or its code, possibly followed by the respondent's own words. Where a column
    has choices of its own (not the options of the question), neither positions nor aliases apply.
    """
    own = item.choices != question.choices
    tokens = Tokens.for_question(question, dialect)
    codes = codes_by_key(item.choices, Values.EITHER) if own else codes_of(question, dialect)
    extra = YES_NO if question.type.shape is Shape.TRUTH else {}
    scan = Scanner(question, dialect) if question.other and dialect.brackets[0] else None

    def decode(cell: str) -> Answer:
        known = key(cell)
        if found := tokens.read(known):
            return found
        code = codes.get(known, extra.get(known))
        if code is None:
            code = codes.get(whole(known), codes.get(simplified_key(cell)))
        if code is not None:
            return Answer(code=code)
        chosen = scan.read(cell) if scan else None
        if chosen and len(chosen.codes) == 1:
            return Answer(code=chosen.codes[0], words=chosen.words)
        return bad(IssueCode.UNLABELLED if cell.endswith(UNLABELLED) else IssueCode.UNKNOWN_CODE)

    return decode


def number(question: Question, dialect: Dialect) -> Decoder:
    """Return a decoder of whole numbers; full-width digits, thousands separators and a unit such as 岁 are allowed."""
    negative = question.minimum is not None and question.minimum < 0
    tokens = Tokens.of(dialect, [word for word in MISSING if WHOLE.fullmatch(word)] if negative else ())

    def decode(cell: str) -> Answer:
        known = key(cell)
        if found := tokens.read(known):
            return found
        digits = ungrouped(UNITS.sub("", known))
        if not WHOLE.fullmatch(digits):
            return bad(IssueCode.NOT_A_NUMBER)
        value = int(whole(digits))
        low = -(2**31) + 2 if question.minimum is None else question.minimum
        high = 2**31 - 1 if question.maximum is None else question.maximum
        return Answer(code=value) if low <= value <= high and value != BLANK else bad(IssueCode.OUT_OF_RANGE)

    return decode


def flag(question: Question, dialect: Dialect, item: Item) -> Decoder:
    """Return a decoder of cells of one option of a multiple choice: 1 or 0, 是 or 否, or the label of the option."""
    tokens, label = Tokens.for_question(question, dialect), key(item.label)
    aliases = dialect.aliases.get(question.name, {})

    def decode(cell: str) -> Answer:
        known = key(cell)
        if found := tokens.read(known):
            return found
        if known in YES or known == label or aliases.get(known) == item.option:
            return Answer(code=1)
        if known in NO:
            return Answer(code=0)
        return bad(IssueCode.UNLABELLED if cell.endswith(UNLABELLED) else IssueCode.UNKNOWN_CODE)

    return decode


def options(question: Question, dialect: Dialect) -> Decoder:
    """Return a decoder of cells with all chosen options; more options than the columns can hold are bad."""
    tokens, scan = Tokens.for_question(question, dialect), Scanner(question, dialect)
    exclusive = {choice.code for choice in question.choices if choice.exclusive}

    def decode(cell: str) -> Answer:
        if found := tokens.read(key(cell)):
            return found
        if key(cell) in dialect.unticked:
            return EMPTY
        chosen = scan.read(cell) or scan.read(simplified_key(cell))
        if chosen is None or question.type.mark(len(chosen.codes)) not in question.items[0].chosen:
            return bad(IssueCode.UNKNOWN_CODE)
        clash = len(chosen.codes) > 1 and not exclusive.isdisjoint(chosen.codes)
        return Answer(codes=chosen.codes, words=chosen.words, problem=IssueCode.EXCLUSIVE if clash else None)

    return decode


def whole(text: str) -> str:
    """Return the digits of a whole number written as 3.0 by a spreadsheet; leave any other text unchanged."""
    return text.partition(".")[0] if WHOLE.fullmatch(text) else text


def ungrouped(text: str) -> str:
    """Return a number without the separators of thousands (1,234.5); any other text unchanged."""
    return text.replace(",", "") if GROUPED.fullmatch(text) else text


YES_NO: Mapping[str, int] = {**dict.fromkeys(YES, 1), **dict.fromkeys(NO, 0)}


@dataclass(frozen=True, slots=True)
class DecodedChoices:
    """The options found in one cell, and the respondent's own words."""

    codes: tuple[int, ...]
    words: str | None = None


@dataclass
class Scanner:
    """Parser of cells with several options of a question, such as `电视┋其他〖村里┋大喇叭〗`.

    The cell is not split at the separator, because both labels and the respondent's words may contain it. Options
    are matched from the left, the longest label first. Words end at a closing bracket after which the rest of the
    cell still parses as options; a balanced bracket is tried first.
    """

    question: Question
    dialect: Dialect
    labels: tuple[tuple[str, int], ...] = field(init=False)
    separators: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Order the labels, longest first."""
        known = dict(codes_of(self.question, self.dialect))
        known |= {choice.source_name: choice.code for choice in self.question.choices if choice.source_name}
        known |= {choice.label.strip(): choice.code for choice in self.question.choices}
        self.separators = (*self.dialect.separators, *self.question.type.joiners)
        self.labels = tuple(sorted(known.items(), key=lambda pair: -len(pair[0])))

    def read(self, cell: str) -> DecodedChoices | None:
        """Return the options of a cell; None if any part of it is not an option."""
        found = self._from(cell.strip(), 0)
        if found is None:
            return None
        words = [text for _, text in found if text]
        return DecodedChoices(tuple(dict.fromkeys(code for code, _ in found)), "；".join(words) or None)

    def _from(self, cell: str, at: int) -> list[tuple[int, str]] | None:
        start = _after_blanks(cell, at)
        for label, code in self.labels:
            if not cell.startswith(label, start):
                continue
            for end, words in self._words(cell, start + len(label)):
                rest = self._rest(cell, end)
                if rest is not None:
                    return [(code, words), *rest]
        return None

    def _rest(self, cell: str, at: int) -> list[tuple[int, str]] | None:
        """Parse what follows an option: the end, or a separator and more options."""
        end = _after_blanks(cell, at)
        if end == len(cell):
            return []
        for separator in self.separators:
            for place in {end, at}:  # a blank may itself be the separator
                if cell.startswith(separator, place):
                    return self._from(cell, place + len(separator))
        return None

    def _words(self, cell: str, at: int) -> list[tuple[int, str]]:
        """List where an option may end, with the words after it, the likeliest first."""
        left, right = self.dialect.brackets
        if not left or not cell.startswith(left, at):
            return [(at, "")]
        start, depth = at + len(left), 0
        closings: list[int] = []
        balanced: list[int] = []
        for place in range(at, len(cell)):
            depth += (cell[place] == left) - (cell[place] == right)
            if cell[place] == right:
                (closings if depth else balanced).append(place)
        order = balanced[:1] + sorted({*balanced[1:], *closings}, reverse=True)
        return [(place + len(right), cell[start:place]) for place in order]


def _after_blanks(cell: str, at: int) -> int:
    while at < len(cell) and cell[at].isspace():
        at += 1
    return at
