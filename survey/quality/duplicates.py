"""Checks for duplicates: equal answers in the same place and, only as a hint, the same device or address.

Offices, households and tablets share devices and addresses, so these are never a ground for exclusion.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.instrument.question import BLANK
from survey.instrument.questionnaire import ROLES
from survey.quality.check import Check, CheckResult, Context
from survey.quality.sheet import NULL, Codes, ResponseSheet, group_numbers

LEAST, DIFFERENT = 20, 1
"""Minimum of equal answers, and maximum of different ones."""
SENDERS = ("device_key", "ip_key")


def run(context: Context) -> CheckResult:
    """Flag a response that differs in at most one answer from an earlier one of the same wave, mode and place.

    Two such rows are equal in the first or the second half of the columns, so that matching halves finds them without
    comparing all pairs. value: share of equal answers among those given by either.
    """
    sheet = context.sheet
    group = group_numbers(sheet.rows, ("wave", "mode", "psu"))
    codes = _opinions(sheet)
    middle = codes.shape[1] // 2
    flag = np.zeros(len(sheet), dtype=np.bool_)
    share = np.full(len(sheet), np.nan)
    for half in (codes[:, :middle], codes[:, middle:]):
        for row, other in zip(*_neighbours(group, half, sheet), strict=True):
            given = (codes[row] != NULL) & (codes[row] != BLANK) & (codes[other] != NULL)
            differ = int((codes[row] != codes[other]).sum())
            share[row] = 1 - differ / max(int(given.sum()), 1)
            flag[row] |= differ <= DIFFERENT and given.sum() >= LEAST
    return CheckResult(flag, share)


def senders(context: Context) -> CheckResult:
    """Flag responses from a device or address with several responses in a wave; value: their number."""
    rows = context.sheet.rows
    most = np.ones(len(context.sheet))
    for name in SENDERS:
        if name in rows.column_names:
            group = group_numbers(rows, ("wave", name))
            count = np.bincount(group + 1)[group + 1]
            most = np.maximum(most, np.where(group >= 0, count, 1))
    return CheckResult(most > 1, most)


def _opinions(sheet: ResponseSheet) -> Codes:
    """Return the columns of all questions except personal ones, whose answers neighbours may well share."""
    personal = {q.name for q in sheet.questionnaire.questions if q.role in ROLES or q.role == "integrity"}
    return sheet.codes[:, [at for at, item in enumerate(sheet.items) if item.question not in personal]]


def _neighbours(
    group: npt.NDArray[np.int64], half: Codes, sheet: ResponseSheet
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return pairs (later row, preceding row) of one group with equal halves."""
    weights = np.random.default_rng(7).integers(1, 2**62, half.shape[1], dtype=np.int64)
    sums = half.astype(np.int64) @ weights
    order = np.lexsort((sheet.rows["submitted"].to_numpy().astype(np.int64), sums, group))
    same = (np.diff(sums[order]) == 0) & (np.diff(group[order]) == 0) & (group[order][1:] >= 0)
    at = np.flatnonzero(same)
    later, earlier = order[at + 1], order[at]
    nonempty = (half[later] != NULL).any(axis=1)
    return later[nonempty], earlier[nonempty]


CHECK = Check("重复答卷", "同一社区内几乎所有回答（至多差一题）与先前一份相同", "重复上传同一份；一家人商量着答", run)
SENDER_CHECK = Check(
    "同一设备或地址", "同一设备或网络地址提交了多份", "一家人、一个单位、一台平板共用", senders, hint=True
)
