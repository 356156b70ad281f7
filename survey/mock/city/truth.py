"""Truth: the results of a household census, and everything that was planted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from survey.instrument.measure import MEASURES
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.mock.city.areas import City, Floats, Ints
from survey.mock.city.people import family_settings, model
from survey.mock.city.planting import PlantedTruth
from survey.mock.city.probabilities import World, chance
from survey.mock.city.spec import MockSpec


@dataclass(frozen=True)
class Truth:
    """The known truth of a mock city.

    Attributes:
        spec: specification of the city.
        world: the model from which the truth follows.
        questionnaire: the questionnaire, with the rates.
        plan: weak and changing districts.
        themes: district, theme, label, factor: themes raised more often in a district.
        faults: response_id, wave, mode, fault, detail: all planted faults.
        texts: response_id, wave, item, theme, tone and flags of all open answers.
    """

    spec: MockSpec
    world: World
    questionnaire: Questionnaire
    plan: PlantedTruth
    themes: pd.DataFrame
    faults: pd.DataFrame
    texts: pd.DataFrame

    @cached_property
    def rates(self) -> pd.DataFrame:
        """True shares: wave, level, area, psu, measure, rate, overall, share (in [0,1]).

        The levels are city and district, for headline rates also street, place and community. psu is the code of a
        community, 0 at other levels.
        """
        return true_rates(self.spec, self.world, self.questionnaire)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Effects in logits: family, level, area, wave ("" for all), effect."""
        return effect_table(self.spec, self.world)

    @cached_property
    def channels(self) -> pd.DataFrame:
        """Effects of the channels on awareness: code, label, reach (share of residents), units, effect (logits)."""
        return channel_table(self.world)

    def shares(self, rate: str, wave: str) -> Mapping[str, float]:
        """Return the true share of one rate by district, and of the city under ""; faster than `rates`."""
        found = chance(self.world, self.questionnaire.rate(rate), self.spec.wave_names.index(wave))
        hits, base = found.hits.sum(axis=1), found.base.sum(axis=1)
        district = self.world.city.district
        share = np.bincount(district, hits) / np.bincount(district, base)
        names = self.world.city.districts
        return {**dict(zip(names, share.tolist(), strict=True)), "": float(hits.sum() / base.sum())}

    def headline_shares(self, measure: str, wave: str) -> Mapping[str, float]:
        """Return `shares` for the headline rate of a measure; empty if the questionnaire does not ask it."""
        rate = self.questionnaire.headline(measure)
        return self.shares(rate.name, wave) if rate else {}


def true_rates(spec: MockSpec, world: World, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return `Truth.rates`. Later waves repeat the second one, after which nothing changes."""
    parts = []
    for index in range(min(2, spec.waves)):
        names = spec.wave_names[index:] if index else spec.wave_names[:1]
        found = _joined(part for rate in questionnaire.rates for part in _areas(world, rate, index))
        parts += [found.assign(wave=name) for name in names]
    table = pd.concat(parts, ignore_index=True)
    return table[["wave", *table.columns.drop("wave")]]


def _joined(parts: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one table of many small ones, whose columns are sequences of one length or single values."""
    columns: dict[str, list[Any]] = {}
    for part in parts:
        size = max(np.size(value) for value in part.values())
        for name, value in part.items():
            columns.setdefault(name, []).extend(np.broadcast_to(np.asarray(value), size).tolist())
    return pd.DataFrame(columns)


def _areas(world: World, rate: Rate, index: int) -> Iterator[Mapping[str, Any]]:
    found = chance(world, rate, index)
    hits, base = found.hits.sum(axis=1), found.base.sum(axis=1)
    city = world.city
    kinds: list[tuple[str, Ints, list[str]]] = [
        ("city", np.zeros(len(hits), dtype=np.int64), [""]),
        ("district", city.district, list(city.districts)),
    ]
    if rate.overall:
        places, codes = np.unique(city.place, return_inverse=True)
        kinds.append(("street", city.street, _street_names(city)))
        kinds.append(("place", codes.astype(np.int64), places.tolist()))
        kinds.append(("community", np.arange(len(hits)), [point.community for point in city.areas.points]))
    for level, code, names in kinds:
        share = np.bincount(code, hits, len(names)) / np.bincount(code, base, len(names))
        psu = city.psu if level == "community" else 0
        row = {"level": level, "area": names, "psu": psu, "measure": rate.measure}
        yield {**row, "rate": rate.name, "overall": rate.overall, "share": share}


def _street_names(city: City) -> list[str]:
    names = {int(street): point.street for street, point in zip(city.street, city.areas.points, strict=True)}
    return [names[index] for index in range(len(names))]


def effect_table(spec: MockSpec, world: World) -> pd.DataFrame:
    """Return `Truth.effects`."""
    rows: list[Mapping[str, Any]] = []
    city = world.city
    for name, family in world.effects.items():
        for index, wave in enumerate(spec.wave_names):
            rows.append(_effects(name, "district", city.districts, family.district[index] - family.centre, wave))
        rows.append(_effects(name, "street", _street_names(city), family.street))
        rows.append(_effects(name, "community", [point.community for point in city.areas.points], family.community))
        settings = family_settings(name)
        rows.append(_effects(name, "place", list(settings["place"]), np.array(list(settings["place"].values()))))
        modes = np.array([0.0, settings["online"], settings["organised"]])
        rows.append(_effects(name, "mode", ["household", "online", "online-organised"], modes))
        for level, label in (("age", "ages"), ("education", "education_words")):
            groups = ["-".join(map(str, words)) for words in model()["people"][label]]
            rows.append(_effects(name, level, groups, np.array(settings[level])))
    return _joined(rows)


def _effects(family: str, level: str, areas: Any, effect: Floats, wave: str = "") -> Mapping[str, Any]:
    return {"family": family, "level": level, "area": list(areas), "wave": wave, "effect": effect}


def channel_table(world: World) -> pd.DataFrame:
    """Return `Truth.channels`."""
    channels, weight = world.channels, world.people.count.sum(axis=0)
    return pd.DataFrame(
        {
            "code": np.array(channels.codes, dtype=np.int64),
            "label": list(channels.labels),
            "reach": channels.reach @ weight / weight.sum(),
            "units": channels.units,
            "effect": channels.units * channels.effect,
        }
    )


def place_points(world: World, questionnaire: Questionnaire) -> dict[str, dict[str, float]]:
    """Return the effect of each place type on each headline rate in points: with minus without, same residents."""
    result: dict[str, dict[str, float]] = {}
    for measure in MEASURES:
        rate = questionnaire.headline(measure)
        if rate is None:
            continue
        family = world.effects[measure]
        with_it = chance(world, rate, 0)
        without = replace(family, place=family.place * 0)
        no_effect = chance(world, rate, 0, {**world.effects, measure: without})
        result[measure] = _by_place(world, with_it.hits, no_effect.hits, with_it.base)
    return result


def _by_place(world: World, hits: Floats, other: Floats, base: Floats) -> dict[str, float]:
    places, code = np.unique(world.city.place, return_inverse=True)
    total = np.bincount(code, base.sum(axis=1))
    points = 100 * (np.bincount(code, hits.sum(axis=1)) - np.bincount(code, other.sum(axis=1))) / total
    return {str(place): round(float(value), 2) for place, value in zip(places, points, strict=True)}
