"""Reverse items: the best choice everywhere, and every nuisance "often seen": yes is said to whatever is asked."""

from __future__ import annotations

import numpy as np

from survey.instrument.question import Item
from survey.quality.check import Check, Context, Marked
from survey.quality.sheet import Codes, Flags, Floats, Sheet

LEAST_RATED, LEAST_SEEN = 6, 4
"""Fewest items of satisfaction, and of nuisances, that must be judged."""
CONTENT, SEEN = 0.9, 0.75
"""Shares from which on the answers are held to contradict each other."""


def run(context: Context) -> Marked:
    """Flag nearly all best and nearly all nuisances often seen; value: the smaller of the two shares.

    Nothing is flagged where the questionnaire has no nuisances (role "behaviour") or no single items of satisfaction.
    """
    sheet = context.sheet
    rated = {name for rate in sheet.questionnaire.rates if rate.measure == "satisfaction" for name, _ in rate.terms}
    single = [item for item in sheet.items if item.name in rated and item.question != _headline(sheet)]
    seen = [item for question in sheet.questionnaire.with_role("behaviour") for item in question.items]
    content, enough = _share(sheet, single, first=True, least=LEAST_RATED)
    often, asked = _share(sheet, [item for item in seen if item.name in sheet.places], first=False, least=LEAST_SEEN)
    value = np.where(enough & asked, np.minimum(content, often), np.nan)
    return Marked(np.asarray(enough & asked & (content >= CONTENT) & (often >= SEEN), dtype=np.bool_), value)


def _headline(sheet: Sheet) -> str:
    head = sheet.questionnaire.headline("satisfaction")
    return head.name if head is not None else ""


def _share(sheet: Sheet, items: list[Item], *, first: bool, least: int) -> tuple[Floats, Flags]:
    """Share of judged items answered with the first or last substantive choice, and whether enough were judged."""
    hits, judged = np.zeros(len(sheet)), np.zeros(len(sheet))
    for item in items:
        scale = [choice.code for choice in item.choices if not choice.missing]
        if len(scale) > 1:
            codes: Codes = sheet.column(item.name)
            hits += codes == scale[0 if first else -1]
            judged += sheet.substantive[:, sheet.places[item.name]]
    return hits / np.maximum(judged, 1), np.asarray(judged >= least, dtype=np.bool_)


CHECK = Check(
    "正反都说是",
    "满意度几乎全选最好，同时不文明现象几乎全选“经常见到”",
    "确实满意，但身边这些现象也多；问卷没有这一对题时不检查",
    run,
    hint=True,
)
