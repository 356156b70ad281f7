import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.mock import MockCity, MockSpec
from survey.mock.city.areas import draw_city
from survey.mock.wave.design import allocation, draw_stages, inclusion, systematic


@given(st.lists(st.integers(1, 9000), min_size=3, max_size=40), st.data())
def test_inclusion_probabilities_sum_to_the_sample_size(population: list[int], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(population)))
    probability = inclusion(np.array(population), size)
    assert probability.sum() == pytest.approx(size)
    assert (probability <= 1 + 1e-12).all()
    drawn = systematic(np.random.default_rng(0), probability)
    assert len(set(drawn.tolist())) == size


def test_systematic_sampling_matches_the_inclusion_probabilities() -> None:
    probability = inclusion(np.array([100, 200, 300, 400, 500, 600]), 3)
    rng = np.random.default_rng(1)
    counts = np.zeros(6)
    for _ in range(4000):
        counts[systematic(rng, probability)] += 1
    # 4 standard errors of a frequency of 4,000 draws
    assert np.abs(counts / 4000 - probability).max() < 4 * 0.5 / np.sqrt(4000)


def test_rotation_keeps_the_inclusion_probabilities() -> None:
    spec = MockSpec(districts=1, waves=6)
    city = draw_city(spec)
    counts = np.zeros(len(city.psu))
    seeds = 300
    for seed in range(seeds):
        stage = draw_stages(MockSpec(seed=seed, districts=1, waves=6), city)[-1]
        counts[stage.community] += 1
    wanted = np.zeros(len(city.psu))
    for stratum, size in enumerate(allocation(spec, city)):
        inside = city.stratum == stratum
        wanted[inside] = inclusion(city.population[inside], size)
    assert np.abs(counts / seeds - wanted).max() < 4.5 * 0.5 / np.sqrt(seeds)


def test_waves_share_most_communities_and_weights_reach_the_population(mock: MockCity) -> None:
    first, second = mock.stages
    assert len(first.community) == len(second.community) == mock.spec.sampled
    shared = len(np.intersect1d(first.community, second.community))
    assert 0.75 * mock.spec.sampled < shared < mock.spec.sampled
    for stage in mock.stages:
        total = (stage.weights(mock.city) * stage.persons).sum()
        assert total == pytest.approx(mock.city.population.sum(), rel=0.01)


def test_weights_of_the_file_reach_the_population(mock: MockCity) -> None:
    for draft in mock.drafts[:2]:
        people = draft.people
        total = people.weight[people.eligible].sum()
        assert total == pytest.approx(mock.city.population.sum(), rel=0.01)


def test_every_district_gets_the_same_number_of_communities(mock: MockCity) -> None:
    for stage in mock.stages:
        assert np.bincount(mock.city.district[stage.community]).tolist() == [20] * 8
