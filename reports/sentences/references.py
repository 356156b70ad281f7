"""References: the places in frozen results that the numbers of a sentence come from.

A reference reads its numbers anew each time, so a sentence can never disagree with the result it describes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from analysis.estimation.estimates import Estimates
from survey.errors import ArgumentError

Table = Estimates | pd.DataFrame


class Reference(Protocol):
    """A place in a frozen result."""

    @property
    def address(self) -> str:
        """Where the numbers stand, for readers of a log or of a document's record."""

    def read(self) -> tuple[Any, ...]:
        """Return the numbers, one or more."""


@dataclass(frozen=True, eq=False, slots=True)
class Cell:
    """One or more cells of one row of a table.

    Attributes:
        source: the table.
        key: (column, value) pairs that identify the row.
        columns: the columns read, in order.
        at: where the row probably stands; it is looked for where another one does.
    """

    source: Table
    key: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    at: int = -1

    @property
    def address(self) -> str:
        """Return key and columns, as in "item=E0，district=甲区：estimate"."""
        return f"{'，'.join(f'{name}={value}' for name, value in self.key)}：{'、'.join(self.columns)}"

    def read(self) -> tuple[Any, ...]:
        """Return the cells.

        Raises:
            ArgumentError: no row or several rows have this key.
        """
        table = table_of(self.source)
        at = self.at
        if not 0 <= at < len(table) or any(str(table[name].iat[at]) != value for name, value in self.key):
            at = self._place(table)
        return tuple(table[name].iat[at] for name in self.columns)

    def _place(self, table: pd.DataFrame) -> int:
        # Plain lists, because a page reads some hundred cells of small tables, and each step of pandas costs 50 µs.
        fit: Sequence[int] = range(len(table))
        for name, value in self.key:
            texts = table[name].tolist()
            fit = [at for at in fit if str(texts[at]) == value]
        if len(fit) != 1:
            raise ArgumentError("句子里的数应取自结果表的一行", where=self.address, got=f"{len(fit)} 行")
        return fit[0]


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """A field of a frozen result, such as `plan.interviews` or `forecast.gate[2]`.

    Attributes:
        source: the result.
        name: the field or property.
        at: place within the field; None for the field itself.
    """

    source: Any
    name: str
    at: int | None = None

    @property
    def address(self) -> str:
        """Return type and field, as in "SamplePlan.interviews"."""
        place = "" if self.at is None else f"[{self.at}]"
        return f"{type(self.source).__name__}.{self.name}{place}"

    def read(self) -> tuple[Any, ...]:
        """Return the value of the field; all values of a tuple."""
        value = getattr(self.source, self.name)
        value = value if self.at is None else value[self.at]
        return tuple(value) if isinstance(value, tuple) else (value,)


@dataclass(frozen=True, eq=False, slots=True)
class Span:
    """The numbers of two references, such as the least and the largest of several cells.

    Attributes:
        low: the first.
        high: the second.
    """

    low: Reference
    high: Reference

    @property
    def address(self) -> str:
        """Return both addresses."""
        return f"{self.low.address} → {self.high.address}"

    def read(self) -> tuple[Any, ...]:
        """Return the numbers of both."""
        return (*self.low.read(), *self.high.read())


@dataclass(frozen=True, eq=False, slots=True)
class Count:
    """The number of rows, names or entries that a sentence speaks of.

    Attributes:
        things: what is counted.
        what: what they are, in English, for the address.
    """

    things: Sequence[object]
    what: str

    @property
    def address(self) -> str:
        """Return what is counted, as in "number of weak areas"."""
        return f"number of {self.what}"

    def read(self) -> tuple[Any, ...]:
        """Return the count."""
        return (len(self.things),)


@dataclass(frozen=True, eq=False, slots=True)
class Setting:
    """A number that a rule of the program sets or an operation returns, such as the least number of answers shown.

    Attributes:
        name: name of the rule, or what was counted.
        value: its number.
    """

    name: str
    value: float

    @property
    def address(self) -> str:
        """Return the name."""
        return f"setting {self.name}"

    def read(self) -> tuple[Any, ...]:
        """Return the number."""
        return (self.value,)


def table_of(source: Table) -> pd.DataFrame:
    """Return the rows of a result."""
    return source.table if isinstance(source, Estimates) else source
