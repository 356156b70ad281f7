"""Checks for duplicates: equal answers in the same place and, only as a hint, the same device or address.

Offices, households and tablets share devices and addresses, so these are never a ground for exclusion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.question import BLANK
from survey.instrument.questionnaire import ROLES
from survey.quality.check import Check, CheckResult, Context
from survey.quality.sheet import NULL, Flags, Floats, ResponseSheet, group_numbers

LEAST, DIFFERENT = 20, 1
"""Minimum of equal answers, and maximum of different ones."""
SPAN = 2**16
"""More than two codes of one column differ by."""
Ints = npt.NDArray[np.int64]
SENDERS = ("device_key", "ip_key")


@dataclass(frozen=True, slots=True)
class Marks:
    """What of responses is compared with each other.

    Attributes:
        group: [N] code of the sampling point, negative for none.
        submitted: [N] microseconds, the smallest number where unknown.
        sums: [N, 2] weighted sums of the codes of both halves of the columns, modulo 2^64.
        given: [N] answers that were given.
        filled: [N, 2] whether anything was asked in a half.
    """

    group: Ints
    submitted: Ints
    sums: Ints
    given: Ints
    filled: Flags

    def some(self, rows: Ints) -> Marks:
        """Return those of some responses."""
        return Marks(self.group[rows], self.submitted[rows], self.sums[rows], self.given[rows], self.filled[rows])


def run(context: Context) -> CheckResult:
    """Flag a response that differs in at most one answer from an earlier one of the same wave, mode and place.

    Two such rows are equal in the first or the second half of the columns, so that matching halves finds them without
    comparing all pairs. value: share of equal answers among those given by either.
    """
    rows, share = twins(marks_of(context.sheet), halves(context.sheet))
    flag, value = np.zeros(len(context.sheet), dtype=np.bool_), np.full(len(context.sheet), np.nan)
    flag[rows], value[rows] = True, share
    return CheckResult(flag, value)


def halves(sheet: ResponseSheet) -> tuple[Ints, Ints]:
    """Return the weight of each column of both halves, odd so that a sum tells which single column differs."""
    size = len(_opinions(sheet))
    drawn = np.asarray(np.random.default_rng(7).integers(1, 2**62, size, dtype=np.int64) | 1, dtype=np.int64)
    return drawn[: size // 2], drawn[size // 2 :]


def marks_of(sheet: ResponseSheet) -> Marks:
    """Return what of responses of one wave and mode, or of several, is compared."""
    weights, columns = halves(sheet), iter(_opinions(sheet))
    sums, given = np.zeros((len(sheet), 2), dtype=np.int64, order="F"), np.zeros(len(sheet), dtype=np.int16)
    filled = np.zeros((len(sheet), 2), dtype=np.bool_, order="F")
    for half, some in enumerate(weights):
        for weight, at in zip(some, columns, strict=False):
            codes = sheet.codes[:, at]
            sums[:, half] += codes * weight
            asked = codes != NULL
            filled[:, half] |= asked
            given += asked & (codes != BLANK)
    stage = group_numbers(sheet.rows, ("wave", "mode"))
    psu = np.asarray(sheet.rows["psu"].fill_null(-1).to_numpy(), dtype=np.int64)
    return Marks(
        group=np.where(psu < 0, -1, psu * (int(stage.max(initial=0)) + 1) + stage),
        submitted=sheet.rows["submitted"].to_numpy().astype(np.int64),
        sums=sums,
        given=given.astype(np.int64),
        filled=filled,
    )


def twins(marks: Marks, weights: tuple[Ints, Ints]) -> tuple[Ints, Floats]:
    """Return the responses with a twin before them, ascending, and the share of equal answers of each.

    Args:
        marks: what is compared.
        weights: of the columns of both halves.
    """
    share = np.full(len(marks.group), np.nan)
    for half in (0, 1):
        later, earlier = _neighbours(marks, half)
        gap = marks.sums[later, 1 - half] - marks.sums[earlier, 1 - half]
        differ, lacking = _differences(gap, weights[1 - half])
        given = marks.given[later] - lacking
        found = (differ <= DIFFERENT) & (given >= LEAST)
        share[later[found]] = np.fmax(share[later[found]], 1 - differ[found] / given[found])
    rows = np.flatnonzero(np.isfinite(share))
    return rows, share[rows]


def _differences(gap: Ints, weights: Ints) -> tuple[Ints, Ints]:
    """Return for differences of sums how many columns differ (2 for several), and whether the earlier lacks the answer.

    A difference of codes in one column is its weight times a small number, which the inverse of the weight brings back;
    of several differences that happens once in 10^12.
    """
    differ, lacking = np.where(gap == 0, 0, 2), np.zeros(len(gap), dtype=np.int64)
    open_ = np.flatnonzero(gap)
    for weight in weights.astype(np.uint64).tolist():
        step = (gap[open_].astype(np.uint64) * np.uint64(pow(weight, -1, 2**64))).astype(np.int64)
        one = np.abs(step) <= SPAN
        differ[open_[one]] = 1
        lacking[open_[one]] = step[one] > -NULL + BLANK
    return differ, lacking


def senders(context: Context) -> CheckResult:
    """Flag responses from a device or address with several responses in a wave; value: their number."""
    most = shared(senders_of(context.sheet))
    return CheckResult(most > 1, most)


def senders_of(sheet: ResponseSheet) -> Ints:
    """Return [N, 2] numbers of device and address in the wave, equal for equal ones; 0 for none."""
    found = np.zeros((len(sheet), len(SENDERS)), dtype=np.int64)
    wave = _numbers(sheet.rows["wave"])
    for at, name in enumerate(SENDERS):
        if name in sheet.rows.column_names and sheet.rows[name].null_count < len(sheet):
            number = _numbers(sheet.rows[name])
            found[:, at] = np.where(number == 0, 0, number * 31 + wave | 1)
    return found


def shared(sender: Ints) -> Floats:
    """Return [N] the number of responses from the same device or address, the larger one; 1 where both are unknown.

    Args:
        sender: [N, 2] from `senders_of`.
    """
    most = np.ones(len(sender))
    for number in sender.T:
        if number.any():
            _, at, count = np.unique(number, return_inverse=True, return_counts=True)
            most = np.maximum(most, np.where(number != 0, count[at], 1))
    return most


def _numbers(column: pa.ChunkedArray) -> Ints:
    """Return [N] a number of 64 bits for each text, the same wherever it occurs; 0 for NULL."""
    coded = pc.dictionary_encode(column).unify_dictionaries().combine_chunks()
    texts = np.array(coded.dictionary.to_pylist(), dtype=object)
    hashed = pd.util.hash_array(texts, categorize=False).view(np.int64) | 1
    number = np.append(hashed, 0) if len(texts) else np.zeros(1, dtype=np.int64)
    return np.asarray(number[np.asarray(pc.fill_null(coded.indices, len(texts)).to_numpy(zero_copy_only=False))])


def _opinions(sheet: ResponseSheet) -> list[int]:
    """Return the columns of all questions except personal ones, whose answers neighbours may well share."""
    personal = {q.name for q in sheet.questionnaire.questions if q.role in ROLES or q.role == "integrity"}
    return [at for at, item in enumerate(sheet.items) if item.question not in personal]


def _neighbours(marks: Marks, half: int) -> tuple[Ints, Ints]:
    """Return pairs (later row, preceding row) of one group with equal halves."""
    sums = marks.sums[:, half]
    alike = np.flatnonzero(_repeated(sums * 31 + marks.group))
    order = alike[np.lexsort((marks.submitted[alike], sums[alike], marks.group[alike]))]
    same = (np.diff(sums[order]) == 0) & (np.diff(marks.group[order]) == 0) & (marks.group[order][1:] >= 0)
    at = np.flatnonzero(same)
    later, earlier = order[at + 1], order[at]
    nonempty = marks.filled[later, half]
    return later[nonempty], earlier[nonempty]


def _repeated(numbers: Ints) -> Flags:
    """Return [N] whether a number occurs several times; few do."""
    ranked = np.sort(numbers)
    again = ranked[1:][ranked[1:] == ranked[:-1]]
    if not len(again):
        return np.zeros(len(numbers), dtype=np.bool_)
    return np.asarray(again[np.minimum(np.searchsorted(again, numbers), len(again) - 1)] == numbers)


CHECK = Check(
    "重复答卷", "同一社区内几乎所有回答（至多差一题）与先前一份相同", "重复上传同一份；一家人商量着答", run, alone=False
)
SENDER_CHECK = Check(
    "同一设备或地址", "同一设备或网络地址提交了多份", "一家人、一个单位、一台平板共用", senders, hint=True, alone=False
)
