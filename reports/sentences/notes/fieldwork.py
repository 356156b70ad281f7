"""Lines and captions on the quality of fieldwork: checks, exclusions, quotas, response rates, lights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.integrity.combine import LIGHTS
from analysis.integrity.lights import AreaLight
from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Row, Sentence, Slot, count, field, join, say, setting
from survey.instrument.measure import measure_label
from survey.quality.effort_checks import CHECKS
from survey.quality.exclusions import Decision
from survey.quality.flag_groups import LEAST, unequal
from survey.quality.response_rates import CaseCounts


def head(title: str, wave: str, mode: str, n: int, version: int) -> Sentence:
    """Return the first line of a report on the answers of a wave and mode."""
    words = "{title}　{wave}　{mode}　{n} 份　数据版本 {version}"
    numbers: dict[str, Slot] = {"n": setting("answers", n), "version": Declared(str(version), "numbering")}
    return say(words, title=Name(title), wave=Name(wave), mode=Name(mode), **numbers)


def derived(cells: int, lights: int, texts: int) -> Sentence:
    """Report of how many waves the answers were summed, rounds checked, and questions read, ahead of time."""
    if not cells and not lights and not texts:
        return say("汇总、真实性检查和留言都已算好")
    counted = setting("waves summed", cells), setting("rounds checked", lights), setting("questions read", texts)
    words = "新汇总了 {cells} 轮的答卷；真实性检查新算了 {lights} 项（一轮一种方式为一项）；留言新读了 {texts} 道题"
    return say(words, **dict(zip(("cells", "lights", "texts"), counted, strict=True)))


def unchecked(waves: Sequence[str]) -> Sentence:
    """Report that some waves are still being checked, and what that means for their verdicts."""
    words = "{waves}的真实性检查还在算：算完以前，各区县的判断是暂定的，红灯区县的判断会改变；算好后本页自动更新。"
    return say(words, waves=Name("、".join(waves)))


def check(row: Row) -> Sentence:
    """Report one check of `Fieldwork.summary`: how many answers it flags, why, and the innocent explanation."""
    hint = "，仅供参考" if row["hint"] else ""
    found = say("没有")
    if row["n"]:
        share: dict[str, Slot] = {"n": row.bound("n", Format.COUNT), "share": row.bound("share", Format.PERCENT)}
        found = say("{n} 份（{share}{hint}）", **share, hint=Name(hint))
    words = "{label}：{found}；{rule}；也可能是：{innocent}；怎么办：{action}"
    named = {name: row.name(name) for name in ("label", "rule", "innocent", "action")}
    return say(words, found=found, **named)


def hasty(n: int) -> Sentence:
    """Report the answers that took less than half the median time."""
    return say("用时不到中位数一半的共 {n} 份", n=setting("hasty answers", n))


def flag_groups(groups: pd.DataFrame) -> Sentence:
    """Say whom the checks of careless answering flag more often than others, and what to do about it.

    Args:
        groups: from `survey.quality.flag_groups.flag_groups`.
    """
    about = say(
        "有“{names}”任一项标记的比例，含标记对的和标记错的；不足 {least} 份的人群不比较。",
        names=Name("、".join(check.label for check in CHECKS.values())),
        least=setting("smallest group", LEAST),
    )
    cases = [
        say("{kind}：{high}高于{low}两倍以上", kind=Name(kind), high=Name(high), low=Name(low))
        for kind, high, low in unequal(groups)
    ]
    if not cases:
        return about + say("没有哪类人明显更常被标记。")
    return about + join(cases) + say("。对这类人的标记先当误报看待：核实几份再下结论，不按标记剔除。")


def flag_group(row: Row) -> Sentence:
    """Report how often one group is flagged."""
    numbers: dict[str, Slot] = {"n": row.bound("n", Format.COUNT)}
    words = "{kind}　{group}：{n} 份，太少不比较"
    if float(str(row["share"])) >= 0:
        words = "{kind}　{group}：{share}（{n} 份）"
        numbers["share"] = row.bound("share", Format.PERCENT)
    return say(words, kind=row.name("kind"), group=row.name("group"), **numbers)


def excluded(out: int, decided: bool, ending: str) -> Sentence:
    """Introduce the rates with and without excluded answers.

    Args:
        out: number of answers.
        decided: whether a person has decided on them; otherwise the checks flag them.
        ending: fixed words after the number.
    """
    words = "已由人决定剔除 {n} 份" if decided else "还没有剔除任何答卷；假如剔除被检查标记的 {n} 份"
    return say(words, n=setting("answers excluded", out)) + ending


def with_and_without(row: Row) -> Sentence:
    """Report one rate with and without the excluded answers, and the numbers of answers."""
    moved = float(str(row["estimate_without"])) - float(str(row["estimate"]))
    return say(
        "{label}：{before} → {after}（{moved}，n {n} → {left}）",
        label=Name(measure_label(str(row["measure"]))),
        before=row.bound("estimate", Format.PERCENT),
        after=row.bound("estimate_without", Format.PERCENT),
        moved=setting("after less before", moved, Format.CHANGE),
        n=row.bound("n", Format.COUNT),
        left=row.bound("n_without", Format.COUNT),
    )


def decision(made: Decision, word: str) -> Sentence:
    """Report a decision; `word` is 剔除 or 恢复."""
    words = "第 {number} 号决定：{word} {n} 份（{grounds}），原答卷保留"
    facts: dict[str, Slot] = {"number": Declared(str(made.number), "numbering"), "grounds": Name(made.grounds)}
    return say(words, word=Name(word), n=count(made.responses, "answers of the decision"), **facts)


def logged(made: Decision, word: str, at: str) -> Sentence:
    """Report a decision as a line of the log."""
    words = "{number}  {at}  {who}  {word} {n} 份  {wave}  {grounds}：{why}"
    facts: dict[str, Slot] = {"number": Declared(str(made.number), "numbering"), "at": Declared(at, "date")}
    facts |= {name: Declared(getattr(made, name), "wording") for name in ("who", "wave", "grounds", "why")}
    return say(words, word=Name(word), n=count(made.responses, "answers of the decision"), **facts)


def left_out(n: int, wave: str = "") -> Sentence:
    """Report how many answers are excluded now."""
    out = setting("answers excluded", n)
    if wave:
        return say("{wave} 这种方式现在剔除 {n} 份", wave=Name(wave), n=out)
    return say("本轮本方式现在剔除 {n} 份；原答卷都保留，页面右上角的开关可以对照。", n=out)


def switch(n: int) -> Sentence:
    """Return the label of the switch for excluded answers."""
    return say("不计已剔除的 {n} 份", n=setting("answers excluded", n))


def quota(row: Row, name: str) -> Sentence:
    """Report the progress of one cell of the quota."""
    return say(
        "{name}：{done}/{target}（{share}），预计 {forecast}，{state}",
        name=Name(name),
        state=row.name("state"),
        share=row.bound("share", Format.PERCENT),
        **{one: row.bound(one, Format.COUNT) for one in ("done", "target", "forecast")},
    )


def outside(n: int) -> Sentence:
    """Introduce the quota."""
    return say("配额（计划外 {n} 份）", n=setting("answers outside the quota", n)) if n else say("配额")


def response_rates(found: CaseCounts) -> tuple[Sentence, Sentence]:
    """Report the response rates, with the cases they are made from."""
    cases = setting("cases", sum(found.counts.values()))
    rates = [
        say("{name} {value}", name=Declared(name, "standard"), value=setting(name, value, Format.PERCENT))
        for name, value in found.rates().items()
    ]
    return say("应答率（AAPOR，e={e}，{n} 个样本）", e=field(found, "e", Format.DECIMAL), n=cases), join(rates, "，")


def employers(codes: Sequence[str], found: Sequence[object]) -> Sentence:
    """Report how many interviewers have a conflict of interest or no registered employer."""
    every = count(codes, "interviewers")
    words = "访问员所属单位：{all} 名都没有问题（名单 interviewers.csv：interviewer、employer）"
    if not found:
        return say(words, all=every)
    words = "访问员所属单位：{all} 名中 {some} 名有问题（名单 interviewers.csv：interviewer、employer）"
    return say(words, all=every, some=count(found, "interviewers with a problem"))


def gift(item: str, value: float) -> Sentence:
    """Report the gift for respondents."""
    return say("礼品：{item}，每人 {value}，因参与而给", item=Name(item), value=setting("value", value, Format.YUAN))


def registered(day: str, late: bool, found: Sequence[object]) -> Sentence:
    """Report when the plan was registered, and how many deviations there are."""
    number = say("{n} 处偏离", n=count(found, "deviations")) if found else say("没有偏离")
    words: dict[str, Slot] = {"day": Declared(day, "date"), "late": Name("（调查开始之后才登记）" if late else "")}
    return say("预登记于 {day}{late}，{number}", **words, number=number)


def lights(level: str, units: pd.DataFrame) -> Sentence:
    """Report how many units of one level have which light."""
    each = [(label.split("：")[0], units[units["light"] == str(light)]) for light, label in LIGHTS.items()]
    parts = [
        say("{light} {n}", light=Name(label), n=count(list(some["unit"]), label)) for label, some in each if len(some)
    ]
    return say("{level}：{parts}", level=Name(level), parts=join(parts, "，") or say("没有"))


def red_light(row: Mapping[Any, object], chance: str) -> Sentence:
    """Report one red light; `chance` is the probability of such a unit by chance, in words."""
    facts: dict[str, Slot] = {"name": Name(str(row["name"])), "district": Name(str(row["district"]))}
    facts |= {"n": setting("n", float(str(row["n"]))), "chance": Declared(chance, "note")}
    return say("红灯 {name}（{district}，{n} 份，若无异常{chance}）", **facts)


def unit_option(level: str, row: Mapping[Any, object]) -> Sentence:
    """Return one interviewer or community as a choice in a list."""
    facts: dict[str, Slot] = {"level": Name(level), "name": Name(str(row["name"]))}
    facts |= {"district": Name(str(row["district"])), "n": setting("n", float(str(row["n"])))}
    return say("{level} {name}（{district}，{n} 份）", **facts)


def doubtful(name: str, light: AreaLight) -> Sentence:
    """Report the doubtful answers of a district, and how many must be interviewed again."""
    numbers = {one: field(light, one, Format.COUNT) for one in ("doubtful", "n", "again")}
    stop = Name("" if light.may_rank else "；暂停排名")
    return say(
        "{name}：{n} 份中 {doubtful} 份存疑{stop}；建议独立复访 {again} 份", name=Name(name), stop=stop, **numbers
    )


def shift(row: Row) -> Sentence:
    """Report a district that changed differently from the others."""
    return say(
        "{district}：{mine}，其他区县平均 {usual}（{n} 份）",
        district=row.name("district"),
        mine=row.bound("value", Format.CHANGE),
        usual=row.bound("expected", Format.CHANGE),
        n=row.bound("n", Format.COUNT),
    )


def weight_spread(found: object, name: str) -> Sentence:
    """Report the efficiency of the weights of one wave and mode.

    Args:
        found: a `reports.fieldwork.weighting.WeightSpread`.
        name: the wave and mode.
    """
    forms = {"efficiency": Format.PERCENT, "largest": Format.DECIMAL, "smallest": Format.DECIMAL}
    forms |= {"n": Format.COUNT, "effective_n": Format.COUNT}
    return say(
        "加权效率 {efficiency}（{name}）：{n} 份答卷相当于 {effective_n} 份同等权重的；"
        "最重的一份是平均的 {largest} 倍，最轻的 {smallest} 倍",
        name=Name(name),
        **{one: field(found, one, form) for one, form in forms.items()},
    )


def lost(counts: Mapping[str, int]) -> Sentence:
    """Report answers that are in no row of a table: heading of the column that they lack -> their number."""
    parts = [say("{n} 份没有{name}", n=setting(name, n), name=Name(name)) for name, n in counts.items() if n]
    return say("不在表中的答卷：{parts}", parts=join(parts, "，")) if parts else Sentence()


def bursts_held(n: int) -> Sentence:
    """Return the heading of bursts of the open form."""
    if not n:
        return say("集中提交")
    return say("集中提交：{n} 份没有计入", n=setting("answers held back", n))


def bursts_decided(word: str, n: int) -> Sentence:
    """Report a decision on bursts; `word` names it."""
    return say("{word}：{n} 份，答卷都保留", word=Name(word), n=setting("answers of the bursts", n))
