"""Phrases of documents, by verdict: verdict first, then value, interval, n and gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.areas.verdict import SILENT, Reason, Verdict
from analysis.integrity.lights import MARK
from reports.briefing.facts import Facts
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.sentence import (
    Declared,
    Name,
    Row,
    Sentence,
    Slot,
    count,
    field,
    join,
    listed,
    names,
    say,
    setting,
)

KIND = "区县"
INTERNAL = say("内部资料　注意保存")
"""For whom a document is: not for publication."""
ALL = 10_000
ENDINGS = "区县市旗"
BELOW = str(Verdict.WEAK)
"""The verdict on a confirmed weakness, in the word of the pages."""
VERBS: Mapping[str, str] = {
    Verdict.WEAK: BELOW,
    Verdict.WATCH: "列入观察",
    Verdict.UNCLEAR: "尚难判断",
    Verdict.MET: "达标",
}
"""Verdict -> the verb behind the name of a rate."""
MODES: Mapping[str, str] = {"household": "入户访问", "phone": "电话访问", "street": "街头访问"}
"""Mode -> how residents were asked."""
FOUR = 4
STREETS = 3
"""Number of streets that a sentence names."""
ORDER = "同组按区划代码排列，不分先后"
DISCIPLINE = "不得提示、组织居民作答，不得追查受访居民"
RETEST = "整改以下一轮调查复测为准，判断为达标的销号"
RED = "红灯是统计信号，不是结论"


def known(row: Row, column: str = "estimate") -> bool:
    """Return whether a cell holds a number."""
    return not pd.isna(row[column])  # type: ignore[call-overload]


def silent(row: Row) -> bool:
    """Return whether a row must not be judged."""
    return row["reason"] in SILENT


def size(row: Row) -> Sentence:
    """Return "n=341"."""
    return say("n={n}", n=row.bound("n", Format.PLAIN))


def limits(row: Row) -> Sentence:
    """Return "（62.7%至76.5%，n=341）"."""
    return say("（{spread}，{size}）", spread=row.interval(Format.SPREAD), size=size(row))


def value(row: Row) -> Sentence:
    """Return "70.0%（62.7%至76.5%，n=341）"; that it is not published where it is suppressed."""
    if not known(row):
        return say("样本过少，不公布")
    return say("{share}{limits}", share=row.bound("estimate", Format.PERCENT), limits=limits(row))


def short_of(row: Row) -> Sentence:
    """Return "比目标低10.0个百分点", from unrounded numbers."""
    return say("比目标低{gap}", gap=row.bound("gap", Format.GAP))


def target(row: Row) -> Sentence:
    """Return "目标80%"; empty where there is none."""
    return say("目标{line}", line=row.bound("line", Format.TARGET)) if known(row, "line") else Sentence()


def odds(row: Row) -> Sentence:
    """Return "低于目标的可能为84.5%"; that red-lit districts decide where a verdict does not hold without them."""
    if row["reason"] == Reason.DOUBTED:
        return say("等亮红灯的区县复访后才能判断")
    return say("低于目标的可能为{p}", p=row.bound("prob_below", Format.ODDS))


def rate(row: Row) -> Sentence:
    """Return the name of a rate."""
    return say("{label}", label=row.name("label"))


def verdict(row: Row) -> str:
    """Return the verdict of a row, or the reason for none."""
    return str(row["verdict"] or row["reason"])


def verb(row: Row) -> Sentence:
    """Return the verb of a verdict; the reason where there is none."""
    return say("{verb}", verb=Name(VERBS.get(str(row["verdict"]), str(row["reason"]))))


def judgement(row: Row) -> Sentence:
    """Return a rate with its judgement as documents word it, without the name of the area."""
    state = row["verdict"]
    if silent(row) or not known(row):
        return say("{rate}不作评价：{reason}", rate=rate(row), reason=Name(str(row["reason"])))
    if not known(row, "line"):
        return say("{rate}{value}，没有设定目标", rate=rate(row), value=value(row))
    if state == Verdict.WEAK:
        return say("{rate}{below}：{value}，{short}", rate=rate(row), below=Name(BELOW), value=value(row),
                   short=short_of(row))  # fmt: skip
    if state == Verdict.WATCH:
        return say("{rate}{value}，{odds}，尚未确认，列入观察", rate=rate(row), value=value(row), odds=odds(row))
    if state == Verdict.MET:
        return say("{rate}{value}，达到{target}", rate=rate(row), value=value(row), target=target(row))
    return say("{rate}{value}，{target}，{odds}，尚难判断", rate=rate(row), value=value(row), target=target(row),
               odds=odds(row))  # fmt: skip


def short_judgement(row: Row) -> Sentence:
    """Return `judgement` without interval and n where these stand in a table: never of an accusation."""
    if row["verdict"] not in (Verdict.WATCH, Verdict.UNCLEAR) or not known(row):
        return judgement(row)
    return say("{rate}{share}，{target}，{odds}，{verb}", rate=rate(row), share=row.bound("estimate", Format.PERCENT),
               target=target(row), odds=odds(row), verb=verb(row))  # fmt: skip


def change(row: Row, since: Sentence, *, aloud: bool = False) -> Sentence:
    """Report the change of a rate since the previous wave.

    Args:
        row: with the columns of `reports.rates.CHANGE_COLUMNS`.
        since: the month of the previous wave, such as 6月.
        aloud: whether the sentence is spoken, without brackets.
    """
    if not known(row, "change") or not known(row, "change_low"):
        return Sentence()
    words: dict[str, Slot] = {"spread": row.interval(Format.SIGNED_SPREAD, "change_low", "change_high")}
    if way := moved(row):
        gap = row.bound("change", Format.GAP)
        words |= {"rate": rate(row), "since": since, "way": Name(way), "gap": gap}
        return say("{rate}比{since}{way}{gap}" + ("，区间{spread}" if aloud else "（{spread}）"), **words)
    least = say("；变动{least}以上才有把握看出", least=row.bound("detectable", Format.GAP))
    return say("{rate}看不出变化（{now}个百分点，{spread}{least}）", rate=rate(row),
               now=row.bound("change", Format.SIGNED), least=least if known(row, "detectable") else Sentence(),
               **words)  # fmt: skip


def short_change(row: Row, since: Sentence) -> Sentence:
    """Return "比6月+1.3个百分点（−0.5至3.1，看不出变化）"; empty where no change is known."""
    if not known(row, "change") or not known(row, "change_low"):
        return Sentence()
    return say("比{since}{now}个百分点\n（{spread}，{way}）", since=since, now=row.bound("change", Format.SIGNED),
               spread=row.interval(Format.SIGNED_SPREAD, "change_low", "change_high"),
               way=Name(moved(row) or "看不出变化"))  # fmt: skip


def moved(row: Row) -> str:
    """Return 上升 or 下降 for a change that is seen; "" for none."""
    if not known(row, "change_low") or not known(row, "change_high"):
        return ""
    low, high = float(str(row["change_low"])), float(str(row["change_high"]))
    return "上升" if low > 0 else "下降" if high < 0 else ""


def changes(found: Facts, rows: Sequence[Row], place: str = "全市", *, aloud: bool = False) -> Sentence:
    """Report what moved since the previous wave: "与6月相比，全市四率均看不出变化"; empty for a first wave.

    Args:
        found: the facts.
        rows: the rates of one place.
        place: its name.
        aloud: whether the sentence is spoken, without brackets.
    """
    some = [row for row in rows if known(row, "change_low")]
    if not some or found.previous is None:
        return Sentence()
    since = month_before(found)
    seen = [row for row in some if moved(row)]
    if not seen:
        every = every_rate(rows) if len(some) == len(rows) else labels(some)
        return say("与{since}相比，{place}{every}均看不出变化", since=since, place=Name(place), every=every)
    parts = [change(row, since, aloud=aloud) for row in seen]
    rest = say("其余看不出变化") if len(seen) < len(some) else Sentence()
    return join([*parts, rest], "，")


def month_before(found: Facts) -> Sentence:
    """Return the month of the previous wave; "上轮" where it is not listed."""
    if found.previous is None:
        return say("上轮")
    return say("{month}", month=days.month(found.previous.start, found.day.year))


def every_rate(rows: Sequence[Row]) -> Sentence:
    """Return 四率, 各率 where the study asks fewer, or the only rate."""
    if len(rows) == 1:
        return rate(rows[0])
    return say("四率") if len(rows) == FOUR else say("各率")


def streets(named: Sequence[Slot]) -> Sentence:
    """Return streets and towns: "甲街道、乙镇", after `STREETS` of them "等4个街道（乡镇）"."""
    shown = listed(named[:STREETS])
    if len(named) <= STREETS:
        return shown
    return shown + say("等{all}个街道（乡镇）", all=count(named, "streets"))


def all_met(rows: Sequence[Row]) -> Sentence:
    """Return that the city meets every target: "全市四率均达到目标"."""
    return say("全市{every}均达到目标" if len(rows) > 1 else "全市{every}达到目标", every=every_rate(rows))


def labels(rows: Sequence[Row]) -> Sentence:
    """Return the names of some rates."""
    return listed([row.name("label") for row in rows], ALL)


def fieldwork(found: Facts) -> Sentence:
    """Return "9月7日至20日，入户访问居民2880名"."""
    asked = Name("、".join(MODES.get(mode, "调查") for mode in found.gathered.sample.modes))
    number = say("{asked}居民{n}名", asked=asked, n=field(found, "interviews", Format.PLAIN))
    when = dates(found)
    return say("{when}，{number}", when=when, number=number) if when else number


def dates(found: Facts) -> Sentence:
    """Return the days of fieldwork; empty where study.toml does not list the wave."""
    if found.wave is None:
        return Sentence()
    return say("{days}", days=days.span(found.wave.start, found.wave.end, found.day.year))


def round_name(found: Facts) -> Sentence:
    """Return the title of the wave."""
    title = found.wave.title if found.wave else found.selection.wave
    return say("{title}", title=Declared(title, "numbering"))


def brief_name(district: str) -> str:
    """Return the name of a district without 区 or 县 where it stays readable."""
    return district[:-1] if len(district) > 2 and district[-1] in ENDINGS else district


def red_light(found: Facts) -> Sentence:
    """Report the districts with a red light: no verdict, no praise, and how many responses are concerned."""
    parts = [
        say(
            "{area}{doubtful}份答卷（共{n}份）亮真实性红灯",
            area=Name(name),
            doubtful=field(found.lights[name], "doubtful", Format.PLAIN),
            n=field(found.lights[name], "n", Format.PLAIN),
        )
        for name in found.red
    ]
    if not parts:
        return Sentence()
    return say("{mark}不作判断：{areas}，独立复访前不评价、不表扬", mark=Name(MARK), areas=join(parts, "，"))


def areas(some: Sequence[str]) -> Sentence:
    """Return all names of some areas."""
    return listed(names(some), ALL)


def nobody_judged(found: Facts) -> Sentence:
    """Return why no district has a verdict; empty where one has."""
    table = found.districts.table
    if table.empty:
        return say("答卷没有写明地点，不分{kind}", kind=Name(KIND))
    if not table["reason"].isin(list(SILENT)).all():
        return Sentence()
    if (table["reason"] == Reason.RED_LIGHT).any():
        return say("各{kind}都亮真实性红灯或样本过少，不作判断", kind=Name(KIND))
    limit = setting("suppression", found.study.suppression, Format.COUNT)
    return say("各{kind}样本过少（少于{k}人不公布），不作判断", kind=Name(KIND), k=limit)
