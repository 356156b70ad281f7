"""Check for responses out of frame: a place, a day or a mode outside the survey."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from survey.quality.check import Check, CheckResult, Context
from survey.quality.sheet import NULL, Flags
from survey.study.study import PROBABILITY_MODES

DAY_US = 86_400_000_000


def run(context: Context) -> CheckResult:
    """Flag unknown places, days outside the fieldwork, unplanned modes, and interviews continued after screening.

    value: number of reasons. Only modes that sample from the frame require a place.
    """
    reasons = _place(context).astype(float) + _day_and_mode(context) + _screened(context)
    return CheckResult(reasons > 0, reasons)


def _place(context: Context) -> Flags:
    rows = context.sheet.rows
    if context.areas is None:
        return np.zeros(rows.num_rows, dtype=np.bool_)
    known = pc.is_in(rows["psu"], pa.array(sorted(context.areas.by_code), pa.int64()))
    needed = pc.is_in(rows["mode"], pa.array(sorted(PROBABILITY_MODES)))
    outside = pc.or_(pc.is_valid(rows["psu"]), needed)
    return np.asarray(pc.and_(outside, pc.invert(known)).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _day_and_mode(context: Context) -> Flags:
    rows = context.sheet.rows
    wave, mode = rows["wave"].to_numpy(), rows["mode"].to_numpy()
    micros = np.asarray(pc.fill_null(pc.cast(rows["submitted"], pa.int64()), -1).to_numpy())
    found = np.zeros(rows.num_rows, dtype=np.bool_)
    for plan in context.waves:
        first, last = ((day.toordinal() - 719_163) * DAY_US for day in (plan.start, plan.end))
        off = (micros >= 0) & ((micros < first) | (micros >= last + DAY_US))
        found |= (wave == plan.name) & (off | ~np.isin(mode, plan.modes))
    return found


def _screened(context: Context) -> Flags:
    """Return the rows with answers on pages after the one on which the interview should have ended."""
    sheet = context.sheet
    ended = np.zeros(len(sheet), dtype=np.bool_)
    pages = [0]
    for question in sheet.questionnaire.questions:
        codes = [choice.code for choice in question.choices if choice.screen_out]
        if codes:
            pages.append(question.page)
            ended |= np.isin(sheet.column(question.items[0].name), codes)
    later = [q for q in sheet.questionnaire.questions if q.page > max(pages) and q.items]
    asked = [(sheet.grid(question) != NULL).any(axis=1) for question in later]
    return ended & np.any(asked, axis=0) if asked else ended & False


CHECK = Check(
    "不在范围内", "地点不在抽样框、日期不在调查期、方式不在计划内，或甄别后仍继续", "代码录错、补录、时钟不准", run
)
