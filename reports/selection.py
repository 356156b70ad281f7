"""Selection: what a study is asked. Pages and commands that ask for the same selection get the same numbers.

This module is light: a help text that lists what may be chosen loads neither numpy nor pandas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.estimation.interval_names import DEFAULT_INTERVAL, INTERVAL_LABELS
from survey.access import Role, current_role
from survey.instrument.question import ROLES

__all__ = ["AREA_COLUMNS", "BY", "DEFAULT_INTERVAL", "INTERVAL_LABELS", "PEOPLE", "Conditions", "Selection"]

AREA_COLUMNS = ("district", "street", "community", "place", "urban_rural", "stratum")
PEOPLE = ("age", "sex", "place")
"""Columns of people that pages filter by."""
BY = ("wave", "mode", *AREA_COLUMNS, *ROLES)
"""Columns that answers may be grouped and chosen by."""
EVERYONE = "全部受访居民"

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""Pairs of a column and the values of it that qualify."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a study is asked.

    Attributes:
        waves: names of the waves; every wave when empty.
        mode: how the answers were collected; all probability modes together when "".
        conditions: the people asked about, as a domain; see `where`.
        by: columns to report by.
        items: names of the rates.
        version: data version; the newest when None.
        without_excluded: leave out the responses that a person has excluded.
        interval: name of the interval.
        level: two-sided confidence level in (0, 1).
        role: who will read the answer.
    """

    waves: tuple[str, ...] = ()
    mode: str = ""
    conditions: Conditions = ()
    by: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    version: int | None = None
    without_excluded: bool = False
    interval: str = DEFAULT_INTERVAL
    level: float = 0.95
    role: Role = field(default_factory=current_role)

    @property
    def wave(self) -> str:
        """The wave asked for, the last of several; "" for every wave."""
        return self.waves[-1] if self.waves else ""

    @property
    def where(self) -> Mapping[str, tuple[str, ...]]:
        """The people asked about: column -> values that qualify, without the wave."""
        return dict(self.conditions)

    @property
    def domain(self) -> Mapping[str, tuple[str, ...]]:
        """The same with the waves."""
        return {**self.where, **({"wave": self.waves} if self.waves else {})}

    @property
    def people(self) -> str:
        """The people asked about, in words; areas are named by the figure itself."""
        said = [
            f"住在{'、'.join(values)}" if column == "place" else "、".join(values)
            for column, values in self.conditions
            if column == "place" or column not in AREA_COLUMNS
        ]
        return "、".join(said) or EVERYONE

    @property
    def opt_in(self) -> bool:
        """Whether these answers are self-selected and carry no sampling margin (rule R-10)."""
        return is_opt_in(self.mode)

    @property
    def reserved(self) -> bool:
        """Whether the reader must not learn anything about fewer people than the threshold (rule R-06)."""
        return self.role is not Role.ANALYST

    @property
    def answers(self) -> Selection:
        """Only which answers are asked: version, exclusions, mode; what one weighted sample is made for."""
        return Selection(mode=self.mode, version=self.version, without_excluded=self.without_excluded, role=self.role)

    def asking(self, items: Sequence[str], by: Sequence[str] = ()) -> Selection:
        """The same people and waves, asked for these rates in these groups."""
        return replace(self, items=tuple(items), by=tuple(by))

    def within(self, **conditions: str) -> Selection:
        """The same with further conditions, such as `district="东湖区"`; a column named again is replaced."""
        found = {**self.where, **{column: (value,) for column, value in conditions.items()}}
        return replace(self, conditions=tuple(found.items()))

    def everyone(self) -> Selection:
        """The same without any condition on people or areas."""
        return replace(self, conditions=())

    def in_wave(self, *waves: str) -> Selection:
        """The same in other waves; in every wave when none is named."""
        return replace(self, waves=waves)


def is_opt_in(mode: str) -> bool:
    """Whether answers of this mode are self-selected and carry no sampling margin (rule R-10)."""
    return mode == "online"
