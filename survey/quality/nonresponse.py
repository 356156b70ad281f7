"""Item non-response: questions that were shown and left empty, and answers of nothing but don't know."""

from __future__ import annotations

import numpy as np

from survey.instrument.question import BLANK
from survey.quality.check import Check, Context, Marked
from survey.quality.sheet import NULL

BLANK_LIMIT, MISSING_LIMIT, LEAST = 0.25, 0.60, 10
"""Share left empty, share without substance, and fewest questions asked."""


def run(context: Context) -> Marked:
    """Flag more than a quarter left empty, or more than 60 % without a substantive answer; value: the latter share."""
    sheet = context.sheet
    plain = np.array([item.form == "code" for item in sheet.items], dtype=np.bool_)
    codes = sheet.codes[:, plain]
    asked = (codes != NULL).sum(axis=1)
    blank = (codes == BLANK).sum(axis=1)
    missing = sheet.missing[:, plain].sum(axis=1)
    share = (blank + missing) / np.maximum(asked, 1)
    flag = (asked >= LEAST) & ((blank > BLANK_LIMIT * asked) | (share > MISSING_LIMIT))
    return Marked(flag, np.where(asked > 0, share, np.nan))


CHECK = Check("漏答过多", "空着的题超过四分之一，或六成以上没有实质回答", "对话题不熟悉、身体不便、受访中断", run)
