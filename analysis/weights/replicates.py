"""Replicate weights: jackknife, balanced repeated replication and bootstrap, with replicate-wise calibration.

A replicate multiplies the base weights of whole PSUs. When the weights are calibrated, the calibration is repeated
in every replicate, so the variance of the calibrated estimator needs no formula.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.design import Design
from analysis.weights.weights import Weights
from survey.errors import ArgumentError, DesignError, SiluError

NOISE = 1e-12
"""Replicates that differ by less than this share of the estimate are equal: a margin fixes the estimate."""


@dataclass(frozen=True, slots=True)
class Replicates:
    """R sets of replicate weights.

    The covariance is scale * sum over r of rscales_r (t_r - centre)(t_r - centre)', centre the mean of the t_r.

    Attributes:
        psu: [C] PSU of each cell.
        factors: [P, R] multiplier of each PSU in each replicate.
        scale: common factor.
        rscales: [R] factor of each replicate.
        label: Chinese name.
        degrees: degrees of freedom: PSUs minus strata, the rank of the replicate weights minus one.
        calibrated: [C, R] multipliers of base weights after replicate-wise calibration; None without one.
    """

    psu: IntArray
    factors: FloatArray
    scale: float
    rscales: FloatArray
    label: str
    degrees: int
    calibrated: FloatArray | None = None

    @property
    def size(self) -> int:
        """The number of replicates."""
        return int(self.factors.shape[1])

    def multiplier(self, number: int) -> FloatArray:
        """Return the [C] factor on the base weight of each cell in one replicate."""
        chosen: FloatArray = self.factors[self.psu, number] if self.calibrated is None else self.calibrated[:, number]
        return chosen

    def weights(self, cells: Cells) -> FloatArray:
        """Return the [C, R] replicate weights of the cells."""
        return cells.weight[:, None] * np.column_stack([self.multiplier(number) for number in range(self.size)])

    def combine(self, estimates: FloatArray) -> FloatArray:
        """Return the covariance [K, K] of [R, K] replicate estimates.

        A replicate in which an estimate does not exist (its domain is empty) is left out for that estimate.

        Raises:
            DesignError: fewer than two replicates have the estimate.
        """
        known = np.isfinite(estimates) & (self.rscales > 0)[:, None]
        count = known.sum(axis=0)
        if (count < 2).any():
            raise DesignError(
                "重复权重太少，无法估计方差", got=f"可用的重复 {int(count.min())} 个", expected="至少 2 个"
            )
        centre = np.where(known, estimates, 0.0).sum(axis=0) / count
        moved = np.where(known, estimates - centre, 0.0)
        moved[:, np.abs(moved).max(axis=0) <= NOISE * np.abs(centre)] = 0.0
        return np.asarray(self.scale * (moved.T @ (self.rscales[:, None] * moved)))


def jk1(design: Design, left: FloatArray) -> Replicates:
    """Make the delete-one jackknife of an unstratified design: scale (m - 1)/m (1 - f)."""
    if len(design.stages[0].count) > 1:
        raise DesignError("JK1 只用于不分层的设计", got=f"{len(design.stages[0].count)} 层", cure="分层设计请用 JKn")
    count = _enough(design)[0]
    factors = (np.ones((count, count)) - np.eye(count)) * (count / (count - 1))
    return _replicates(design, factors, float(left[0] * (count - 1) / count), np.ones(count), "刀切法 JK1")


def jkn(design: Design, left: FloatArray) -> Replicates:
    """Make the delete-one jackknife within strata: rscales (m_h - 1)/m_h (1 - f_h)."""
    counts = _enough(design)
    group = design.stratum
    mine = group[:, None] == group[None, :]
    factors = np.where(mine, (counts / (counts - 1))[group][None, :], 1.0)
    np.fill_diagonal(factors, 0.0)
    return _replicates(design, factors, 1.0, (left * (counts - 1) / counts)[group], "刀切法 JKn")


def brr(design: Design, left: FloatArray, *, fay: float = 0.0) -> Replicates:
    """Make balanced half-samples of a design with two PSUs per stratum; Fay's rho is in [0, 1), 0 for plain BRR.

    Factors 2 - rho and rho, scale 1 / (R (1 - rho)^2); signs from a Hadamard matrix of the next power of two.

    Source: Judkins (1990), Fay's Method for Variance Estimation, J. Official Statistics 6:223.
    """
    from scipy.linalg import hadamard

    if not 0 <= fay < 1:
        raise ArgumentError("Fay 系数不合理", got=f"{fay:g}", expected="0 ≤ ρ < 1")
    counts = _enough(design)
    if (counts != 2).any():
        name = design.strata[int(np.flatnonzero(counts != 2)[0])]
        raise DesignError(
            "BRR 要求每层恰好 2 个抽样点", where=f"层 {name}", got=f"{counts[counts != 2][0]} 个", cure="改用 JKn"
        )
    if (left < 1).any():
        raise DesignError("BRR 不支持有限总体校正", cure="去掉 fpc，或改用 JKn")
    size = 1 << len(counts).bit_length()
    signs = hadamard(size)[1 : len(counts) + 1]
    order = np.argsort(design.stratum, kind="stable")
    first = np.zeros(len(design.stratum))
    first[order[::2]], first[order[1::2]] = 1.0, -1.0
    factors = 1 + (1 - fay) * first[:, None] * signs[design.stratum]
    return _replicates(design, factors, 1 / (size * (1 - fay) ** 2), np.ones(size), f"平衡半样本 BRR（ρ={fay:g}）")


def bootstrap(design: Design, left: FloatArray, *, size: int = 500, seed: int = 0) -> Replicates:
    """Make the rescaled bootstrap of Rao & Wu: m_h - 1 of m_h PSUs drawn with replacement per stratum.

    Factors 1 - c + c m_h / (m_h - 1) * times drawn, c = sqrt(1 - f_h); scale 1/R.

    Source: Rao & Wu (1988), JASA 83:231, section 4; Rao, Wu & Yue (1992), Survey Methodology 18:209.
    """
    if size < 2:
        raise ArgumentError("自助法的重复次数太少", got=str(size), expected="至少 2，通常 200 以上")
    counts = _enough(design)
    random = np.random.default_rng(seed)
    factors = np.empty((len(design.stratum), size))
    for stratum, count in enumerate(counts):
        drawn = random.multinomial(count - 1, np.full(count, 1 / count), size=size).T
        keep = np.sqrt(left[stratum])
        factors[design.stratum == stratum] = 1 - keep + keep * count / (count - 1) * drawn
    return _replicates(design, factors, 1 / size, np.ones(size), f"Rao-Wu 自助法（{size} 次）")


def calibrate_replicates(
    replicates: Replicates, cells: Cells, calibrate: Callable[[Cells], Weights]
) -> tuple[Weights, Replicates]:
    """Repeat a calibration in the whole sample and in every replicate.

    Args:
        replicates: replicates of the base weights.
        cells: the cells the replicates were made for.
        calibrate: cells -> Weights: post-stratification, raking or `calibrate_cells` with its margins bound.

    Returns:
        The calibrated weights of the sample and the calibrated replicates.

    Raises:
        SiluError: the error of the calibration, naming the replicate in which it happened.
    """
    whole = calibrate(cells)
    columns = np.empty((len(cells), replicates.size))
    for number in range(replicates.size):
        factor = replicates.multiplier(number)
        try:
            columns[:, number] = factor * calibrate(_reweighted(cells, factor)).factor
        except SiluError as error:
            place = f"第 {number + 1} 个重复（共 {replicates.size} 个）"
            raise type(error)(
                f"重复权重的{error.what}",
                where=f"{place}，{error.where}",
                got=error.got,
                expected=error.expected,
                cure=error.cure,
            ) from error
    result = replace(replicates, calibrated=columns, label=f"{replicates.label}，逐次校准")
    return replace(whole, steps=()), result


GROUPS = ("codes", "domains")
"""What cells keep about their groups; the rest depends on the weights."""


def _reweighted(cells: Cells, factor: FloatArray) -> Cells:
    """Multiply the base weights by one factor per cell (in plain units of weight)."""
    scaled: dict[str, Any] = {name: cells.scaled(getattr(cells, name)) * factor for name in ("w", "wo", "wy", "wyy")}
    groups: dict[Hashable, Any] = {
        key: kept for key, kept in cells.cache.items() if isinstance(key, tuple) and key[0] in GROUPS
    }
    return replace(cells, **scaled, ww=cells.ww * factor**2, scale=1, cache=groups)


def _enough(design: Design) -> IntArray:
    counts = design.stages[0].count
    if (counts < 2).any():
        name = design.strata[int(np.flatnonzero(counts < 2)[0])]
        raise DesignError("有的层只有一个初级抽样单元，无法生成重复权重", where=f"层 {name}", cure="合并相近的层")
    return counts


def _replicates(design: Design, factors: FloatArray, scale: float, rscales: FloatArray, label: str) -> Replicates:
    return Replicates(design.psu, factors, scale, rscales, label, design.degrees)


METHODS: dict[str, Callable[..., Replicates]] = {"jk1": jk1, "jkn": jkn, "brr": brr, "bootstrap": bootstrap}
"""Name -> function that makes the replicates."""


def make_replicates(design: Design, method: str = "jkn", **options: float | int) -> Replicates:
    """Make replicates of a one-stage (or ultimate cluster) design.

    Args:
        design: the design; the finite population corrections of its first stage go into the scales.
        method: "jk1", "jkn", "brr" (option fay) or "bootstrap" (options size, seed).
        options: passed on to the method.

    Raises:
        ArgumentError: unknown method or option value.
        DesignError: the method does not fit the design.
    """
    if method not in METHODS:
        raise ArgumentError("没有这种重复权重方法", got=method, expected="、".join(METHODS))
    if len(design.stages) > 1:
        raise DesignError(
            "两阶段有限总体校正的设计不能直接生成重复权重",
            cure="去掉 ssu 与 fpc2，按最终抽样点（只用第一阶段）近似，或用线性化方差",
        )
    stage = design.stages[0]
    count = stage.count
    left = np.where(count > 1, stage.scale * (count - 1) / np.maximum(count, 1), stage.scale)
    return METHODS[method](design, left, **options)
