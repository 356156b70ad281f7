"""One plan: page, chart and command name the same channels, share, gain and cost, in whatever city."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.audience import Audience, build_audience, reach_table
from analysis.estimation.sample import SampleOptions
from reports.plans.area_plans import area_plans, rest_of
from reports.plans.campaign import UNBOOKABLE, UNSEEN, Limit, Outlook, plan_campaign
from reports.plans.prices import COST, NO_PRICE, price_list
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw

WAVE = "W1"
SEEDS = range(1, 6)


@lru_cache(maxsize=len(SEEDS))
def heard(seed: int) -> tuple[MockCity, Audience, pd.DataFrame]:
    spec = MockSpec(seed=seed, districts=3, streets_per_district=3, waves=1, online=False, faults=False, texts=False)
    mock = draw(spec)
    audience = build_audience(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, SampleOptions())
    return mock, audience, reach_table(audience, {"wave": WAVE})


def planned(seed: int, limit: Limit, prices: pd.DataFrame | None = None, waiting: tuple[str, ...] = ()) -> Outlook:
    mock, audience, table = heard(seed)
    offers = table, price_list(table) if prices is None else prices
    return plan_campaign(mock.city.areas, audience, WAVE, offers, limit, waiting=waiting)


@pytest.mark.parametrize("seed", SEEDS)
def test_only_channels_that_can_be_booked_and_are_seen_get_money(seed: int) -> None:
    found, table = planned(seed, Limit(budget=50_000)), heard(seed)[2].set_index("label")
    used = [name for name, count in zip(found.channels, found.plan.activities.sum(axis=0), strict=True) if count]
    assert table.loc[used, "seen"].all()
    assert table.loc[used, "bookable"].all()
    assert {table.loc[name, "item"] for name in used} == set(found.mix.channels)
    every = [*found.channels, *(name for names in found.left_out.values() for name in names)]
    assert sorted(every) == sorted(table.index)
    assert not table.loc[list(found.left_out.get(UNSEEN, ())), "seen"].any()
    assert {"亲友邻居"} <= set(found.left_out[UNBOOKABLE])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_share_is_that_of_the_channels_of_the_plan(seed: int) -> None:
    found, audience = planned(seed, Limit(activities=40)), heard(seed)[1]
    patterns = audience.patterns(WAVE, unaware=True)
    share = found.mix.share[-1] if found.mix.share else 0.0
    assert share == pytest.approx(patterns.reached(found.mix.channels) / patterns.total)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_limits_of_the_gain_hold_it_and_are_of_use(seed: int) -> None:
    found = planned(seed, Limit(budget=50_000))
    if found.count and not np.isnan(found.low):
        assert 0 < found.low < found.gained < found.high <= 10 * found.low


@pytest.mark.parametrize("seed", SEEDS)
def test_reach_alone_plans_unseen_channels_and_claims_no_awareness(seed: int) -> None:
    found = planned(seed, Limit(budget=50_000, reach_only=True))
    assert UNSEEN not in found.left_out
    assert "亲友邻居" in found.left_out[UNBOOKABLE]
    assert found.count > 0
    assert np.isnan(found.high)
    # as many are reached as could be gained if every reached resident learned of it
    assert found.gained > planned(seed, Limit(budget=50_000)).gained


def test_a_channel_without_price_or_unticked_gets_nothing() -> None:
    table = heard(1)[2]
    prices = price_list(table)
    first = planned(1, Limit(budget=50_000, reach_only=True)).channels[0]
    unpriced = prices.assign(**{COST: prices[COST].mask(prices["渠道"] == first)})
    assert first in planned(1, Limit(budget=50_000, reach_only=True), unpriced).left_out[NO_PRICE]
    unticked = prices.assign(可用=prices["可用"] & (prices["渠道"] != first))
    assert first in planned(1, Limit(budget=50_000, reach_only=True), unticked).left_out[UNBOOKABLE]


def test_with_no_channel_left_the_plan_is_empty() -> None:
    prices = price_list(heard(1)[2]).assign(可用=False)
    found = planned(1, Limit(budget=50_000), prices)
    assert (found.count, found.mix.channels, found.gained) == (0, (), 0.0)


def test_the_areas_of_a_plan_add_up_to_it_and_have_limits_of_their_own() -> None:
    found = planned(1, Limit(budget=50_000))
    plans = area_plans(found)
    assert sum(one.activities for one in plans) == found.count
    assert sum(one.cost for one in plans) == found.plan.cost
    assert sum(one.gain for one in plans) == pytest.approx(found.gained)
    assert [one.gain for one in plans] == sorted((one.gain for one in plans), reverse=True)
    assert all(one.limits[0] < one.gain < one.limits[1] for one in plans)
    waiting = planned(1, Limit(budget=50_000), waiting=(plans[0].place,))
    assert plans[0].place not in {one.place for one in area_plans(waiting)}, "a red light waits"
    assert waiting.count > 0
    assert plans[0].residents == found.streets.loc[found.streets["district"] == plans[0].place, "population"].sum()
    assert set(plans[0].streets) <= set(found.streets["street"][found.streets["district"] == plans[0].place])
    assert rest_of(plans, len(plans) - 1) == (plans, ())  # a single one has room
    assert rest_of(plans * 3, 4) == ((plans * 3)[:4], (plans * 3)[4:])


def test_one_district_is_planned_by_street_and_nothing_without_money() -> None:
    found = planned(1, Limit(budget=50_000))
    alone = replace(found, streets=found.streets.assign(district="甲区"))
    plans = area_plans(alone)
    assert {one.place for one in plans} <= set(found.streets["street"])
    assert all(one.streets == () for one in plans)
    assert area_plans(planned(1, Limit(budget=0.0))) == ()
