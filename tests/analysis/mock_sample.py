"""A small mock city in memory with its known truth, drawn once for all tests of decisions."""

from dataclasses import replace
from functools import lru_cache

from analysis.areas.importance import importance_rates, opposite_rates
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.instrument.rate import Rate
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw


@lru_cache(maxsize=4)
def city(seed: int = 1, districts: int = 4, waves: int = 2) -> MockCity:
    return draw(MockSpec(seed=seed, districts=districts, waves=waves, online=False, faults=False, texts=False))


@lru_cache(maxsize=4)
def sample(seed: int = 1, districts: int = 4, waves: int = 2) -> Sample:
    mock = city(seed, districts, waves)
    asked = mock.questionnaire
    every = (*asked.rates, *opposite_rates(asked), *importance_rates(asked))
    return prepare(mock.responses(), replace(asked, rates=every), mock.city.areas, mock.margins, SampleOptions())


def heads() -> tuple[Rate, ...]:
    asked = city().questionnaire
    return asked.headlines()
