"""Prices: of channels that can be booked only, with their source; no price without one."""

import numpy as np
import pandas as pd

from reports.plans.prices import COST, EXAMPLE, NO_PRICE, SHARE, SOURCE, edited, examples_used, price_list
from survey.study.plans.outreach_costs import Tariff

TABLE = pd.DataFrame({"label": ["电视", "村村响", "亲友邻居"], "bookable": [True, True, False]})


def test_what_cannot_be_booked_has_no_row() -> None:
    assert list(price_list(TABLE)["渠道"]) == ["电视", "村村响"]


def test_a_channel_without_a_price_is_not_available() -> None:
    row = price_list(TABLE).set_index("渠道").loc["村村响"]
    assert not row["可用"]
    assert np.isnan(row[COST])
    assert row[SOURCE] == NO_PRICE


def test_the_study_gives_prices_and_bars_channels() -> None:
    found = price_list(TABLE, Tariff({"村村响": 300.0}, {"村村响": 50.0}, ("电视",), "目录")).set_index("渠道")
    assert list(found["可用"]) == [False, True]
    assert tuple(found.loc["村村响", [COST, SHARE, SOURCE]]) == (300.0, 50.0, "本地（目录）")
    assert found.loc["电视", SOURCE] == EXAMPLE


def test_only_what_was_changed_by_hand_is_marked() -> None:
    before = price_list(TABLE)
    assert list(edited(before, before)[SOURCE]) == [EXAMPLE, NO_PRICE]
    after = before.copy()
    after.loc[1, COST] = 100.0
    found = edited(after, before)
    assert list(found[SOURCE]) == [EXAMPLE, "页面填写"]
    assert examples_used(["电视", "村村响"], found) == ("电视",)
