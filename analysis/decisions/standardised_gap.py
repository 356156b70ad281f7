"""Standardised gap: a rate in two arms of one sample, both at the residents' age and education.

The gap is d = sum_k s_k (p_k - q_k), s_k the residents' share of stratum k, p_k and q_k the means of its two arms.
Its variance is that of the sampling points' linearised totals

    z_c = sum_k s_k (e_ck / sqrt(1 - h_gk)) + W_c (p_k - q_k - d) / W

with e_ck the influence of cell c on p_k minus that on q_k, and h_gk the share of an arm's stratum that sampling point g
holds: the residuals of a point that contributed to the mean are too small by exactly that factor. For means by stratum
this is the CR2 correction of Bell & McCaffrey (2002), Survey Methodology 28:169, section 3; points of one answer each
give n / (n - 1). The second term is the sampling of the shares.

Calibration residuals are not taken: arms are compared within the strata, so the margins explain nothing of the gap, and
what a regression on some seventy margins seems to explain is overfitting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray
from analysis.design.domains import Domains, make_domains, named
from analysis.design.influence import Influence, stack
from analysis.design.lazy_sums import at_cells
from analysis.estimation.intervals import LEVEL, t_limits
from analysis.estimation.linear import Part, mean_part
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import Weights
from survey.errors import DesignError

STRATA = (("age", "education"), ("age",), ())
FEWEST, COVERED = 3, 0.8  # answers in each arm of a stratum; share of the residents whose strata have them


@dataclass(frozen=True, slots=True)
class ArmGap:
    """A difference between two arms in [-1, 1], NaN where too few strata hold both.

    Attributes:
        value: first arm minus second.
        error: standard error.
        df: degrees of freedom: sampling points minus strata of the arm that has fewer.
        by: the columns of the standardisation.
        totals: its linearised totals by sampling point, see `Design.of_units`; None where the gap is NaN.
    """

    value: float = float("nan")
    error: float = float("nan")
    df: int = 0
    by: tuple[str, ...] = ()
    totals: Influence | None = field(default=None, repr=False, compare=False)

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the limits of the t interval."""
        low, high = t_limits(self.value, self.error, max(self.df, 1), level)
        return float(low), float(high)


def arm_gap(basis: WeightedDesign, arms: tuple[str, str], where: Mapping[str, Any]) -> ArmGap:
    """Compare two items, each answered by the people of one arm.

    Args:
        basis: cells, design, weights.
        arms: the two items.
        where: the domain: key column -> value or values.

    Returns:
        The gap over the finest strata of `STRATA` in which both arms have `FEWEST` answers for most residents.
    """
    raw = replace(basis, weights=Weights(basis.weights.factor))
    weight = basis.final(basis.cells.w)
    for by in STRATA:
        if not set(by) <= set(basis.cells.keys.columns):
            continue
        domains = make_domains(basis.cells, by, where)
        parts = [mean_part(raw, int(at), domains) for at in named(raw.cells, arms)]
        both = np.all([part.n >= FEWEST for part in parts], axis=0)
        residents = domains.sums(weight)
        if residents[both].sum() < COVERED * residents.sum():
            continue
        share = np.where(both, residents, 0.0) / residents[both].sum()
        gaps = np.where(both, np.subtract(*(np.nan_to_num(part.estimate) for part in parts)), 0.0)
        value = float(share @ gaps)
        mixed = np.where(both, gaps - value, 0.0) / residents[both].sum()
        totals = _levelled(raw, arms, parts).combine(np.concatenate([share, -share])[:, None])
        totals = basis.design.of_units(_with_shares(totals, domains, weight, mixed))
        error = float(np.sqrt(basis.design.variance(totals)[0]))
        return ArmGap(value, error, _degrees(raw, arms, where), by, totals)
    return ArmGap()


def _degrees(basis: WeightedDesign, arms: tuple[str, str], where: Mapping[str, Any]) -> int:
    """Return the degrees of freedom of the arm that has fewer: its sampling points minus strata."""
    domains, found = make_domains(basis.cells, (), where), []
    for at in named(basis.cells, arms):
        members = at_cells(basis.cells.n_i, int(at), domains.inside)
        cell, code = domains.entries(members > 0)
        psus, strata = basis.design.domain_degrees(cell, code, len(domains))
        found.append(int((psus - strata)[0]))
    return min(found)


def gap_covariance(basis: WeightedDesign, gaps: Sequence[ArmGap]) -> FloatArray:
    """Return the covariances of gaps of one sample [K, K]; the diagonal is the square of their errors.

    Raises:
        DesignError: a gap is NaN.
    """
    parts = [gap.totals for gap in gaps if gap.totals is not None]
    if len(parts) < len(gaps):
        raise DesignError("答卷太少，两边不能比较", got=f"{len(gaps) - len(parts)} 个差值")
    return basis.design.covariance(stack(parts)) if parts else np.zeros((0, 0))


def _levelled(raw: WeightedDesign, arms: tuple[str, str], parts: Sequence[Part]) -> Influence:
    """Divide the influence of each sampling point on every mean by sqrt(1 - its share of the mean)."""
    influence, cells = stack([part.influence for part in parts]), raw.cells
    domains, size = len(parts[0].n), np.concatenate([part.size for part in parts])
    held = np.stack([raw.final(cells.wo[at]) for at in named(cells, arms)])
    share = held[influence.column // domains, influence.row] / size[influence.column]
    place = raw.design.psu[influence.row] * len(size) + influence.column
    left = 1.0 - np.bincount(place, weights=share)[place]
    # a point that holds the whole mean has residual 0, whatever the divisor
    return replace(influence, value=np.nan_to_num(influence.value) / np.sqrt(np.where(left > 1e-9, left, 1.0)))


def _with_shares(totals: Influence, domains: Domains, weight: FloatArray, mixed: FloatArray) -> Influence:
    """Add the influence of the sampled stratum shares: weight x (stratum gap - mean gap) / all residents."""
    row = np.flatnonzero(domains.code >= 0)
    return replace(
        totals,
        row=np.concatenate([totals.row, row]),
        column=np.concatenate([totals.column, np.zeros_like(row)]),
        value=np.concatenate([totals.value, weight[row] * mixed[domains.code[row]]]),
    )
