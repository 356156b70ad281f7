"""Sentences on the forecast of the official survey."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.decisions.passing.official_survey import Gate, OfficialSample
from analysis.decisions.passing.pass_forecast import CONFIDENT, DRAWS, Forecast
from analysis.estimation.intervals import half_width
from reports.sentences.briefing import responsible
from reports.sentences.formats import Format
from reports.sentences.sentence import (
    Binding,
    Name,
    Sentence,
    count,
    field,
    join,
    listed,
    names,
    rows_of,
    say,
    setting,
)
from reports.sentences.weak import without

HALF = 0.5
"""Probability of passing everything below which a district is in doubt."""
WORTHWHILE = 0.01
"""Smallest gain of probability that a sentence speaks of."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Areas with a red light, which the forecast leaves out and the rates of the city do not.

    Attributes:
        areas: their names.
        wait: name of a rate -> that its verdict waits for them; rates that do not hang on them are missing.
    """

    areas: Sequence[str]
    wait: Mapping[str, Sentence]


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


def close(found: Forecast, labels: Sequence[str], verdicts: Mapping[str, str]) -> Sentence:
    """Report why a rate that is judged as met may still fail: the official survey is another sample; empty for none.

    Args:
        found: the forecast of the city.
        labels: short names of the gates, in the order of `found.gate`.
        verdicts: short name of a rate -> its verdict in this survey.
    """
    doubtful = [at for at, chance in enumerate(found.gate) if chance < CONFIDENT]
    met = [at for at in doubtful if verdicts.get(labels[at]) == Verdict.MET]
    if not met:
        return Sentence()
    rates = listed(names(labels[at] for at in met), 2, "条线")
    return say("{rates}本轮达标，但贴着目标线，官方另抽一次样仍可能不过", rates=rates)


def headline(found: Forecast, labels: Sequence[str]) -> Sentence:
    """Report the probability of passing everything, and which lines are in doubt.

    Args:
        found: the forecast of the city.
        labels: short names of the gates, in the order of `found.gate`.
    """
    return say("全部达标的可能{chance}，{rest}", chance=_all(found), rest=in_doubt(found, labels))


def in_doubt(found: Forecast, labels: Sequence[str]) -> Sentence:
    """Report which lines are in doubt; see `headline` for the arguments."""
    doubtful = names(label for label, chance in zip(labels, found.gate, strict=True) if chance < CONFIDENT)
    if not doubtful:
        return say("每条线各有九成以上把握")
    where = listed(doubtful, 2, "条线")
    return say("缺口只在{where}" if len(doubtful) == 1 < len(labels) else "缺口在{where}", where=where)


def raising(found: Forecast, items: Sequence[str]) -> Sentence:
    """Report which rate raises the probability most, and to what.

    Args:
        found: the forecast of the city.
        items: names of the rates in the order of `found.item_gain`.
    """
    best = best_lever(found)
    if best is None:
        least = setting("WORTHWHILE", WORTHWHILE, Format.STEP)
        return say("任一项提高 {step}，可能都增加不到 {least}", step=_step(found), least=least)
    top = tied_with(found, best)
    which = items[best] if len(top) == 1 else ""
    what = Name(which) if which else say("{items}任一项", items=listed(names(items[at] for at in top), 3, "项"))
    return say("{what}提高 {step}，可能升到{chance}", what=what, step=_step(found), chance=_raised(found, best))


def reason(
    found: Forecast, gates: Sequence[Gate], labels: Sequence[str], official: OfficialSample, red: LeftOut | None = None
) -> Sentence:
    """Report why the least certain line is in doubt: its expected share beside the line and the sampling error.

    Where the forecast leaves districts out, the expected share is not printed: the city has one number on all pages,
    that with all districts, and 总览 says in the same words whose verdict waits for them.

    Args:
        found: the forecast of the city.
        gates: the lines, in the order of `found.gate`.
        labels: short names of the gates.
        official: the expected sample.
        red: the areas that the forecast leaves out; None for none.

    Returns:
        Empty where every line is nearly sure.
    """
    at = int(found.gate.argmin())
    if found.gate[at] >= CONFIDENT:
        return Sentence()
    level, line = float(found.expected[at]), gates[at].line
    margin = float(half_width(math.sqrt(level * (1 - level) / official.n_eff), math.inf))
    near = abs(level - line) <= margin
    side = "贴着" if near else "低于" if level < line else "略高于"
    number = say(" {level}，", level=field(found, "expected", Format.PERCENT, at))
    wait = Sentence() if red is None else red.wait.get(gates[at].name, Sentence())
    here = say(
        "推算全市{label}{number}{side}目标 {line}{wait}",
        label=Name(labels[at]),
        number=number if red is None else say("（{areas}）", areas=without(red.areas)),
        side=Name(side),
        line=field(gates[at], "line", Format.TARGET),
        wait=say("，{wait}", wait=wait) if wait else wait,
    )
    if near:
        error = setting("sampling error of the official survey", margin, Format.MARGIN)
        return say("为什么：{here}，官方抽样误差 {error}", here=here, error=error)
    return say("为什么：{here}", here=here)


def best_lever(found: Forecast) -> int | None:
    """Return the position of the rate that raises the probability most; None where none does by more than the error."""
    best = int(found.item_gain.argmax())
    return None if found.item_gain[best] <= max(2 * found.error, WORTHWHILE) else best


def tied_with(found: Forecast, best: int) -> tuple[int, ...]:
    """Return the positions of the rates whose help cannot be told apart from the best one's, itself included."""
    edge = found.item_gain[best] - 2 * found.error
    return tuple(at for at, gain in enumerate(found.item_gain) if at == best or gain >= edge)


def acting(area: str, items: Sequence[str], units: Sequence[str], lead: str = "") -> Sentence:
    """Report where a rate is lowest, who acts there and on which items; empty where nothing of it is known.

    Args:
        area: the district; "" where it is named before or not known.
        items: labels of its worst items; may be empty.
        units: the units in charge; may be empty.
        lead: the lead unit of the district; "" for none.
    """
    where = say("最差的是{area}", area=Name(area)) if area else Sentence()
    if not units:
        return where
    who = responsible(lead, units[:2])
    what = say("优先解决{items}", items=listed(names(items))) if items else say("负责")
    return join([where, say("由{who}{what}", who=who, what=what)], "，")


def in_ten(found: Forecast) -> Sentence:
    """Report the probability as a count of ten surveys."""
    number = field(found, "of_ten", Format.COUNT)
    if not found.of_ten:
        return say("同样考十次，全部达标的不到一次")
    return say("同样考十次，约 {number} 次全部达标", number=number)


def step_title(rate: str, found: Forecast) -> Sentence:
    """Name the step that helps most."""
    return say("全市{rate}提高 {step}", rate=Name(rate), step=_step(found))


def no_step(found: Forecast) -> Sentence:
    """Report that no single step helps."""
    certain = found.everything >= CONFIDENT
    return say("已有九成以上把握，守住现在的水平") if certain else say("单独提高哪一项都帮助不大，要几项一起抓")


def gains_title(found: Forecast) -> Sentence:
    """Title the bars of the gains."""
    return say("每项提高 {step}，全部达标的可能增加多少", step=_step(found))


def official(sample: OfficialSample) -> Sentence:
    """Describe the expected official survey."""
    return say("官方调查抽 {n} 份，竖线为九成把握", n=field(sample, "n", Format.COUNT))


def district_order(found: Forecast, table: pd.DataFrame) -> Sentence:
    """Report which district to start with, where the simulation can tell; empty for fewer than two.

    Args:
        found: the forecast of the city.
        table: from `analysis.decisions.passing.pass_forecast.foresee_districts`.
    """
    order = table.dropna(subset=["gain"]).sort_values("gain", ascending=False)
    if len(order) < 2:
        return Sentence()
    if order["gain"].iloc[0] - order["gain"].median() <= 4 * found.error:
        return say("单抓哪个区县，对全市的帮助都差不多")
    area = Name(str(order["district"].iloc[0]))
    return say("一个区县各率都提高 {step}，帮助最大的是{area}", step=_step(found), area=area)


def _all(found: Forecast) -> Binding:
    return field(found, "everything", Format.CHANCE)


def _raised(found: Forecast, at: int) -> Binding:
    return field(found, "raised", Format.CHANCE, at)


def _step(found: Forecast) -> Binding:
    return field(found, "step", Format.STEP)


def districts(table: pd.DataFrame) -> Sentence:
    """Report how many districts would probably not pass on their own.

    Args:
        table: from `analysis.decisions.passing.pass_forecast.foresee_districts`.
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
