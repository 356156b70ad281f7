"""Straight-lining: one column down a long grid, weighed as evidence.

Four equal answers are common and honest ("all very satisfied"), so a short grid never flags anybody. A grid of at
least `LONG` answers must be all one code, and something else must agree: a second grid of the same kind, a hurry, or a
grid so long that nobody feels the same about all of it.
"""

from __future__ import annotations

import numpy as np

from survey.quality.check import Check, Context, Marked
from survey.quality.sheet import NULL, Codes, Flags, Sheet, matrices
from survey.quality.speed import WATCH

LONG, VERY_LONG, SHORT = 8, 16, 4
NEEDED = 2


def run(context: Context) -> Marked:
    """Flag two pieces of evidence of which one is a long grid; value: pieces of evidence."""
    sheet = context.sheet
    evidence = np.zeros(len(sheet))
    long_one = np.zeros(len(sheet), dtype=np.bool_)
    for question in matrices(sheet.questionnaire, SHORT):
        straight, answered = equal_down(sheet, question.items[0].name, sheet.grid(question))
        long_one |= straight & (answered >= LONG)
        evidence += straight & (answered >= SHORT)
        evidence += straight & (answered >= VERY_LONG)
    evidence += np.nan_to_num(sheet.pace, nan=1.0) < WATCH
    return Marked(long_one & (evidence >= NEEDED), evidence)


def equal_down(sheet: Sheet, first: str, grid: Codes) -> tuple[Flags, Codes]:
    """Whether all substantive answers of a grid are one code, and how many there are; don't know breaks a line."""
    at = sheet.places[first]
    substantive = sheet.substantive[:, at : at + grid.shape[1]]
    count = substantive.sum(axis=1)
    high = np.where(substantive, grid, NULL).max(axis=1)
    low = np.where(substantive, grid, 32767).min(axis=1)
    asked = (grid != NULL).sum(axis=1)
    return (count > 0) & (high == low) & (count == asked), count.astype(np.int16)


CHECK = Check(
    "直线作答", "八题以上的表格全选同一项，且另有佐证（另一张表、过快或表格很长）", "确实处处都满意；题目太像", run
)
