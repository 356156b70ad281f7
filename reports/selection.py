"""Selection: a request to a study. Pages and commands with the same selection get the same numbers.

This module imports neither numpy nor pandas, so that help texts can list the choices quickly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from accounts.scope import own_districts
from analysis.estimation.disclosure.differencing import PEOPLE
from analysis.estimation.interval_names import DEFAULT_INTERVAL, INTERVAL_LABELS
from survey.host.access import Role, current_role
from survey.instrument.question import ROLES

__all__ = ["AREA_COLUMNS", "BY", "DEFAULT_INTERVAL", "INTERVAL_LABELS", "PEOPLE", "Conditions", "Selection"]

AREA_COLUMNS = ("district", "street", "community", "place", "urban_rural", "stratum")
BY = ("wave", "mode", *AREA_COLUMNS, *ROLES)
"""Columns for grouping and filtering."""
EVERYONE = "全部受访居民"

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""Pairs of a column and the values of it that qualify."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Request to a study.

    Attributes:
        waves: names of the waves; every wave when empty.
        mode: how the answers were collected; all probability modes together when "".
        conditions: filters on people and areas, which define a domain; see `where`.
        by: columns to report by.
        items: names of the rates.
        version: data version; the newest when None.
        without_excluded: drop the responses that a person has excluded.
        interval: name of the interval.
        level: two-sided confidence level in (0, 1).
        role: role of the reader.
        scope: the only districts that the reader may see; None for all.
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
    scope: frozenset[str] | None = field(default_factory=own_districts)

    @property
    def wave(self) -> str:
        """Return the requested wave, the last of several; "" for every wave."""
        return self.waves[-1] if self.waves else ""

    @property
    def where(self) -> Mapping[str, tuple[str, ...]]:
        """Return the filters: column -> values that qualify, without the wave."""
        return dict(self.conditions)

    @property
    def domain(self) -> Mapping[str, tuple[str, ...]]:
        """Return the filters including the waves."""
        return {**self.where, **({"wave": self.waves} if self.waves else {})}

    @property
    def people(self) -> str:
        """Return the filters on people in words; the figure itself names the areas."""
        parts = [
            f"住在{'、'.join(values)}" if column == "place" else "、".join(values)
            for column, values in self.conditions
            if column == "place" or column not in AREA_COLUMNS
        ]
        return "、".join(parts) or EVERYONE

    @property
    def opt_in(self) -> bool:
        """Return whether these answers are self-selected and have no margin of error (rule R-10)."""
        return is_opt_in(self.mode)

    @property
    def reserved(self) -> bool:
        """Return whether the reader must not learn about groups below the suppression limit (rule R-06)."""
        return self.role is not Role.ANALYST

    @property
    def answers(self) -> Selection:
        """Return only version, exclusions and mode, which identify one weighted sample."""
        return Selection(mode=self.mode, version=self.version, without_excluded=self.without_excluded, role=self.role)

    def asking(self, items: Sequence[str], by: Sequence[str] = ()) -> Selection:
        """Return the same people and waves with these rates and groups."""
        return replace(self, items=tuple(items), by=tuple(by))

    def within(self, **conditions: str) -> Selection:
        """Add conditions such as `district="东湖区"`; they replace those on the same column."""
        found = {**self.where, **{column: (value,) for column, value in conditions.items()}}
        return replace(self, conditions=tuple(found.items()))

    def everyone(self) -> Selection:
        """Return the selection without conditions on people or areas."""
        return replace(self, conditions=())

    def in_wave(self, *waves: str) -> Selection:
        """Return the selection in other waves; in every wave when none is named."""
        return replace(self, waves=waves)


def is_opt_in(mode: str) -> bool:
    """Return whether answers of this mode are self-selected and have no margin of error (rule R-10)."""
    return mode == "online"
