"""Advice: one sentence per page on what to do, including the uncertainty. The text is built from numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.areas.weak import Standing
from analysis.decisions.pass_forecast import Forecast
from analysis.decisions.sample_plan import SamplePlan
from analysis.estimation.estimates import Estimates
from analysis.numerals import names, points
from survey.study.plans.rectification import Entry, Status


def chance(value: float) -> str:
    """Report a probability in words that claim no false certainty."""
    return "不到 1%" if value < 0.01 else "超过 99%" if value > 0.99 else f"约 {value:.0%}"


def ledger(entries: Sequence[Entry], waiting: int, today: str) -> str:
    """Report which step the ledger requires next.

    Args:
        entries: all entries.
        waiting: confirmed weaknesses that are not in the ledger.
        today: ISO date, which decides what is overdue.
    """
    if not entries and not waiting:
        return "台账是空的，本轮也没有确认薄弱的项目，不必立项。"
    open_ = [entry for entry in entries if entry.status is not Status.CLOSED]
    late = [entry for entry in open_ if entry.deadline.isoformat() < today]
    failed = [entry for entry in open_ if entry.status is Status.STILL_WEAK]
    parts = [
        f"{waiting} 项确认薄弱还没有立项，先定责任单位和期限" if waiting else "",
        f"{len(late)} 项已过期限：{names([entry.area for entry in late], 3)}，应督办" if late else "",
        f"{len(failed)} 项复测仍未达标，应换措施" if failed else "",
        f"{len(open_)} 项在办、{len(entries) - len(open_)} 项已销号（销号只凭下一轮复测，不凭上报）" if entries else "",
    ]
    return "；".join(part for part in parts if part) + "。"


def change(city: Estimates, looks: pd.DataFrame, reasons: Sequence[str], *, aimed: bool = True) -> str:
    """Report what moved in the city, what became of earlier weaknesses, and what to continue.

    Args:
        city: from `analysis.decisions.change.changes` without by, with `label`.
        looks: from `analysis.decisions.change.look_back`.
        reasons: grave objections, in Chinese.
        aimed: whether the study has targets; without them no weakness was ever listed.
    """
    rows = city.table
    if (rows["moved"] == "barred").all():
        return f"这两轮不能比较，不要据此说升降：{'；'.join(reasons)}。"
    parts = [_moved(rows, "up", "上升"), _moved(rows, "down", "下降")]
    changed = rows[rows["moved"] == "barred"]
    parts += [f"{names(list(changed['label']))}的问法或口径改过，不比"] if len(changed) else []
    still = rows[rows["moved"] == ""]
    least = still["detectable"].astype(float)
    if len(still):
        known = "" if least.isna().all() else _range(float(least.min()), float(least.max()))
        seen = f"（这次看得出的最小变化为 {known} 个百分点）" if known else ""
        parts.append(f"全市{names(list(still['label']))}看不出变化{seen}")
    parts.append(_mended(looks) if aimed else "没有设定目标，不能回头看薄弱项补上没有")
    return "；".join(part for part in parts if part) + "。"


def _range(low: float, high: float) -> str:
    ends = [f"{100 * value:.1f}" for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else "—".join(ends)


def _moved(rows: pd.DataFrame, way: str, word: str) -> str:
    found = rows[rows["moved"] == way]
    listed = [f"{row['label']}{word} {points(row['estimate'])}" for _, row in found.iterrows()]
    return f"全市{names(listed)}" if listed else ""


def _mended(looks: pd.DataFrame) -> str:
    weak_then = looks[looks["standing"] == Standing.WEAK] if len(looks) else looks
    if not len(weak_then):
        return "上一轮没有确认薄弱的项目"
    done = weak_then["outcome"] == "已补上"
    go_on = [f"{row['district']}的{row['label']}" for _, row in weak_then[~done].iterrows()]
    rest = f"，继续抓{names(go_on, 3)}" if go_on else ""
    return f"上一轮确认薄弱的 {len(weak_then)} 项中 {int(done.sum())} 项已补上{rest}"


def passing(found: Forecast, gates: Mapping[str, str], items: Sequence[str], districts: pd.DataFrame) -> str:
    """Report whether the survey is likely to pass, which gate is in doubt, and what helps most.

    Args:
        found: the forecast of the city.
        gates: gate -> its label, in the order of `found.gate`.
        items: names of the rates in the order of `found.item_gain`.
        districts: from `analysis.decisions.pass_forecast.foresee`.
    """
    overall = f"照这次的水平，官方调查全部达标的可能{chance(found.everything)}"
    doubtful = [
        f"{label}（{chance(float(value))}）"
        for label, value in zip(gates.values(), found.gate, strict=True)
        if value < 0.9
    ]
    parts = [f"{overall}（不是保证，只反映抽样和估计的误差）"]
    parts.append(f"没有把握的是{names(doubtful)}" if doubtful else "每一项都有九成以上把握")
    best = int(found.item_gain.argmax())
    step = f"{100 * found.step:g} 个百分点"
    if found.item_gain[best] > 2 * found.error and found.item_gain[best] >= 0.01:
        lift = f"，把握再增 {found.item_gain[best]:.0%}"
        parts.append(f"最该先抓{items[best]}：全市提高 {step}{lift}")
        top = districts.sort_values("gain", ascending=False)
        if len(top) > 1 and top["gain"].iloc[0] - top["gain"].median() > 4 * found.error:
            parts.append(f"区县里先抓{top['district'].iloc[0]}")
        elif len(top) > 1:
            parts.append("单抓哪个区县帮助都差不多")
    return "；".join(parts) + "。"


def sampling(plan: SamplePlan, icc: float, source: str) -> str:
    """Report how many interviews, where, at what cost, and what they can and cannot show.

    Args:
        plan: the plan.
        icc: the intra-cluster correlation assumed.
        source: the source of that correlation, in Chinese.
    """
    rows = plan.districts
    widest = rows.sort_values("half_width").iloc[-1]
    return (
        f"访问 {plan.interviews:,} 份、{plan.communities} 个社区，约 {plan.cost / 10_000:.1f} 万元："
        f"全市误差约 ±{100 * plan.half_width:.1f} 个百分点，最粗的{widest['district']}约"
        f" ±{100 * widest['half_width']:.1f}，变化小于 {100 * widest['detectable']:.0f} 个百分点在那里看不出来"
        f"（按同社区相似程度 {icc:.2f} 估算，{source}）。"
    )


def gap(district: str, label: str, part: pd.DataFrame) -> str:
    """Report whether a district's gap is due to its composition or to different answers of the same people.

    Args:
        district: its name.
        label: name of the rate.
        part: from `analysis.areas.decomposition.decompose`, by part.
    """
    whole, rest = (part.loc[name].to_dict() for name in ("gap", "rest"))
    if whole["conf_low"] <= 0 <= whole["conf_high"]:
        return f"{district}{label}与全市的差别看不出来，不必找原因"
    way = "低" if whole["estimate"] < 0 else "高"
    difference = f"{district}{label}比全市{way} {points(whole['estimate'])}"
    if rest["conf_low"] <= 0 <= rest["conf_high"]:
        return f"{difference}，多少来自居民结构还分不清"
    share = float(rest["estimate"]) / float(whole["estimate"])
    return f"{difference}，居民结构只能解释约 {max(0.0, 1 - share):.0%}，其余是同类居民评价不同"
