"""Effects: what makes districts, streets, communities and people differ, on the logit scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from survey.mock.city.areas import City, Floats
from survey.mock.city.channels import Channels
from survey.mock.city.people import People, model
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream

FAMILIES = ("awareness", "support", "participation", "satisfaction")
EXPOSED = "awareness"  # the family that channels act on


@dataclass(frozen=True)
class Family:
    """The propensity of one measure.

    Attributes:
        district: waves x districts; changes and planted weakness included.
        street: one a street.
        community: one a community.
        place: effect of the place type, one a community.
        cell: effect of age, education and insider, one a cell of `People`.
        centre: subtracted, so that the city as a whole lies at 0 before weakness is planted.
    """

    district: Floats
    street: Floats
    community: Floats
    place: Floats
    cell: Floats
    centre: float

    def area(self, city: City, wave: int) -> Floats:
        """Everything but the person: one a community."""
        total = self.district[wave, city.district] + self.street[city.street] + self.community + self.place
        return np.asarray(total - self.centre, dtype=np.float64)

    def moved(self, shift: Floats) -> Family:
        """With the district effects moved by waves x districts."""
        return replace(self, district=self.district + shift)


Effects = Mapping[str, Family]


def draw_effects(spec: MockSpec, city: City, people: People, channels: Channels) -> Effects:
    """Draw all effects; equal districts, streets and communities only differ where `spec.differences` is set."""
    spread = model()["spread"]
    rng = stream(spec.seed, "effects")
    levels = {"district": len(city.districts), "street": int(city.street.max()) + 1, "community": len(city.psu)}
    drawn = {level: _correlated(rng, size, spread[level], spread["shared"]) for level, size in levels.items()}
    if not spec.differences:
        drawn["district"], drawn["street"] = drawn["district"] * 0, drawn["street"] * 0
    return {name: _family(name, index, drawn, city, people, channels, spec) for index, name in enumerate(FAMILIES)}


def _correlated(rng: np.random.Generator, size: int, spread: float, shared: float) -> Floats:
    """Effects of the families x areas with a common part, centred for each family."""
    common, own = rng.normal(size=size), rng.normal(size=(len(FAMILIES), size))
    values = spread * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own)
    return np.asarray(values - values.mean(axis=1, keepdims=True), dtype=np.float64)


def _family(
    name: str,
    index: int,
    drawn: Mapping[str, Floats],
    city: City,
    people: People,
    channels: Channels,
    spec: MockSpec,
) -> Family:
    settings = model()["family"][name]
    cell = np.array(settings["age"])[people.age] + np.array(settings["education"])[people.education]
    cell = cell + settings["insider"] * people.insider
    place = np.array([settings["place"].get(kind, 0.0) for kind in city.place])
    family = Family(
        district=np.tile(drawn["district"][index], (spec.waves, 1)),
        street=drawn["street"][index],
        community=drawn["community"][index],
        place=place,
        cell=cell,
        centre=0.0,
    )
    level = family.area(city, 0)[:, None] + cell
    if name == EXPOSED:
        level = level + channels.effect * (channels.distribution @ np.arange(channels.cap + 1))
    return replace(family, centre=float((level * people.count).sum() / people.count.sum()))
