"""The truth is exact: drawn answers match it, and planted differences have their exact size."""

import numpy as np
import pytest

from survey.instrument.measure import MEASURES
from survey.instrument.question import BLANK
from survey.mock import MockCity, MockSpec, draw
from survey.mock.city.planting import CHANGE, WEAK_GAP
from survey.mock.city.probabilities import chance
from survey.mock.wave.session import NULL


def test_answers_without_faults_match_the_truth(honest: MockCity) -> None:
    """Compare the hits of every rate with the sum of the respondents' probabilities.

    z has an SD slightly above 1 because of interviewer effects; with 164 statistics, |z| < 5.
    """
    world, worst = honest.truth.world, {}
    for draft in honest.drafts:
        people = draft.people
        wave = honest.spec.wave_names.index(people.wave)
        rows = people.eligible
        community, cell = people.community[rows], people.cell[rows]
        for rate in honest.questionnaire.rates:
            found = chance(world, rate, wave)
            share = found.hits[community, cell] / world.people.count[community, cell]
            hit = np.logical_or.reduce([np.isin(draft.columns[name][rows], codes) for name, codes in rate.terms])
            z = (hit.sum() - share.sum()) / np.sqrt((share * (1 - share)).sum())
            worst[people.wave, rate.name] = z
            values = draft.columns[rate.terms[0][0]][rows]
            skipped = [NULL] if rate.base == "all" else [NULL, BLANK, *rate.missing]
            base = ~np.isin(values, skipped)
            inside = found.base[community, cell] / world.people.count[community, cell]
            assert base.mean() == pytest.approx(inside.mean(), abs=0.006)
    assert len(worst) == 2 * len(honest.questionnaire.rates)
    assert max(map(abs, worst.values())) < 5
    assert np.std(list(worst.values())) < 2


def test_levels_are_as_published(mock: MockCity) -> None:
    """Support exceeds simple awareness, overall satisfaction and participation, in this order (domain research 2.6)."""
    level = {m: mock.truth.headline_shares(m, "W1")[""] for m in MEASURES}
    assert 0.95 < level["support"] < 0.99
    assert level["support"] > level["awareness"] > level["satisfaction"] > level["participation"]
    assert 0.82 < level["awareness"] < 0.95
    assert 0.78 < level["satisfaction"] < 0.90
    assert 0.62 < level["participation"] < 0.75
    items = [mock.truth.shares(f"E.E{number}", "W1")[""] for number in range(1, 23)]
    assert 0.58 < min(items) < 0.66 < 0.86 < max(items) < 0.94
    named = [mock.truth.shares(f"A{number}", "W1")[""] for number in range(4, 10)]
    assert 0.5 < min(named) < max(named) < 0.8


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_exactly_the_planted_districts_are_weak(seed: int) -> None:
    city = draw(MockSpec(seed=seed, texts=False, online=False))
    weak = {(entry.measure, entry.district) for entry in city.truth.plan.weak}
    assert len({district for _, district in weak}) == 2
    for measure, target in ((key, one.target) for key, one in MEASURES.items()):
        for wave in city.spec.wave_names:
            for district, share in city.truth.headline_shares(measure, wave).items():
                if (measure, district) in weak:
                    assert target - WEAK_GAP[1] - 1e-6 <= 100 * share <= target - WEAK_GAP[0] + 1e-6
                elif district:
                    assert 100 * share >= target + 0.499


def test_changes_are_where_they_were_planted_and_nowhere_else(mock: MockCity) -> None:
    planted = {(change.measure, change.district): change.direction for change in mock.truth.plan.changes}
    assert set(planted.values()) == {"improved", "worsened"}
    for measure in MEASURES:
        first, second = (mock.truth.headline_shares(measure, wave) for wave in ("W1", "W2"))
        for district in mock.city.districts:
            sign = {"improved": 1, "worsened": -1}.get(planted.get((measure, district), ""), 0)
            assert 100 * (second[district] - first[district]) == pytest.approx(sign * CHANGE, abs=1e-4)


def test_without_changes_the_waves_are_alike() -> None:
    city = draw(MockSpec(districts=3, changes=False, texts=False, online=False))
    assert city.truth.plan.changes == ()
    assert city.truth.shares("E0", "W1") == city.truth.shares("E0", "W2")


def test_all_null_city_has_equal_districts() -> None:
    city = draw(MockSpec(districts=5, differences=False, texts=False, online=False))
    assert city.truth.plan.weak == ()
    for measure in MEASURES:
        shares = list(city.truth.headline_shares(measure, "W2").values())
        assert max(shares) - min(shares) < 1e-7


def test_spread_of_effects_is_the_one_asked_for(mock: MockCity) -> None:
    effects = mock.truth.effects
    for level, spread in (("street", 0.20), ("community", 0.35)):
        values = effects.loc[effects["level"] == level].groupby("family")["effect"].std()
        assert values.to_numpy() == pytest.approx(spread, rel=0.3)


def test_place_types_cost_six_to_twelve_points(mock: MockCity) -> None:
    from survey.mock.city.truth import place_points

    points = place_points(mock.truth.world, mock.questionnaire)["satisfaction"]
    for place in ("城乡结合部", "老旧小区", "农贸市场"):
        assert -12 <= points[place] <= -6


def test_table_of_rates_agrees_with_shares(mock: MockCity) -> None:
    table = mock.truth.rates
    assert set(table["level"]) == {"city", "district", "street", "place", "community"}
    found = table[(table["rate"] == "E0") & (table["wave"] == "W2") & (table["level"] == "district")]
    shares = mock.truth.shares("E0", "W2")
    assert dict(zip(found["area"], found["share"], strict=True)) == pytest.approx(
        {name: share for name, share in shares.items() if name}
    )


def test_later_waves_repeat_the_second() -> None:
    city = draw(MockSpec(districts=2, waves=4, texts=False, online=False))
    table = city.truth.rates
    shares = {wave: table.loc[table["wave"] == wave, "share"].to_numpy() for wave in city.spec.wave_names}
    assert list(shares) == ["W1", "W2", "W3", "W4"]
    assert (shares["W2"] == shares["W4"]).all()
    assert (shares["W1"] != shares["W2"]).any()


def test_channels_raise_awareness(mock: MockCity) -> None:
    channels = mock.truth.channels.set_index("code")
    assert channels.loc[1, "effect"] > channels.loc[5, "effect"] > channels.loc[7, "effect"] == 0
    assert channels["reach"].between(0.01, 0.7).all()


def test_weak_districts_are_the_lowest_of_a_plain_weighted_table(mock: MockCity) -> None:
    """A plain weighted table can find the weak districts, despite the faults."""
    table = mock.responses(modes=("household",)).to_pandas().merge(mock.city.frame, on="psu")
    for measure, item, good, known in (
        ("satisfaction", "E0", (1, 2), range(1, 6)),
        ("awareness", "A1", (1,), (1, 2, 3, -2, 99)),
    ):
        rows = table[table[item].isin(list(known))]
        hits = rows["w_fx"] * rows[item].isin(good)
        share = hits.groupby(rows["district"]).sum() / rows.groupby("district")["w_fx"].sum()
        weak = {entry.district for entry in mock.truth.plan.weak if entry.measure == measure}
        assert set(share.nsmallest(len(weak)).index) == weak
        assert share.nsmallest(len(weak)).max() < MEASURES[measure].target / 100 - 0.03
