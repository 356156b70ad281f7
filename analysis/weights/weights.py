"""Weights on cells: from the sampling frame, post-stratified or raked, with their diagnostics and calibration steps.

A weight is the base weight of the response times one factor per cell. A calibration keeps what the variance needs:
the linearised residuals (Deville & Sarndal 1992, JASA 87:376) follow from its regressors and the weights before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analysis.design.cells import Cells, FloatArray
from analysis.design.domains import make_domains
from analysis.design.influence import Linearised, group_codes
from analysis.weights.poststrata import Missing, PostStrata, check_totals, dummies, fit_margins, grouped, match_margin
from survey.errors import CalibrationError, DesignError

Z = TypeVar("Z", bound=Linearised)


@dataclass(frozen=True, slots=True)
class Calibration:
    """One calibration step, with what the variance needs of it.

    Attributes:
        regressors: [C, q] scipy CSR or dense array: auxiliaries (dummies of the margins) by cell; or a function
            that makes it, so that weights without a variance cost nothing for it.
        before: [C] sum of the weights before the step.
        factor: [C] what the step multiplied them by.
        regression: [C] weights of the regression that gives the residuals; `before` when None, as the theory asks.
            R `survey` rakes with all responses equal here (ones, on cells of one response each).
        partition: how many of the first regressors are indicators that exclude each other (post-strata).
        source: [C] weights from whose sums the totals were estimated, when they are not known from outside but
            from the sample itself (non-response cells); their sampling then stays in the variance.
    """

    regressors: Any
    before: FloatArray
    factor: FloatArray
    regression: FloatArray | None = None
    partition: int = 0
    source: FloatArray | None = None
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def solve(self, rest: FloatArray) -> FloatArray:
        """Return the coefficients (X'QX)^- rest [q, K], Q being the weights of the regression.

        The first `partition` regressors have a diagonal X'QX and are eliminated, so that thousands of post-strata
        cost no more than a few margins. Sparse products round each column by itself, whatever the others are, and
        start no threads.
        """
        _, diagonal, across, inner = self._prepared()
        head, tail = rest[: self.partition], rest[self.partition :]
        lower = inner @ (tail - across.T @ (head / diagonal[:, None]))
        upper = (head - across @ lower) / diagonal[:, None]
        return np.vstack([upper, lower])

    def sides(self, after: FloatArray) -> tuple[Any, Any]:
        """Return X'D and TX, kept for the last `after`: what projects an influence, and what its residual subtracts.

        Args:
            after: [C] the factor by which later steps multiplied the weights.
        """
        from scipy.sparse import csr_matrix, diags_array

        known: tuple[FloatArray, Any, Any] | None = self.cache.get("sides")
        if known is None or not np.array_equal(known[0], after):
            x = self._prepared()[0]
            through = self.before if self.regression is None else self.regression
            final = self.before * self.factor * after
            down = np.divide(through, final, out=np.zeros_like(final), where=final > 0)
            taken = final if self.source is None else final - self.source * after
            known = self.cache["sides"] = (after, x.T @ diags_array(down), csr_matrix(diags_array(taken) @ x))
        return known[1:]

    def _prepared(self) -> tuple[Any, FloatArray, Any, Any]:
        if "x" not in self.cache:
            self.cache.update(self._prepare())
        x, diagonal, across, inner = (self.cache[name] for name in ("x", "diagonal", "across", "inner"))
        return x, diagonal, across, inner

    def _prepare(self) -> dict[str, Any]:
        from scipy.sparse import csr_matrix, diags_array

        x = csr_matrix(self.regressors() if callable(self.regressors) else self.regressors)
        gram = (x.T @ diags_array(self.before if self.regression is None else self.regression) @ x).tocsr()
        k = self.partition
        diagonal = gram.diagonal()[:k]
        diagonal = np.where(diagonal > 0, diagonal, 1.0)
        across = gram[:k, k:].toarray()
        inner = gram[k:, k:].toarray() - across.T @ (across / diagonal[:, None])
        solved = np.linalg.pinv(inner, rcond=1e-10, hermitian=True)
        return {"x": x, "diagonal": diagonal, "across": csr_matrix(across), "inner": csr_matrix(solved)}


@dataclass(frozen=True, slots=True)
class Weights:
    """Factors on the base weights of cells.

    Attributes:
        factor: [C] final weight over base weight.
        steps: the calibrations, in order; empty for design weights.
        label: Chinese description for captions.
        diagnostics: figures for reports: iterations, max_error, converged, collapsed margins ...
    """

    factor: FloatArray
    steps: tuple[Calibration, ...] = ()
    label: str = "未加权"
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    def residual(self, influence: Z) -> Z:
        """Return the influence of calibrated estimates: each step leaves the residuals of its regression.

        Entry u of a response becomes u - x'B with B = (X'WX)^- X'Wu, W the weights before the step. The last step
        comes first, so that what it fixes has no variance whatever was done before. Factors that belong to no step
        (trimming) are constants.
        """
        after = np.ones_like(self.factor)
        for step in reversed(self.steps):
            influence = _residual(step, influence, after)
            after = after * step.factor
        return influence


def _residual(step: Calibration, influence: Z, after: FloatArray) -> Z:
    """Apply one step; `after` is the factor by which later steps multiplied the weights."""
    turned, taken = step.sides(after)
    value = influence.projected(turned)
    if influence.right is not None:
        value -= (turned @ influence.left) @ influence.right
    return influence.less(taken, step.solve(value))


def base_weights(cells: Cells) -> Weights:
    """Return the stored base weights; the same object for the same cells, so that results based on it stay cached."""
    kept: Weights | None = cells.cache.get("base weights")
    if kept is None:
        kept = cells.cache["base weights"] = Weights(np.ones(len(cells)), label="按原有权数")
    return kept


def design_weights(cells: Cells, frame: pd.DataFrame, *, per: Sequence[str] = ("wave", "mode")) -> Weights:
    """Make weights from the frame: w = N_h / (m_h n_i), PSUs drawn with probability proportional to size.

    Every PSU represents the same share of its stratum, whatever its number of answers: within a PSU the base weights
    keep their ratios and are scaled to N_h / m_h, separately in every wave and mode.

    Args:
        cells: with keys `stratum` and `psu`, and any of `per`.
        frame: the whole frame, one row per sampling point, columns `stratum` and `population`.
        per: columns whose values are separate samples.

    Raises:
        DesignError: a stratum without a population in the frame.
    """
    size = frame.groupby("stratum", observed=True)["population"].sum()
    strata, labels = cells.codes("stratum")
    population = size.reindex(labels).to_numpy(dtype=np.float64)
    if not (population > 0).all() or (strata < 0).any():
        lost = labels[~(population > 0)][0] if (strata >= 0).all() else "缺失"
        raise DesignError("抽样框里没有这一层的人口", where="frame.csv", got=str(lost))
    wave = make_domains(cells, [name for name in per if name in cells.keys])
    layer = wave.code * len(labels) + strata
    psu, psus = cells.codes("psu")
    unit, point = group_codes(layer * len(psus) + psu, len(wave) * len(labels) * len(psus))
    drawn = np.bincount(unit // len(psus), minlength=len(wave) * len(labels))
    total = np.bincount(point, weights=cells.weight, minlength=len(unit))
    factor = population[strata] / (drawn[layer] * total[point])
    return Weights(factor, label="按抽样框加权")


def post_stratify(cells: Cells, weights: Weights, margin: pd.DataFrame, **options: Any) -> Weights:
    """Make the weights of every post-stratum sum to its population.

    Args:
        cells: with the margin's columns among their keys.
        weights: before.
        margin: one row per post-stratum: its columns, and `population`.
        options: as for `rake`.
    """
    return rake(cells, weights, [margin], **options)


def rake(
    cells: Cells,
    weights: Weights,
    margins: Sequence[pd.DataFrame],
    *,
    tolerance: float = 1e-12,
    iterations: int = 1000,
    missing: Missing = "fail",
) -> Weights:
    """Rake to several margins by iterative proportional fitting (Deming & Stephan 1940), on cells.

    Cells that agree in every margin are first merged, so the work does not depend on the number of responses.

    Args:
        cells: with the margins' columns among their keys.
        weights: before.
        margins: each one row per category: its columns, and `population`.
        tolerance: stop at this relative margin error.
        iterations: limit of rounds.
        missing: "share" lets responses that miss a margin's column keep their share of the total.

    Raises:
        CalibrationError: margins that disagree in their totals, a category without responses or responses
            without a category, no convergence.
    """
    if not margins:
        raise CalibrationError("没有给出边际", got="空的边际列表", cure="至少给出一张边际表，或直接用加权前的权数")
    before = cells.weight * weights.factor
    strata = [match_margin(cells, before, margin, missing) for margin in margins]
    check_totals(strata)
    return rake_strata(cells, weights, strata, tolerance=tolerance, iterations=iterations)


def rake_strata(
    cells: Cells,
    weights: Weights,
    strata: Sequence[PostStrata],
    *,
    tolerance: float = 1e-12,
    iterations: int = 1000,
) -> Weights:
    """Rake to post-strata that are already matched; see `rake`.

    Raises:
        CalibrationError: no convergence.
    """
    before = cells.weight * weights.factor
    strata = sorted(strata, key=lambda one: -len(one.target))
    inverse, first = grouped(strata)
    start = np.asarray(np.bincount(inverse, weights=before, minlength=len(first)), dtype=np.float64)
    small = [(one.code[first], one.target) for one in strata]
    factor, rounds, error = fit_margins(start, small, tolerance, iterations)
    if error > tolerance:
        raise CalibrationError(
            "迭代加权没有收敛",
            got=f"{rounds} 轮后最大边际误差 {error:.2e}",
            expected=f"不大于 {tolerance:.0e}",
            cure="合并人数太少的类别，或减少同时使用的边际",
        )
    step = Calibration(partial(dummies, strata), before, factor[inverse], partition=len(strata[0].target))
    report = {"iterations": rounds, "max_error": error, "converged": True, **spread_of(cells, weights, step.factor)}
    label = (
        f"{weights.label}，按{'、'.join(one.title for one in strata)}{'迭代加权' if len(strata) > 1 else '事后分层'}"
    )
    return Weights(weights.factor * step.factor, (*weights.steps, step), label, {**weights.diagnostics, **report})


def spread_of(cells: Cells, weights: Weights, factor: FloatArray) -> dict[str, float]:
    """Return Kish's design effect of weighting 1 + CV^2, the effective n, and the range of the factors."""
    final = weights.factor * factor
    total, squares, n = float(cells.weight @ final), float(cells.ww @ final**2), int(cells.n.sum())
    effective = total**2 / squares if squares > 0 else float("nan")
    return {
        "n": n,
        "effective_n": effective,
        "design_effect": n / effective,
        "least_factor": float(factor.min()),
        "largest_factor": float(factor.max()),
    }
