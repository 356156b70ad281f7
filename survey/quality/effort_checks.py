"""Checks of careless answering from the indices of effort; all of them are hints (rule R-07).

Cuts are in normal deviates, or in -log10 of a chance; the null of each comes from the study itself. On mock cities
without any fault all together flag seven in a thousand (docs/integrity.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from survey.quality.check import Check, CheckResult, Context
from survey.quality.effort.distance import distance
from survey.quality.effort.null import deviates
from survey.quality.effort.sequence import late_line, pattern
from survey.quality.sheet import Floats

MISFIT, DISTANT, VARIED = 2.9, 2.6, 4.5
"""Normal deviates from which fit, distance and variability (in either direction) are conspicuous."""
PATTERN, LATE = 3.3, 1.8
"""-log10 of the chance from which a pattern, or a straight line at the end, is conspicuous."""


def person_fit(context: Context) -> CheckResult:
    """Flag answers that do not belong together at the person's own level; value: deviates of -l_z."""
    return _above(deviates(context.levels.misfit, context.usual.misfit), MISFIT)


def rare_combination(context: Context) -> CheckResult:
    """Flag combinations of answers far from all others; value: deviates of the robust Mahalanobis distance."""
    return _above(deviates(distance(context.answers, context.usual.common), context.usual.distance), DISTANT)


def unusual_variability(context: Context) -> CheckResult:
    """Flag far too little or far too much variation between the items of the longest grid; value: deviates."""
    value = deviates(context.levels.variability, context.usual.variability)
    return CheckResult(np.nan_to_num(np.abs(value)) > VARIED, value)


def repeating_pattern(context: Context) -> CheckResult:
    """Flag repetitions that the same answers in shuffled order hardly ever have; value: -log10 of the chance."""
    return _above(pattern(context.answers, context.usual.shuffled), PATTERN)


def straight_end(context: Context) -> CheckResult:
    """Flag straight lines at the end of a varied response; value: -log10 of the share with one at the start."""
    return _above(late_line(context.answers, context.usual.starts), LATE)


def _above(value: Floats, cut: float) -> CheckResult:
    return CheckResult(np.nan_to_num(value) > cut, value)


PERSON_FIT_CHECK = Check(
    "回答不成体系",
    "按本人的总体评价，各项的好坏搭配很少见，像是随手选的",
    "对各项确有截然不同的体会、看错了一两行",
    person_fit,
    hint=True,
    action="看是否集中在某位访问员或某个社区；要核实就回访，不据此剔除",
)
DISTANCE_CHECK = Check(
    "回答组合罕见",
    "各题答案放在一起，与其他人的组合相差很远",
    "处境特殊的人（新迁入、行动不便、刚遇到纠纷）",
    rare_combination,
    hint=True,
    action="先当作真实的少数人；与别的标记同时出现时再核实",
)
VARIABILITY_CHECK = Check(
    "起伏反常",
    "最长的表格里，各项之间几乎没有差别，或忽高忽低，远超同等评价的人",
    "确实处处一样、爱憎分明",
    unusual_variability,
    hint=True,
    action="结合用时和直线作答一起看；单独出现不处理",
)
PATTERN_CHECK = Check(
    "规律作答",
    "选项按固定间隔重复（如一二一二、一二三一二三、来回之字形），打乱题序后几乎不会出现",
    "题目本身交替提问",
    repeating_pattern,
    hint=True,
    action="对照题目看是否真有交替；没有，就回访或请访问员说明",
)
LATE_LINE_CHECK = Check(
    "后段直线",
    "前面有区分，后面一直选同一列；同样的直线很少出现在开头",
    "后面的题目确实相似、答到后面累了但前面可用",
    straight_end,
    hint=True,
    action="前半份可以照用；多见时缩短问卷、调换表格先后",
)

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "misfit": PERSON_FIT_CHECK,
        "distance": DISTANCE_CHECK,
        "variability": VARIABILITY_CHECK,
        "pattern": PATTERN_CHECK,
        "lateline": LATE_LINE_CHECK,
    }
)
"""Name -> check."""
