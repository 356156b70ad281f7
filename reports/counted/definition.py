"""What cells are counts of: the rates of a questionnaire by groups, without the responses."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis.areas.importance import importance_rates, opposite_rates
from analysis.estimation.sample import SampleOptions, grouping_columns
from survey.instrument.rate import Rate
from survey.quality.publishing.shown_rows import SINCE
from survey.storage.store import W_SCALE, ResponseStore
from survey.study.study import Study

EDITION = 1
"""Increment when cells, or the file that keeps them, are made in another way."""
KEEP_FROM = 20_000
"""Responses of a wave from which its cells are kept; fewer are counted as fast as a file is read."""


@dataclass(frozen=True)
class Definition:
    """Rates summed by groups.

    Attributes:
        rates: every rate that may be asked for.
        keys: columns by which responses are grouped, the sampling point first.
        weight: column of fixed-point weights; "" where the store has none.
        scale: the weight 1.
    """

    rates: tuple[Rate, ...]
    keys: tuple[str, ...]
    weight: str
    scale: int

    @cached_property
    def digest(self) -> str:
        """Return a digest of all that decides the sums; names and labels do not."""
        parts = (EDITION, self.keys, self.weight, self.scale, self.sums)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    @cached_property
    def sums(self) -> tuple[tuple[Any, ...], ...]:
        """Return what is summed for each rate, each once."""
        return tuple(dict.fromkeys(summed(rate) for rate in self.rates))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the rates."""
        return tuple(dict.fromkeys(column for rate in self.rates for column in rate.columns))

    @property
    def stored(self) -> tuple[str, ...]:
        """Return all columns that the cells are made from."""
        weight = (self.weight,) if self.weight else ()
        return tuple(dict.fromkeys((*self.keys, *weight, *self.columns)))


def summed(rate: Rate) -> tuple[Any, ...]:
    """Return what decides the sums of a rate: columns and codes of its numerator, and its base."""
    return rate.terms, rate.base, rate.missing


def every_rate(study: Study) -> tuple[Rate, ...]:
    """Return every rate of the questionnaire, the opposites of satisfaction items, and what people want improved."""
    asked = study.questionnaire
    return (*asked.rates, *opposite_rates(asked), *importance_rates(asked))


def definition_of(
    study: Study, version: int, wanted: SampleOptions, rates: tuple[Rate, ...] | None = None
) -> Definition:
    """Return what the cells of a sample are counts of: these rates, or all that `gather` may be asked for."""
    schema = ResponseStore(study.root / "store").schema(version)
    names = [] if schema is None else [*schema.names, *([SINCE] if study.publication else [])]
    keys = ("psu", *grouping_columns(names, study.margins, wanted))
    return Definition(every_rate(study) if rates is None else rates, keys, "w_fx" if "w_fx" in names else "", W_SCALE)
