"""Session: the answers of one wave and mode while they are drawn, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from survey.instrument.measure import MEASURES
from survey.mock.city.areas import Floats
from survey.mock.city.effects import EXPOSED
from survey.mock.city.people import family_settings, model
from survey.mock.city.probabilities import World
from survey.mock.city.streams import stream
from survey.mock.wave.sample import Respondents

Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Singles = npt.NDArray[np.float32]
NULL = -128
"""Represents NULL (not asked) in columns of codes within the mock city."""


@dataclass
class Session:
    """One wave and mode in progress.

    Attributes:
        world: the model of the answers.
        people: the respondents.
        wave: index of the wave.
        seed: seed of the city; every item has its own stream.
        columns: item -> codes drawn so far, with NULL.
    """

    world: World
    people: Respondents
    wave: int
    seed: int
    columns: dict[str, Codes] = field(default_factory=dict)

    def rng(self, part: str) -> np.random.Generator:
        """Return the random stream of one part of the answers."""
        return stream(self.seed, "answers", self.people.wave, self.people.mode, part)

    @property
    def size(self) -> int:
        """Number of responses."""
        return len(self.people)

    @cached_property
    def reached(self) -> Mapping[int, Flags]:
        """Channel code -> whether each person was reached."""
        rng, channels = self.rng("channels"), self.world.channels
        reach = channels.reach.astype(np.float32)
        return {
            code: rng.random(self.size, dtype=np.float32) < reach[index, self.people.cell]
            for index, code in enumerate(channels.codes)
        }

    @cached_property
    def units(self) -> Singles:
        """Units of exposure of each person."""
        total = np.zeros(self.size, dtype=np.float32)
        for units, flags in zip(self.world.channels.units, self.reached.values(), strict=True):
            total += np.float32(units) * flags
        return np.minimum(total, np.float32(self.world.channels.cap))

    @cached_property
    def propensity(self) -> Mapping[str, Singles]:
        """Family -> propensity of each person; 0 for the family ""."""
        values = {name: self._family(name) for name in MEASURES}
        return {**values, "": np.zeros(self.size, dtype=np.float32)}

    def _family(self, name: str) -> Singles:
        family, settings = self.world.effects[name], family_settings(name)
        area = family.area(self.world.city, self.wave).astype(np.float32)
        level = area[self.people.community] + family.cell.astype(np.float32)[self.people.cell]
        if name == EXPOSED:
            level += np.float32(self.world.channels.effect) * self.units
        if self.people.mode == "online":
            level += np.where(self.people.organised, settings["organised"], settings["online"]).astype(np.float32)
        else:
            level += self._manner(name)[self.people.interviewer]
        return level

    def _manner(self, name: str) -> Singles:
        """Return the effects of the interviewers, which are the same in every wave."""
        count = int(self.people.interviewer.max(initial=0)) + 1
        spread = model()["spread"]["interviewer"]
        return stream(self.seed, "interviewers", name).normal(0, spread, count).astype(np.float32)

    @cached_property
    def halo(self) -> Mapping[str, Singles]:
        """Family -> noise that each person shares among all its items, standard normal."""
        drawn = {name: self.rng(f"halo/{name}").standard_normal(self.size, dtype=np.float32) for name in MEASURES}
        return {**drawn, "": np.zeros(self.size, dtype=np.float32)}

    @cached_property
    def doubt(self) -> Singles:
        """Propensity of each person to answer 不清楚, standard normal."""
        return self.rng("doubt").standard_normal(self.size, dtype=np.float32)


def categories(rng: np.random.Generator, table: Floats, group: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Draw a category for each person from the shares of the person's group.

    Args:
        rng: the random stream.
        table: shares, groups x categories; rows are scaled to 1.
        group: row of each person.
    """
    upper = np.cumsum(table / table.sum(axis=1, keepdims=True), axis=1).astype(np.float32)
    draw = rng.random(len(group), dtype=np.float32)
    found = np.zeros(len(group), dtype=np.int64)
    for index in range(table.shape[1] - 1):
        found += draw > upper[group, index]
    return found
