"""Usual: what the responses of a wave and mode are measured against, from an even part of some of them.

It stays as it is while answers are added, so that what old answers contribute stays, too. Interviewers and areas are
compared with each other by the same yardstick; whose answers it was taken from changes no level of a test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.integrity.clusters import districts_of
from survey.quality.effort.graded import GradedScale
from survey.quality.effort.ordered import opinion_items, ordered
from survey.quality.effort.person_fit import Levels, levels, usual_levels
from survey.quality.sheet import Floats, ResponseSheet, UsualPace, open_sheet
from survey.study.areas import Areas

PART = 100_000
"""Largest number of responses that it is taken from, spread evenly."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The yardstick of a wave and mode.

    Attributes:
        pace: median durations.
        models: a model for every scale.
        levels: per scale [districts, Q] the distribution of levels.
        mean: [K] mean code of each opinion item among substantive answers.
        deviation: [K] standard deviation of the codes.
    """

    pace: UsualPace
    models: tuple[GradedScale, ...]
    levels: tuple[Floats, ...]
    mean: Floats
    deviation: Floats


def even_part(rows: pa.Table, start: int = 0, size: int | None = None) -> pa.Table:
    """Return those of some responses that are among at most `PART`, spread evenly over all.

    Args:
        rows: the responses.
        start: their place among all.
        size: how many there are; only these when None.
    """
    step = -(-(rows.num_rows if size is None else size) // PART)
    return rows.take(pa.array(np.arange(-start % step, rows.num_rows, step))) if step > 1 else rows


def usual_of(sheet: ResponseSheet, areas: Areas, fitted: Levels | None = None) -> Usual:
    """Return what is usual among the responses of a wave and mode.

    Args:
        sheet: the responses.
        areas: the sampling frame.
        fitted: the graded items of at most `PART` responses with their models, where somebody has made them.
    """
    if fitted is None:
        part = even_part(sheet.rows)
        sheet = sheet if part is sheet.rows else open_sheet(part, sheet.questionnaire)
        fitted = levels(ordered(sheet))
    names, district = districts_of(sheet.rows["psu"], areas)
    mean, deviation = _moments(sheet)
    return Usual(sheet.usual_pace, fitted.models, usual_levels(fitted, district, len(names)), mean, deviation)


def _moments(sheet: ResponseSheet) -> tuple[Floats, Floats]:
    items = opinion_items(sheet)
    mean, deviation = np.zeros(len(items)), np.ones(len(items))
    for at, item in enumerate(items):
        codes = sheet.codes[sheet.substantive[:, item], item].astype(np.float64)
        if len(codes):
            mean[at], deviation[at] = codes.mean(), max(float(codes.std()), 3e-5)
    return mean, deviation
