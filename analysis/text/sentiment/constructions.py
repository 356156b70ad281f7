"""Constructions: rewrite grammar that does not mean what its words suggest, before the words are judged.

Only function words are listed, never a subject: double negations (没有一天不堵 -> 都堵), contrasts of which only the
second half holds (不是没有桶，而是没人收), conjunctions that look like negations (不管什么时候), and phrases without
content (没有要补充的).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analysis.text.words.signs import Signs, pairs

_SOMEBODY = "个|位|人|家|户|次|回|天|日|夜|晚|周|处|条|样|件|年|月"
_ALWAYS = (
    rf"(?:没有?|无)(?:哪?一(?:{_SOMEBODY})|哪(?:{_SOMEBODY})|谁)[\u4e00-\u9fff]{{0,5}}?不(?!是)|"
    r"没有?人不(?!是)|无[时人一][无日刻]?刻?不(?:在|是)?|谁(?:能|会|敢|看了|听了|见了|来了)?不|何尝不(?:是)?|"
    r"(?:怎么?|岂|哪里?)(?:能|会)不|[无莫]不(?=[\u4e00-\u9fff])|(?:没有?|无)(?:哪?一(?:次|天|日))(?:没|没有)(?=[\u4e00-\u9fff])"
)
_NEITHER = r"谈不上|说不上|称不上|算不上|不能说|不算|不"
_START, _END = r"(?<![^，,。！!])", r"(?=$|[，,。！!～~\s])"
_OPEN = r"(?:要补充|补充|可说|想说|要说|说的?|意见|建议|想法|要求|看法|(?<=别的|其他|其它))"

_TABLE: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = tuple(
    (tuple(signs.split()) if isinstance(signs, str) else signs, re.compile(pattern), put)
    for signs, pattern, put in (
        # Of a contrast only the second half holds.
        ("不是", r"(?<!是)(?:并?不是|并非)[^，,。！？；]{1,16}[，,](?:而是|都是|就是|只是|是)", ""),
        # The subject stands before the comma: 要说便民，实在谈不上.
        (
            "不上",
            rf"(?:要说|说到|论)([^，,。]{{1,8}})[，,](?:实在|根本|完全|还|也|都|真)*((?:谈|说|算|称)不上){_END}",
            r"\2\1",
        ),
        # Conjunctions.
        (
            pairs("管", "什谁哪多怎是刮下白晚早几何老大"),
            r"不管(?=什么|谁|哪|多|怎|是|刮|下[雨雪]|白天|晚上|早|几|何|老|大)(?:什么时候|哪天|谁|怎么|多[晚早]|几点)?",
            "无论",
        ),
        (("管有",), r"不管有(?:没有|无)[^,，。]{1,4}(?=都|也)", "无论"),
        ("无论 不论", r"[无不]论(?:什么时候|何时|哪天|谁|怎么|多[晚早]|几点)?", "无论"),
        ("没让 有让", r"没有?让(?:我们?|人|老人|群众|老百姓|大家|家长|家属|居民)(?=[多再白又]|来回|久等|跑)", "再也不"),
        ("没等", r"没等[\u4e00-\u9fff]{1,8}?就", "就"),
        # Comparison with an earlier time or another place: 没有往年热.
        (
            pairs("没有", "往去前过从早上隔别周"),
            r"没有?(?:往年|去年|前[几两]年|前年|过去|从前|早先|上次|上回|隔壁|别处|别的地方|周边[\u4e00-\u9fff]{0,2})(?![的有])",
            "没以前",
        ),
        # Double negations without a negative meaning: 忍不住, 少不了, 不能不.
        ("忍不 不由 禁不 少不 离不 能不 可不 会不", r"忍不住|不由得|禁不住|少不了|离不开|不[能可会]不", ""),
        ("不得不", r"不得不(?=说|承认|佩服|夸|赞|感叹|感谢|服)", ""),
        # A superlative: 没有比这更差的了.
        ("没比 有比", r"没有?比(?:这|这里|这儿|它|那)?[\u4e00-\u9fff]{0,3}?(?:更|还)要?", "最"),
        # Not up for discussion: no content.
        (
            pairs("没有无到出起", "什啥别其更多要可想补说意建看"),
            rf"(?:没有?|无|想不[到出起]|提不出|说不出)(?:什么|啥|别的|其他|其它|更多|多少)?(?:要|可|想)?{_OPEN}(?:的|了|吧)*{_END}",
            "",
        ),
        (
            "说不 好说",
            rf"{_START}(?:也|还|我|一时|一下子?|暂时|真)*(?:说不(?:清楚?|准|好|上来|出来)|不好说)(?:的|了|吧)*{_END}",
            "",
        ),
        (
            pairs("不", "常怎大太"),
            rf"(?=[我平一也不]){_START}(?:我|平时|一般|也)*不(?:常|怎么|大|太)(?:去|来|出门|在家|逛|坐|用){_END}",
            "",
        ),
        (
            pairs("不太大很", "懂关清了知"),
            rf"(?=[我也都真不]){_START}(?:我|也|都|真)*不(?:太|大|是很)?(?:懂|关[心注]|清楚|了解|知道)(?:这些|这个|这方面|情况)?(?:的|了)?{_END}",
            "",
        ),
        ("无所谓", r"(?:都行[，,]?)?(?:怎样|怎么样)?都?无所谓", ""),
        (pairs("去来坐用办", "过"), rf"{_START}(?:我|也|还)*没有?(?:去|来|坐|用|办)过[\u4e00-\u9fff]{{0,8}}{_END}", ""),
        # Nobody takes care of it: one word, whatever is neglected.
        (
            pairs("人", "来去肯愿管过处治整打清维负"),
            r"(?!没有?人管)(?:没有?见?过?有?|无|哪里?有|未见有?|不见有?)人(?:来|去|肯|愿意)?(?:管|过问|处理|治理|整治|打扫|清扫|清理|维护|维修|负责)",
            "没人管",
        ),
        # A wish that something stops is a wish.
        ("不要 不再 别", r"(希望[^，,。]{0,6}?)(?:不要|不再|别)再?[^，,。！!]*", r"\1"),
    )
)
_DOUBLE = re.compile(_ALWAYS)
# One of the first begins every alternative; a second negation or 一 follows.
_DOUBLE_SIGNS = re.compile("[没无谁何怎岂哪莫].*?[不一]", re.DOTALL)
_ROWS = Signs([*(signs for signs, _, _ in _TABLE), "没无谁何怎岂哪莫", "不一"])
"""What a text needs for each row of the table, and both signs of a double negation."""
_ALL = (2 << len(_TABLE)) - 1
_PAIR = re.compile(
    rf"(?:{_NEITHER})(?P<one>[\u4e00-\u9fff]{{1,2}}?)[，,]?(?:也|又|更)?(?:{_NEITHER})(?P<other>[\u4e00-\u9fff]{{1,2}})"
)


def plain(texts: Sequence[str]) -> list[str]:
    """Rewrite texts in words of plain meaning; one where no such construction occurs stays as it is."""
    found = _ROWS(texts)
    rows = found & np.uint64(_ALL >> 1)
    rows |= found & found >> np.uint64(1) & np.uint64(1 << len(_TABLE))
    return [_rewritten(text, own) if own else text for text, own in zip(texts, rows.tolist(), strict=True)]


def _rewritten(text: str, rows: int) -> str:
    """Rewrite a text that has signs of these rows of the table, the last one of double negations."""
    todo = rows & _ALL >> 1
    while todo:
        at = (todo & -todo).bit_length() - 1
        todo &= todo - 1
        signs, pattern, put = _TABLE[at]
        if any(sign in text for sign in signs) and (changed := pattern.sub(put, text)) != text:
            text, rows = changed, _ALL
            todo = _ALL >> 1 >> at + 1 << at + 1  # what was put may be a sign
    return _DOUBLE.sub("都", text) if rows >> len(_TABLE) and _DOUBLE_SIGNS.search(text) else text


def neither(text: str, values: dict[str, float]) -> str:
    """Remove a pair that cancels: 不好也不坏, 谈不上好也谈不上坏.

    Args:
        text: normalised.
        values: word -> value; the two words must have opposite signs.
    """
    if "不" not in text:
        return text
    return _PAIR.sub(lambda match: "" if _opposed(match, values) else match.group(), text)


def _opposed(match: re.Match[str], values: dict[str, float]) -> bool:
    other = values.get(match["other"], values.get(match["other"][0], 0.0))
    return values.get(match["one"], 0.0) * other < 0
