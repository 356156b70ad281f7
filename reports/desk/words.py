"""Sentences on what is new since the last visit; each is empty where there is nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reports.desk.visits import News, Turned
from reports.sentences.formats import Format
from reports.sentences.notes.days import on_page
from reports.sentences.sentence import Declared, Name, Sentence, count, field, join, listed, names, say

MOST = 4
"""Verdicts and entries that are named."""
NOTHING_YET = "没有判断"


def lead(news: News) -> Sentence:
    """Say since when."""
    at = news.since.astimezone()
    day = on_page(at.date(), at.year)
    return say("上次打开（{day} {time}）以来", day=day, time=Declared(f"{at:%H:%M}", "date"))


def lines(news: News, wave: str) -> Iterator[Sentence]:
    """Yield what is new: data, verdicts, red lights, ledger.

    Args:
        news: what is new.
        wave: title of its wave, where that is another one.
    """
    found = (_data(news, wave), _verdicts(news), _red(news), _opened(news), _overdue(news))
    yield from (one for one in found if one)


def _data(news: News, wave: str) -> Sentence:
    if not news.versions:
        return say("现在看的是{wave}", wave=Name(wave)) if news.wave else Sentence()
    number, version = field(news, "versions", Format.COUNT), field(news, "version", Format.COUNT)
    after = say("，现在看的是{wave}", wave=Name(wave)) if news.wave else Sentence()
    return say("数据更新了 {number} 次，现为版本 {version}{after}", number=number, version=version, after=after)


def _verdicts(news: News) -> Sentence:
    """Name the verdicts that changed beyond chance, and count those that are not named."""
    if not news.turned:
        return Sentence()
    more = len(news.turned) - MOST
    rest = say("等，共 {all} 项", all=count(news.turned, "verdicts that changed")) if more > 0 else Sentence()
    return say("判断变了：{some}{rest}", some=join(map(_turned, news.turned[:MOST]), "、"), rest=rest)


def _turned(one: Turned) -> Sentence:
    return say(
        "{area}{rate} {before} → {now}（{value}）",
        area=one.row.name("district"),
        rate=one.row.name("label"),
        before=Name(one.before or NOTHING_YET),
        now=Name(str(one.row["verdict"] or NOTHING_YET)),
        value=one.row.bound("estimate", Format.WHOLE),
    )


def _red(news: News) -> Sentence:
    return say("{areas}新亮真实性红灯", areas=listed(names(news.red), MOST)) if news.red else Sentence()


def _opened(news: News) -> Sentence:
    if not news.opened:
        return Sentence()
    areas = listed(names(dict.fromkeys(one.area for one in news.opened)), MOST)
    return say("台账新增 {n} 条（{areas}）", n=count(news.opened, "new entries"), areas=areas)


def _overdue(news: News) -> Sentence:
    if not news.overdue:
        return Sentence()
    units = listed(names(dict.fromkeys(one.owner for one in news.overdue)), MOST)
    return say("新逾期 {n} 条（{units}）", n=count(news.overdue, "entries that became overdue"), units=units)
