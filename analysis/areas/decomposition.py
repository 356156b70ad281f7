"""Decomposition: how much of a district's gap to the city its composition explains, and how much is its own.

With cells k of composition (age x education x place), district shares s_dk and city rates p_k:
    gap          p_d - p_city
    composition  sum_k s_dk p_k - p_city       the city's rates applied to the district's people
    the rest     sum_k s_dk (p_dk - p_k)       what the same kind of people answer differently there
(Kitagawa 1955, JASA 50:1168). Composition is divided among its factors by their average over all orders (Shapley;
Shorrocks 2013, J. Economic Inequality 11:99), so that the parts add up. All parts are linearised over the sampling
points, including the uncertainty of the city's rates and of the district's structure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import make_domains
from analysis.design.influence import Influence
from analysis.design.lazy_sums import LazySums, Sums
from analysis.estimation.intervals import LEVEL, log_limits, t_limits
from analysis.estimation.linear import means, totals
from analysis.estimation.sample import Sample
from analysis.estimation.weighted_design import WeightedDesign
from survey.errors import DesignError

FACTORS: Mapping[str, str] = {"age": "年龄", "education": "文化程度", "place": "场所类型"}
REST, GAP = "rest", "gap"
LABELS: Mapping[str, str] = {GAP: "与全市的差距", **FACTORS, REST: "同类居民之间的差别"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A statistic and its influence on the cells [C]."""

    value: float
    influence: FloatArray


def decompose(
    sample: Sample, item: str, district: str, where: Mapping[str, Any], *, factors: Sequence[str] = tuple(FACTORS)
) -> pd.DataFrame:
    """Decompose the gap between a district and the city.

    Args:
        sample: a probability sample whose cells have the factors as key columns.
        item: name of the rate.
        district: name of the district.
        where: the domain, the wave included.
        factors: key columns of the composition; those the cells lack are left out.

    Returns:
        Rows "gap", each factor, "rest": part, label, estimate, std_error, conf_low, conf_high (differences of shares).
        The factors and the rest add up to the gap.

    Raises:
        DesignError: no answers in the district, or the district is the whole city.
    """
    basis = sample.basis
    inside = make_domains(basis.cells, (), where).code >= 0
    here = inside & (make_domains(basis.cells, (), {**where, "district": district}).code >= 0)
    at = basis.cells.index(item)
    up, down = basis.final(basis.cells.wy[at]) * inside, basis.final(basis.cells.wo[at]) * inside
    if down[here].sum() <= 0 or down[inside & ~here].sum() <= 0:
        raise DesignError(
            "没有可以比较的另一半", where=district, got="这个区县没有答卷，或全市只有这一个区县", cure="换一个区县"
        )
    used = [name for name in factors if name in basis.cells.keys]
    city, own = _mean(up, down), _mean(up * here, down * here)
    gap = Piece(own.value - city.value, own.influence - city.influence)
    parts = {subset: _composition(basis, (up, down, here), subset, city) for subset in _subsets(used)}
    pieces = {GAP: gap, **{name: _shapley(parts, name, used) for name in used}}
    whole = parts[tuple(used)]
    pieces[REST] = Piece(gap.value - whole.value, gap.influence - whole.influence)
    degrees = int(means(basis, [item], where={**where, "district": district}).df[0])
    return _table(basis, pieces, max(degrees, 1))


def persons_lacking(
    sample: Sample, item: str, by: Sequence[str], where: Mapping[str, Any], *, level: float = LEVEL
) -> pd.DataFrame:
    """Count the residents who do not give the favourable answer, by group.

    Args:
        sample: a probability sample whose weights add up to the residents.
        item: name of the rate.
        by: key columns.
        where: the domain, the wave included.
        level: of the intervals.

    Returns:
        The by-columns, n (answers), persons, conf_low, conf_high, share (of the group), most persons first. Groups with
        fewer answers than the suppression threshold are left out; the interval is made on the log scale and capped at
        the estimated residents of the group (a share of 1).
    """
    basis = opposite(sample.basis, item)
    found, part = totals(basis, [item], by=by, where=where), means(basis, [item], by=by, where=where)
    low, high = log_limits(found.estimate, found.std_error, np.maximum(found.df, 1), level)
    table = found.labels[list(by)].assign(
        n=found.n,
        persons=found.estimate,
        conf_low=low,
        conf_high=np.fmin(high, found.size),  # with one degree of freedom the limit can exceed the residents
        share=part.estimate,
    )
    shown = table[(table["n"] >= sample.suppression) & (table["persons"] > 0)]
    return shown.sort_values("persons", ascending=False, kind="stable").reset_index(drop=True)


def opposite(basis: WeightedDesign, item: str) -> WeightedDesign:
    """Return the same sums with the favourable answers of an item exchanged for the others."""
    cells = basis.cells
    at = cells.index(item)
    turned: dict[str, Any] = {}
    for name, whole in (("wy", cells.wo), ("wyy", cells.wo), ("ny", cells.n_i)):
        sums: Sums = getattr(cells, name)
        turned[name] = LazySums(partial(_turned, sums, whole, at), len(cells.items), len(cells))
    return replace(basis, cells=replace(cells, cache={}, **turned))


def _turned(sums: Sums, whole: Sums, turned: int, at: int) -> FloatArray:
    """Return the sums of an item; of the turned one what is left of the whole."""
    return np.asarray(whole[at] - sums[at] if at == turned else sums[at])


def _mean(up: FloatArray, down: FloatArray) -> Piece:
    value = float(up.sum() / down.sum())
    return Piece(value, (up - value * down) / down.sum())


def _subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [subset for size in range(len(names) + 1) for subset in combinations(names, size)]


def _composition(
    basis: WeightedDesign, sums: tuple[FloatArray, FloatArray, Any], subset: tuple[str, ...], city: Piece
) -> Piece:
    """Return the rate from the district's structure by these factors and the city's rates, minus the city's."""
    if not subset:
        return Piece(0.0, np.zeros_like(city.influence))
    up, down, here = sums
    code, size = _codes(basis, subset)
    top, bottom = np.bincount(code, up, size), np.bincount(code, down, size)
    rate = np.divide(top, bottom, out=np.zeros(size), where=bottom > 0)
    own = np.bincount(code, down * here, size)
    share = own / own.sum()
    value = float(share @ rate)
    weight = np.divide(share, bottom, out=np.zeros(size), where=bottom > 0)
    structure = down * here * (rate[code] - value) / own.sum()
    rates = weight[code] * (up - rate[code] * down)
    return Piece(value - city.value, structure + rates - city.influence)


def _codes(basis: WeightedDesign, subset: tuple[str, ...]) -> tuple[IntArray, int]:
    """Return the cells of composition; a missing answer to a factor is its own class."""
    code, size = np.zeros(len(basis.cells), dtype=np.int64), 1
    for name in subset:
        part, labels = basis.cells.codes(name)
        code = code * (len(labels) + 1) + part + 1
        size *= len(labels) + 1
    return code, size


def _shapley(parts: Mapping[tuple[str, ...], Piece], name: str, names: Sequence[str]) -> Piece:
    """Return the average, over all orders, of what a factor adds."""
    value, influence = 0.0, np.zeros_like(parts[()].influence)
    for subset in _subsets([other for other in names if other != name]):
        share = factorial(len(subset)) * factorial(len(names) - len(subset) - 1) / factorial(len(names))
        joined = tuple(other for other in names if other in subset or other == name)
        value += share * (parts[joined].value - parts[subset].value)
        influence = influence + share * (parts[joined].influence - parts[subset].influence)
    return Piece(value, influence)


def _table(basis: WeightedDesign, pieces: Mapping[str, Piece], degrees: int) -> pd.DataFrame:
    dense = np.column_stack([piece.influence for piece in pieces.values()])
    row, column = np.nonzero(dense)
    raw = Influence(row.astype(np.int64), column.astype(np.int64), dense[row, column], dense.shape)
    error = np.sqrt(basis.design.variance(basis.weights.residual(raw)))
    value = np.array([piece.value for piece in pieces.values()])
    low, high = t_limits(value, error, degrees)
    return pd.DataFrame(
        {
            "part": list(pieces),
            "label": [LABELS.get(name, name) for name in pieces],
            "estimate": value,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
        }
    )
