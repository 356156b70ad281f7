"""Sentences on weak areas: what to improve, what to wait for, where to interview more people, red lights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.areas.ranking import LABELS, RankGroup
from analysis.areas.verdict import SILENT, UNDECIDED, Reason, Verdict
from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import MARK, STOP_SHARE, AreaLight, doubted
from reports.sentences.briefing import nobody, of
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, Slot, count, join, listed, names, rows_of, say, setting

LIMIT = 3000
"""Largest number of further interviews in one area that is practicable."""


def line(judged: Estimates) -> Sentence:
    """Return what the areas are compared with: their targets, or the city less a margin."""
    margin = judged.meta["margin"]
    if margin is None:
        return say("目标")
    return say("全市水平减 {margin}", margin=setting("margin", margin, Format.STEP))


def advice(judged: Estimates, area: str, kind: str, doubt: Sentence) -> Sentence:
    """Report what to improve, what to wait for, and where to interview more people.

    Args:
        judged: from `reports.verdicts.judged`.
        area: the column that names the areas.
        kind: Chinese word for an area, such as "区县".
        doubt: areas whose answers may not be trusted, see `red_lights`; follows the weak areas.
    """
    open_ = judged.table[~judged.table["reason"].isin(list(SILENT))]
    if open_.empty:
        return join([nobody(judged.table, kind), doubt]) + "。"
    if open_["line"].isna().all():
        words = "没有设定目标，不能判断哪个{kind}薄弱：请先在 targets.csv 写明目标，或改用“与全市比”。"
        return say(words, kind=Name(kind))
    absent = names(judged.meta["absent"])
    parts = [_mend(judged, area, kind), doubt, _open(judged, area)]
    parts += [say("{names}没有答卷，不能判断", names=listed(absent, 3))] if absent else []
    return join(parts) + "。"


def title(judged: Estimates, area: str, kind: str) -> Sentence:
    """Return the confirmed weaknesses in a few words, for the title of a figure; or that nobody can be judged."""
    if judged.table["reason"].isin(list(SILENT)).all():
        return nobody(judged.table, kind)
    if judged.table["line"].isna().all():
        return say("没有设定目标，不作判断")
    found = _of(judged, area, Verdict.WEAK)
    word = Name(Verdict.WEAK)
    if not found:
        return say("没有{weak}的项目", weak=word)
    pairs = listed([_pair(row, area) for row in found], 4, counted=True)
    return say("{count} 项{weak}：{names}", count=count(found, "weak areas"), weak=word, names=pairs)


def _of(judged: Estimates, area: str, *verdicts: Verdict) -> tuple[Row, ...]:
    """Return the rows with one of these verdicts, the largest shortfall first."""
    return rows_of(judged, of(judged.table, *verdicts), area, "item")


def _pair(row: Row, area: str) -> Sentence:
    return say("{area}的{rate}", area=row.name(area), rate=row.name("label"))


def _mend(judged: Estimates, area: str, kind: str) -> Sentence:
    found, word = _of(judged, area, Verdict.WEAK), Name(Verdict.WEAK)
    against = Sentence() if judged.meta["margin"] is None else say("（线是{line}）", line=line(judged))
    if not found:
        return say("没有哪个{kind}{weak}{against}，不必急着点名", kind=Name(kind), weak=word, against=against)
    false_calls = sum(1 - float(str(row["prob_below"])) for row in found)
    listing = listed([_pair(row, area) for row in found], 3, counted=True)
    number = count(found, "weak areas")
    text = say("先抓 {count} 项{weak}的{against}：{names}", count=number, weak=word, against=against, names=listing)
    return text + ("（其中个别可能判错）" if false_calls >= 0.5 else "")


def _open(judged: Estimates, area: str) -> Sentence:
    """Report how many areas are watched or unclear, and the one that the fewest further interviews would decide."""
    table, number = judged.table, open_verdicts(judged, area)
    if not number:
        return Sentence()
    near = table[table["verdict"].isin(list(UNDECIDED)) & (table["more"].astype(float) <= LIMIT)]
    if near.empty:
        limit = setting("interviews", LIMIT, Format.COUNT)
        return say("{number}，离线太近，再访 {limit} 份也难分清", number=number, limit=limit)
    first = rows_of(judged, near.sort_values("more"), area, "item")[0]
    one = say("{pair}再访约 {more} 份可以判断", pair=_pair(first, area), more=first.bound("more", Format.COUNT))
    return say("{number}，{one}", number=number, one=one) + ("，其余见下面的表" if len(near) > 1 else "")


def open_verdicts(judged: Estimates, area: str) -> Sentence:
    """Report how many areas are watched or unclear; empty for none."""
    groups = [(_of(judged, area, one), Name(one)) for one in UNDECIDED]
    return join([say("{n} 项{verdict}", n=count(some, word.text), verdict=word) for some, word in groups if some], "、")


def red_lights(lights: Mapping[str, AreaLight], shown: Sequence[str]) -> Sentence:
    """Report the shown areas whose rates may not be trustworthy; empty where there are none.

    Args:
        lights: from `analysis.integrity.lights.area_lights`.
        shown: names of the areas in the table.
    """
    here = {name: lights[name] for name in lights if name in set(shown)}
    red = names(doubted(here))
    words = "{names}亮真实性红灯（{mark}）：{stop} 以上的答卷可疑，独立复访前不排名、不表扬"
    limit = setting("STOP_SHARE", STOP_SHARE, Format.TARGET)
    said = say(words, names=listed(red, 3), mark=Name(MARK), stop=limit) if red else Sentence()
    return join([said, single_lights(here)])


def single_lights(lights: Mapping[str, AreaLight]) -> Sentence:
    """Report the areas that count although single interviewers or communities in them have a red light.

    Every page says it, so that one area with a red light here and three red cards on 数据质量 do not contradict.
    """
    some = names(name for name, light in lights.items() if light.doubtful and light.may_rank)
    if not some:
        return Sentence()
    limit = setting("STOP_SHARE", STOP_SHARE, Format.TARGET)
    return say("{names}可疑的答卷不到 {stop}，照常判断", names=listed(some, 3), stop=limit)


def merged(kind: str) -> Sentence:
    """Report why areas with like numbers may have different verdicts, and a verdict differ from its interval.

    Args:
        kind: Chinese word for an area.
    """
    return say("判断还参照其他{kind}的答卷，数字相近时结论可以不同", kind=Name(kind))


def readable(row: Mapping[Any, Any] | Row) -> bool:
    """Return whether a reader can follow the verdict of an area from its number alone.

    So it is where both lie below the target, and where nothing is judged. Elsewhere areas with like numbers may have
    different verdicts, since they are judged together: the first view then shows the verdict alone, and the number
    is one click away.

    Args:
        row: verdict, reason, estimate and line of an area, from `reports.verdicts.judged`.
    """
    if row["verdict"] in (Verdict.WEAK, Verdict.WATCH):
        return bool(float(str(row["estimate"])) < float(str(row["line"])))
    return row["verdict"] not in list(Verdict) and row["reason"] != Reason.RED_LIGHT


def left_out(areas: Sequence[str]) -> Sentence:
    """Report what the answers of areas with a red light count for; empty for none. 总览 and 达标预测 both say it."""
    if not areas:
        return Sentence()
    return say("全市四率含{areas}的答卷，达标预测不含", areas=listed(names(areas), 3))


def without(areas: Sequence[str]) -> Sentence:
    """Return which areas with a red light a number leaves out; empty for none."""
    return say("不含待复访的{areas}", areas=listed(names(areas), 3)) if areas else Sentence()


def after_revisit(areas: Sequence[str]) -> Sentence:
    """Report that the verdict of a rate of the city waits for the repeated interviews in areas with a red light.

    总览 and 达标预测 both say it in these words; neither prints the rate without them, so that it has one number.
    """
    return say("等{areas}复访后才能判断", areas=listed(names(areas), 3))


def funnel(outside: Sequence[str], dispersed: bool, kind: str) -> Sentence:
    """Report which areas differ from the city by more than chance."""
    wide = say("各{kind}之间本来就有差别，界限已放宽", kind=Name(kind)) if dispersed else Sentence()
    if not outside:
        return join([say("各{kind}的差别都在偶然波动的范围内", kind=Name(kind)), wide])
    return join([say("{names}越出偶然波动的范围", names=listed(names(outside), 4)), wide])


def rank_groups(table: pd.DataFrame) -> Sentence:
    """Report which districts lie below and above the mean of all, as far as their ranks can be told apart.

    Args:
        table: districts of one rate, with `rank_group`.
    """
    parts = []
    for group in (RankGroup.BELOW, RankGroup.ABOVE):
        found = names(table.loc[table["rank_group"] == str(group), "district"])
        parts += [say("{group}：{names}", group=Name(LABELS[group]), names=listed(found, len(found)))] if found else []
    return join(parts) + "；其余不分先后" if parts else say("名次：所有区县分不出先后")


def streets(table: pd.DataFrame, label: str, target: float) -> Sentence:
    """Report which streets are confirmed weak, or that there is no target.

    Args:
        table: from `analysis.areas.streets.model_streets`, with `verdict` and `gap`.
        label: name of the rate.
        target: its target, a share; NaN where there is none.
    """
    words: dict[str, Slot] = {"label": Name(label)}
    if pd.isna(target):
        return say("模型估计：{label}没有目标可比，各街道只看区间", **words)
    words |= {"line": setting("target", target, Format.TARGET), "weak": Name(Verdict.WEAK)}
    sure = rows_of(table, table[table["verdict"] == Verdict.WEAK].sort_values("gap"), "street")
    if not sure:
        return say("模型估计：没有街道的{label}{weak}（目标 {line}）", **words)
    words |= {"names": listed([row.name("street") for row in sure], 4, counted=True)}
    words |= {"count": count(sure, "streets confirmed weak")}
    return say("模型估计：{count} 个街道的{label}{weak}（目标 {line}）：{names}", **words)
