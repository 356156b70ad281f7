"""From the survey to a campaign: streets, channels, contacts, effects, prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.areas.beta_binomial import fit
from analysis.areas.decomposition import persons_lacking
from analysis.areas.verdicts import model_streets
from analysis.decisions.audience import Audience, audience_reach, build_audience, reach_table, unaware_residents
from analysis.decisions.budget import BudgetPlan, Campaign, plan
from analysis.decisions.channel_reach import Mix, best_mix
from analysis.design.labels import unique_names
from analysis.numerals import percent
from reports.plans.prices import COST, SHARE, examples_used, price_list
from reports.provenance import Provenance, provenance
from reports.sample import StudySample, options, read_counted
from reports.selection import Selection
from reports.sentences import advice
from survey.instrument.measure import MEASURES
from survey.study.plans.outreach_costs import tariff_of
from survey.study.study import Study


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan with its uncertainty.

    Attributes:
        plan: the proposed activities.
        streets: names of streets. districts: their districts. unaware: unaware residents, model estimate.
        channels: names of channels.
        low, high: residents gained if every effect lay at the lower or upper end of its interval.
    """

    plan: BudgetPlan
    streets: tuple[str, ...]
    districts: tuple[str, ...]
    unaware: np.ndarray
    channels: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The sample of awareness, and the same sample as an audience with its channels."""

    gathered: StudySample
    audience: Audience


def hear(study: Study, selection: Selection) -> Heard:
    """Weight the answers about channels with the margins and weights of all other numbers.

    Raises:
        StoreError: no responses yet.
        DesignError: no channels asked, or self-selected answers.
    """
    counted = read_counted(study, selection)
    audience = build_audience(counted.rows, study.questionnaire, study.areas, study.margins, options(study, selection))
    aware = (audience.channels.aware,)
    return Heard(counted.weighted(audience.sample, aware), audience)


def reach(heard: Heard, selection: Selection) -> pd.DataFrame:
    """Return every channel, see `analysis.decisions.audience.reach_table`; empty where all have too few answers."""
    return reach_table(heard.audience, selection.domain)


def prices_of(heard: Heard, table: pd.DataFrame) -> pd.DataFrame:
    """Return prices of the channels of `reach`: the study's own figures, or examples where it gives none."""
    return price_list(table, tariff_of(heard.gathered.study, tuple(heard.audience.channels.labels.values())))


def campaign_of(
    study: Study, audience: Audience, wave: str, table: pd.DataFrame, prices: pd.DataFrame
) -> tuple[Campaign, pd.DataFrame, pd.DataFrame]:
    """Return the campaign that the sample and the prices allow.

    Args:
        study: source of the frame.
        audience: the sample.
        wave: the wave.
        table: from `analysis.decisions.audience.reach_table`.
        prices: from `price_list`, possibly edited.

    Returns:
        The campaign, its streets (street, district, unaware) and the rows of `table` that are its channels. An
        activity reaches a share of the street's unaware residents who use the channel; channel use is a model
        estimate of the district.
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
    """Return model estimates of channel use in the district of each street, shares: (streets, channels)."""
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
    """Allocate a budget or a number of activities, with the range of the gain under uncertain effects."""
    best = plan(campaign, budget=budget, activities=activities)
    ends = [
        _gain(replace(campaign, effect=np.clip(channels[name].to_numpy(float), 0.0, 1.0)), best.activities)
        for name in ("effect_low", "effect_high")
    ]
    return Outlook(
        best, tuple(streets["street"]), tuple(streets["district"]), campaign.unaware, tuple(channels["label"]), *ends
    )


def _gain(campaign: Campaign, counts: np.ndarray) -> float:
    """Return residents gained by these activities, without double counting across channels."""
    unaware = np.maximum(campaign.unaware, 1e-12)[:, None]
    rate = np.clip(campaign.contact * campaign.effect[None, :] / unaware, 0.0, 1.0)
    return float((campaign.unaware * (1.0 - ((1.0 - rate) ** counts).prod(axis=1))).sum())


@dataclass(frozen=True, slots=True)
class Limit:
    """Limits of a campaign: yuan or number of activities, and number of channels to combine."""

    budget: float | None
    activities: int | None
    channels: int


@dataclass(frozen=True, slots=True)
class Outreach:
    """Unaware groups, channels that reach them, and the allocation of the budget.

    Attributes:
        found: the plan with its uncertainty.
        streets: street, district, unaware residents.
        groups: unaware residents by age and place, largest group first.
        lacking: what they lack, such as 不知晓.
        mix: the combination of channels with the largest reach. names: their names. mix_sentence: share reached.
        examples: channels of the plan whose price or reach per activity is an example.
        sentence: the recommended action.
        provenance: provenance of the numbers.
    """

    found: Outlook
    streets: pd.DataFrame
    groups: pd.DataFrame
    lacking: str
    mix: Mix
    names: tuple[str, ...]
    mix_sentence: str
    examples: tuple[str, ...]
    sentence: str
    provenance: Provenance


def outreach(heard: Heard, selection: Selection, table: pd.DataFrame, prices: pd.DataFrame, limit: Limit) -> Outreach:
    """Plan a campaign.

    Args:
        heard: the sample of awareness.
        selection: the wave; filters on people do not apply, since a campaign is for all.
        table: from `reach`.
        prices: from `prices_of`, possibly edited.
        limit: limits of the campaign.
    """
    audience, asked = heard.audience, selection.everyone().asking([heard.audience.channels.aware.name])
    campaign, streets, channels = campaign_of(heard.gathered.study, audience, selection.wave, table, prices)
    found = outlook(campaign, streets, channels, limit.budget, limit.activities)
    groups = persons_lacking(audience.sample, asked.items[0], ("age", "place"), asked.domain)
    patterns = audience.patterns(selection.wave, unaware=True)
    mix = best_mix(patterns, min(limit.channels, len(table)))
    names = tuple(audience.channels.labels[name] for name in mix.channels)
    top = f"{groups.iloc[0]['age']}、住{groups.iloc[0]['place']}的人" if len(groups) else ""
    text = advice.outreach(
        unaware_residents(audience, asked.domain), top, (names[:3], mix.share[min(2, len(mix.share) - 1)]),
        (float(found.plan.gained.sum()), found.low, found.high),
        (found.plan.cost, int(found.plan.activities.sum())),
    )  # fmt: skip
    origin = provenance(heard.gathered, asked, heard.gathered.estimates(asked))
    together = f"{len(names)} 种渠道合起来能接触 {percent(mix.share[-1], 0)} 的不知晓者"
    used = [name for name, count in zip(found.channels, found.plan.activities.sum(axis=0), strict=True) if count]
    lacking = MEASURES[audience.channels.aware.measure].lacking
    return Outreach(found, streets, groups, lacking, mix, names, together, examples_used(used, prices), text, origin)


def activity_table(found: Outlook) -> pd.DataFrame:
    """Return one row per street: activities by channel, unaware residents, gain; largest gain first."""
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


def reach_list(table: pd.DataFrame) -> pd.DataFrame:
    """Return the channels of `reach` formatted for readers, in percent and percentage points."""
    names = {"reach": "接触(%)", "reach_low": "下限", "reach_high": "上限"}
    names |= {"effect": "知晓率差(百分点，关联)", "effect_low": "差下限", "effect_high": "差上限"}
    columns = {label: (100 * table[name]).round(1) for name, label in names.items()}
    return pd.DataFrame(
        {"渠道": table["label"], **columns, "接触过仍不知晓(人)": table["persons"].round(-2).astype(int)}
    )


def lacking_table(groups: pd.DataFrame) -> pd.DataFrame:
    """Return unaware residents by age and place, formatted for readers."""
    return pd.DataFrame(
        {
            "年龄": groups["age"].astype(str),
            "场所类型": groups["place"].astype(str),
            "答卷数": groups["n"],
            "不知晓(人)": groups["persons"].round(-2).astype(int),
            "下限": groups["conf_low"].round(-2).astype(int),
            "上限": groups["conf_high"].round(-2).astype(int),
        }
    )
