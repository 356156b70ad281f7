"""Draw the respondents: household interviews by the design, and a self-selected online sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from survey.mock.city.areas import City, Floats, Ints
from survey.mock.city.people import People, age_groups, willingness
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.wave.design import FirstStage

LAST_START = date(2026, 9, 7)  # a Monday; waves are 14 weeks apart
GAP, LENGTH = timedelta(days=98), timedelta(days=13)
INTERVIEWERS = 5  # per district; two share a community
SCREENED = {"short": 0.012, "minor": 0.004}  # screened out: short residence, under 18
ORGANISED = 0.6  # share of online responses in organised batches
NO_PLACE = 0.08  # share of other online responses without a community
DAY, MORNING = 86400, 9 * 3600
US = 1_000_000


@dataclass(frozen=True)
class Respondents:
    """The respondents of one wave and mode; arrays have one entry per response, ordered by community.

    Attributes:
        wave: "W1", ...
        mode: "household" or "online".
        community: index into the city.
        cell: index into `People`.
        eligible: False for screened-out respondents.
        minor: True for screened-out respondents under 18.
        weight: design weight; NaN online.
        interviewer: index; -1 online.
        organised: whether the response came in an organised batch.
        placed: whether the answer file contains the community.
        submitted: local time in microseconds since 1970.
        years: age in years.
    """

    wave: str
    mode: str
    community: Ints
    cell: Ints
    eligible: npt.NDArray[np.bool_]
    minor: npt.NDArray[np.bool_]
    weight: Floats
    interviewer: Ints
    organised: npt.NDArray[np.bool_]
    placed: npt.NDArray[np.bool_]
    submitted: Ints
    years: Ints

    def __len__(self) -> int:
        """Number of responses."""
        return len(self.community)


def wave_dates(spec: MockSpec) -> Mapping[str, tuple[date, date]]:
    """Return the first and last day of the fieldwork of each wave."""
    starts = [LAST_START - GAP * (spec.waves - 1 - index) for index in range(spec.waves)]
    return {name: (start, start + LENGTH) for name, start in zip(spec.wave_names, starts, strict=True)}


def interviewer_name(city: City, index: int) -> str:
    """Return the code of an interviewer, such as "岚桥-03"."""
    return f"{city.districts[index // INTERVIEWERS].removesuffix('区')}-{index % INTERVIEWERS + 1:02d}"


def household(spec: MockSpec, city: City, people: People, stage: FirstStage, wave: str) -> Respondents:
    """Draw the household interviews of one wave."""
    rng = stream(spec.seed, "sample", wave, "household")
    community = np.repeat(stage.community, stage.persons)
    screened, minor = _screen(rng, len(community))
    weight = _weights(city, stage, ~screened)
    interviewer = _interviewers(city, stage)
    days = rng.integers(0, LENGTH.days + 1, len(community))
    seconds = MORNING + rng.integers(0, int(11.5 * 3600), len(community))
    cell = _cells(rng, people, "household", stage.community, stage.persons)
    return Respondents(
        wave=wave,
        mode="household",
        community=community,
        cell=cell,
        eligible=~screened,
        minor=minor,
        weight=weight,
        interviewer=interviewer,
        organised=np.zeros(len(community), dtype=np.bool_),
        placed=np.ones(len(community), dtype=np.bool_),
        submitted=_start(spec, wave) + (days * DAY + seconds) * US,
        years=_years(rng, people, cell, minor),
    )


def online(spec: MockSpec, city: City, people: People, wave: str) -> Respondents:
    """Draw the self-selected online sample: young, educated, mostly recruited in batches."""
    rng = stream(spec.seed, "sample", wave, "online")
    persons = rng.multinomial(spec.online_responses, city.population / city.population.sum())
    community = np.repeat(np.arange(len(city.psu)), persons)
    screened, minor = _screen(rng, len(community))
    organised = rng.random(len(community)) < ORGANISED
    cell = _cells(rng, people, "online", np.arange(len(city.psu)), persons)
    # an organised batch of a community arrives within the hour after the call
    calls = rng.integers(0, 5, len(city.psu)) * DAY + rng.integers(9 * 3600, 17 * 3600, len(city.psu))
    batch = calls[community] + rng.exponential(1200, len(community)).astype(np.int64)
    alone = rng.integers(0, LENGTH.days + 1, len(community)) * DAY + rng.integers(7 * 3600, 23 * 3600, len(community))
    return Respondents(
        wave=wave,
        mode="online",
        community=community,
        cell=cell,
        eligible=~screened,
        minor=minor,
        weight=np.full(len(community), np.nan),
        interviewer=np.full(len(community), -1, dtype=np.int64),
        organised=organised,
        placed=organised | (rng.random(len(community)) >= NO_PLACE),
        submitted=_start(spec, wave) + np.where(organised, batch, alone) * US,
        years=_years(rng, people, cell, minor),
    )


def _start(spec: MockSpec, wave: str) -> int:
    return (wave_dates(spec)[wave][0] - date(1970, 1, 1)).days * DAY * US


def _screen(rng: np.random.Generator, size: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    draw = rng.random(size)
    minor = draw < SCREENED["minor"]
    return draw < SCREENED["minor"] + SCREENED["short"], minor


def _weights(city: City, stage: FirstStage, eligible: npt.NDArray[np.bool_]) -> Floats:
    """Return 1/π x residents / eligible interviews of the community; screened-out responses have it too, unused."""
    place = np.repeat(np.arange(len(stage.community)), stage.persons)
    found = np.maximum(np.bincount(place, eligible, len(stage.community)), 1)
    each = city.population[stage.community] / (stage.probability * found)
    return np.asarray(each[place], dtype=np.float64)


def _interviewers(city: City, stage: FirstStage) -> Ints:
    """Assign two interviewers of the district to each community, with half of its interviews each."""
    serial = np.arange(len(stage.community))
    first = serial % INTERVIEWERS
    second = (first + 1 + (serial // INTERVIEWERS) % (INTERVIEWERS - 1)) % INTERVIEWERS
    pair = np.stack([first, second], axis=1) + city.district[stage.community][:, None] * INTERVIEWERS
    place = np.repeat(serial, stage.persons)
    order = np.arange(len(place)) - np.repeat(np.cumsum(stage.persons) - stage.persons, stage.persons)
    return np.asarray(pair[place, order % 2], dtype=np.int64)


def _cells(rng: np.random.Generator, people: People, mode: str, communities: Ints, persons: Ints) -> Ints:
    """Draw the cell of each respondent from the residents, weighted by response propensity."""
    upper = np.cumsum(people.count[communities] * willingness(mode, people), axis=1)
    upper /= upper[:, -1:]
    # concatenated with offsets, the rows form one ascending array, which a single search covers
    place = np.repeat(np.arange(len(communities)), persons)
    ends = (upper + np.arange(len(communities))[:, None]).ravel()
    found = np.searchsorted(ends, rng.random(len(place)) + place, side="right") - place * people.cells
    return np.asarray(np.clip(found, 0, people.cells - 1), dtype=np.int64)


def _years(rng: np.random.Generator, people: People, cell: Ints, minor: npt.NDArray[np.bool_]) -> Ints:
    low, high = age_groups()[people.age[cell]].T
    years = rng.integers(low, high + 1)
    return np.where(minor, rng.integers(14, 18, len(cell)), years)
