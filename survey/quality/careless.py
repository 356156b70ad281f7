"""Checks for careless responding: speeding, straight-lining and item nonresponse.

Speeding compares durations with those of other interviews on the same route.

Straight-lining needs two pieces of evidence, because a few equal answers ("all very satisfied") are common among
attentive respondents: a grid of at least `LONG` answers with a single code, together with another such grid, a short
duration, or a length at which uniform opinions are implausible.

Item nonresponse counts questions that were shown and left blank, and answers of don't know or refused.
"""

from __future__ import annotations

import numpy as np

from survey.instrument.question import BLANK
from survey.quality.check import Check, CheckResult, Context
from survey.quality.sheet import NULL, Codes, Flags, ResponseSheet, matrices

LIMIT, WATCH = 1 / 3, 1 / 2
"""Shares of the median on the same route: threshold of a flag, and threshold of the additional count."""


def speed(context: Context) -> CheckResult:
    """Flag durations below a third of the median; value: share of the median."""
    return CheckResult(np.nan_to_num(context.pace, nan=1.0) < LIMIT, context.pace)


SPEED_CHECK = Check("作答过快", "用时不到同一路径中位数的三分之一", "熟练的年轻人、问得少的路径（已按路径比较）", speed)


LONG, VERY_LONG, SHORT = 8, 16, 4
NEEDED = 2


def straight_lines(context: Context) -> CheckResult:
    """Flag at least two pieces of evidence, one of them a long grid; value: number of pieces."""
    sheet = context.sheet
    evidence = np.zeros(len(sheet))
    long_one = np.zeros(len(sheet), dtype=np.bool_)
    for question in matrices(sheet.questionnaire, SHORT):
        straight, answered = equal_down(sheet, question.items[0].name, sheet.grid(question))
        long_one |= straight & (answered >= LONG)
        evidence += straight & (answered >= SHORT)
        evidence += straight & (answered >= VERY_LONG)
    evidence += np.nan_to_num(context.pace, nan=1.0) < WATCH
    return CheckResult(long_one & (evidence >= NEEDED), evidence)


def equal_down(sheet: ResponseSheet, first: str, grid: Codes) -> tuple[Flags, Codes]:
    """Return whether all substantive answers of a grid have one code, and their number; don't know breaks a line."""
    at = sheet.places[first]
    substantive = sheet.substantive[:, at : at + grid.shape[1]]
    count = substantive.sum(axis=1)
    high = np.where(substantive, grid, NULL).max(axis=1)
    low = np.where(substantive, grid, 32767).min(axis=1)
    asked = (grid != NULL).sum(axis=1)
    return (count > 0) & (high == low) & (count == asked), count.astype(np.int16)


STRAIGHT_LINE_CHECK = Check(
    "直线作答",
    "八题以上的表格全选同一项，且另有佐证（另一张表、过快或表格很长）",
    "确实处处都满意；题目太像",
    straight_lines,
)


BLANK_LIMIT, MISSING_LIMIT, LEAST = 0.25, 0.60, 10
"""Share of blank answers, share of non-substantive answers, and minimum of questions asked."""


def item_nonresponse(context: Context) -> CheckResult:
    """Flag more than 25 % blank answers or more than 60 % non-substantive ones; value: the latter share."""
    sheet = context.sheet
    asked, blank, missing = np.zeros((3, len(sheet)), dtype=np.int64)
    for at, item in enumerate(sheet.items):
        if item.form == "code" and item.option is None:
            asked += sheet.codes[:, at] != NULL
            blank += sheet.codes[:, at] == BLANK
            missing += sheet.missing[:, at]
    share = (blank + missing) / np.maximum(asked, 1)
    flag = (asked >= LEAST) & ((blank > BLANK_LIMIT * asked) | (share > MISSING_LIMIT))
    return CheckResult(flag, np.where(asked > 0, share, np.nan))


NONRESPONSE_CHECK = Check(
    "漏答过多", "空着的题超过四分之一，或六成以上没有实质回答", "对话题不熟悉、身体不便、受访中断", item_nonresponse
)
