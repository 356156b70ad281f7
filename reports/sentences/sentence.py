"""Sentence: fixed words, names, and numbers that are bound to the results they come from.

    say("{area}的{rate}再访约 {more} 份可以判断", area=row.name("district"), rate=row.name("label"),
        more=row.bound("more", Format.COUNT))

A digit in the fixed words is an error, so that every number of a sentence can be traced. Dates, standards and numbering
are declared with `Declared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as of_class
from string import Formatter

import pandas as pd

from reports.sentences.formats import Format
from reports.sentences.references import Cell, Count, Field, Reference, Setting, Table, table_of

MOST = 6
"""Number of names that a sentence lists."""


class TemplateError(ValueError):
    """A template contains a literal number, or its slots and its values differ: a defect of the program."""


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """A number in a sentence.

    Attributes:
        reference: where it comes from.
        format: how it is written.
    """

    reference: Reference
    format: Format

    def __str__(self) -> str:
        """Return the number as it stands in the sentence."""
        return self.format.write(*self.reference.read())


@dataclass(frozen=True, slots=True)
class Name:
    """A name from the study, its frame or its questionnaire; it may contain digits, as in "60岁及以上"."""

    text: str

    def __str__(self) -> str:
        """Return the name."""
        return self.text


@dataclass(frozen=True, slots=True)
class Declared:
    """A number that is no result: a date, the number of a standard, or numbering.

    Attributes:
        text: the words with the number.
        kind: "date", "standard", "numbering", "wording" (of the questionnaire) or "note" (worded where it is made, such
            as a remark on the weights).
    """

    text: str
    kind: str

    def __str__(self) -> str:
        """Return the words."""
        return self.text


Piece = str | Name | Declared | Binding
"""A plain string consists of fixed words without digits."""


@dataclass(frozen=True, eq=False, slots=True)
class Sentence:
    """Words and bound numbers. An empty sentence is false.

    Attributes:
        pieces: in order.
    """

    pieces: tuple[Piece, ...] = ()
    _written: list[str] = of_class(default_factory=list, init=False, repr=False)

    @property
    def text(self) -> str:
        """Return the sentence in Chinese; its numbers are read once, because results do not change."""
        if not self._written:
            self._written.append("".join(map(str, self.pieces)))
        return self._written[0]

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Return its numbers, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Binding))

    @property
    def names(self) -> tuple[Name, ...]:
        """Return the names in it, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Name))

    def __str__(self) -> str:
        """Return the sentence in Chinese."""
        return self.text

    def __bool__(self) -> bool:
        """Return whether there is anything to say."""
        return bool(self.pieces)

    def __add__(self, other: Sentence | str) -> Sentence:
        """Return both in a row; a plain string must consist of fixed words."""
        return Sentence((*self.pieces, *(_fixed(other) if isinstance(other, str) else other.pieces)))


Slot = Name | Declared | Binding | Sentence


def say(template: str, **slots: Slot) -> Sentence:
    """Return a sentence from fixed words with slots such as "{area}".

    Raises:
        TemplateError: the words contain a digit, or slots and values differ.
    """
    pieces: list[Piece] = []
    used = set()
    for words, slot, _, _ in Formatter().parse(template):
        pieces += _fixed(words)
        if slot is None:
            continue
        if slot not in slots:
            raise TemplateError(f"no value for {{{slot}}} in “{template}”")
        used.add(slot)
        value = slots[slot]
        pieces += value.pieces if isinstance(value, Sentence) else [value]
    if spare := set(slots) - used:
        raise TemplateError(f"no slot for {'、'.join(sorted(spare))} in “{template}”")
    return Sentence(tuple(pieces))


def _fixed(words: str) -> list[Piece]:
    """Return fixed words as pieces; refuse a literal digit."""
    for column, sign in enumerate(words, start=1):
        if sign.isdigit():
            raise TemplateError(f"literal digit {sign} in column {column} of “{words}”: bind it to a result")
    return [words] if words else []


def join(parts: Iterable[Sentence], mark: str = "；") -> Sentence:
    """Return the parts that say something, with a mark between them."""
    pieces: list[Piece] = []
    for part in parts:
        if part:
            pieces += [mark, *part.pieces] if pieces else part.pieces
    return Sentence(tuple(pieces))


def listed(items: Sequence[Slot], most: int = MOST, unit: str = "个", *, counted: bool = False) -> Sentence:
    """Return "甲、乙、丙"; after `most` items "等 9 个", bound to their number.

    Args:
        items: names.
        most: number of names that are listed.
        unit: measure word.
        counted: whether the sentence has stated their number already; then the list ends with "等".
    """
    shown = join([say("{one}", one=item) for item in items[:most]], "、")
    if len(items) <= most:
        return shown
    return shown + "等" if counted else shown + say("等 {all} {unit}", all=count(items, "names"), unit=Name(unit))


def names(texts: Iterable[object]) -> tuple[Name, ...]:
    """Return texts from the study as names."""
    return tuple(Name(str(text)) for text in texts)


def count(things: Iterable[object], what: str) -> Binding:
    """Return the number of things that a sentence speaks of."""
    return Binding(Count(tuple(things), what), Format.COUNT)


def field(source: object, name: str, form: Format, at: int | None = None) -> Binding:
    """Return a field of a frozen result as a bound number."""
    return Binding(Field(source, name, at), form)


def setting(name: str, value: float, form: Format = Format.COUNT) -> Binding:
    """Return the number of a rule of the program, or one that an operation returned, as a bound number."""
    return Binding(Setting(name, value), form)


@dataclass(frozen=True, eq=False, slots=True)
class Lists:
    """Columns of a frozen table as plain lists, each made when it is read first: a step of pandas costs 50 µs."""

    table: pd.DataFrame
    known: dict[str, list[object]] = of_class(default_factory=dict, repr=False)

    def __getitem__(self, column: str) -> list[object]:
        """Return a column."""
        if column not in self.known:
            self.known[column] = self.table[column].tolist()
        return self.known[column]


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """One row of a result, of which a sentence speaks.

    Attributes:
        source: the result.
        key: (column, value) pairs that identify the row.
        at: where it stands in the result, see `Cell`.
        lists: columns of the result; `rows_of` gives all its rows the same ones.
    """

    source: Table
    key: tuple[tuple[str, str], ...]
    at: int = -1
    lists: Lists | None = of_class(default=None, repr=False)

    def __getitem__(self, column: str) -> object:
        """Return a cell, to decide what to say; to print it, use `bound` or `name`."""
        if self.lists is None or self.at < 0 or self.lists.table is not table_of(self.source):
            return Cell(self.source, self.key, (column,), self.at).read()[0]
        return self.lists[column][self.at]

    def bound(self, column: str, form: Format) -> Binding:
        """Return a cell as a bound number."""
        return Binding(Cell(self.source, self.key, (column,), self.at), form)

    def pair(self, first: str, second: str, form: Format) -> Binding:
        """Return two cells as one bound number, such as the difference of both."""
        return Binding(Cell(self.source, self.key, (first, second), self.at), form)

    def interval(self, form: Format = Format.INTERVAL, low: str = "conf_low", high: str = "conf_high") -> Binding:
        """Return two cells as a bound interval."""
        return Binding(Cell(self.source, self.key, (low, high), self.at), form)

    def name(self, column: str) -> Name:
        """Return a cell as a name."""
        return Name(str(self[column]))


def rows_of(source: Table, some: pd.DataFrame, *key: str) -> tuple[Row, ...]:
    """Return rows of a result.

    Args:
        source: the result.
        some: those of its rows that a sentence speaks of, in the order of the sentence.
        key: columns that identify a row.

    Raises:
        TemplateError: two rows of the result have the same key.
    """
    table = table_of(source)
    places = {values: at for at, values in enumerate(_keys(table, key))}
    if len(places) < len(table):
        raise TemplateError(f"{'、'.join(key)} do not identify a row")
    shared = Lists(table)
    return tuple(
        Row(source, tuple(zip(key, values, strict=True)), places.get(values, -1), shared) for values in _keys(some, key)
    )


def _keys(table: pd.DataFrame, key: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the texts that identify each row; from plain lists, because each step of pandas costs 50 µs."""
    return list(zip(*(map(str, table[name].tolist()) for name in key), strict=True))
