"""Irony and unmet wishes: spans that say the opposite of their words, judged before the words are.

A span that matches is taken out of the text, so that its words do not count, and has a value of its own: below 0 for
irony (满意个啥, 这也叫干净), 0 for a wish (要是再干净点就更好了). A complaint turns an opening of praise or thanks
(真行，垃圾桶都没了), and what came of an expectation turns it (本来以为要等很久，结果当天就办好了).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

from analysis.text.sentiment.implied import MILD, PhraseValue
from analysis.text.words.signs import Signs, pairs

_AGAINST = -1.2
_END = r"(?=$|[,，。！!？?～~\s])"
_SHOW = "干净|文明|整洁|服务|便民|公平|方便|便利|安全|效果|关怀|素质|管理|宜居|舒适|优秀|先进"
_FELT = "高兴|满意|舒服|安静|热情"
_BACK = "(?:又|全|照样|没人|就没|都没)"
_POWERS = "领导|检查组?|上级|上面|评比|验收|记者"
_PRAISING = "".join(word[-1] for word in f"{_SHOW}|{_FELT}".split("|"))
"""Last characters of the words of praise."""


_TABLE: tuple[tuple[tuple[str, ...], re.Pattern[str], float], ...] = tuple(
    (tuple(signs.split()) if isinstance(signs, str) else signs, re.compile(pattern), value)
    for signs, pattern, value in (
        # Wishes: something would be better if it were otherwise.
        (
            pairs("就", "更太最非加好完满圆理"),
            (
                r"(?:要是|如果|假如|若是|倘若|但愿|(?:什么时候|啥时候)?能|再|(?<![\u4e00-\u9fff])多)[^,，。！!？?]{0,16}?"
                rf"就(?:更|太|最|非常)?(?:加)?(?:好|完美|满意|圆满|理想)(?:了|啦)?(?:呢|吧)?{_END}"
            ),
            0.0,
        ),
        (
            pairs("就", "更好方便安省放不"),
            (
                r"(?:再|能|(?<![\u4e00-\u9fff])有(?:个|一个|条|人|些))[^,，。！!？?]{0,14}?"
                rf"就(?:更)?(?:好|方便|便利|安全|省心|放心|不[\u4e00-\u9fff]{{1,2}})了{_END}"
            ),
            0.0,
        ),
        ("多好", rf"(?:要是|如果|能|有)[^,，。！!？?]{{0,16}}?该?多好(?:啊|呀)?{_END}", 0.0),
        ("时候能", r"(?:什么|啥)时候能够?(?!修好|管|解决|处理|治|不)[^,，。]*", 0.0),
        ("都行", rf"(?:^|(?<=[,，。！!]))(?:怎么|怎样|我)?都行吧?{_END}", 0.0),
        ("就不", r"早(?:点|些|一点|一些)?[^,，。]{0,6}就不(?:会|至于|用)[^,，。]*", _AGAINST),
        # Rhetorical: 满意个啥, 干净在哪里.
        (
            pairs("个", "啥什鬼屁毛头"),
            rf"[\u4e00-\u9fff]{{2}}(?:了)?个(?:啥|什么|鬼|屁|毛|头)(?:呀|啊)?{_END}",
            _AGAINST,
        ),
        (pairs(_PRAISING, "什"), rf"(?<![没做为说挑有还])(?:{_SHOW}|{_FELT})什么(?:呀|啊)?{_END}", _AGAINST),
        (pairs(_PRAISING, "啥"), rf"(?<![没挑有还])(?:{_SHOW}|{_FELT})啥(?:呀|啊)?{_END}", _AGAINST),
        ("在哪", rf"(?:{_SHOW})(?:又|到底|究竟)?(?:体现)?在哪[里儿]?(?!里?[办问交领])", _AGAINST),
        ("有什 有啥", rf"(?<!没)有(?:什么|啥)(?:好|可|值得)[\u4e00-\u9fff]{{1,3}}的(?:吗|呢)?{_END}", _AGAINST),
        ("吗", r"[\u4e00-\u9fff]{2}得(?:起来|了)吗", _AGAINST),
        # A praise repeated as a question: 干净？谁信.
        ("？", rf"(?:^|(?<=[,，。！!？?]))(?:{_SHOW}|{_FELT})[？?][^,，。！!？?]{{1,10}}", _AGAINST),
        ("?", rf"(?:^|(?<=[,，。！!？?]))(?:{_SHOW}|{_FELT})[？?][^,，。！!？?]{{1,10}}", _AGAINST),
        ("吗", r"有人(?:管|来|问|修|打扫|处理)过?吗", _AGAINST),
        ("这是人", r"这是人[走住过用]的", _AGAINST),
        (pairs("决理复了", "几"), rf"(?:解决|处理|受理|答复)了?几(?:次|遍|回|个){_END}", _AGAINST),
        (pairs("花用去到在", "哪"), r"[钱费][^,，。]{0,6}(?:花|用|去)(?:到|在)?哪(?:里|儿)?去?了", _AGAINST),
        (pairs("么", "就看没"), r"怎么就?(?:看不(?:出来?|到|见)|没(?:看|见|感觉)[^,，。]{0,4})", _AGAINST),
        (("是你们",), r"这?就是你们的?[\u4e00-\u9fff]{0,8}", _AGAINST),
        # Irony by set phrases.
        ("真会", r"真会(?:挑|选|找|玩|省)[\u4e00-\u9fff]{0,4}", _AGAINST),
        ("所赐", r"拜[^,，。]{1,8}所赐", _AGAINST),
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
        (pairs("少", "搞来整喊开做弄"), r"少(?:搞|来|整|喊|开|做|弄)[^,，。]{1,8}[,，]多", _AGAINST),
        ("少一 少点 少些", r"[^,，。]{2,6}少一?(?:点|些)[,，][^,，。]{2,6}多一?(?:点|些)", _AGAINST),
        (
            pairs("别", "再总老整搞玩弄"),
            r"别(?:再|总|老)?(?:整|搞|玩|弄)(?:这些|那些|些)?(?:虚|花|没用|形式|面子)[^,，。]*",
            _AGAINST,
        ),
        (pairs("的", "时力功工精"), r"的(?:时间|力气|功夫|工夫|精力)(?:拿来|拿去|用来|用在|不如)[^,，。]*", _AGAINST),
        # Only at times.
        (
            pairs("到遇逢有", "检评验领"),
            r"一?(?:到|遇到?|逢|有)(?:检查|评比|验收|领导来?)[^,，。]{0,4}就[^,，。]*",
            _AGAINST,
        ),
        ("走", rf"(?:{_POWERS})[^,，。]{{0,3}}走[^,，。]{{0,3}}[,，]?[^,，。]{{0,8}}{_BACK}[^,，。]*", _AGAINST),
        ("完", rf"(?:{_POWERS}|[评查])完[^,，。]{{0,3}}[,，]?[^,，。]{{0,8}}{_BACK}[^,，。]*", _AGAINST),
        ("来前 到前 之前", rf"(?:{_POWERS})[^,，。]{{0,3}}[来到]之?前[^,，。后]+", _AGAINST),
        (
            pairs("不", "上曝找催闹投举送打"),
            r"不(?:上电视|曝光|找人|找关系|催|闹|投诉|举报|送礼|打[\d电话]{2,6})就?(?:不|没人)[^,，。]*",
            _AGAINST,
        ),
        ("识人 熟人 关系", r"(?:认识人|有熟人|有关系|托关系)[^,，。]{0,3}就[^,，。]*", _AGAINST),
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
        ("跟没", r"[\u4e00-\u9fff]了?跟没[\u4e00-\u9fff]{1,3}(?:一样|似的|差不多)", _AGAINST),
        ("和没", r"[\u4e00-\u9fff]了?和没[\u4e00-\u9fff]{1,3}(?:一样|似的|差不多)", _AGAINST),
        ("汤", r"换汤不换药", _AGAINST),
        ("白", r"(?<!没)(?<!没有)(?<!明)白(?:高兴|修|投诉|忙|交|填|反映|说)[\u4e00-\u9fff]{0,2}", _AGAINST),
        ("了没", r"[\u4e00-\u9fff]{1,3}了没(?:两|几|多少)天[,，]?(?:就|又)[\u4e00-\u9fff]{1,4}", _AGAINST),
        (
            pairs("儿会久天，,就", "又"),
            r"(?:没(?:一会儿?|多久|[几两]天)|[一二两三几]天|一会儿?)[,，]?就?又(?![修好恢干])[\u4e00-\u9fff]{1,3}",
            _AGAINST,
        ),
        (pairs("后", "脚面头"), r"前(?:脚|面|头)(?![是有的])[^,，。]{1,4}[,，]?后(?:脚|面|头)[^,，。]{1,6}", _AGAINST),
        ("又开始", r"又开始[^,，。]{1,6}", -MILD),
        # Promised and not done.
        ("承诺 说好 答应 规划", r"(?:承诺|说好|答应|规划)的[^,，。]{1,8}(?:变成|成了|没了|没影)[^,，。]*", _AGAINST),
        ("名义 说是 号称", r"(?:名义上|说是|号称)[^,，。]{1,12}[,，]?(?:其实|实际上?)[^,，。]*", _AGAINST),
        # Plain good news without a word of opinion.
        ("终于", r"[^,，。]*终于(?!.*[没不又还坏砍拆停堵淹塌死涨])[^,，。]{1,14}了", MILD),
        ("总算", r"[^,，。]*总算(?!.*[没不又还坏砍拆停堵淹塌死涨])[^,，。]{1,14}了", MILD),
        ("也办 也有 也修 也解", r"不[\u4e00-\u9fff]{1,5}也(?:办成|办好|有人|修好|解决)[^,，。]*", MILD),
        (
            pairs("了", "几一两三个条处块排公绿车座步广花"),
            r"又?多了[几一两三]?(?:个|条|处|块|排)?(?:公园|绿地|车位|公厕|座椅|步道|广场|花坛)",
            MILD,
        ),
    )
)
_ROWS = Signs([signs for signs, _, _ in _TABLE])
"""What a text needs for each row of the table."""


def _rows_of_pairs() -> dict[str, int]:
    rows: dict[str, int] = {}
    for at, (signs, _, _) in enumerate(_TABLE):
        for sign in signs:
            rows[sign[:2]] = rows.get(sign[:2], 0) | 1 << at
    return rows


_OF_PAIR = _rows_of_pairs()
"""Pair of characters -> the rows of which a sign begins with it."""
_OPENING = re.compile(
    r"^(?:可|还|也)?(?:(?:真|太|好)(?:是)?[\u4e00-\u9fff]{1,4}|(?:效率|速度|服务|态度|这[\u4e00-\u9fff]{2})(?:可?真|真够|太|好)[\u4e00-\u9fff]{1,4}|"
    r"(?P<twice>[\u4e00-\u9fff]{2})(?P=twice)|不错|多好|可以|省[事心]|牛|好极了|好样的|厉害了?|服了|干得(?:好|漂亮)|(?:谢谢|感谢|多谢|辛苦|托)[^,，。！!]{0,10})"
    r"[啊呀了嘛的]?[,，。！!]"
)
_HOWEVER = re.compile(r"就是|但|不过|只是|可惜|美中不足")
_LOSS = re.compile(r"没了|都没有|砍光|铲了|又停|又坏|又堵|又脏|全灭|才通知|丢了|白跑|没下文|半夜")
_EXPECTED = re.compile(
    r"^(?:本来|原来|原本|原|还|本|我)?(?:以为|担心|没抱希望)(?P<what>[^,，。]*)[,，]?(?:结果|没想到|谁知道?|谁料|哪知道?)?"
)
_APPEARS = re.compile(r"^(?:答应|说得好听|表面上?|看着|看上去|宣传得?|嘴上|口头上)[^,，。]*[,，]")
_SOON = re.compile(r"(?:第二天|当天|当场|马上|立刻|很快)就?(?:有人|来|修|办|解决)")
_THANKS = re.compile(r"(?:谢谢|感谢)(?:[您你]们?|大家|啦|了)*[,，。！!]?(?:不用了?|没有?了?|无)?[。！!]?")
_THANKFUL = "谢感"
"""First characters of what `_THANKS` matches."""
_BEGINS = re.compile(f"{_OPENING.pattern}|{_EXPECTED.pattern}|{_APPEARS.pattern}")
Judge = Callable[[Sequence[str]], Sequence[float]]
"""The scores of texts by their words alone."""


class Turned(NamedTuple):
    """What is left to judge by its words, and what the spans taken out say."""

    rest: str
    evidence: tuple[PhraseValue, ...]


def turned(texts: Sequence[str], judge: Judge) -> list[Turned]:
    """Return normalised texts without ironic spans and wishes, and their evidence.

    Args:
        texts: normalised, in lower case.
        judge: scores parts of texts where an opening may be turned by what follows.
    """
    found = [
        Turned("", ())
        if text[:1] in _THANKFUL and _THANKS.fullmatch(text)
        else _without_spans(text, rows)
        if rows
        else Turned(text, ())
        for text, rows in zip(texts, _ROWS(texts).tolist(), strict=True)
    ]
    opened = {at: _opened(*one) for at, one in enumerate(found) if _BEGINS.match(one.rest)}
    scores: dict[int, float | None] = dict.fromkeys(opened)
    while scores:
        asked = dict[int, str]()
        for at, score in scores.items():
            try:
                asked[at] = opened[at].send(score)
            except StopIteration as end:
                found[at] = end.value
        scores = dict(zip(asked, judge(list(asked.values())) if asked else (), strict=True))
    return found


def _without_spans(text: str, rows: int) -> Turned:
    """Take the ironic spans out of a text that has signs of these rows of the table."""
    evidence: list[PhraseValue] = []
    while rows:
        at = (rows & -rows).bit_length() - 1
        rows &= rows - 1
        signs, pattern, value = _TABLE[at]
        for sign in signs:
            if sign in text:
                break
        else:
            continue
        if found := pattern.search(text):
            before, after = text[: found.start()], text[found.end() :]
            text = before + after
            evidence += [PhraseValue(found.group(), value)] if value else []
            rows |= _OF_PAIR.get(before[-1:] + after[:1], 0) >> at + 1 << at + 1  # what stood apart may make a sign
    return Turned(text, tuple(evidence))


def _opened(text: str, evidence: tuple[PhraseValue, ...]) -> Generator[str, Any, Turned]:
    """Drop or turn an opening clause by what follows it; yield parts of the text, whose scores are sent."""
    if found := _OPENING.match(text):
        rest = text[found.end() :]
        against = sum(each.value for each in evidence) + (yield rest) if rest or evidence else 0.0
        doubled = found["twice"] and rest and not against
        if (against < -MILD / 2 and not _HOWEVER.match(rest)) or doubled or _LOSS.search(rest):
            return Turned(rest, (PhraseValue(found.group(), _AGAINST), *evidence))
    elif found := _EXPECTED.match(text):
        rest = text[found.end() :]
        after = yield rest
        if not after:
            sign = 1.0 if _SOON.search(rest) or (yield found["what"]) < 0 else -1.0
            evidence = (PhraseValue(found.group(), sign), *evidence)
        return Turned(rest, evidence)
    elif (found := _APPEARS.match(text)) and (yield text[found.end() :]) <= 0:
        return Turned(text[found.end() :], (PhraseValue(found.group(), -MILD), *evidence))
    return Turned(text, evidence)
