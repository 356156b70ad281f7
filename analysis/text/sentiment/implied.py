"""Implied opinions: clauses without a listed opinion word, or none on which their negation could act.

没有路灯, 不开门, 不再往外占 and 不如以前 concern things that no list can hold; the negation itself gives the direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple


class PhraseValue(NamedTuple):
    """A phrase of the text (with its negation) and its value: below 0 negative, above 0 positive."""

    phrase: str
    value: float


MISSING, MILD = -1.0, 0.6
"""Value of something that is missing; of an unlisted thing that is or is not done."""

# What cannot be done is a complaint: 过不去, 打不通, 等不来, 修不好; so is arbitrary service: 爱办不办.
_UNABLE = re.compile(
    r"(?<!少)(?<!忘)(?<!免)(?<!对)(?<!离)[\u4e00-\u9fff]不(?:了(?!解)|来(?!及)|过去|过来|去|上(?!学)|着|清(?!楚|静|洁)|"
    r"开(?!心)|动|通(?!知)|完|起|下去|出去|进去)(?!垃圾|毛病|噪音|味|杂物|什么)|来不及|(?P<as>爱|想)(?P<do>[\u4e00-\u9fff])不(?P=do)"
)
# 修了路, 装了灯; not 没换, 刚换, 换了又, 被拆.
_DEED = re.compile(r"^(?!.*[没未不才刚又被]).*?(?P<phrase>(?:[修装建添换补铺种]|增设|新增)了[\u4e00-\u9fff]{1,3})")
_LONG = r"(?:半|好?几|[一二两三四五六七八九十\d]+)多?个?多?(?:年|月|天|星期|周|小时)"
_TOO_LONG = re.compile(rf"(?:修|等|拖|挖|围|堵|报修|反映|投诉)了?(?:整整|足足|快|都)?{_LONG}(?!.*就)")
_WHERE = re.compile(r"^[\u4e00-\u9fff]{1,3}[^着么办样啥好行的多]呢$")
# It works in every case.
_EASY = re.compile(r"无论.*都.*|不[\u4e00-\u9fff]{1,4}也(?:能|可以)[\u4e00-\u9fff]*")
_FORCED = re.compile(r"不得不|免不了|难免|被[\u4e00-\u9fff]{0,6}(?:[占圈挡堵挖拆偷砸骗坑赶罚]|了)")
_LOST = re.compile(r"(?:少|没)了[\u4e00-\u9fff]{2,6}")
# Each pattern needs one of the characters before it.
_SILENT = (
    (frozenset("不"), _UNABLE, MISSING),
    (frozenset("年月天期周时"), _TOO_LONG, -MILD),
    (frozenset("呢"), _WHERE, -MILD),
    (frozenset("了"), _DEED, MILD),
    (frozenset("论也"), _EASY, MILD),
    (frozenset("不免被"), _FORCED, -MILD),
)
_SIGNS = frozenset().union(*(signs for signs, _, _ in _SILENT))


def without_words(text: str, falls: bool) -> PhraseValue | None:
    """Return the value of a clause without listed opinion: something impossible, done, imposed or lost.

    Args:
        text: the clause.
        falls: whether the clause states that something decreased without naming it.
    """
    here = _SIGNS.intersection(text)
    for signs, pattern, value in _SILENT if here else ():
        if not signs.isdisjoint(here) and (found := pattern.search(text)):
            return PhraseValue(found.groupdict().get("phrase") or found.group(), value)
    lost = _LOST.search(text) if falls else None
    return PhraseValue(lost.group(), -MILD) if lost else None


class Negated(NamedTuple):
    """A negation that no opinion used: clause, text after it, whether the clause ends in 了, and earlier hits."""

    text: str
    after: str
    over: bool
    hits: Sequence[PhraseValue]


def negation_value(word: str, negated: Negated) -> tuple[float, list[PhraseValue]]:
    """Return the value of negating something unlisted, 0 for none, and the hits that still hold."""
    hits = list(negated.hits)
    if _EASY.search(negated.text):
        return MILD, hits
    kind = KINDS.get(word, "")
    if kind == "worse":
        return MISSING, [each for each in hits if each.value < 0]  # 卫生不及去年
    if "就" in negated.after or not kind:
        return 0.0, hits  # 没花钱就办好了
    if kind in _RELIEF and negated.over:
        return MILD, [each for each in hits if each.value > 0]  # 垃圾不用自己拎到大路上了
    return (_VALUES[kind](negated) if kind == "absence" or not hits else 0.0), hits


def _plain(negated: Negated) -> float:
    return -MILD if negated.after[0] not in "是同过" and "我" not in negated.text else 0.0


_RELIEF = frozenset(("needless", "stopped"))
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "plain": "不 从不 从来不 根本不 迟迟不 并不 从没 从未 从来没 未 尚未 仍未 未能 至今未 一直未 迟迟未",
        # 不用排那么久的队了: something no longer needed was a burden.
        "needless": "不用 不必 不会 用不着 犯不着 不需要 无需 无须",
        "stopped": "不再 再也不 再也没 再没 再也没有",
        # Negative about what follows, or positive because it is over where 了 ends the clause.
        "hedged": (
            "不太 不怎么 不大 不够 不咋 不是很 不是太 没那么 没有那么 没以前 没有以前 没有之前 没之前 没原来 没有原来"
        ),
        "worse": "不如 不如以前 不及 比不上 赶不上 不比以前 不像以前",
        "absence": (
            "没有 没 无 缺 缺少 缺乏 毫无 没了 很少 没人 没有人 没法 无法 没办法 根本没法 实在没法 根本无法 看不到 "
            "看不见 见不到 找不到 几乎看不到 几乎没有 没见过 没见 还没有 还没 根本没有 至今没有 一直没有 从来没有 无人 "
            "未见 不见 难以 哪有"
        ),
    }
)
_VALUES: Mapping[str, Callable[[Negated], float]] = MappingProxyType(
    {
        "plain": _plain,
        "needless": lambda negated: 0.0,
        "stopped": lambda negated: MILD,
        "hedged": lambda negated: MILD if negated.over else -MILD,
        "absence": lambda negated: MISSING,
    }
)
KINDS: Mapping[str, str] = MappingProxyType({word: kind for kind, words in _WORDS.items() for word in words.split()})
"""Negation -> its effect on an unlisted thing: a key of `_VALUES`, or "worse"."""
