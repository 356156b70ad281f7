"""The plan meets its requirements; the sample is drawn by its seed; quotas add up."""

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.sample_plan import SampleGoal, intra_cluster, plan_sample, quotas, select, top_up
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

FRAME = city().city.areas.frame


def test_proportional_allocation_gives_the_wanted_interval() -> None:
    found = plan_sample(FRAME, SampleGoal(rate=0.8, half_width=0.04, rule="proportional", icc=0.05, take=12))
    assert found.half_width == pytest.approx(0.04, rel=0.01)
    assert found.interviews == found.districts["interviews"].sum()
    cost = found.communities * 600 + found.interviews * 45
    assert found.cost == pytest.approx(cost)


def test_every_district_gets_its_minimum_and_the_total_is_kept() -> None:
    found = plan_sample(FRAME, SampleGoal(rate=0.8, total=1000, minimum=240))
    assert found.interviews == 1000
    assert (found.districts["interviews"] >= 240).all()


def test_near_100_percent_the_detectable_change_is_downwards() -> None:
    assert plan_sample(FRAME, SampleGoal(rate=0.97, half_width=None, change=0.06)).interviews > 0


def test_too_few_communities_are_refused() -> None:
    with pytest.raises(DesignError, match="社区不够"):
        plan_sample(FRAME, SampleGoal(rate=0.8, total=5000, take=1, icc=0.0))


def test_the_same_seed_draws_the_same_communities() -> None:
    plan = plan_sample(FRAME, SampleGoal(rate=0.8, total=800))
    one, two, three = (select(FRAME, plan, seed) for seed in (5, 5, 6))
    assert one.equals(two)
    assert one["psu"].tolist() != three["psu"].tolist()
    chosen = one[one["role"] == "正选"]
    assert chosen["psu"].is_unique
    assert not set(chosen["psu"]) & set(one.loc[one["role"] == "备用", "psu"])
    assert chosen.groupby("district")["interviews"].sum().to_dict() == dict(
        zip(plan.districts["district"], plan.districts["interviews"], strict=True)
    )


def test_weights_of_the_sample_add_up_to_the_residents_on_average() -> None:
    plan = plan_sample(FRAME, SampleGoal(rate=0.8, total=800))
    totals = []
    for seed in range(40):
        drawn = select(FRAME, plan, seed)
        drawn = drawn[drawn["role"] == "正选"]
        totals.append((drawn["weight"] * drawn["interviews"]).sum())
    assert np.mean(totals) == pytest.approx(FRAME["population"].sum(), rel=0.02)


def test_quotas_add_up_to_the_interviews_of_the_district() -> None:
    plan = plan_sample(FRAME, SampleGoal(rate=0.8, total=803))
    names = city().city.districts
    margins = pd.DataFrame(
        [
            (d, a, s, 100 + 7 * i)
            for i, (d, a, s) in enumerate((d, a, s) for d in names for a in "青老" for s in "男女")
        ],
        columns=["district", "age", "sex", "population"],
    )
    found = quotas(margins, plan)
    assert found.groupby("district", sort=False)["interviews"].sum().tolist() == plan.districts["interviews"].tolist()
    assert quotas(margins.drop(columns="sex"), plan).empty


def test_topping_up_adds_interviews_only_where_needed() -> None:
    names = city().city.districts
    found = top_up([(names[0], 90), (names[1], 0)], SampleGoal(rate=0.8), FRAME)
    assert found.districts["district"].tolist() == [names[0]]
    assert found.interviews == 90
    with pytest.raises(DesignError, match="没有需要补充"):
        top_up([], SampleGoal(rate=0.8), FRAME)


def test_the_correlation_comes_from_the_answers() -> None:
    icc, take = intra_cluster(sample(), heads()[3].name)
    assert 0.01 < icc < 0.2
    assert take == pytest.approx(18, abs=1)
