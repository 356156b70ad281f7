"""From the survey to a campaign: streets, channels, contacts, effects, prices. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.areas.beta_binomial import fit
from analysis.areas.verdicts import model_streets
from analysis.decisions.audience import Audience, audience_reach, listen
from analysis.decisions.budget import BudgetPlan, Campaign, plan, roll_out
from analysis.design.labels import unique_names
from analysis.estimation.sample import SampleOptions
from survey.quality import exclusions
from survey.study.outreach_costs import Tariff
from survey.study.rollout import RollOut, RollOuts
from survey.study.study import Study

PRICES: Mapping[str, float] = {
    "上门": 1500.0, "宣传栏": 800.0, "户外": 5000.0, "公交": 6000.0, "电视": 8000.0, "广播": 1000.0, "报纸": 4000.0,
    "微信": 1200.0, "短视频": 2500.0, "单位": 1500.0, "学校": 1500.0, "活动": 4000.0, "手册": 2500.0, "短信": 2000.0,
}  # fmt: skip
"""Word in a channel's name -> yuan for one activity in one street: examples, to be replaced by local prices."""
PRICE, TOUCH = 2000.0, 0.3
COST, SHARE, SOURCE, EXAMPLE = "每场费用（元）", "每场触达该渠道受众（%）", "来源", "示例"
UNUSABLE = ("亲友", "其他")
"""Channels nobody can book."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan with its doubt.

    Attributes:
        plan: what should be done.
        streets: names. districts: theirs. unaware: residents who do not know, model estimate.
        channels: names.
        low, high: residents gained if every effect lay at the lower or upper end of its interval.
    """

    plan: BudgetPlan
    streets: tuple[str, ...]
    districts: tuple[str, ...]
    unaware: np.ndarray
    channels: tuple[str, ...]
    low: float
    high: float


def hear(study: Study, version: int | None, mode: str) -> Audience:
    """The sample that knows of channels."""
    rows = exclusions.counted_responses(study, version=version)
    wanted = SampleOptions.of(study, modes=(mode,))
    return listen(rows, study.questionnaire, study.areas, study.margins, wanted)


def price_list(table: pd.DataFrame, tariff: Tariff | None = None) -> pd.DataFrame:
    """What an activity of each channel costs and how much of its users it touches, to be edited.

    Args:
        table: from `analysis.decisions.audience.reach_table`.
        tariff: the study's own figures.

    Returns:
        One row a channel; `来源` says whether the figures are the study's (本地) or examples (示例).
    """
    local = tariff or Tariff()
    unusable = UNUSABLE if local.unusable is None else local.unusable
    labels = [str(label) for label in table["label"]]
    prices = [_figure(label, local.price) for label in labels]
    touches = [_figure(label, local.touch) for label in labels]
    example = [next((yuan for word, yuan in PRICES.items() if word in label), PRICE) for label in labels]
    return pd.DataFrame(
        {
            "渠道": labels,
            "可用": [not any(word in label for word in unusable) for label in labels],
            COST: [one if price is None else price for one, price in zip(example, prices, strict=True)],
            SHARE: [100 * TOUCH if touch is None else touch for touch in touches],
            SOURCE: [_source(price, touch, local.source) for price, touch in zip(prices, touches, strict=True)],
        }
    )


def _figure(label: str, known: Mapping[str, float]) -> float | None:
    """The figure whose word is in the name; the longest word where several are."""
    fit = [word for word in known if word in label]
    return known[max(fit, key=len)] if fit else None


def _source(price: float | None, touch: float | None, source: str) -> str:
    told = f"本地（{source}）" if source else "本地"
    if price is not None and touch is not None:
        return told
    if price is None and touch is None:
        return EXAMPLE
    return f"单价{EXAMPLE}" if price is None else f"触达{EXAMPLE}"


def edited(prices: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The same, rows that were changed by hand marked as such."""
    changed = (prices[[COST, SHARE]].to_numpy(float) != before[[COST, SHARE]].to_numpy(float)).any(axis=1)
    return prices.assign(**{SOURCE: prices[SOURCE].mask(changed, "页面填写")})


def examples_used(found: Outlook, prices: pd.DataFrame) -> tuple[str, ...]:
    """Channels of the plan whose price or touch is an example."""
    used = [name for name, count in zip(found.channels, found.plan.activities.sum(axis=0), strict=True) if count]
    rows = prices[prices["渠道"].isin(used) & prices[SOURCE].str.contains(EXAMPLE)]
    return tuple(rows["渠道"])


def campaign_of(
    study: Study, audience: Audience, wave: str, table: pd.DataFrame, prices: pd.DataFrame
) -> tuple[Campaign, pd.DataFrame, pd.DataFrame]:
    """What could be done.

    Args:
        study: gives the frame.
        audience: the sample.
        wave: the wave.
        table: from `analysis.decisions.audience.reach_table`.
        prices: as `price_list` gives it, perhaps edited.

    Returns:
        The campaign, its streets (street, district, unaware) and the rows of `table` that are its channels. An
        activity touches a share of the street's unaware people who use the channel; use is the district's, by model.
    """
    where = {"wave": wave}
    streets = model_streets(audience.sample, audience.channels.aware, unique_names(study.areas), where)
    unaware = ((1 - streets["estimate"]) * streets["population"]).to_numpy(float)
    usable = (prices["可用"] & (prices[COST] > 0)).to_numpy(bool) & table["effect"].notna().to_numpy()
    channels = table[usable].reset_index(drop=True)
    chosen = prices[usable].reset_index(drop=True)
    use = _use(audience, where, channels, streets["district"].tolist())
    touch = chosen[SHARE].to_numpy(float) / 100
    contact = unaware[:, None] * use * np.clip(touch, 0, 1)[None, :]
    effect = np.clip(channels["effect"].to_numpy(float), 0.0, 1.0)
    campaign = Campaign(unaware, contact, effect, chosen[COST].to_numpy(float))
    return campaign, streets.assign(unaware=unaware)[["street", "district", "unaware"]], channels


def _use(audience: Audience, where: Mapping[str, str], channels: pd.DataFrame, districts: list[str]) -> np.ndarray:
    """Share of the residents of each street's district who use a channel, model estimates: (streets, channels)."""
    found = audience_reach(audience, "district", where)
    columns = []
    for item in channels["item"]:
        rows = found[found["item"] == item].set_index("group").reindex(list(dict.fromkeys(districts)))
        mean = fit(rows["estimate"].to_numpy(float), rows["n_pooled"].to_numpy(float)).mean
        columns.append(dict(zip(rows.index, mean, strict=True)))
    return np.array([[column[name] for column in columns] for name in districts]).reshape(len(districts), len(columns))


def outlook(
    campaign: Campaign, streets: pd.DataFrame, channels: pd.DataFrame, budget: float | None, activities: int | None
) -> Outlook:
    """Divide a budget or a number of activities, and say how much the gain depends on doubtful effects."""
    best = plan(campaign, budget=budget, activities=activities)
    ends = [
        _gain(replace(campaign, effect=np.clip(channels[name].to_numpy(float), 0.0, 1.0)), best.activities)
        for name in ("effect_low", "effect_high")
    ]
    return Outlook(
        best, tuple(streets["street"]), tuple(streets["district"]), campaign.unaware, tuple(channels["label"]), *ends
    )


def _gain(campaign: Campaign, counts: np.ndarray) -> float:
    """Residents gained by these activities (the overlap of channels taken out)."""
    unaware = np.maximum(campaign.unaware, 1e-12)[:, None]
    rate = np.clip(campaign.contact * campaign.effect[None, :] / unaware, 0.0, 1.0)
    return float((campaign.unaware * (1.0 - ((1.0 - rate) ** counts).prod(axis=1))).sum())


def activity_table(found: Outlook) -> pd.DataFrame:
    """One row a street: activities by channel, unaware residents, gain; streets with most gain first."""
    counts = pd.DataFrame(found.plan.activities, columns=list(found.channels))
    used = counts.loc[:, counts.sum() > 0]
    head = pd.DataFrame(
        {
            "街道": found.streets,
            "区县": found.districts,
            "不知晓人数（模型估计）": np.rint(found.unaware).astype(int),
            "预计新增知晓": np.rint(found.plan.gained).astype(int),
            "场次": counts.sum(axis=1),
        }
    )
    table = pd.concat([head, used], axis=1)
    return table[table["场次"] > 0].sort_values("预计新增知晓", ascending=False, kind="stable").reset_index(drop=True)


def draw(streets: pd.DataFrame, steps: int, seed: int) -> dict[str, int]:
    """Street -> batch (from 0), at random within districts."""
    groups = pd.factorize(streets["district"])[0].astype(np.int64)
    start = roll_out(len(streets), steps, groups=groups, seed=seed)
    return {str(street): int(batch) for street, batch in zip(streets["street"], start, strict=True)}


def order_table(start: Mapping[str, int], streets: pd.DataFrame) -> pd.DataFrame:
    """Streets by batch."""
    districts = dict(zip(streets["street"].astype(str), streets["district"].astype(str), strict=True))
    rows = [(batch + 1, districts.get(street, ""), street) for street, batch in start.items()]
    table = pd.DataFrame(rows, columns=["批次", "区县", "街道"])
    return table.sort_values(["批次", "区县"], kind="stable").reset_index(drop=True)


def basis_of(study: Study, before: str, after: str) -> tuple[RollOut | None, str]:
    """The newest draw that bears witness to the change between two waves; or None, and why there is none."""
    draws = RollOuts(study.root).draws()
    if not draws:
        return None, "研究里没有保存过随机分批"
    first, second = study.wave(before), study.wave(after)
    reasons = [one.objection(first.end, second.start) for one in draws]
    fit = [one for one, reason in zip(draws, reasons, strict=True) if not reason]
    return (fit[-1], "") if fit else (None, reasons[-1])
