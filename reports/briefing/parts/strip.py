"""Light and method of a document: what every document must disclose, in small type, and its source in one line."""

from __future__ import annotations

from enum import StrEnum

from analysis.integrity.lights import STOP_SHARE
from reports.briefing.blocks import Run, Text
from reports.briefing.facts import Facts
from reports.briefing.phrases import MODES, RED, dates, round_name
from reports.definitions import headlines
from reports.labels import mode_label, short
from reports.provenance import origin
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.sentence import Declared, Name, Sentence, field, join, listed, names, say, setting


class Quality(StrEnum):
    """The light of all data of a wave: by the share of responses from units with a red light."""

    GREEN = "绿灯"
    AMBER = "黄灯"
    RED = "红灯"


def quality(found: Facts) -> Quality:
    """Return the light: green without a red unit, red from `STOP_SHARE` of the responses on."""
    doubtful = found.lit.responses
    if not doubtful:
        return Quality.GREEN
    total = sum(light.n for light in found.lights.values())
    return Quality.RED if doubtful / total >= STOP_SHARE else Quality.AMBER


def quality_line(found: Facts) -> Sentence:
    """Report the units with a red light and the responses concerned."""
    if not found.lit.responses:
        return say("真实性检查没有亮红灯")
    parts = [
        say("{n}名访问员", n=field(found.lit, "interviewers", Format.PLAIN)) if found.lit.interviewers else Sentence(),
        say("{n}个社区", n=field(found.lit, "communities", Format.PLAIN)) if found.lit.communities else Sentence(),
    ]
    who = join(parts, "、") or say("部分答卷")
    concerned = field(found.lit, "responses", Format.PLAIN)
    every = field(found, "interviews", Format.PLAIN)
    return say("{who}亮红灯，涉及{doubtful}份（共{every}份）；{rule}", who=who, doubtful=concerned, every=every,
               rule=Name(RED))  # fmt: skip


def strip(found: Facts, here: Sentence | None = None) -> Text:
    """Return the light, the method, the rule of verdicts and the data version.

    Args:
        found: the facts.
        here: the light of one area, in place of that of all data.
    """
    light = say("{light}：{line}。", light=Name(quality(found)), line=quality_line(found)) if here is None else here
    return (
        Run(say("数据质量　"), strong=True),
        Run(light),
        Run(say("方法　"), strong=True),
        Run(method(found)),
        Run(say("判断　"), strong=True),
        Run(rule(found) + version(found)),
    )


def light_of(found: Facts, district: str) -> Sentence:
    """Return the light of one district, without a unit that could be recognised."""
    light = found.lights.get(district)
    if light is None or not light.doubtful:
        return say("本区没有红灯。")
    return say("本区部分答卷亮真实性红灯；{rule}。", rule=Name(RED))


def method(found: Facts) -> Sentence:
    """Return survey, mode, weights, interval, base of each rate and limit of suppression."""
    sample = found.gathered.sample
    modes = "、".join(mode_label(mode) for mode in sample.modes)
    parts = [
        say("{study}，{modes}", study=Name(found.study.title), modes=Name(modes)),
        say("{weights}", weights=Declared(sample.weights.label, "note")),
        say(
            "{level}区间计入抽样设计（{strata}层、{points}个抽样点）",
            level=setting("level", found.selection.level, Format.TARGET),
            strata=setting("strata", len(sample.design.strata), Format.PLAIN),
            points=setting("points", len(sample.design.stratum), Format.PLAIN),
        ),
        _bases(found),
        say("n为有效回答人数，少于{k}人不公布", k=setting("suppression", found.study.suppression, Format.PLAIN)),
        say("变化由未取整的数据计算"),
    ]
    return join(parts) + "。"


def _bases(found: Facts) -> Sentence:
    rates = headlines(found.study)
    whole = [short(one) for one in rates if one.base == "all"]
    clear = [short(one) for one in rates if one.base != "all"]
    parts = [
        say("{rates}以全部被问到的人为分母", rates=listed(names(whole))) if whole else Sentence(),
        say("{rates}的分母不含不了解、拒答的人", rates=listed(names(clear))) if clear else Sentence(),
    ]
    return join(parts, "，")


def rule(found: Facts) -> Sentence:
    """Return the rule of verdicts in short."""
    q = found.study.false_calls
    return say(
        "低于目标的可能不小于{sure}、本地比例也低于目标为确认薄弱，不大于{q}、比例也达到目标为达标，"
        "其余过半为观察、不过半为尚难判断；区县、街道由模型判断，表中比例和区间为直接估计。",
        sure=setting("one less q", 1 - q, Format.TARGET),
        q=setting("q", q, Format.TARGET),
    )


def version(found: Facts) -> Sentence:
    """Return the data version, and a note on exclusions."""
    parts = [
        version_number(found),
        say("{note}", note=Declared(found.gathered.exclusions, "note")) if found.gathered.exclusions else Sentence(),
    ]
    return join(parts) + "。"


def version_number(found: Facts) -> Sentence:
    """Return the data version."""
    return say("数据版本{v}", v=Declared(str(found.gathered.version), "numbering"))


def source(found: Facts) -> Sentence:
    """Return origin, survey, mode, number, days and data version in one line, for the foot of each page."""
    asked = "、".join(MODES.get(mode, "调查") for mode in found.gathered.sample.modes)
    return join(
        [
            say("{origin}　{round}", origin=Name(origin(found.study.mock)), round=round_name(found)),
            say("{asked}{n}名", asked=Name(asked), n=field(found, "interviews", Format.PLAIN)),
            dates(found),
            say("加权，{level}区间", level=setting("level", found.selection.level, Format.TARGET)),
            version_number(found),
        ],
        "　",
    )


def mark(found: Facts) -> Sentence:
    """Return the frame at the top right: simulated data; empty for real data."""
    return say("模拟数据　地名、单位均为虚构") if found.study.mock else Sentence()


def known_facts(found: Facts) -> tuple[tuple[str, str], ...]:
    """Return what an audit looks for: study, wave, mode, data version, day, settings."""
    study = found.study
    return (
        ("study", study.title),
        ("wave", found.selection.wave),
        ("mode", "、".join(found.gathered.sample.modes)),
        ("version", str(found.gathered.version)),
        ("day", found.day.isoformat()),
        ("role", str(found.selection.role)),
        ("suppression", str(study.suppression)),
        ("false_calls", str(study.false_calls)),
        ("without_excluded", str(study.without_excluded)),
        ("questionnaire", study.questionnaire.fingerprint),
    )


def today(found: Facts) -> Sentence:
    """Return the date of the document, that of the data version."""
    return say("{day}", day=days.full(found.day))
