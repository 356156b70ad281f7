"""Sentences on communities judged by lot quality assurance sampling (LQAS)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from analysis.areas.lqas import FEW, RISK, LotPlan, LotVerdict
from analysis.areas.verdict import Reason
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, count, field, listed, rows_of, say, setting

SHOWN = 3
"""Number of communities that a sentence names."""


def verdicts(table: pd.DataFrame, label: str, lines: tuple[float, float]) -> Sentence:
    """Report how many communities fail, which first, and how many of the verdicts may be wrong.

    Args:
        table: from `analysis.areas.lqas.judge_communities`; 待复访 where a light is red.
        label: name of the rate.
        lines: share of a good community and of a poor one.
    """
    failed, passed, watched, few, red = (
        _of(table, one) for one in (LotVerdict.FAIL, LotVerdict.PASS, LotVerdict.WATCH, FEW, Reason.RED_LIGHT)
    )
    if not failed and not passed:
        every = count(rows_of(table, table, "psu"), "communities")
        words = "{count} 个社区的{label}都不能判定：答卷太少，落在两条线之间，或亮真实性红灯。"
        return say(words, count=every, label=Name(label))
    return say(
        "{label}不合格 {failed} 个社区{which}，合格 {passed} 个，待定 {watched} 个{few}{red}；"
        "上线 {good}、下线 {poor}；{doubt}。",
        label=Name(label),
        failed=count(failed, "communities that fail"),
        which=_which(failed),
        passed=count(passed, "communities that pass"),
        watched=count(watched, "communities to watch"),
        few=say("，{few} 个因答卷太少不显示", few=count(few, "communities with few answers")) if few else Sentence(),
        red=say("，{red} 个亮真实性红灯、待复访", red=count(red, "communities with a red light"))
        if red
        else Sentence(),
        good=setting("good", lines[0], Format.TARGET),
        poor=setting("poor", lines[1], Format.TARGET),
        doubt=_doubt(len(failed) + len(passed)),
    )


def _of(table: pd.DataFrame, verdict: str) -> tuple[Row, ...]:
    return rows_of(table, table[table["verdict"] == verdict], "psu")


def _which(failed: Sequence[Row]) -> Sentence:
    if not failed:
        return Sentence()
    return say("（{names}）", names=listed([row.name("community") for row in failed], SHOWN, counted=True))


def _doubt(judged: int) -> Sentence:
    """Report the risk of each verdict, and how many of them may be wrong by chance."""
    return say(
        "逐个看错判的可能各不超过 {risk}，{judged} 个判定里碰巧错的可能多到 {wrong} 个",
        risk=setting("RISK", RISK, Format.TARGET),
        judged=setting("judged communities", judged, Format.COUNT),
        wrong=setting("judged communities x RISK", math.ceil(RISK * judged), Format.COUNT),
    )


def risks(plan: LotPlan) -> Sentence:
    """Describe a plan and its risks."""
    return say(
        "抽样方案：每个社区访 {n} 份，至少 {accept} 份达到判合格；真实水平在上线的社区被判不合格的可能 {alpha}，"
        "在下线的社区被判合格的可能 {beta}。只数份数、不加权，每个社区当作简单随机样本；"
        "两种错判各不超过 {risk}。判的是社区，不要拿来给区县排队。",
        n=field(plan, "n", Format.COUNT),
        accept=field(plan, "accept", Format.COUNT),
        alpha=field(plan, "alpha", Format.PERCENT),
        beta=field(plan, "beta", Format.PERCENT),
        risk=setting("RISK", RISK, Format.TARGET),
    )
