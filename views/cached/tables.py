"""Tables between estimates and charts: rows put side by side, words put to codes; no statistics of their own."""

from __future__ import annotations

import pandas as pd

from analysis.areas.against_target import told_apart
from analysis.areas.importance import UNHAPPY, UNKNOWN, opposite_rates
from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH, interval, percent
from survey.instrument.measure import knowledge, measure_label
from survey.instrument.questionnaire import Questionnaire, Rate
from views.cached import rates as cached_rates
from views.charts.heat import order
from views.visitor.selection import Selection
from views.visitor.session import Loaded

# problem of `analysis.areas.against_target.told_apart` -> to whom it goes; "unhappy" goes to the unit in charge
OWNERS = {
    "unknown": "宣传：先让人知道、用过",
    "both": "两方面都要看",
    "hidden": "样本不足",
    "opinion": "参与者意见",
}
WORDS = {"unhappy": "不满意，转责任单位", "unknown": "不了解，转宣传", "both": "两方面都要看"}
MOST = 12


def with_change(loaded: Loaded, selection: Selection, city: Estimates, rates: tuple[Rate, ...]) -> pd.DataFrame:
    """The four rates with `before`, `change`, `change_low`, `change_high`, `detectable`; missing in a first wave."""
    columns = ["before", "change", "change_low", "change_high", "detectable"]
    found = cached_rates.change(loaded, selection, rates)
    if found is None:
        return city.table.assign(**dict.fromkeys(columns, float("nan")))
    moved = found.table.set_index("item")[["reference", "estimate", "conf_low", "conf_high", "detectable"]]
    return city.table.join(moved.set_axis(columns, axis=1), on="item")


def unknown_or_unhappy(loaded: Loaded, selection: Selection, district: str | None) -> tuple[pd.DataFrame, Estimates]:
    """One row an item of satisfaction: shares unhappy and unknown with intervals, the problem, and whose it is.

    Returns:
        The table for `views.charts.split`, the `MOST` largest problems first, with the professional `group` and `unit`
        that each goes to; and the estimates behind it.
    """
    rates = opposite_rates(loaded.study.questionnaire)
    found = cached_rates.judged(loaded, selection, rates, district=district)
    sides = {
        "unhappy": found.table[found.table["item"].str.endswith(UNHAPPY)].reset_index(drop=True),
        "unknown": found.table[found.table["item"].str.endswith(UNKNOWN)].reset_index(drop=True),
    }
    table = sides["unhappy"][["item", "label"]].copy()
    for side, rows in sides.items():
        table[side], table[f"{side}_low"] = rows["estimate"], rows["conf_low"]
        table[f"{side}_high"] = rows["conf_high"]
    table["problem"] = told_apart(sides["unknown"], sides["unhappy"])
    known = {rate.name: rate for rate in rates}
    table["owner"] = [
        _owner(problem, known[item].unit) for item, problem in zip(table["item"], table["problem"], strict=True)
    ]
    publicity = next(iter(loaded.study.questionnaire.headlines(knowledge())), None)
    both = [
        routed(problem, known[item], publicity) for item, problem in zip(table["item"], table["problem"], strict=True)
    ]
    table["group"], table["unit"] = [group for group, _ in both], [unit for _, unit in both]
    order = table[["unhappy", "unknown"]].max(axis=1).sort_values(ascending=False, na_position="last")
    return table.loc[order.index[:MOST]], found


def _owner(problem: str, unit: str) -> str:
    """To whom an item goes."""
    to_unit = f"转 {unit}" if unit else "转责任单位"
    return {"unhappy": to_unit, **OWNERS}[problem]


def routed(problem: str, rate: Rate, publicity: Rate | None) -> tuple[str, str]:
    """Professional group and unit that a problem goes to: not knowing to publicity, not liking to the service."""
    own = (rate.group, rate.unit)
    other = (publicity.group, publicity.unit) if publicity is not None else ("", "宣传部门")
    chosen = {"unhappy": (own,), "unknown": (other,), "both": tuple(dict.fromkeys((own, other)))}.get(problem, ())
    groups, units = (
        (list(dict.fromkeys(part for part in parts if part)) for parts in zip(*chosen, strict=True))
        if chosen
        else ([], [])
    )
    return "、".join(groups) or DASH, "、".join(units) or DASH


def routing(table: pd.DataFrame) -> pd.DataFrame:
    """The items of `unknown_or_unhappy` that go to somebody, as people read them."""
    rows = table[table["problem"].isin(tuple(WORDS))]
    return pd.DataFrame(
        {
            "项目": rows["label"],
            "问题": rows["problem"].map(WORDS),
            "专业组": rows["group"],
            "责任单位": rows["unit"],
            "不满意": [percent(value, 0) for value in rows["unhappy"]],
            "不了解、没接触过": [percent(value, 0) for value in rows["unknown"]],
        }
    ).reset_index(drop=True)


def lowest(found: Estimates, most: int) -> Estimates:
    """The rows of the districts a heat table puts first, no more than `most` of them."""
    first = order(found.table, "district")[:most]
    return Estimates(found.table[found.table["district"].astype(str).isin(first)], found.meta)


def colours(selection: Selection, line: str = "目标") -> str:
    """What the colours of a heat table say; nothing for opinions, which bear none."""
    return "" if selection.opt_in else f"，颜色表示与{line}的差距"


def meaning(questionnaire: Questionnaire, rate: Rate) -> str:
    """What a rate counts, in the words of the questionnaire."""
    column, codes = rate.terms[0]
    labels = {choice.code: choice.label for choice in questionnaire.item(column).choices}
    chosen = "或".join(f"“{labels[code]}”" for code in codes if code in labels)
    counted = f"答{chosen}" if chosen else "至少参加过一项"
    base = "占全部被问到的人" if rate.base == "all" else "占有明确回答的人（不了解、拒答不计）"
    return f"{measure_label(rate.measure)}：{counted}的人，{base}"


def precision(city: Estimates) -> pd.DataFrame:
    """How exact the rates are: answers, effective answers, design effect, degrees of freedom, interval."""
    rows = city.table
    limits = zip(rows["conf_low"], rows["conf_high"], strict=True)
    return pd.DataFrame(
        {
            "指标": rows["label"],
            "答卷数": [_count(value) for value in rows["n"]],
            "有效样本": [_count(value) for value in rows["n_eff"]],
            "设计效应": [DASH if pd.isna(value) else f"{value:.2f}" for value in rows["deff"]],
            "自由度": [_count(value) for value in rows["df"]],
            f"{city.meta['level']:.0%} 区间": [interval(low, high) for low, high in limits],
        }
    ).set_index("指标")


def _count(value: float) -> str:
    return DASH if pd.isna(value) else f"{value:,.0f}"


def definitions(loaded: Loaded, rates: tuple[Rate, ...]) -> pd.DataFrame:
    """What each rate counts, and its target with source and date (rule R-18)."""
    study = loaded.study
    goals = {
        (row["measure"], row["item"]): f"{row['target']:g}%（{row['source']}，{row['date']}）"
        for row in study.targets.to_dict("records")
        if not row["district"]
    }
    return pd.DataFrame(
        {
            "指标": [measure_label(rate.measure) for rate in rates],
            "怎样计算": [meaning(study.questionnaire, rate) for rate in rates],
            "目标和出处": [
                goals.get((rate.measure, rate.name)) or goals.get((rate.measure, ""), "没有设定") for rate in rates
            ],
        }
    ).set_index("指标")
