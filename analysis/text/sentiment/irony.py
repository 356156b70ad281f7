"""Irony and unmet wishes: spans that say the opposite of their words, judged before the words are.

A span that matches is taken out of the text, so that its words do not count, and has a value of its own: below 0 for
irony (满意个啥, 这也叫干净), 0 for a wish (要是再干净点就更好了). A complaint turns an opening of praise or thanks
(真行，垃圾桶都没了), and what came of an expectation turns it (本来以为要等很久，结果当天就办好了).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from analysis.text.sentiment.implied import MILD, PhraseValue

_AGAINST = -1.2
_END = r"(?=$|[,，。！!？?～~\s])"
_SHOW = "干净|文明|整洁|服务|便民|公平|方便|安全|效果|关怀|素质|管理"
_TABLE: tuple[tuple[str, re.Pattern[str], float], ...] = tuple(
    (sign, re.compile(pattern), value)
    for sign, pattern, value in (
        # Wishes: something would be better if it were otherwise.
        (
            "就",
            (
                r"(?:要是|如果|假如|若是|倘若|但愿|(?:什么时候|啥时候)?能|再|(?<![\u4e00-\u9fff])多)[^,，。！!？?]{0,16}?"
                rf"就(?:更|太|最|非常)?(?:加)?(?:好|完美|满意|圆满|理想)(?:了|啦)?(?:呢|吧)?{_END}"
            ),
            0.0,
        ),
        ("就不", r"早(?:点|些|一点|一些)?[^,，。]{0,6}就不(?:会|至于|用)[^,，。]*", _AGAINST),
        # Rhetorical: 满意个啥, 干净在哪里.
        ("个", rf"[\u4e00-\u9fff]{{2}}(?:了)?个(?:啥|什么|鬼|屁|毛|头)(?:呀|啊)?{_END}", _AGAINST),
        ("什么", rf"(?<![没做为说挑有还])(?:{_SHOW}|高兴|满意|舒服|安静|热情)什么{_END}", _AGAINST),
        ("啥", rf"(?<![没挑有还])(?:{_SHOW}|高兴|满意|舒服|安静|热情)啥(?:呀|啊)?{_END}", _AGAINST),
        ("在哪", rf"(?:{_SHOW})(?:又|到底|究竟)?(?:体现)?在哪[里儿]?", _AGAINST),
        ("叫", r"(?:你?管)?这(?:也|还)?(?:能|也)?叫(?!人|我|做)[\u4e00-\u9fff]{0,6}", _AGAINST),
        ("算", r"这(?:也|又)?算(?:哪门子|什么|啥)[\u4e00-\u9fff]{0,6}", _AGAINST),
        ("所谓的", r"(?:这)?就是所谓的[\u4e00-\u9fff]{0,8}", _AGAINST),
        ("谁说", rf"谁说(?!不)[\u4e00-\u9fff]{{2,8}}了{_END}", _AGAINST),
        ("不是说", r"不是说好?了?[^,，。]{1,12}吗", _AGAINST),
        # Something else comes first.
        (
            "先",
            r"(?:不用|不必|别|少|先别|不要|与其)[^,，。]{1,12}[,，]?(?:不如)?先(?:把|给|解决|管|修|去)[^,，。]{2,14}",
            _AGAINST,
        ),
        ("先把", r"先把[^,，。]{2,12}[,，]?(?:再|然后)(?:说|谈|来|讲|收)[^,，。]*", _AGAINST),
        ("就行", rf"(?:不用|别|少)[^,，。]{{1,8}}[,，]把[^,，。]{{1,8}}就行(?:了)?{_END}", _AGAINST),
        # Only at times.
        (
            "才",
            (
                r"(?:只有|等|非得?|要)?[^,，。]{0,4}(?:检查|领导|上面|上级|记者|曝光|投诉|出事|催|过年|过节|收费|来人|来查)"
                r"[^,，。]{0,6}才(?!知道|发现)[^,，。]*"
            ),
            _AGAINST,
        ),
        ("除了", r"除了[^,，。]{1,8}[,，]?(?:别的|其他|其它|什么|啥)?都(?:没有?|不)[^,，。满差]{0,4}", _AGAINST),
        # It made no difference, or did not last.
        ("等于没", r"[\u4e00-\u9fff]{0,3}等于(?:没|白)[\u4e00-\u9fff]{1,3}", _AGAINST),
        ("没", r"[\u4e00-\u9fff]了?(?:跟|和)没[\u4e00-\u9fff]{1,3}(?:一样|似的|差不多)", _AGAINST),
        ("汤", r"换汤不换药", _AGAINST),
        ("白", r"(?<!没)(?<!没有)(?<!明)白(?:高兴|修|投诉|忙|交|填|反映|说)[\u4e00-\u9fff]{0,2}", _AGAINST),
        ("天", r"[\u4e00-\u9fff]{1,3}了没(?:两|几|多少)天[,，]?(?:就|又)[\u4e00-\u9fff]{1,4}", _AGAINST),
        ("又开始", r"又开始[^,，。]{1,6}", -MILD),
        # Promised and not done.
        ("的", r"(?:承诺|说好|答应|规划)的[^,，。]{1,8}(?:变成|成了|没了|没影)[^,，。]*", _AGAINST),
        ("实", r"(?:名义上|说是|号称)[^,，。]{1,12}[,，]?(?:其实|实际上?)[^,，。]*", _AGAINST),
        # Plain good news without a word of opinion.
        ("也", r"不[\u4e00-\u9fff]{1,5}也(?:办成|办好|有人|修好|解决)[^,，。]*", MILD),
        ("多了", r"又?多了[几一两三]?(?:个|条|处|块|排)?(?:公园|绿地|车位|公厕|座椅|步道|广场|花坛)", MILD),
    )
)
_OPENING = re.compile(
    r"^(?:可|还|也)?(?:(?:真|太|好)(?:是)?[\u4e00-\u9fff]{1,4}|好极了|好样的|厉害了?|服了|干得(?:好|漂亮)|(?:谢谢|感谢|多谢|辛苦|托)[^,，。！!]{0,10})"
    r"[啊呀了]?[,，。！!]"
)
_LOSS = re.compile(r"没了|都没有|砍光|铲了|又停|又坏|又堵|又脏|全灭|才通知|丢了|白跑|没下文|半夜")
_EXPECTED = re.compile(r"^(?:本来|原来|原本|原|还|本|我)?(?:以为|担心|没抱希望)(?P<what>[^,，。]*)[,，]?")
_APPEARS = re.compile(r"^(?:答应|说得好听|表面上?|看着|看上去|宣传得?|嘴上|口头上)[^,，。]*[,，]")
_SOON = re.compile(r"(?:第二天|当天|当场|马上|立刻|很快)就?(?:有人|来|修|办|解决)")
_THANKS = re.compile(r"(?:谢谢|感谢)(?:[您你]们?|大家|啦|了)*[。！!]?")
Judge = Callable[[str], float]
"""The score of a text by its words alone."""


class Turned(NamedTuple):
    """What is left to judge by its words, and what the spans taken out say."""

    rest: str
    evidence: tuple[PhraseValue, ...]


def turned(text: str, judge: Judge) -> Turned:
    """Return a normalised text without ironic spans and wishes, and their evidence.

    Args:
        text: normalised, in lower case.
        judge: scores a part of the text; called only where an opening may be turned by what follows.
    """
    if _THANKS.fullmatch(text):
        return Turned("", ())
    evidence: list[PhraseValue] = []
    for sign, pattern, value in _TABLE:
        if sign in text and (found := pattern.search(text)):
            text = text[: found.start()] + text[found.end() :]
            evidence += [PhraseValue(found.group(), value)] if value else []
    return _opened(text, tuple(evidence), judge)


def _opened(text: str, evidence: tuple[PhraseValue, ...], judge: Judge) -> Turned:
    """Drop or turn an opening clause by what follows it."""
    if found := _OPENING.match(text):
        rest = text[found.end() :]
        against = sum(each.value for each in evidence) + judge(rest) if rest or evidence else 0.0
        if against < -MILD / 2 or _LOSS.search(rest):
            return Turned(rest, (PhraseValue(found.group(), _AGAINST), *evidence))
    elif found := _EXPECTED.match(text):
        rest = text[found.end() :]
        after = judge(rest)
        if not after:
            soon = _SOON.search(rest)
            sign = 1.0 if soon or judge(found["what"]) < 0 else -1.0
            evidence = (PhraseValue(found.group(), sign), *evidence)
        return Turned(rest, evidence)
    elif (found := _APPEARS.match(text)) and judge(text[found.end() :]) <= 0:
        return Turned(text[found.end() :], (PhraseValue(found.group(), -MILD), *evidence))
    return Turned(text, evidence)
