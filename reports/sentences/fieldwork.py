"""Sentences on fieldwork: red lights of interviewers and communities, submissions of the online form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from analysis.integrity.combine import Light
from analysis.integrity.lights import STOP_SHARE, AreaLight, doubted
from reports.sentences.formats import Format
from reports.sentences.sentence import (
    Binding,
    Declared,
    Name,
    Row,
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
from reports.sentences.weak import left_out, single_lights
from survey.collect.monitoring.monitor import Live

MOST, ASKED = 3, 3
"""Number of districts that a sentence names, and of communities to ask."""
UNITS: Mapping[str, str] = {"interviewer": "名访问员", "area": "个社区"}


def lights(units: Mapping[str, pd.DataFrame], unit: str, day: Sentence, number: int) -> Sentence:
    """Report who has interviews repeated by when, and in which districts.

    Args:
        units: level -> its units, see `reports.fieldwork.integrity.units`.
        unit: who has interviews repeated.
        day: the deadline, "12月11日前".
        number: of interviews to repeat.
    """
    red = {level: _of(rows, Light.RED) for level, rows in units.items()}
    parts = [
        say("{areas} {count} {unit}", areas=_areas(some), count=count(some, f"red {level}s"), unit=Name(UNITS[level]))
        for level, some in red.items()
        if some
    ]
    if not parts:
        return say("没有访问员或社区的答卷需要复访")
    return say(
        "请{unit} {day}派人复访{again}：{units}",
        unit=Name(unit),
        day=day,
        again=say(" {n} 份", n=setting("interviews to repeat", number)) if number else Sentence(),
        units=join(parts, "，"),
    )


def ordered(unit: str, day: Sentence, number: int) -> Sentence:
    """Report in one phrase who has how many interviews repeated by when; empty for none.

    Args:
        unit: who has interviews repeated.
        day: the deadline, "12 月 11 日前".
        number: of interviews to repeat.
    """
    if not number:
        return Sentence()
    again = setting("interviews to repeat", number)
    return say("{unit} {day}派人复访 {n} 份", unit=Name(unit), day=day, n=again)


def _areas(rows: Sequence[Row]) -> Sentence:
    """Return the districts of some units, each once."""
    return listed(names(dict.fromkeys(str(row["district"]) for row in rows)), 3, "个区县")


INDEPENDENT, CHECKER = "派独立人员，不能是原访问员", "派质量检查人员"


def sent(unit: str, whom: str) -> Sentence:
    """Name the unit in charge, and whom it sends."""
    return say("{unit}{whom}", unit=Name(unit), whom=Name(whom))


def unit(level: str, name: str, n: float) -> Sentence:
    """Name an interviewer or community with the number of its answers."""
    return say("{level} {name}（{n} 份）", level=Name(level), name=Name(name), n=setting("answers of the unit", n))


def signals(labels: Sequence[str]) -> Sentence:
    """Name the signals that speak, at most three."""
    return listed(names(labels), 3, "项信号") if labels else say("多项信号合起来不像偶然")


def again(district: str, light: AreaLight | None, day: Sentence) -> Sentence:
    """Report what a red unit asks for: interviews to repeat in its district, and whether it is ranked meanwhile.

    Args:
        district: its name.
        light: its light; None where it is not known.
        day: the deadline, "12月11日前".
    """
    if light is None or not light.again:
        return say("{day}复访这些答卷，之前不用来下结论", day=day)
    stop = say(
        "" if light.may_rank else "，之前{district}不排名", **({} if light.may_rank else {"district": Name(district)})
    )
    return say(
        "{day}在{district}复访 {again} 份{stop}",
        day=day,
        district=Name(district),
        again=field(light, "again", Format.COUNT),
        stop=stop,
    )


def rule_out(innocent: str, day: Sentence) -> Sentence:
    """Report what an amber unit asks for by a day."""
    why = say("：{innocent}", innocent=Name(innocent)) if innocent else Sentence()
    return say("{day}排除正常解释{why}", day=day, why=why)


def offered(number: int) -> Sentence:
    """Return the label of the button for the sheet of interviews to repeat."""
    return say("出复访单（共复访 {number} 份）", number=setting("interviews to repeat", number))


def lead(lights: Mapping[str, AreaLight]) -> Sentence:
    """Report which districts are not judged until then, and what the answers of the red units count for.

    Args:
        lights: district -> its light.
    """
    red = doubted(lights)
    if not red:
        return say("各区县照常判断，答卷都计入。")
    share = setting("STOP_SHARE", STOP_SHARE, Format.TARGET)
    rest = single_lights(lights) or say("其他区县照常判断")
    return say(
        "{areas}可疑的答卷在 {share} 以上，复访前不判断、不排名；{rest}；{used}。",
        share=share,
        areas=listed(names(red), 3),
        rest=rest,
        used=left_out(red),
    )


def light_counts(units: Mapping[str, pd.DataFrame], light: Light) -> Binding:
    """Return how many interviewers and communities have a light."""
    return count([name for rows in units.values() for name in rows.loc[rows["light"] == str(light), "unit"]], "lights")


def rest(number: Sequence[object]) -> Sentence:
    """Report further problems that the cards leave out."""
    return say("另有 {count} 项，见下面“依据和信号”", count=count(number, "further concerns"))


def _of(rows: pd.DataFrame, light: Light) -> tuple[Row, ...]:
    return rows_of(rows, rows[rows["light"] == str(light)], "unit")


def level_title(rows: pd.DataFrame, name: str) -> Sentence:
    """Report the red lights of one level, for the title of a figure.

    Args:
        rows: its units.
        name: its Chinese name, such as "访问员".
    """
    red = _of(rows, Light.RED)
    which = say("（{names}）", names=listed([row.name("name") for row in red], 4, counted=True)) if red else Sentence()
    return say("{level}：{count} 个红灯{which}", level=Name(name), count=count(red, "red lights"), which=which)


def level_caption(rows: pd.DataFrame, level: str, shown: Sequence[object]) -> Sentence:
    """Describe the figure of one level: how many were judged, how many are shown."""
    judged = rows_of(rows, rows[rows["light"] != str(Light.GREY)], "unit")
    return say(
        "有多少项信号不像偶然；{judged} {unit}中最突出的 {shown}",
        judged=count(judged, "judged units"),
        unit=Name(UNITS[level]),
        shown=count(shown, "units shown"),
    )


def received(state: Live, now: datetime, apart: Sequence[str] = ()) -> Sentence:
    """Report how many submissions of the online form there are, how many communities lack some, and the pace.

    Args:
        state: the state of the fieldwork.
        now: the present.
        apart: submissions of the wave in bursts that nobody has decided on.
    """
    lack = short(state.places)
    total = field(state, "total", Format.COUNT)
    if apart:
        if len(apart) == state.total:
            return say("网上问卷收到 {total} 份，都是集中提交、没有计入", total=total)
        return say(
            "网上问卷收到 {total} 份，其中 {held} 份集中提交、没有计入",
            total=total,
            held=count(apart, "submissions in bursts"),
        )
    if lack.empty:
        return say("网上问卷收到 {total} 份，每个社区都够了", total=total)
    words = "还没有答卷" if state.places["target"].isna().all() else "还没到目标"
    lacking = count(rows_of(state.places, lack, "psu"), "communities short of answers")
    due = state.due(now)
    pace = Name("" if due is None else "，进度落后" if state.total < due else "，进度正常")
    every = count(rows_of(state.places, state.places, "psu"), "communities")
    text = "网上问卷收到 {total} 份{pace}，{every} 个社区里 {n} 个{words}"
    return say(text, total=total, pace=pace, every=every, n=lacking, words=Name(words))


def chase(state: Live, now: datetime, apart: Sequence[str] = ()) -> Sentence:
    """Report who decides on bursts, whom to press on and who does it, the pace, the wave and the time."""
    decide = say("请分析员核实后在“数据质量”判断算不算。") if apart else Sentence()
    press = say("没有截止日期，不急；想多收，请社区工作人员把二维码发到居民群。")
    pace = press if state.endless(now) else join([_pressed(state.places), _pace(state, now)], "")
    when = Declared(f"{now:%m-%d %H:%M}", "date")
    wave = say("{wave}，", wave=Name(state.wave)) if state.wave else Sentence()
    last = wave + say("截至 {now}；是参与者意见，不计入四率。", now=when)
    return join([decide, pace, last], "")


def _pressed(places: pd.DataFrame) -> Sentence:
    """Report how many communities are asked first: of the districts that lack most, or of all where many lack alike."""
    lack = short(places)
    if lack.empty:
        return Sentence()
    lacking = lack["district"].astype(str).value_counts(sort=False)
    most = list(lacking.index[lacking == lacking.max()])
    named = len(most) <= MOST < places["district"].nunique()
    those = lack[lack["district"].astype(str).isin(most)] if named else lack
    where = listed(names(most), MOST) + "的" if named else Sentence()
    words = "先催填{where} {n} 个社区，请社区工作人员把二维码发到居民群。"
    return say(words, where=where, n=count(rows_of(places, those, "psu"), "communities to ask first"))


def _pace(state: Live, now: datetime) -> Sentence:
    """Report how many submissions should be there by now; empty where that is not known."""
    due = state.due(now)
    return Sentence() if due is None else say("按天数现在应有 {due} 份。", due=setting("submissions due by now", due))


def short(places: pd.DataFrame) -> pd.DataFrame:
    """Return the communities below their quota; without a quota, those without answers."""
    return places[places["answers"] < places["target"].fillna(1)]


def to_ask(places: pd.DataFrame, district: str) -> Sentence:
    """Return the first communities of a district that lack answers, and how many there are."""
    here = short(places)
    return listed(names(here.loc[here["district"].astype(str) == district, "community"]), ASKED)


def busiest(hours: pd.DataFrame) -> Sentence:
    """Report the hour with most submissions.

    Args:
        hours: hour, answers.
    """
    peak = rows_of(hours, hours.sort_values("answers", ascending=False, kind="stable").head(1), "hour")[0]
    when = Declared(f"{pd.Timestamp(str(peak['hour'])):%m-%d %H} 时", "date")
    return say("{when}最多，{n} 份", when=when, n=peak.bound("answers", Format.COUNT))


def communities(places: pd.DataFrame) -> Sentence:
    """Report how many communities have reached their quota, if there is one, and how many have no answers.

    Args:
        places: psu, answers, target (missing without a quota).
    """
    empty = rows_of(places, places[places["answers"] == 0], "psu")
    number = count(empty, "communities without answers")
    none = say("{n} 个社区还没有答卷", n=number) if empty else say("每个社区都有答卷")
    if places["target"].isna().all():
        return none
    full = rows_of(places, places[places["answers"] >= places["target"]], "psu")
    return join([say("{n} 个社区达到目标", n=count(full, "communities at their target")), none], "，")


def given_up(steps: pd.DataFrame, name: str) -> Sentence:
    """Report the question where most people stopped.

    Args:
        steps: question, label, reached, left.
        name: the question with the largest `left`, as the figure names it.
    """
    worst = rows_of(steps, steps.sort_values("left", ascending=False, kind="stable").head(1), "question")[0]
    if not worst["left"]:
        return say("没有人中途停下")
    return say("中途停下最多的地方：{name}（{n} 人）", name=Name(name), n=worst.bound("left", Format.COUNT))
