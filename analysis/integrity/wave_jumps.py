"""Jumps between waves in leafleted items alone, and online answers far above those of the interviews.

Both compare districts with each other. A real improvement raises items whether or not a leaflet named them; a leaflet
with answers raises only what it prints. A gap between modes is usual (self-selection); a gap far beyond that of other
districts is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.multiplicity import benjamini_hochberg
from analysis.integrity.clusters import districts_of
from analysis.integrity.outlying import outlying_figures
from survey.errors import ArgumentError
from survey.instrument.measure import appraisals, knowledge
from survey.instrument.rate import Rate
from survey.quality.sheet import Floats, ResponseSheet
from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]
COLUMNS = ["district", "value", "expected", "p", "q", "n"]


def wave_jumps(before: ResponseSheet, after: ResponseSheet, areas: Areas, leaflet: Sequence[str]) -> pd.DataFrame:
    """Find districts whose leafleted items rose more than their other items did.

    Args:
        before: responses of the earlier wave, one mode.
        after: of the later wave, same mode.
        areas: the sampling frame.
        leaflet: names of the rates whose facts were printed or read out between the waves.

    Returns:
        district, value (rise of leafleted items minus rise of the others, share), expected (in the other districts), p,
        q (Benjamini & Hochberg), n (responses of the later wave).

    Raises:
        ArgumentError: the leaflet names no item of the questionnaire, or leaves none to compare with.
    """
    rates = [rate for rate in after.questionnaire.rates if rate.measure in knowledge() and rate.variant == "strict"]
    inside = [rate for rate in rates if rate.name in leaflet]
    outside = [rate for rate in rates if rate.name not in leaflet]
    if not inside or not outside:
        raise ArgumentError(
            "比较宣传单上的题目，需要单上和单外的知晓题各至少一道",
            got="、".join(leaflet),
            expected="、".join(rate.name for rate in rates),
        )
    names = sorted(set(areas.frame["district"].astype(str)))
    first, second = (_by_district(sheet, areas, names, _gain(sheet, inside, outside)) for sheet in (before, after))
    return _table(names, second[0] - first[0], first[1] + second[1], second[2])


def mode_gaps(interviews: ResponseSheet, online: ResponseSheet, areas: Areas) -> pd.DataFrame:
    """Find districts whose online answers exceed their own interviews by more than in other districts.

    The two are compared here and never pooled (rule R-10).

    Args:
        interviews: responses of a probability sample.
        online: self-selected responses of the same wave.
        areas: the sampling frame.

    Returns:
        As `wave_jumps`; value is the mean over the rates of knowledge and appraisal, online minus interviews.
    """
    names = sorted(set(areas.frame["district"].astype(str)))
    compared = knowledge() | appraisals()
    rates = [r for r in interviews.questionnaire.rates if r.variant == "strict" and r.measure in compared]
    first, second = (_by_district(sheet, areas, names, _gain(sheet, rates, [])) for sheet in (interviews, online))
    return _table(names, second[0] - first[0], first[1] + second[1], second[2])


def _gain(sheet: ResponseSheet, inside: Sequence[Rate], outside: Sequence[Rate]) -> Floats:
    """Return [N] the mean of some rates, minus the mean of others where there are any."""
    mean = _mean(sheet, inside)
    return mean - _mean(sheet, outside) if outside else mean


def _mean(sheet: ResponseSheet, rates: Sequence[Rate]) -> Floats:
    hits, base = np.zeros(len(sheet)), np.zeros(len(sheet))
    for rate in rates:
        name, codes = rate.terms[0]
        if name in sheet.places:
            there = sheet.substantive[:, sheet.places[name]]
            hits += there & np.isin(sheet.column(name), codes)
            base += there
    return np.where(base > 0, hits / np.maximum(base, 1), np.nan)


def _by_district(sheet: ResponseSheet, areas: Areas, names: list[str], values: Floats) -> tuple[Floats, Floats, Ints]:
    """Return mean, variance between sampling points, and number of responses of each district."""
    known, district = districts_of(sheet.rows["psu"], areas)
    table = pd.DataFrame({"district": known[district], "psu": sheet.rows["psu"].to_pandas(), "value": values}).dropna()
    points = table.groupby(["district", "psu"])["value"].agg(["sum", "count"]).reset_index()
    groups = points.groupby("district")
    mean = groups["sum"].sum() / groups["count"].sum()
    points["off"] = (points["sum"] - points["count"] * points["district"].map(mean)) ** 2
    size = groups["sum"].size()
    spread = points.groupby("district")["off"].sum() * size / (size - 1).clip(lower=1)
    variance = spread / groups["count"].sum() ** 2
    count = groups["count"].sum().reindex(names, fill_value=0)
    return (
        mean.reindex(names).to_numpy(dtype=np.float64),
        variance.reindex(names).to_numpy(dtype=np.float64),
        count.to_numpy(dtype=np.int64),
    )


def _table(names: Sequence[str], figure: Floats, variance: Floats, n: Ints) -> pd.DataFrame:
    city = np.zeros(len(names), dtype=np.int64)
    found = outlying_figures(figure, np.nan_to_num(variance), city, few=True)
    columns = (list(names), found.value, found.expected, found.p, benjamini_hochberg(found.p), n)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))).sort_values(
        "p", na_position="last", ignore_index=True
    )
