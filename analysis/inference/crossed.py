"""Association of the answers to one question with groups, from cells that hold one item per answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import Domains
from analysis.estimation.linear import ROUNDING, Linear
from analysis.estimation.units.unit_means import PARTS
from analysis.estimation.weighted_design import WeightedDesign
from analysis.inference.association import associate, check_sides, independence
from analysis.inference.observations import Observations
from analysis.inference.significance import Significance
from survey.errors import DesignError


def associate_items(
    basis: WeightedDesign, items: Sequence[str], domains: Domains, known: Linear | None = None
) -> Significance:
    """Test whether the answers to a question are independent of groups: Rao-Scott, second order.

    Args:
        basis: cells with one 0/1 item per answer, of which each response has exactly one.
        items: names of these items.
        domains: the groups, which are the columns of the table.
        known: means of these and other items in the groups, where they are made already.

    Raises:
        DesignError: fewer than two answers or groups were given, or nobody answered.
    """
    cells = basis.cells
    at = np.array([cells.index(name) for name in items], dtype=np.int64)
    if known is not None and PARTS in known.cache:
        return _of_means(basis, at, known, [known.items.index(name) for name in items])
    answer, cell = np.nonzero(cells.ny[at])
    obs = Observations(
        cells=cells,
        cell=cell.astype(np.int64),
        responses=np.asarray(cells.ny[at][answer, cell], dtype=np.int64),
        base=cells.scaled(cells.wy[at][answer, cell]),
        answer=np.full(len(cell), np.nan),
        design=basis.design,
        weights=basis.weights,
        domain=domains.code[cell] >= 0,
    )
    return associate(obs, answer, domains.code[cell]).test


def _of_means(basis: WeightedDesign, at: IntArray, known: Linear, place: Sequence[int]) -> Significance:
    """Test with the sums by unit that the means were made from; `at` are rows of the cells, `place` of the means."""
    assert isinstance(known.domains, Domains)
    total, units, scale = _answers(known, place)
    rows, columns = (np.flatnonzero(total.sum(axis=axis) > 0) for axis in (1, 0))
    if not len(rows):
        raise DesignError("所选范围内没有有效答卷", expected="至少 1 份", cure="放宽筛选条件")
    check_sides(len(rows), "行")
    check_sides(len(columns), "列")
    if total.size > len(rows) * len(columns):
        units = units[:, rows][:, :, columns]
        total, scale = total[np.ix_(rows, columns)], scale[np.ix_(rows, columns)]
    share = _column_major(total) / total.sum()
    influence = units.transpose(0, 2, 1).reshape(len(units), -1) / total.sum()
    influence = influence - influence.sum(axis=1, keepdims=True) * share
    influence[:, np.square(influence).sum(axis=0) <= ROUNDING * _column_major(scale) / total.sum() ** 2] = 0.0
    people = np.where(known.domains.code >= 0, np.asarray(basis.cells.ny[at]).sum(axis=0), 0)
    held = np.flatnonzero(people)
    psus, strata = basis.design.domain_degrees(held, np.zeros(len(held), dtype=np.int64), 1)
    return independence(int(people.sum()), (len(rows), len(columns)), share, influence, int(psus[0] - strata[0]))


def _answers(known: Linear, place: Sequence[int]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the weighted answers [I, D], their rooted totals [H, I, D] and the sums of their squares [I, D]."""
    found, start = list[tuple[FloatArray, FloatArray, FloatArray]](), 0
    for part in known.cache[PARTS]:
        own = np.array([one - start for one in place if 0 <= one - start < len(part.over)], dtype=np.int64)
        start += len(part.over)
        if len(own):
            squares = part.sums.members.over(part.sums.total[:, own] ** 2)
            found.append((part.over[own], part.sums.rooted(own), squares))
    total, units, scale = zip(*found, strict=True)
    return np.concatenate(total), np.concatenate(units, axis=1), np.concatenate(scale)


def _column_major(table: FloatArray) -> FloatArray:
    return np.asarray(table.reshape(-1, order="F"))
