"""Checks for inconsistent answers: contradictions and acquiescence.

Contradictions are pairs of answers that cannot, or hardly can, both be true. Acquiescence is shown by reverse items:
the best answer to all items together with "often seen" for all nuisances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from survey.instrument.measure import AWARENESS, appraisals
from survey.instrument.question import Item
from survey.instrument.rate import Rate
from survey.quality.check import Check, CheckResult, Context
from survey.quality.sheet import Codes, Flags, Floats, ResponseSheet

HARD, SOFT, NEEDED = 2, 1, 2
LEAST = 6
"""Minimum of answered single items for a comparison with overall satisfaction."""


def contradiction(context: Context) -> CheckResult:
    """Flag one impossible pair or two unlikely ones; value: sum of their weights."""
    total = np.zeros(len(context.sheet))
    for weight, found in (*_exclusive(context.sheet), *_overall(context.sheet), *_foil(context.sheet)):
        total += weight * found
    return CheckResult(total >= NEEDED, total)


def _exclusive(sheet: ResponseSheet) -> Iterator[tuple[int, Flags]]:
    """Yield an exclusive option chosen together with another one."""
    for question in sheet.questionnaire.questions:
        alone = [f"{question.name}.{choice.code}" for choice in question.choices if choice.exclusive]
        if question.type.several and alone:
            chosen = (sheet.grid(question) > 0).sum(axis=1)
            yield HARD, np.any([sheet.column(name) > 0 for name in alone], axis=0) & (chosen > 1)


def _overall(sheet: ResponseSheet) -> Iterator[tuple[int, Flags]]:
    """Yield satisfaction overall with hardly any satisfaction with single items, or the reverse."""
    for head in sheet.questionnaire.headlines(appraisals()):
        single = sheet.questionnaire.single_rates({head.measure})
        if not single:
            continue
        good, judged = (_count(sheet, single, part) for part in ("good", "judged"))
        share = good / np.maximum(judged, 1)
        whole = _hit(sheet, head)
        known = np.any([_judged(sheet, name) for name in head.columns], axis=0)
        yield SOFT, (judged >= LEAST) & whole & (share < 0.2)
        yield SOFT, (judged >= LEAST) & known & ~whole & (share > 0.95)


def _foil(sheet: ResponseSheet) -> Iterator[tuple[int, Flags]]:
    """Yield awareness of a foil (a campaign that does not exist), also without awareness of the real one."""
    head = sheet.questionnaire.headline(AWARENESS)
    for question in sheet.questionnaire.with_role("foil"):
        claimed = sheet.column(question.items[0].name) == question.choices[0].code
        yield SOFT, claimed
        if head is not None:
            heard = _hit(sheet, head)
            yield SOFT, claimed & ~heard & np.any([_judged(sheet, name) for name in head.columns], axis=0)


def _hit(sheet: ResponseSheet, rate: Rate) -> Flags:
    found = np.zeros(len(sheet), dtype=np.bool_)
    for name, codes in rate.terms:
        column = sheet.column(name)
        for code in codes:
            found |= column == code
    return found


def _judged(sheet: ResponseSheet, name: str) -> Flags:
    at = sheet.places.get(name)
    return np.zeros(len(sheet), dtype=np.bool_) if at is None else sheet.substantive[:, at]


def _count(sheet: ResponseSheet, rates: Sequence[Rate], part: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = np.zeros(len(sheet), dtype=np.int64)
    for rate in rates:
        found += _hit(sheet, rate) if part == "good" else _judged(sheet, rate.columns[0])
    return found


CONTRADICTION_CHECK = Check(
    "前后矛盾",
    "出现不可能同时成立的回答，或两处以上很难同时成立",
    "问法误解、勾选失误、虚设题与真活动相似",
    contradiction,
)


LEAST_RATED, LEAST_SEEN = 6, 4
"""Minimum of answered items of satisfaction, and of nuisances."""
CONTENT, SEEN = 0.9, 0.75
"""Shares from which answers count as acquiescent: best answers, and nuisances often seen."""


def yes_to_everything(context: Context) -> CheckResult:
    """Flag nearly all best answers together with nearly all nuisances often seen; value: the smaller share.

    Nothing is flagged if the questionnaire has no nuisances (role "behaviour") or no appraised single items.
    """
    sheet = context.sheet
    rated = {name for rate in sheet.questionnaire.rates if rate.measure in appraisals() for name in rate.columns}
    heads = {head.name for head in sheet.questionnaire.headlines(appraisals())}
    single = [item for item in sheet.items if item.name in rated and item.question not in heads]
    seen = [item for question in sheet.questionnaire.with_role("behaviour") for item in question.items]
    content, enough = _share(sheet, single, first=True, least=LEAST_RATED)
    often, asked = _share(sheet, [item for item in seen if item.name in sheet.places], first=False, least=LEAST_SEEN)
    value = np.where(enough & asked, np.minimum(content, often), np.nan)
    return CheckResult(np.asarray(enough & asked & (content >= CONTENT) & (often >= SEEN), dtype=np.bool_), value)


def _share(sheet: ResponseSheet, items: list[Item], *, first: bool, least: int) -> tuple[Floats, Flags]:
    """Return the share of answered items with the first (or last) substantive choice, and whether enough have one."""
    hits, judged = np.zeros(len(sheet)), np.zeros(len(sheet))
    for item in items:
        scale = [choice.code for choice in item.choices if not choice.missing]
        if len(scale) > 1:
            codes: Codes = sheet.column(item.name)
            hits += codes == scale[0 if first else -1]
            judged += sheet.substantive[:, sheet.places[item.name]]
    return hits / np.maximum(judged, 1), np.asarray(judged >= least, dtype=np.bool_)


YES_TO_EVERYTHING_CHECK = Check(
    "正反都说是",
    "满意度几乎全选最好，同时不文明现象几乎全选“经常见到”",
    "确实满意，但身边这些现象也多；问卷没有这一对题时不检查",
    yes_to_everything,
    hint=True,
)
