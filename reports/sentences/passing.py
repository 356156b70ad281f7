"""Sentences on the forecast of the official survey."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.decisions.pass_forecast import DRAWS, Forecast, Gate, OfficialSample
from reports.sentences.formats import Format
from reports.sentences.sentence import Binding, Name, Sentence, count, field, join, listed, names, rows_of, say, setting

CONFIDENT = 0.9
HALF = 0.5
WORTHWHILE = 0.01
"""Smallest gain of probability that a sentence speaks of."""


def gate(found: Gate, label: str) -> Sentence:
    """Return a gate in words, such as "满意率 ≥ 80%"; `label` names its rate."""
    return say("{label} ≥ {line}", label=Name(label), line=field(found, "line", Format.TARGET))


def verdicts(found: Sequence[tuple[str, str]]) -> Sentence:
    """Report the verdicts of this survey on the same lines, and how they differ from the forecast.

    The page shows what is expected of the official survey; the verdicts answer another question and have no mark there.

    Args:
        found: (rate, verdict) pairs.
    """
    each = dict.fromkeys(verdict for _, verdict in found)
    parts = [(names(rate for rate, verdict in found if verdict == one), Name(one)) for one in each]
    said = join([say("{rates}{verdict}", rates=listed(some), verdict=word) for some, word in parts])
    return say(
        "本轮自己的判断是另一回事：{said}。那是说本轮居民的真实水平到没到目标；"
        "官方调查另抽一次样，多一次误差，能不能过看上面的可能。",
        said=said,
    )


def verdict(found: Forecast, gates: Sequence[Sentence], items: Sequence[str], districts: pd.DataFrame) -> Sentence:
    """Report whether the survey is likely to pass, which gate is in doubt, and what helps most.

    Args:
        found: the forecast of the city.
        gates: the gates in words, in the order of `found.gate`.
        items: names of the rates in the order of `found.item_gain`.
        districts: from `analysis.decisions.pass_forecast.foresee`.
    """
    all_ = field(found, "everything", Format.CHANCE)
    whole = say("照这次的水平，官方调查全部达标的可能{chance}（不是保证，只反映抽样和估计的误差）", chance=all_)
    doubtful = [
        say("{gate}（{chance}）", gate=one, chance=field(found, "gate", Format.CHANCE, at))
        for at, one in enumerate(gates)
        if found.gate[at] < CONFIDENT
    ]
    passes = say("没有把握的是{gates}", gates=listed(doubtful)) if doubtful else say("每一项都有九成以上把握")
    return join([whole, passes, *_first(found, items, districts)]) + "。"


def _first(found: Forecast, items: Sequence[str], districts: pd.DataFrame) -> list[Sentence]:
    """Report what to improve first, where anything helps by more than the error of the simulation."""
    best = int(found.item_gain.argmax())
    if found.item_gain[best] <= 2 * found.error or found.item_gain[best] < WORTHWHILE:
        return []
    edge = found.item_gain[best] - 2 * found.error
    top = names(name for name, gain in zip(items, found.item_gain, strict=True) if gain >= edge)
    numbers = {"step": _step(found), "gain": field(found, "item_gain", Format.POINTS, best)}
    if len(top) == 1:
        parts = [say("最该先抓{item}：全市提高 {step}，把握再增 {gain}", item=top[0], **numbers)]
    else:
        words = "最该先抓{items}，帮助分不出先后：任一项全市提高 {step}，把握最多再增 {gain}"
        parts = [say(words, items=listed(top, 3, "项"), **numbers)]
    order = districts.dropna(subset=["gain"]).sort_values("gain", ascending=False)
    if len(order) > 1 and order["gain"].iloc[0] - order["gain"].median() > 4 * found.error:
        parts.append(say("区县里先抓{area}", area=Name(str(order["district"].iloc[0]))))
    elif len(order) > 1:
        parts.append(say("单抓哪个区县帮助都差不多"))
    return parts


def _step(found: Forecast) -> Binding:
    return field(found, "step", Format.STEP)


def everything(found: Forecast) -> Sentence:
    """Report the probability of passing everything, for the title of a figure."""
    return say("全部达标的可能{chance}", chance=field(found, "everything", Format.CHANCE))


def gates(official: OfficialSample) -> Sentence:
    """Describe the figure of the gates."""
    return say("官方调查抽 {n} 份时，各条线达标的可能", n=field(official, "n", Format.COUNT))


def lever(found: Forecast, gains: Sequence[tuple[str, float]]) -> Sentence:
    """Report what helps most, for the title of a figure; several where the simulation cannot tell them apart.

    Args:
        found: the forecast.
        gains: rates and districts, and what each adds to the probability of passing.
    """
    best = max(gain for _, gain in gains)
    if best >= WORTHWHILE:
        top = names(name for name, gain in gains if gain >= best - 2 * found.error)
        return say("提高 {step}，帮助最大的是{names}", step=_step(found), names=listed(top, 3, "项"))
    least = setting("WORTHWHILE", WORTHWHILE, Format.STEP)
    return say("单独提高 {step}，把握都增加不到 {least}", step=_step(found), least=least)


def levers(found: Forecast) -> Sentence:
    """Describe the figure of the levers."""
    return say("某一项提高 {step}，全部达标的可能增加多少（百分点）", step=_step(found))


def districts(table: pd.DataFrame) -> Sentence:
    """Report how many districts would probably not pass on their own.

    Args:
        table: from `analysis.decisions.pass_forecast.foresee`.
    """
    weak = rows_of(table, table[table["everything"] < HALF], "district")
    if table["everything"].isna().all():
        return say("各区县答卷都过少或亮红灯，不能单独预测")
    if not weak:
        return say("单独看，每个区县全部达标的可能都过半")
    return say("单独看，{count} 个区县多半不能全部达标", count=count(weak, "districts that fail"))


def method(official: OfficialSample) -> Sentence:
    """Describe method and conditions of the forecast."""
    return say(
        "做法：从模型的后验分布抽取各区县真实水平 {draws} 次，每次再按官方样本（有效样本 {n} 份）抽一次。"
        "前提是官方调查的问法、对象与这次相同，其间没有变化；换了问法或方式，预测不成立。",
        draws=setting("DRAWS", DRAWS, Format.COUNT),
        n=field(official, "n_eff", Format.COUNT),
    )
