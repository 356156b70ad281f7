"""Prose made from numbers: every sentence comes from the estimates it stands on, with their doubt in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.estimates import Estimates
from analysis.verdicts import Verdict, tied_with_lowest
from analysis.numerals import interval, names, points, rate


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and the estimates from which every number in it was written."""

    text: str
    estimates: Estimates


def headline(judged: Estimates) -> Finding:
    """What the four rates say about their targets, the worst news first.

    Args:
        judged: one row a rate, from `analysis.verdicts.judge`, with its name in `label`.
    """
    rows = judged.table
    below = rows[rows["verdict"] == Verdict.BELOW].sort_values("gap")
    parts = [
        "，".join(f"{row.label}{_rate(row)}，低于目标 {row.target:.0%}" for row in below.itertuples())
        if len(below) <= 2
        else f"{_labels(below)}都低于目标（{_gaps(below)}）",
        _group(rows, Verdict.UNCLEAR, "能否达到目标还不能判断"),
        _group(rows, Verdict.ABOVE, "高于目标"),
        _group(rows, Verdict.NO_TARGET, "没有设定目标"),
        _group(rows, Verdict.HIDDEN, "样本不足，不下结论"),
    ]
    return Finding("；".join(part for part in parts if part) + "。", judged)


def weakest(judged: Estimates, area: str, kind: str) -> Finding:
    """How many areas have a rate that lies below its target beyond doubt.

    Args:
        judged: one row for each area and rate, from `analysis.verdicts.judge`.
        area: the column that names the areas.
        kind: what an area is called, such as "区县".
    """
    rows = judged.table
    total = rows[area].nunique()
    weak = rows[rows["verdict"] == Verdict.BELOW].groupby(area, sort=False)["gap"].agg(["size", "min"])
    if weak.empty:
        return Finding(f"{total} 个{kind}中，没有一个的任何一项率能确定低于目标；不等于都已达标。", judged)
    listed = [str(name) for name in weak.sort_values(["size", "min"], ascending=[False, True]).index]
    return Finding(f"{total} 个{kind}中有 {len(listed)} 个至少一项率确定低于目标：{names(listed)}。", judged)


def ranking(judged: Estimates, area: str, kind: str, label: str) -> Finding:
    """Which areas lie below the target for one rate, and which of them cannot be told apart.

    Args:
        judged: one row an area, from `analysis.verdicts.judge`.
        area: the column that names the areas.
        kind: what an area is called, such as "区县".
        label: name of the rate.
    """
    rows = judged.table
    shown = rows[rows["verdict"] != Verdict.HIDDEN].sort_values("estimate")
    if shown.empty:
        return Finding(f"每个{kind}的样本都不足，{label}不作比较。", judged)
    below = shown[shown["verdict"] == Verdict.BELOW]
    tied = [str(name) for name in shown.loc[tied_with_lowest(shown), area]]
    parts = [_below(below, area, kind, label) if len(below) else _none_below(shown, area, kind, label)]
    unclear = int((shown["verdict"] == Verdict.UNCLEAR).sum())
    parts.append(f"{unclear} 个与目标无显著差别" if unclear else "")
    if len(tied) > 1:
        apart = "所有" if len(tied) == len(shown) else f"最低的 {len(tied)} 个"
        parts.append(
            f"{apart}{kind}之间差别在误差以内，不分先后" + ("" if apart == "所有" else f"（{names(tied, 4)}）")
        )
    return Finding("；".join(part for part in parts if part) + "。", judged)


def owners(table: pd.DataFrame, place: str) -> str:
    """Which items are a matter of not knowing and which of not being content.

    Args:
        table: one row an item: `label`, `problem` from `analysis.verdicts.told_apart`, `unhappy`, `unknown`.
        place: where, such as "全市" or the name of a district.
    """
    unknown = table[table["problem"] == "unknown"].sort_values("unknown", ascending=False)
    unhappy = table[table["problem"] == "unhappy"].sort_values("unhappy", ascending=False)
    parts = [
        f"不满意最多的是{_items(unhappy)}，应转责任单位" if len(unhappy) else "",
        f"不了解的人明显多于不满意的人：{_items(unknown)}，应先做宣传" if len(unknown) else "",
    ]
    told = "；".join(part for part in parts if part)
    return f"{place}：{told}。" if told else f"{place}：各项目的不满意与不了解都分不出高低。"


def _items(rows: pd.DataFrame) -> str:
    return names([str(label) for label in rows["label"][:3]])


def _below(below: pd.DataFrame, area: str, kind: str, label: str) -> str:
    lowest = below.iloc[0]
    value = rate(lowest["estimate"], lowest["conf_low"], lowest["conf_high"])
    few = "，样本少" if lowest["flag"] else ""
    listed = names([str(name) for name in below[area]], 5)
    return f"{len(below)} 个{kind}{label}低于目标：{listed}（最低约 {value}，低 {points(lowest['gap'])}{few}）"


def _none_below(shown: pd.DataFrame, area: str, kind: str, label: str) -> str:
    if shown["target"].isna().all():
        return f"{label}没有设定目标，最低的是{shown.iloc[0][area]}"
    return f"没有一个{kind}的{label}能确定低于目标"


def _rate(row: object) -> str:
    low, high = row.conf_low, row.conf_high  # type: ignore[attr-defined]
    return f" {rate(row.estimate, low, high)}（{interval(low, high)}）"  # type: ignore[attr-defined]


def _labels(rows: pd.DataFrame) -> str:
    return names([str(label) for label in rows["label"]])


def _gaps(rows: pd.DataFrame) -> str:
    pairs: Sequence[tuple[str, float]] = list(zip(rows["label"], rows["gap"], strict=True))
    return "，".join(f"{label}低 {points(gap)}" for label, gap in pairs)


def _group(rows: pd.DataFrame, verdict: Verdict, text: str) -> str:
    found = rows[rows["verdict"] == verdict]
    if found.empty:
        return ""
    return f"{_labels(found)}{text}"
