"""Contradiction: answers that cannot, or hardly can, both be true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from survey.instrument.question import Kind
from survey.instrument.rate import Rate
from survey.quality.check import Check, Context, Marked
from survey.quality.sheet import Flags, Sheet

HARD, SOFT, NEEDED = 2, 1, 2
LEAST = 6
"""Single items that must be judged before they are held against the overall judgement."""


def run(context: Context) -> Marked:
    """Flag one impossible pair or two unlikely ones; value: weight of what was found."""
    total = np.zeros(len(context.sheet))
    for weight, found in (*_exclusive(context.sheet), *_overall(context.sheet), *_foil(context.sheet)):
        total += weight * found
    return Marked(total >= NEEDED, total)


def _exclusive(sheet: Sheet) -> Iterator[tuple[int, Flags]]:
    """Nothing of the list ticked together with one of these."""
    for question in sheet.questionnaire.questions:
        alone = [f"{question.name}.{choice.code}" for choice in question.choices if choice.exclusive]
        if question.kind is Kind.MULTIPLE and alone:
            ticked = (sheet.grid(question) == 1).sum(axis=1)
            yield HARD, np.any([sheet.column(name) == 1 for name in alone], axis=0) & (ticked > 1)


def _overall(sheet: Sheet) -> Iterator[tuple[int, Flags]]:
    """Content on the whole, and content with hardly any single thing; or the other way round."""
    head = sheet.questionnaire.headline("satisfaction")
    single = [rate for rate in sheet.questionnaire.rates if _is_single(rate)]
    if head is None or not single:
        return
    good, judged = (_count(sheet, single, part) for part in ("good", "judged"))
    share = good / np.maximum(judged, 1)
    whole = _hit(sheet, head)
    known = np.any([_judged(sheet, name) for name in head.columns], axis=0)
    yield SOFT, (judged >= LEAST) & whole & (share < 0.2)
    yield SOFT, (judged >= LEAST) & known & ~whole & (share > 0.95)


def _foil(sheet: Sheet) -> Iterator[tuple[int, Flags]]:
    """Knows a campaign that does not exist; and, beside it, has not heard of the one that does."""
    head = sheet.questionnaire.headline("awareness")
    for question in sheet.questionnaire.with_role("foil"):
        claimed = sheet.column(question.items[0].name) == question.choices[0].code
        yield SOFT, claimed
        if head is not None:
            heard = _hit(sheet, head)
            yield SOFT, claimed & ~heard & np.any([_judged(sheet, name) for name in head.columns], axis=0)


def _is_single(rate: Rate) -> bool:
    return rate.measure == "satisfaction" and rate.variant == "strict" and not rate.overall


def _hit(sheet: Sheet, rate: Rate) -> Flags:
    return np.asarray(np.any([np.isin(sheet.column(name), codes) for name, codes in rate.terms], axis=0))


def _judged(sheet: Sheet, name: str) -> Flags:
    at = sheet.places.get(name)
    return np.zeros(len(sheet), dtype=np.bool_) if at is None else sheet.substantive[:, at]


def _count(sheet: Sheet, rates: list[Rate], part: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = [_hit(sheet, rate) if part == "good" else _judged(sheet, rate.columns[0]) for rate in rates]
    return np.asarray(np.sum(found, axis=0), dtype=np.int64)


CHECK = Check(
    "前后矛盾", "出现不可能同时成立的回答，或两处以上很难同时成立", "问法误解、勾选失误、虚设题与真活动相似", run
)
