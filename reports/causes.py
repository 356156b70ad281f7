"""Why a district is weak: decomposition of the gap, residents concerned, importance of items, and their owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.areas.against_target import item_problem
from analysis.areas.decomposition import decompose, persons_lacking
from analysis.areas.importance import UNHAPPY, UNKNOWN, matrix, opposite_rates
from analysis.areas.verdict import Reason, silence
from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH, percent
from reports.disclosure import shown
from reports.fieldwork.area_lights import red_areas
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import causes as words
from reports.sentences.sentence import Row, Sentence, rows_of
from reports.verdicts import named
from survey.errors import DesignError
from survey.instrument.measure import MEASURES, knowledge, measure_label
from survey.instrument.questionnaire import Rate

PEOPLE_BY = ("age", "place")
# problem of `analysis.areas.against_target.item_problem` -> owner; "unhappy" goes to the unit in charge
OWNERS = {
    "unknown": "宣传：先让人知道、用过",
    "both": "两方面都要看",
    "hidden": "样本不足",
    "opinion": "参与者意见",
}
WORDS = {"unhappy": "不满意，转责任单位", "unknown": "不了解，转宣传", "both": "两方面都要看"}
MOST = 12


@dataclass(frozen=True, slots=True)
class Causes:
    """Explanation of the rate of a district.

    Attributes:
        estimates: the rate of the district.
        gap: decomposition of the difference from the city, see `decompose`; None without a comparison.
        gap_text: the decomposition as a sentence.
        gap_figure: the title of its figure.
        headline: the same in a few words; empty without a comparison.
        lower: whether the district surely lies below the city.
        people: residents who lack it, by age and place, largest group first; may be empty.
        lacking: what they lack, such as 不知晓.
        quadrants: importance against satisfaction, see `matrix`; may be empty.
        first: sentence on what residents ask to improve first.
        doubt: why nothing is said about this district; empty where its answers may be judged.
    """

    estimates: Estimates
    gap: pd.DataFrame | None
    gap_text: Sentence
    gap_figure: Sentence
    headline: Sentence
    lower: bool
    people: pd.DataFrame
    lacking: str
    quadrants: pd.DataFrame
    first: Sentence
    doubt: Sentence


def causes(gathered: StudySample, selection: Selection, district: str) -> Causes:
    """Explain the rate of one district.

    Args:
        gathered: a probability sample.
        selection: names one rate; its people are the domain.
        district: the district.
    """
    rate = gathered.rate(selection.items[0])
    sample, here = gathered.sample, selection.asking(selection.items).within(district=district)
    estimates, lacking = gathered.estimates(here), MEASURES[rate.measure].lacking
    if doubt := _doubt(gathered, here, shown(estimates, gathered, here), district):
        nothing, none = pd.DataFrame(), Sentence()
        return Causes(estimates, None, none, none, none, False, nothing, lacking, nothing, none, doubt)
    try:
        gap = decompose(sample, rate.name, district, selection.domain)
    except DesignError:
        gap = None
    label = measure_label(rate.measure)
    table = matrix(sample, gathered.study.questionnaire, here.domain)
    return Causes(
        estimates,
        gap,
        Sentence() if gap is None else words.gap(district, label, gap),
        Sentence() if gap is None else words.gap_figure(label, gap),
        Sentence() if gap is None else words.gap_title(district, label, gap),
        gap is not None and words.lower(gap),
        persons_lacking(sample, rate.name, PEOPLE_BY, here.domain),
        lacking,
        table,
        words.first(district, table),
        Sentence(),
    )


@dataclass(frozen=True, slots=True)
class FirstItem:
    """One of the items to begin with.

    Attributes:
        row: its share in the district: label, estimate, line (NaN where it has no target).
        unit: who is in charge; "" where the questionnaire names nobody.
        asked: its row of `Causes.quadrants`, with the share of residents who ask to improve it; None where it is not
            asked.
    """

    row: Row
    unit: str
    asked: Row | None


def first_items(gathered: StudySample, worst: Sequence[Row], table: pd.DataFrame) -> tuple[FirstItem, ...]:
    """Return the items with the lowest shares, in their order, with their units and how many residents ask for them.

    Args:
        gathered: the sample.
        worst: from `reports.overview.problems.Problem`.
        table: `Causes.quadrants`; may be empty.
    """
    asked = {str(row["item"]): row for row in rows_of(table, table, "item")} if len(table) else {}
    names = [str(row["item"]) for row in worst]
    units = [gathered.rate(name).unit for name in names]
    return tuple(FirstItem(row, unit, asked.get(name)) for row, unit, name in zip(worst, units, names, strict=True))


def _doubt(gathered: StudySample, here: Selection, found: Estimates, area: str, level: str = "district") -> Sentence:
    """Return why nothing may be said about an area, given what is shown of it: a red light, few answers, or none."""
    if area in red_areas(gathered, here.waves, level):
        return words.unjudged(area, Reason.RED_LIGHT)
    silent = set(silence(found.table))
    one = next((reason for reason in (Reason.EMPTY, Reason.HIDDEN) if silent == {reason}), None)
    return words.unjudged(area, one) if one else Sentence()


@dataclass(frozen=True, slots=True)
class Items:
    """Satisfaction items that residents are unaware of or dissatisfied with.

    Attributes:
        table: one row per item, the largest problems first: item, label, the shares `unhappy` and `unknown` with their
            limits, problem, owner, group, unit; may be empty.
        estimates: the underlying estimates.
        sentence: who has to act, or why nobody is named.
        routing: the items with an owner, formatted for readers; none where the district may not be judged.
    """

    table: pd.DataFrame
    estimates: Estimates
    sentence: Sentence
    routing: pd.DataFrame


def unknown_or_unhappy(
    gathered: StudySample, selection: Selection, area: str, level: str = "district", some: Sequence[str] = ()
) -> Items:
    """Distinguish unaware from dissatisfied residents, item by item, in one area.

    Args:
        gathered: the sample.
        selection: waves and people.
        area: the area.
        level: its column.
        some: names of the items to look at, in their order; the `MOST` with the largest problems where empty.
    """
    every = opposite_rates(gathered.study.questionnaire)
    rates = [rate for rate in every if not some or rate.name.rpartition(".")[0] in some]
    asked = selection.asking([rate.name for rate in rates]).within(**{level: area})
    found = named(shown(gathered.estimates(asked), gathered, asked), gathered)
    sides = {
        "unhappy": found.table[found.table["item"].str.endswith(UNHAPPY)].reset_index(drop=True),
        "unknown": found.table[found.table["item"].str.endswith(UNKNOWN)].reset_index(drop=True),
    }
    table = sides["unhappy"][["item", "label"]].copy()
    for side, rows in sides.items():
        table[side], table[f"{side}_low"] = rows["estimate"], rows["conf_low"]
        table[f"{side}_high"] = rows["conf_high"]
    table["problem"] = item_problem(sides["unknown"], sides["unhappy"])
    table = _with_owners(table, {rate.name: rate for rate in rates}, gathered)
    table = table.loc[_order(table, some)]
    doubt = _doubt(gathered, asked, found, area, level)
    text = Sentence() if table.empty else doubt or words.owners(table, area)
    return Items(table, found, text, _routing(table.head(0) if doubt else table))


def _order(table: pd.DataFrame, some: Sequence[str]) -> list[int]:
    """Return the rows to show: those of some items in their order, else those with the largest problems."""
    if some:
        place = {name: at for at, name in enumerate(some)}
        return table["item"].str.rpartition(".")[0].map(place).sort_values().index.tolist()
    worst = table[["unhappy", "unknown"]].max(axis=1).sort_values(ascending=False, na_position="last")
    return worst.index[:MOST].tolist()


def _with_owners(table: pd.DataFrame, rates: dict[str, Rate], gathered: StudySample) -> pd.DataFrame:
    """Return the items with `owner`, professional `group` and `unit`."""
    publicity = next(iter(gathered.study.questionnaire.headlines(knowledge())), None)
    pairs = [(problem, rates[item]) for item, problem in zip(table["item"], table["problem"], strict=True)]
    both = [routed(problem, rate, publicity) for problem, rate in pairs]
    return table.assign(
        owner=[_owner(problem, rate.unit) for problem, rate in pairs],
        group=[group for group, _ in both],
        unit=[unit for _, unit in both],
    )


def _owner(problem: str, unit: str) -> str:
    """Return the owner of an item."""
    to_unit = f"转 {unit}" if unit else "转责任单位"
    return {"unhappy": to_unit, **OWNERS}[problem]


def routed(problem: str, rate: Rate, publicity: Rate | None) -> tuple[str, str]:
    """Return group and unit of a problem: publicity for lack of awareness, the service unit for dissatisfaction."""
    own = (rate.group, rate.unit)
    other = (publicity.group, publicity.unit) if publicity is not None else ("", "宣传部门")
    chosen = {"unhappy": (own,), "unknown": (other,), "both": tuple(dict.fromkeys((own, other)))}.get(problem, ())
    groups, units = (
        (list(dict.fromkeys(part for part in parts if part)) for parts in zip(*chosen, strict=True))
        if chosen
        else ([], [])
    )
    return "、".join(groups) or DASH, "、".join(units) or DASH


def _routing(table: pd.DataFrame) -> pd.DataFrame:
    """Return the items with an owner, formatted for readers."""
    rows = table[table["problem"].isin(tuple(WORDS))]
    return pd.DataFrame(
        {
            "项目": rows["label"],
            "问题": rows["problem"].map(WORDS),
            "专业组": rows["group"],
            "责任单位": rows["unit"],
            "不满意": [percent(value) for value in rows["unhappy"]],
            "不了解、没接触过": [percent(value) for value in rows["unknown"]],
        }
    ).reset_index(drop=True)
