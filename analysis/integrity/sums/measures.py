"""Measures: what each response contributes to the signals of its interviewer and its area."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.matching import HOUR_US
from analysis.integrity.sums.usual import Usual
from survey.instrument.question import BLANK, Choice
from survey.quality.effort.ordered import opinion_items, ordered
from survey.quality.effort.person_fit import Levels, looseness, placed
from survey.quality.sheet import NULL, Flags, Floats, ResponseSheet

DAY_US = 86_400_000_000
NIGHT = (21, 7)
"""Local hours between which an interview is at an unusual time."""
LEAST_ITEMS = 20
"""Smallest number of opinion items for which likeness of responses is meaningful (collection.md 4)."""
TOLD = re.compile("怎样回答|怎么回答|如何回答|怎样答|教.{0,4}答")
STAFF = re.compile("工作人员|干部|网格员|村委|居委")


def measure(
    sheet: ResponseSheet, district: npt.NDArray[np.int64], usual: Usual, fitted: Levels | None = None
) -> dict[str, Floats]:
    """Return the measures of each response, [N] for each of `MEASURES`; NaN where unknown.

    Args:
        sheet: the responses.
        district: [N] number of the district of each response.
        usual: what they are measured against.
        fitted: their graded items with its models, where somebody has made them; None where not.

    Returns:
        Shares as 0/1, "unsure" and "topbox" as a share of the items judged, "spread" as a standard deviation of
        places on the scale, "pace" as the log of the duration over the median of the route, and the indices of effort
        in standard deviations ("misfit", "uneven") or as a log-likelihood ratio ("loose").
    """
    found: dict[str, Floats] = {
        "unsure": _unsure(sheet),
        "topbox": _topbox(sheet),
        "spread": _spread(sheet),
        "pace": np.log(sheet.paced(usual.pace)),
        "night": _night(sheet),
    }
    found |= {name: probe(sheet) for name, probe in PROBES.items()}
    own = placed(ordered(sheet), usual.models) if fitted is None else fitted
    return found | _effort(own, district, usual)


def submitted(sheet: ResponseSheet) -> npt.NDArray[np.int64]:
    """Return [N] microseconds since 1970, local time; -1 where unknown."""
    return np.asarray(pc.fill_null(pc.cast(sheet.rows["submitted"], pa.int64()), -1).to_numpy(), dtype=np.int64)


def _unsure(sheet: ResponseSheet) -> Floats:
    """Return the share of "don't know" among the opinion items that offer it; scale midpoints do not count."""
    offered = [
        at for at in opinion_items(sheet) if any(choice.missing == "dontknow" for choice in sheet.items[at].choices)
    ]
    unsure = np.zeros(len(sheet))
    asked = np.zeros(len(sheet))
    for at in offered:
        for code in {choice.code for choice in sheet.items[at].choices if choice.missing == "dontknow"}:
            unsure += sheet.codes[:, at] == code
        asked += (sheet.codes[:, at] != NULL) & (sheet.codes[:, at] != BLANK)
    return _ratio(unsure, asked)


def _topbox(sheet: ResponseSheet) -> Floats:
    """Return the share of rated items answered with the best choice."""
    best = np.zeros(len(sheet))
    judged = np.zeros(len(sheet))
    rated = {name for rate in sheet.questionnaire.rates for name, _ in rate.terms}
    for at in opinion_items(sheet):
        item = sheet.items[at]
        if item.name in rated:
            best += sheet.codes[:, at] == best_choice(item.name, item.choices, sheet)
            judged += sheet.substantive[:, at]
    return _ratio(best, judged)


def best_choice(name: str, choices: tuple[Choice, ...], sheet: ResponseSheet) -> int:
    """Return the favourable end of a scale: the end that counts for the rate."""
    good = {code for rate in sheet.questionnaire.rates for term, codes in rate.terms if term == name for code in codes}
    scale = [choice.code for choice in choices if not choice.missing]
    return scale[0] if scale[0] in good or scale[-1] not in good else scale[-1]


def _spread(sheet: ResponseSheet) -> Floats:
    """Return the SD, within one person, of scale positions in the longest grid (Dunn et al. 2018, IRV)."""
    grids = [question for question in sheet.questionnaire.questions if question.type.grid]
    if not grids:
        return np.full(len(sheet), np.nan)
    grid = max(grids, key=lambda question: len(question.items))
    columns = [sheet.places[item.name] for item in grid.items]
    count, total = np.zeros((2, len(sheet)), dtype=np.int64)
    for at in columns:
        count += sheet.substantive[:, at]
        total += np.where(sheet.substantive[:, at], sheet.codes[:, at], 0)
    mean, square = total / np.maximum(count, 1), np.zeros(len(sheet))
    for at in columns:
        square += np.where(sheet.substantive[:, at], (sheet.codes[:, at] - mean) ** 2, 0.0)
    return np.where(count >= 4, np.sqrt(square / np.maximum(count - 1, 1)), np.nan)


def _effort(own: Levels, district: npt.NDArray[np.int64], usual: Usual) -> dict[str, Floats]:
    """Return indices that are high where the answers of a form do not come from one mind.

    An interviewer who copies every answer from real ones gives each item its usual shares and betrays nothing else.
    """
    return {"misfit": own.misfit, "loose": looseness(own, district, usual.levels), "uneven": own.variability}


def _night(sheet: ResponseSheet) -> Floats:
    micros = submitted(sheet)
    hour = micros % DAY_US // HOUR_US
    late = (hour >= NIGHT[0]) | (hour < NIGHT[1])
    return np.where(micros >= 0, late, np.nan)


def _recall(sheet: ResponseSheet) -> Floats:
    """Return whether all words of a recall question were named."""
    for question in sheet.questionnaire.questions:
        if question.type.numeric and question.maximum == 12 and question.items:
            values = sheet.column(question.items[0].name)
            return np.where((values != NULL) & (values != BLANK), values == 12, np.nan)
    return np.full(len(sheet), np.nan)


def _foil(sheet: ResponseSheet) -> Floats:
    """Return whether a respondent claims to know something that does not exist."""
    foils = [question for question in sheet.questionnaire.with_role("foil") if question.items]
    return _any(sheet, [(question.items[0].name, question.choices[0].code) for question in foils])


def _coached(sheet: ResponseSheet) -> Floats:
    asked = [q for q in sheet.questionnaire.with_role("integrity") if q.type.classes and TOLD.search(q.title)]
    return _any(sheet, [(question.name, question.choices[0].code) for question in asked])


def _staff(sheet: ResponseSheet) -> Floats:
    asked = [q for q in sheet.questionnaire.with_role("integrity") if q.type.several]
    items = [item for question in asked for item in question.items if STAFF.search(item.label)]
    return _any(sheet, [(item.name, code) for item in items for code in item.chosen])


PROBES: Mapping[str, Callable[[ResponseSheet], Floats]] = {
    "recall": _recall, "foil": _foil, "told": _coached, "staff": _staff,
}  # fmt: skip
MEASURES = ("unsure", "topbox", "spread", "pace", "night", *PROBES, "misfit", "loose", "uneven")
"""Names of the signals that are sums of a measure of each response."""


def _any(sheet: ResponseSheet, wanted: list[tuple[str, int]]) -> Floats:
    """Return 1 where one of (column, code) holds, 0 where another answer was given, NaN where none was."""
    hit = np.zeros(len(sheet), dtype=np.bool_)
    known = np.zeros(len(sheet), dtype=np.bool_)
    for name, code in wanted:
        values = sheet.column(name)
        hit |= values == code
        known |= (values != NULL) & (values != BLANK)
    return np.where(known, hit, np.nan)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def opinion_flags(sheet: ResponseSheet) -> Flags:
    """Return [N] whether at least `LEAST_ITEMS` opinion items were answered, as likeness requires."""
    return np.asarray(sheet.substantive[:, opinion_items(sheet)].sum(axis=1) >= LEAST_ITEMS, dtype=np.bool_)
