"""Outreach: who does not know, the channels that reach them, and the one plan of a campaign with what is said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.areas.decomposition import persons_lacking
from analysis.areas.verdict import Verdict
from analysis.decisions.audience import Audience, reach_table, unaware_residents
from analysis.decisions.contacts import REACH
from reports.audience.heard import Heard
from reports.disclosure import hidden_areas, shown
from reports.fieldwork.area_lights import red_areas
from reports.plans.area_plans import area_plans
from reports.plans.campaign import UNSEEN, Limit, Outlook, plan_campaign
from reports.plans.deadlines import mend_day, spoken
from reports.plans.prices import examples_used, price_list
from reports.provenance import Provenance, provenance
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import outreach as sentences
from reports.sentences.causes import first_groups
from reports.sentences.notes import channels
from reports.sentences.outreach import AreaPlan, Spending
from reports.sentences.sentence import Row, Sentence, rows_of, say
from reports.verdicts import judged
from survey.instrument.measure import MEASURES
from survey.study.plans.letterhead import letterhead
from survey.study.plans.outreach_costs import tariff_of

ASSOCIATED = (
    "渠道与知晓是关联，不是因果；只安排关联看得出的渠道；推算新增时把各渠道的关联向平均数收缩，因为挑出来的往往偏高"
)
REACHED = "只求触达：不看渠道与知晓有没有关联，只算活动接触到的不知晓者，不推算新增知晓"
EVERY_AGE = "各年龄"


def reach(heard: Heard, selection: Selection) -> pd.DataFrame:
    """Return every channel, see `analysis.decisions.audience.reach_table`; empty where all have too few answers."""
    table = reach_table(heard.audience, selection.domain)
    if table.empty:
        return table
    names = [f"{item}{REACH}" for item in table["item"]]
    asked = selection.asking(names)
    found = shown(heard.gathered.shares(asked), heard.gathered, asked).table
    seen = set(found.loc[found["estimate"].notna(), "item"].astype(str))
    return table[[name in seen for name in names]].reset_index(drop=True)


def widest(heard: Heard, selection: Selection) -> tuple[str, ...]:
    """Return the labels of the bookable channels of `reach`, the largest reach first; nothing else is estimated."""
    channels = heard.audience.channels
    asked = selection.asking([f"{name}{REACH}" for name in channels.labels])
    found = shown(heard.gathered.shares(asked), heard.gathered, asked).table
    enough = found["estimate"].notna() & (found["n"] >= heard.audience.sample.suppression).fillna(False).astype(bool)
    names = found[enough].sort_values("estimate", ascending=False, kind="stable")["item"].astype(str)
    ordered = names.str.removesuffix(REACH).tolist()
    return tuple(channels.labels[name] for name in ordered if name in channels.bookable)


def prices_of(heard: Heard, table: pd.DataFrame) -> pd.DataFrame:
    """Return prices of the channels of `reach`: the study's own figures, or examples where it gives none."""
    return price_list(table, tariff_of(heard.gathered.study, tuple(heard.audience.channels.labels.values())))


@dataclass(frozen=True, slots=True)
class Outreach:
    """Unaware groups, and the one plan with everything said about it.

    Attributes:
        found: the plan with its uncertainty.
        spent: what it spends and gains.
        plans: the same by area, the largest gain first.
        audience: whom to reach first, by age; empty where the ages cannot be told apart.
        groups: unaware residents by age and place, largest group first.
        lacking: what they lack, such as 不知晓.
        names: the channels of the plan, in the order of what each adds to the reach.
        sentence: the recommended action.
        charged: who acts by when, before it is changed on the page.
        now: the awareness rate of the first area; None where it is not judged or reach alone is the aim.
        led: the lead unit of the first area; "" for none.
        decides: who decides on what follows.
        examples: channels of the plan whose price or reach the program ships as an example.
        lead: what follows where the plan does not bring the first area to its target; follows `charged`, may be empty.
        whole: how many do not know, and the whole plan.
        use: channel -> the share of the audience in contact with it; empty where it is not one age group.
        caveat: what a reader of the table must know.
        together: the share of the unaware whom these channels reach; empty without activities.
        unit_cost: yuan per resident gained; empty without activities.
        remarks: further remarks: what an association is, channels without money, example prices.
        idle: why there is no activity; empty where there are some.
        provenance: provenance of the numbers.
    """

    found: Outlook
    spent: Spending
    plans: tuple[AreaPlan, ...]
    audience: Sentence
    groups: pd.DataFrame
    lacking: str
    names: tuple[str, ...]
    sentence: Sentence
    charged: Sentence
    now: Row | None
    led: str
    decides: str
    examples: tuple[str, ...]
    lead: Sentence
    whole: Sentence
    use: Mapping[str, Row]
    caveat: Sentence
    together: Sentence
    unit_cost: Sentence
    remarks: tuple[Sentence, ...]
    idle: Sentence
    provenance: Provenance


def outreach(heard: Heard, selection: Selection, table: pd.DataFrame, prices: pd.DataFrame, limit: Limit) -> Outreach:
    """Plan a campaign; headline, charts and tables of page and command all come from the result.

    Args:
        heard: the sample of awareness.
        selection: the wave; filters on people do not apply, since a campaign is for all.
        table: from `reach`.
        prices: from `prices_of`, possibly edited.
        limit: limits and aim of the campaign.
    """
    audience, gathered = heard.audience, heard.gathered
    asked = selection.everyone().asking([audience.channels.aware.name])
    waiting = red_areas(gathered, (selection.wave,))
    found = _planned(heard, asked, (table, prices), limit, waiting)
    spent = _spending(found, audience, unaware_residents(audience, asked.domain))
    plans, examples = area_plans(found), examples_used(spent.channels, prices)
    busy, rates = found.count > 0, _rates_of(gathered, asked, plans)
    now = rates.get(plans[0].place) if plans else None
    group = first_groups(_lacking(heard, asked, ("age",)), ("age",))
    heads = letterhead(gathered.study)
    led = heads.named_lead_of(plans[0].place) if plans and plans[0].streets else ""
    why = channels.use(use := _use(heard, asked, str(group)), spent.channels, str(group))
    return Outreach(
        found,
        spent,
        plans,
        group,
        _groups(heard, asked),
        MEASURES[audience.channels.aware.measure].lacking,
        spent.channels,
        sentences.headline(spent, plans, now),
        _charged(gathered, spent, plans, led),
        None if limit.reach_only else now,
        led,
        heads.name,
        tuple(examples),
        sentences.second_step(spent, plans[0], now, heads.name, examples=bool(examples)) if plans else Sentence(),
        sentences.whole(spent, plans, examples=bool(examples)),
        use,
        sentences.unlike(examples, sorted(waiting), _met(plans, rates), reach_only=found.reach_only),
        sentences.together(spent) if busy else Sentence(),
        sentences.unit_cost(spent),
        _remarks(found, examples, why),
        Sentence() if busy else channels.idle(len(found.channels), unseen=UNSEEN in found.left_out),
        provenance(gathered, asked, shown(gathered.estimates(asked), gathered, asked)),
    )


def _planned(
    heard: Heard, asked: Selection, offers: tuple[pd.DataFrame, pd.DataFrame], limit: Limit, waiting: Collection[str]
) -> Outlook:
    """Return the plan of a wave; arguments as of `plan_campaign`."""
    gathered, wave = heard.gathered, asked.wave
    return plan_campaign(
        gathered.study.areas,
        heard.audience,
        wave,
        offers,
        limit,
        before="".join(gathered.before(wave)[-1:]),
        red=_streets_left_out(gathered, asked, wave),
        waiting=waiting,
    )


def _streets_left_out(gathered: StudySample, asked: Selection, wave: str) -> frozenset[str]:
    """Return the streets with a red light or hidden numbers, whose answers are in no model."""
    streets = asked.asking(asked.items, ("street",))
    return red_areas(gathered, (wave,), "street") | hidden_areas(gathered, streets)


def _charged(gathered: StudySample, spent: Spending, plans: Sequence[AreaPlan], led: str) -> Sentence:
    """Return who acts by when; empty without a plan."""
    day = spoken(gathered.study, gathered.version, mend_day(gathered.study, gathered.version))
    return sentences.charged(spent.unit, str(day), led) if plans else Sentence()


def _rates_of(gathered: StudySample, asked: Selection, plans: Sequence[AreaPlan]) -> Mapping[str, Row]:
    """Return the awareness rate of the districts of a plan, without those that have no target or are not judged."""
    if not plans or not plans[0].streets:
        return {}
    found = judged(gathered, asked.asking(asked.items, ("district",)))
    here = found.table[found.table["district"].isin([one.place for one in plans]) & found.table["line"].notna()]
    rows = rows_of(found, here[here["estimate"].notna()], "district", "item")
    return {str(row["district"]): row for row in rows}


def _met(plans: Sequence[AreaPlan], rates: Mapping[str, Row]) -> list[str]:
    """Return the districts of a plan that have surely reached their target."""
    return [one.place for one in plans if one.place in rates and rates[one.place]["verdict"] == Verdict.MET]


def _use(heard: Heard, asked: Selection, age: str) -> Mapping[str, Row]:
    """Return channel -> the share of an age group in contact with it; empty for no group, or a hidden one."""
    labels = heard.audience.channels.labels
    grouped = asked.asking([f"{name}{REACH}" for name in labels], ("age",))
    found = shown(heard.gathered.estimates(grouped), heard.gathered, grouped)
    here = found.table[found.table["age"].astype(str).eq(age) & found.table["estimate"].notna()]
    rows = rows_of(found, here, "age", "item")
    return {labels[str(row["item"]).removesuffix(REACH)]: row for row in rows}


def _lacking(heard: Heard, asked: Selection, by: tuple[str, ...]) -> pd.DataFrame:
    """Return `persons_lacking` of the city, without the groups that the reader may not see."""
    found = persons_lacking(heard.audience.sample, asked.items[0], by, asked.domain)
    if not asked.reserved:
        return found
    grouped = asked.asking(asked.items, by)
    table = shown(heard.gathered.estimates(grouped), heard.gathered, grouped).table
    seen = table[table["estimate"].notna()].set_index(list(by)).index
    return found[found.set_index(list(by)).index.isin(seen)].reset_index(drop=True)


def _groups(heard: Heard, asked: Selection) -> pd.DataFrame:
    """Return unaware residents by age and place; by place alone for readers who see one column of people at a time."""
    if not asked.reserved:
        return _lacking(heard, asked, ("age", "place"))
    return _lacking(heard, asked, ("place",)).assign(age=EVERY_AGE)


def _spending(found: Outlook, audience: Audience, unaware: tuple[float, float, float]) -> Spending:
    return Spending(
        unaware=unaware[0],
        unaware_limits=unaware[1:],
        channels=tuple(audience.channels.labels[name] for name in found.mix.channels),
        share=found.mix.share[-1] if found.mix.share else 0.0,
        cost=found.plan.cost,
        activities=found.count,
        gain=found.gained,
        limits=(found.low, found.high),
        reach_only=found.reach_only,
        unit=audience.channels.aware.owner,
    )


def _remarks(found: Outlook, examples: tuple[str, ...], why: Sentence) -> tuple[Sentence, ...]:
    """Return what a reader must know about the plan."""
    basis = say(REACHED if found.reach_only else ASSOCIATED)
    said = (basis, why, channels.without_money(found.left_out), channels.example_prices(examples))
    return tuple(one for one in said if one)


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
