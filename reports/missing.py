"""Missing parts: what a study still has of the template, and what must not be said before that is mended.

One question decides it for pages, commands and exports: `objection`.
"""

from __future__ import annotations

import pandas as pd

from reports.sentences.sentence import Name, Sentence, count, join, names, say
from reports.sentences.sentence import listed as listed_names
from survey.errors import DesignError
from survey.study.study import Study
from survey.study.template.leftovers import PARTS, Leftover

JUDGING = ("targets", "thresholds", "frame", "margins")
"""Parts whose absence changes or forbids figures; the others are only reminders."""


def missing(study: Study) -> tuple[Leftover, ...]:
    """Return the leftovers that readers of figures must know; the approval concerns fieldwork (`silu doctor`)."""
    return tuple(one for one in study.leftovers if one.part != "approval")


def objection(study: Study, *, against_targets: bool = False) -> Sentence:
    """Return why areas of a study may not be judged, forecast or planned for, in Chinese; empty if they may.

    Args:
        study: the study.
        against_targets: whether the judgement compares with targets or thresholds of the study.
    """
    found = [one for one in study.leftovers if one.part == "frame"]
    if against_targets and study.targets.empty and not study.thresholds:
        found += [one for one in study.leftovers if one.part in ("targets", "thresholds")]
    if not found:
        return Sentence()
    return say("现在还不能判断：{reasons}。", reasons=join([_reason(one) for one in found]))


def require_own_parts(study: Study, *, against_targets: bool = False) -> None:
    """Refuse to judge by parts of the template, see `objection`.

    Raises:
        DesignError: says what is missing, where, and how to mend it.
    """
    if text := objection(study, against_targets=against_targets):
        raise DesignError(str(text).rstrip("。"), cure="改好这些文件后重试；全部缺项见“总览”或 silu doctor")


def _reason(one: Leftover) -> Sentence:
    words = "{what}（{where}），因此{effect}；请{cure}"
    return say(words, what=Name(one.what), where=Name(one.where), effect=Name(one.effect), cure=Name(one.cure))


def reminder(study: Study) -> Sentence:
    """Return which parts are still those of the template, in one line; empty where there are none."""
    parts = names(PARTS[one.part] for one in missing(study))
    if not parts:
        return Sentence()
    return say(
        "这个调查还缺 {number} 项：{parts}",
        number=count(parts, "leftovers of the template"),
        parts=listed_names(parts, len(parts)),
    )


def missing_table(study: Study) -> pd.DataFrame:
    """Return the checklist: what is missing, where, what is not done before, and how to mend it."""
    return pd.DataFrame(
        [(one.what, one.where, one.effect, one.cure) for one in missing(study)],
        columns=["还缺什么", "在哪里", "补好之前", "怎么补"],
    )


def missing_lines(study: Study) -> tuple[str, ...]:
    """Return the checklist as lines of text: a heading, then one line each; nothing where nothing is missing."""
    items = [f"  · {one.what}（{one.where}）：{one.effect}。怎么补：{one.cure}" for one in missing(study)]
    return (str(reminder(study)), *items) if items else ()


def examples(study: Study) -> str:
    """Return the parts that change figures and are still examples, for the caption of a figure; "" for none."""
    parts = [PARTS[one.part] for one in study.leftovers if one.part in JUDGING]
    return f"{'、'.join(parts)}还是示例，没有使用" if parts else ""
