"""The one plan of a campaign that page, chart and command show: which channels, in which streets, with what gain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.areas.models.beta_binomial import fit
from analysis.areas.streets import model_streets
from analysis.decisions.audience import Audience, audience_reach
from analysis.decisions.budget import BudgetPlan, Campaign, gains, plan, slope
from analysis.decisions.channel_effects import ChannelEffects, channel_effects
from analysis.decisions.channel_reach import Mix, combined
from analysis.design.labels import unique_names
from analysis.estimation.intervals import log_limits
from reports.plans.prices import COST, NO_PRICE, SHARE
from survey.study.areas import Areas

UNBOOKABLE, UNSEEN = "不能安排活动", "关联看不出"
TIMES = "次数"
"""Column with the number of activities of a street."""
MEANINGFUL = 10.0  # limits of a gain further apart than this factor are not shown


@dataclass(frozen=True, slots=True)
class Limit:
    """Limits of a campaign.

    Attributes:
        budget: yuan; None for no limit.
        activities: number of activities; None for no limit.
        reach_only: aim at residents reached, whether or not a channel is associated with awareness.
    """

    budget: float | None = None
    activities: int | None = None
    reach_only: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """The plan with its uncertainty.

    Attributes:
        campaign: what could be done.
        plan: the activities, (streets, channels); `gained` are residents newly aware, or reached with `reach_only`.
        streets: street, district, population, unaware (residents who do not know, model estimate).
        channels: names of the channels considered, in the order of the columns of the plan.
        mix: the channels that get activities, and the unaware residents who use them, each counted once.
        left_out: reason -> names of the channels that are not considered.
        low, high: limits of the total gain, by the sampling error of the associations; NaN where they say nothing.
        reach_only: whether being reached is the aim.
        effects: the associations of the channels; None where reach alone is the aim.
    """

    campaign: Campaign
    plan: BudgetPlan
    streets: pd.DataFrame
    channels: tuple[str, ...]
    mix: Mix
    left_out: Mapping[str, tuple[str, ...]]
    low: float
    high: float
    reach_only: bool
    effects: ChannelEffects | None

    @property
    def gained(self) -> float:
        """Expected residents newly aware, or reached with `reach_only`."""
        return float(self.plan.gained.sum())

    @property
    def count(self) -> int:
        """Number of activities."""
        return int(self.plan.activities.sum())


def plan_campaign(
    areas: Areas,
    audience: Audience,
    wave: str,
    offers: tuple[pd.DataFrame, pd.DataFrame],
    limit: Limit,
    *,
    before: str = "",
    red: Collection[str] = (),
    waiting: Collection[str] = (),
) -> Outlook:
    """Plan the campaign with the largest expected gain within the limits.

    An activity reaches a share of the street's unaware residents who use the channel; the use of a channel is a model
    estimate of the district. Only channels whose association with awareness is seen get money, unless reach alone is
    the aim. The expected gain uses associations shrunk towards their mean, since the chosen ones tend to be too large.

    Args:
        areas: the frame.
        audience: the sample.
        wave: the wave.
        offers: the channels, from `analysis.decisions.audience.reach_table`, and their prices, from `price_list`.
        limit: limits and aim.
        before: the wave before, on which the model of the streets draws; none when "".
        red: streets with a red light, whose answers are in no model.
        waiting: districts with a red light, which get no activity before their interviews are repeated.

    Raises:
        DesignError: no limit, or a negative one.
    """
    where = {"wave": wave}
    channels, left_out = _considered(*offers, reach_only=limit.reach_only)
    items = tuple(channels["item"])
    earlier, frame = {"wave": before} if before else None, unique_names(areas)
    streets = model_streets(audience.sample, audience.channels.aware, frame, where, earlier=earlier, red=red)
    streets = streets.assign(unaware=(1 - streets["estimate"]) * streets["population"])
    effects = None if limit.reach_only else channel_effects(audience, where).only(items)
    may = ~streets["district"].astype(str).isin(list(waiting)).to_numpy()
    campaign = Campaign(
        streets["unaware"].to_numpy(float),
        _contact(audience, where, channels, streets) * may[:, None],
        np.ones(len(items)) if effects is None else np.clip(effects.mean, 0.0, 1.0),
        channels[COST].to_numpy(float),
    )
    best = plan(campaign, budget=limit.budget, activities=limit.activities)
    used = [item for item, count in zip(items, best.activities.sum(axis=0), strict=True) if count]
    mix = combined(audience.patterns(wave, unaware=True), used)
    low, high = gain_limits(campaign, best.activities, effects)
    shown = streets[["street", "district", "population", "unaware"]]
    return Outlook(campaign, best, shown, tuple(channels["label"]), mix, left_out, low, high, limit.reach_only, effects)


def _considered(
    table: pd.DataFrame, prices: pd.DataFrame, *, reach_only: bool
) -> tuple[pd.DataFrame, Mapping[str, tuple[str, ...]]]:
    """Return the channels that may get money, with their prices, and the names of the others by reason."""
    offers = table.join(prices.set_index("渠道")[["可用", COST, SHARE]], on="label")
    reason = np.select(
        [~offers["bookable"], ~(offers[COST] > 0), ~offers["可用"].eq(True), ~offers["seen"] & (not reach_only)],
        [UNBOOKABLE, NO_PRICE, UNBOOKABLE, UNSEEN],
        "",
    )
    names = {why: tuple(offers["label"][reason == why]) for why in (UNSEEN, NO_PRICE, UNBOOKABLE)}
    return offers[reason == ""].reset_index(drop=True), {why: which for why, which in names.items() if which}


def _contact(audience: Audience, where: Mapping[str, str], channels: pd.DataFrame, streets: pd.DataFrame) -> np.ndarray:
    """Return unaware residents whom one activity reaches, (streets, channels)."""
    found = audience_reach(audience, "district", where)
    names = list(dict.fromkeys(streets["district"]))
    at = [names.index(name) for name in streets["district"]]
    contact = np.empty((len(streets), len(channels)))
    for column, (item, share) in enumerate(zip(channels["item"], channels[SHARE], strict=True)):
        rows = found[found["item"] == item].set_index("group").reindex(names)
        use = fit(rows["estimate"].to_numpy(float), rows["n_pooled"].to_numpy(float)).mean[at]
        contact[:, column] = streets["unaware"] * use * np.clip(float(share) / 100, 0, 1)
    return contact


def gain_limits(
    campaign: Campaign, activities: NDArray[np.int64], effects: ChannelEffects | None
) -> tuple[float, float]:
    """Return limits of the gain by the delta method on the log scale; NaN where they say nothing.

    Args:
        campaign: what could be done, in all streets or in some.
        activities: what is done, (streets, channels).
        effects: the associations of the channels; None where reach alone is the aim.
    """
    total = float(gains(campaign, activities).sum())
    if effects is None or total <= 0:
        return float("nan"), float("nan")
    steep = slope(campaign, activities)
    error = np.sqrt(max(float(steep @ effects.covariance @ steep), 0.0))
    low, high = (float(end) for end in log_limits(np.array(total), error, max(effects.df, 1)))
    return (low, high) if high <= MEANINGFUL * low else (float("nan"), float("nan"))


def activity_table(found: Outlook) -> pd.DataFrame:
    """Return one row per street: activities by channel, unaware residents, gain; largest gain first."""
    gain = "预计触达" if found.reach_only else "预计新增知晓"
    counts = pd.DataFrame(found.plan.activities, columns=list(found.channels))
    used = counts.loc[:, counts.sum() > 0]
    head = pd.DataFrame(
        {
            "街道": found.streets["street"],
            "区县": found.streets["district"],
            "不知晓人数（模型估计）": np.rint(found.streets["unaware"]).astype(int),
            gain: np.rint(found.plan.gained).astype(int),
            TIMES: counts.sum(axis=1),
        }
    )
    table = pd.concat([head, used], axis=1)
    return table[table[TIMES] > 0].sort_values(gain, ascending=False, kind="stable").reset_index(drop=True)
