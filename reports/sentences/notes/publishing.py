"""Lines on publications: what readers without raw data see, and which answers wait."""

from __future__ import annotations

from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Sentence, field, say, setting
from survey.quality.publishing.publication import Publication


def state(last: Publication | None, newest: int, *, auto: bool, few: int) -> Sentence:
    """Report what was published last, and what waits.

    Args:
        last: the last publication; None before the first.
        newest: number of answers that count today.
        auto: whether answers are published without an analyst.
        few: fewest new answers of a street that are published.
    """
    how = say("够数就自动公布") if auto else say("由分析员公布")
    if last is None:
        return say("还没有公布过：领导、宣传部门和被测评单位第一次打开时，公布已有的全部答卷；以后{how}。", how=how)
    return say(
        "领导、宣传部门和被测评单位看到的是第 {number} 次公布：{shown} 份，现在共 {newest} 份；{how}。"
        "一个街道新增不足 {few} 份时先不公布，免得前后两次相减看出一个人的回答。",
        number=Declared(str(last.number), "numbering"),
        shown=field(last, "shown", Format.COUNT),
        newest=setting("answers that count", newest),
        how=how,
        few=setting("2 x suppression", few),
    )


def published(before: Publication | None, made: Publication) -> Sentence:
    """Report a publication that was just made."""
    if before is not None and before.number == made.number:
        return say(
            "没有可以公布的新答卷：新增的 {waiting} 份还要等同一街道的其他答卷。",
            waiting=field(made, "waiting", Format.COUNT),
        )
    return say(
        "已公布（第 {number} 次）：{shown} 份；另有 {waiting} 份等同一街道的其他答卷。",
        number=Declared(str(made.number), "numbering"),
        shown=field(made, "shown", Format.COUNT),
        waiting=field(made, "waiting", Format.COUNT),
    )
