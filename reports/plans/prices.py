"""Price and reach of an activity by channel: the study's own figures, or examples where it gives none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from survey.study.plans.outreach_costs import Tariff

PRICES: Mapping[str, float] = {
    "上门": 1500.0, "宣传栏": 800.0, "户外": 5000.0, "公交": 6000.0, "电视": 8000.0, "广播": 1000.0, "报纸": 4000.0,
    "微信": 1200.0, "短视频": 2500.0, "单位": 1500.0, "学校": 1500.0, "活动": 4000.0, "手册": 2500.0, "短信": 2000.0,
}  # fmt: skip
"""Word in a channel's name -> yuan for one activity in one street: examples, to be replaced by local prices."""
TOUCH = 0.3
COST, SHARE, SOURCE = "每场费用（元）", "每场触达该渠道受众（%）", "来源"
EXAMPLE, NO_PRICE = "示例", "没有单价"


def price_list(table: pd.DataFrame, tariff: Tariff | None = None) -> pd.DataFrame:
    """Return price and reach of an activity of each channel that can be booked, for editing.

    Args:
        table: from `analysis.decisions.audience.reach_table`.
        tariff: the study's own figures.

    Returns:
        One row per channel that is `bookable`; `来源` states whether the figures are the study's (本地) or examples
        (示例). A channel with neither has no price (NaN) and is not available.
    """
    local = tariff or Tariff()
    labels = [str(label) for label in table["label"][table["bookable"]]]
    prices = [_figure(label, local.price) for label in labels]
    touches = [_figure(label, local.touch) for label in labels]
    costs = [_figure(label, PRICES) if price is None else price for label, price in zip(labels, prices, strict=True)]
    barred = [any(word in label for word in local.unusable) for label in labels]
    sources = [_source(price, touch, local.source) for price, touch in zip(prices, touches, strict=True)]
    return pd.DataFrame(
        {
            "渠道": labels,
            "可用": [cost is not None and not bar for cost, bar in zip(costs, barred, strict=True)],
            COST: np.array([np.nan if cost is None else cost for cost in costs], dtype=float),
            SHARE: np.array([100 * TOUCH if touch is None else touch for touch in touches], dtype=float),
            SOURCE: [NO_PRICE if cost is None else one for cost, one in zip(costs, sources, strict=True)],
        }
    )


def _figure(label: str, known: Mapping[str, float]) -> float | None:
    """Return the figure whose keyword occurs in the name; the longest keyword where several do."""
    fit = [word for word in known if word in label]
    return known[max(fit, key=len)] if fit else None


def _source(price: float | None, touch: float | None, source: str) -> str:
    local = f"本地（{source}）" if source else "本地"
    if price is not None and touch is not None:
        return local
    if price is None and touch is None:
        return EXAMPLE
    return f"单价{EXAMPLE}" if price is None else f"触达{EXAMPLE}"


def edited(prices: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the prices with rows marked that were changed by hand."""
    if prices.equals(before):
        return prices
    now, then = (table[[COST, SHARE]].to_numpy(float) for table in (prices, before))
    changed = ~np.isclose(now, then, rtol=0, atol=0, equal_nan=True).all(axis=1)
    return prices.assign(**{SOURCE: prices[SOURCE].mask(changed, "页面填写")})


def examples_used(booked: Sequence[str], prices: pd.DataFrame) -> tuple[str, ...]:
    """Return booked channels whose price or reach is an example."""
    rows = prices[prices["渠道"].isin(booked) & prices[SOURCE].str.contains(EXAMPLE)]
    return tuple(rows["渠道"])
