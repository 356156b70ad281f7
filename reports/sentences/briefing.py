"""Briefing: Chinese sentences made from estimates, including their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.areas.against_target import TargetVerdict, tied_with_lowest
from analysis.estimation.estimates import Estimates
from analysis.numerals import interval, names, points, rate

NOTICEABLE = 0.03
"""Smallest gap, a share, that the heat table colours."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and the estimates that all its numbers come from."""

    text: str
    estimates: Estimates


def headline(judged: Estimates) -> Finding:
    """Report where the four rates stand against their targets, the worst first.

    Args:
        judged: one row per rate, from `analysis.areas.against_target.judge`, with its name in `label`.
    """
    rows = judged.table
    below = rows[rows["verdict"] == TargetVerdict.BELOW].sort_values("gap")
    parts = [
        "，".join(f"{row.label}{_rate(row)}，低于目标 {row.target:.0%}" for row in below.itertuples())
        if len(below) <= 2
        else f"{_labels(below)}都低于目标（{_gaps(below)}）",
        _group(rows, TargetVerdict.UNCLEAR, "能否达到目标还不能判断"),
        _group(rows, TargetVerdict.ABOVE, "高于目标"),
        _group(rows, TargetVerdict.NO_TARGET, "没有设定目标"),
        _group(rows, TargetVerdict.OPINION, "只代表参与者的意见，不与目标比较"),
        _group(rows, TargetVerdict.HIDDEN, "样本不足，不下结论"),
    ]
    return Finding("；".join(part for part in parts if part) + "。", judged)


def standing(judged: Estimates) -> Finding:
    """Report in a few words, for the title of a chart, which rates are below and which above."""
    rows = judged.table
    phrases = {
        TargetVerdict.BELOW: "低于目标",
        TargetVerdict.UNCLEAR: "还不能判断",
        TargetVerdict.ABOVE: "高于目标",
        TargetVerdict.OPINION: "只代表参与者的意见",
    }
    parts = [_group(rows, verdict, text) for verdict, text in phrases.items()]
    return Finding("，".join(part for part in parts if part) or "样本不足，不下结论", judged)


def weakest(judged: Estimates, area: str, kind: str, line: str = "目标") -> Finding:
    """Report how many areas have a rate that is clearly below the line.

    Args:
        judged: one row per area and rate, from `analysis.areas.against_target.judge`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        line: Chinese name of the line.
    """
    rows = judged.table
    if (rows["verdict"] == TargetVerdict.OPINION).any():
        return Finding(f"各{kind}参与者的意见，只供参考，不作比较", judged)
    total = rows[area].nunique()
    weak = (
        rows[rows["verdict"] == TargetVerdict.BELOW]
        .groupby(area, sort=False, observed=True)["gap"]
        .agg(["size", "min"])
    )
    listed = [str(name) for name in weak.sort_values(["size", "min"], ascending=[False, True]).index]
    if not listed:
        text = f"{total} 个{kind}中，没有哪一个能确定低于{line}"
    elif len(listed) == total:
        text = f"{total} 个{kind}都有至少一项确定低于{line}，最多的是{listed[0]}"
    else:
        text = f"{total} 个{kind}中有 {len(listed)} 个至少一项确定低于{line}：{names(listed, 3)}"
    return Finding(text + _maybe(rows, area, listed), judged)


def _maybe(rows: pd.DataFrame, area: str, sure: Sequence[str]) -> str:
    """Report areas that seem low, but not clearly: a third verdict, neither weak nor good."""
    low = rows[(rows["verdict"] == TargetVerdict.UNCLEAR) & (rows["gap"] <= -NOTICEABLE) & ~rows[area].isin(sure)]
    found = list(dict.fromkeys(low.sort_values("gap")[area].astype(str)))
    return f"；{names(found, 2)}看起来偏低，还不能确定" if found else ""


def ranking(judged: Estimates, area: str, kind: str, label: str, place: str = "") -> Finding:
    """Report which areas lie below the target for one rate.

    Args:
        judged: one row per area, from `analysis.areas.against_target.judge`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        label: name of the rate.
        place: where the areas are; "" for the whole city.
    """
    rows = judged.table
    shown = rows[rows["verdict"] != TargetVerdict.HIDDEN].sort_values("estimate")
    where = f"{place}各{kind}" if place else f"各{kind}"
    if shown.empty:
        return Finding(f"{where}样本都不足，{label}不作比较", judged)
    if (shown["verdict"] == TargetVerdict.OPINION).all():
        return Finding(f"{label}只代表参与者的意见，{where}之间不作比较", judged)
    below = shown[shown["verdict"] == TargetVerdict.BELOW]
    if len(below):
        return Finding(
            _below(below, area, f"{place}{'有' if place else ''} {len(below)} 个{kind}".strip(), label), judged
        )
    if shown["target"].isna().all():
        return Finding(f"{label}没有设定目标", judged)
    return Finding(f"{place}没有一个{kind}的{label}能确定低于目标", judged)


def ties(judged: Estimates, area: str, kind: str) -> Finding:
    """Report which areas cannot be separated from the lowest, so that nobody reads a ranking into them (rule R-15)."""
    rows = judged.table
    shown = rows[~rows["verdict"].isin([TargetVerdict.HIDDEN, TargetVerdict.OPINION])].sort_values("estimate")
    tied = [str(name) for name in shown.loc[tied_with_lowest(shown), area]]
    if len(tied) < 2:
        alone = len(tied) == 1 and len(shown) > 1
        return Finding(f"{tied[0]}确实低于其他{kind}" if alone else "", judged)
    if len(tied) == len(shown):
        return Finding(f"所有{kind}之间的差别都在误差以内，不分先后", judged)
    return Finding(f"最低的 {len(tied)} 个{kind}差别在误差以内，不分先后", judged)


def owners(table: pd.DataFrame, place: str) -> str:
    """Report which items people do not know and which they are unhappy with.

    Args:
        table: one row per item: `label`, `problem` from `analysis.areas.against_target.item_problem`, `unhappy`,
            `unknown`.
        place: where, such as "全市" or the name of a district.
    """
    unknown = table[table["problem"] == "unknown"].sort_values("unknown", ascending=False)
    unhappy = table[table["problem"] == "unhappy"].sort_values("unhappy", ascending=False)
    parts = [
        f"不满意最多的是{_items(unhappy)}，应转责任单位" if len(unhappy) else "",
        f"不了解的人明显多于不满意的人：{_items(unknown)}，应先做宣传" if len(unknown) else "",
    ]
    text = "；".join(part for part in parts if part)
    return f"{place}：{text}" if text else f"{place}：各项目的不满意与不了解都分不出高低"


def _items(rows: pd.DataFrame) -> str:
    return names([str(label) for label in rows["label"][:3]])


def _below(below: pd.DataFrame, area: str, many: str, label: str) -> str:
    lowest = below.iloc[0]
    value = rate(lowest["estimate"], lowest["conf_low"], lowest["conf_high"])
    few = "，样本少" if lowest["flag"] == "few" else ""
    listed = names([str(name) for name in below[area]], 3)
    return f"{many}{label}低于目标：{listed}（最低约 {value}，低 {points(lowest['gap'])}{few}）"


def _rate(row: object) -> str:
    low, high = row.conf_low, row.conf_high  # type: ignore[attr-defined]
    return f" {rate(row.estimate, low, high)}（{interval(low, high)}）"  # type: ignore[attr-defined]


def _labels(rows: pd.DataFrame) -> str:
    return names([str(label) for label in rows["label"]])


def _gaps(rows: pd.DataFrame) -> str:
    pairs: Sequence[tuple[str, float]] = list(zip(rows["label"], rows["gap"], strict=True))
    return "，".join(f"{label}低 {points(gap)}" for label, gap in pairs)


def _group(rows: pd.DataFrame, verdict: TargetVerdict, text: str) -> str:
    found = rows[rows["verdict"] == verdict]
    if found.empty:
        return ""
    return f"{_labels(found)}{text}"
