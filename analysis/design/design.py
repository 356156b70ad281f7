"""Design: how the sample was drawn, and from it the variance of anything linear in the weights.

Taylor linearisation for stratified, clustered, one- and two-stage designs, with or without finite population
corrections; domains keep the whole design. The formulas and the lonely-PSU rules are those of R `survey` 4.5
(Lumley 2004, J. Stat. Software 9(8)); Sarndal, Swensson & Wretman 1992, sections 4.3 and 5.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.influence import Influence, count_distinct, group_codes
from analysis.design.overlapping import AnyDomains
from analysis.design.stages import (
    Stage,
    average_factor,
    by_group,
    crossed,
    parts,
    recentred,
    rooted,
    rooted_alone,
    share_left,
    spread,
)
from survey.errors import DesignError

Lonely = Literal["fail", "remove", "certainty", "adjust", "average"]
Made = Callable[[], FloatArray]
CERTAIN = 1e-7  # a stratum with a smaller share left unsampled is self-representing


@dataclass(frozen=True, slots=True)
class Design:
    """A design on the cells it was made from.

    Attributes:
        stages: one, or two with SSUs and population counts at both stages.
        lonely: what a stratum of one PSU contributes.
        domain_lonely: also treat a stratum in which a domain has one PSU as lonely (rules adjust and average).
        strata: stratum labels, in the order of the stratum numbers.
    """

    stages: tuple[Stage, ...]
    lonely: Lonely
    domain_lonely: bool
    strata: pd.Index

    @property
    def psu(self) -> IntArray:
        """[C] PSU of each cell, numbered over the whole design."""
        return self.stages[0].unit

    @property
    def stratum(self) -> IntArray:
        """[P] stratum of each PSU."""
        return self.stages[0].group

    @property
    def degrees(self) -> int:
        """PSUs minus strata of the whole sample."""
        return len(self.stratum) - len(self.stages[0].count)

    def variance(self, influence: Influence) -> FloatArray:
        """Return the variance of each estimate [K] from the influence totals of the cells, or of the first units."""
        first = self._first(influence)
        later = [spread(stage, stage.units(influence)) for stage in self.stages[1:]]
        return np.asarray(np.maximum(first + sum(later), 0.0))

    def covariance(self, influence: Influence) -> FloatArray:
        """Return the covariances between all estimates [K, K]; the diagonal is `variance`.

        Any two columns (domains, items, waves) may share sampling units or not. Under the lonely rule "average" each
        estimate counts the strata it has members in; a covariance takes the geometric mean of the two factors.

        Raises:
            DesignError: `domain_lonely` with "adjust" or "average", which is defined for one estimate at a time.
        """
        if self._by_domain:
            raise DesignError(
                "domain_lonely 只定义了单个估计的方差，不能给出协方差",
                got=f"lonely={self.lonely}，domain_lonely=True",
                cure="用 domain_lonely=False 重建设计，或用 contrasts 直接求差值的方差",
            )
        units = _totals(self.stages[0], influence)
        dense = units.dense()
        total = self._lonelycrossed(dense, crossed(self.stages[0], dense), units)
        return total + sum(crossed(stage, _totals(stage, influence).dense()) for stage in self.stages[1:])

    def rooted(self, totals: FloatArray) -> FloatArray:
        """Return rows [H, K] that are linear in dense totals of the units [U, K] of a design of one stage.

        Products of their columns add up to the covariances, whatever the other columns are.
        """
        stage, found = self.stages[0], rooted(self.stages[0], totals)
        if not stage.lonely.any():
            return found
        self._refuse_lonely(stage)
        if self.lonely == "adjust":
            return np.concatenate([found, rooted_alone(stage, totals)])
        return found * np.sqrt(average_factor(stage, None)) if self.lonely == "average" else found

    def of_units(self, influence: Influence) -> Influence:
        """Return an influence by unit, with the same variances; unchanged of two stages or if every cell is a unit."""
        alone = len(self.stratum) == len(self.psu)  # rows of cells could not be told from rows of units
        return influence if alone or len(self.stages) > 1 else _totals(self.stages[0], influence)

    def domain_degrees(self, row: IntArray, column: IntArray, size: int) -> tuple[IntArray, IntArray]:
        """Count the PSUs and strata that hold answered members of each domain.

        Args:
            row: cells with answered members.
            column: their domain; one entry per cell and domain.
            size: number of domains.

        Returns:
            (PSUs [size], strata [size]); the degrees of freedom are their difference.
        """
        psus, strata = len(self.stratum), len(self.stages[0].count)
        unit = self.psu[row]
        alone = psus == len(self.psu)  # every cell is its own PSU
        units = np.bincount(column, minlength=size) if alone else count_distinct(column, unit, size, psus)
        if strata == 1:
            return units, (units > 0).astype(np.int64)
        return units, count_distinct(column, self.stratum[unit], size, strata)

    def certain(self, domains: AnyDomains) -> npt.NDArray[np.bool_]:
        """Return whether every PSU of the population is in the sample in all strata of each domain: a census."""
        stage = self.stages[0]
        open_ = (stage.scale > 0) | stage.lonely
        return np.asarray(domains.sums(open_[self.stratum[self.psu]].astype(np.float64)) == 0)

    def _first(self, influence: Influence) -> FloatArray:
        stage = self.stages[0]
        units = _totals(stage, influence)
        if self._by_domain:
            return self._domain_lonely(stage, units)
        return self._lonely_added(
            spread(stage, units),
            lambda: np.concatenate([recentred(stage, block) for _, block in units.blocks()]),
            lambda: average_factor(stage, units),
        )

    def _lonely_added(self, total: FloatArray, added: Made, factor: Made) -> FloatArray:
        """Return variances with what the rule adds or multiplies for lonely strata."""
        if not self.stages[0].lonely.any():
            return total
        self._refuse_lonely(self.stages[0])
        if self.lonely == "adjust":
            return total + added()
        return total * factor() if self.lonely == "average" else total

    @property
    def _by_domain(self) -> bool:
        return self.domain_lonely and self.lonely in ("adjust", "average")

    def _domain_lonely(self, stage: Stage, units: Influence) -> FloatArray:
        """Mark as lonely, estimate by estimate, the strata in which the estimate's domain has one PSU."""
        total = np.zeros(units.shape[1])
        for start, block in units.blocks():
            present = by_group(stage, (block != 0).astype(np.float64))
            alone = (present == 1) | (stage.lonely[:, None] & (present > 0))
            squares = parts(stage, block)
            squares[alone] = 0.0
            if self.lonely == "adjust":
                mean = block.mean(axis=0)
                moved = stage.scale[stage.group][:, None] * (block - mean) ** 2 * (block != 0)
                value = (squares + np.where(alone, by_group(stage, moved), 0.0)).sum(axis=0)
            else:
                value = squares.sum(axis=0) * share_left((present > 0).sum(axis=0), alone.sum(axis=0))
            total[start : start + block.shape[1]] = value
        return total

    def _lonelycrossed(self, dense: FloatArray, part: FloatArray, units: Influence) -> FloatArray:
        stage = self.stages[0]
        if not stage.lonely.any():
            return part
        self._refuse_lonely(stage)
        if self.lonely == "adjust":
            alone = stage.lonely[stage.group]
            moved = dense[alone] - dense.mean(axis=0)
            part = part + moved.T @ (stage.scale[stage.group][alone][:, None] * moved)
        if self.lonely == "average":
            factor = np.sqrt(average_factor(stage, units))
            part = part * factor[..., None] * factor
        return part

    def _refuse_lonely(self, stage: Stage) -> None:
        if self.lonely == "fail":
            raise DesignError(
                "有的层只有一个初级抽样单元，无法计算抽样误差",
                where=f"层 {self.strata[int(np.flatnonzero(stage.lonely)[0])]}",
                got="1 个抽样点",
                expected="每层至少 2 个抽样点",
                cure="合并相近的层，或明确选用 lonely 规则：adjust、average、certainty、remove",
            )


def _totals(stage: Stage, influence: Influence) -> Influence:
    """Return the totals of the units; rows that are units already are left as they are."""
    units = len(stage.group)
    return influence if influence.shape[0] == units < len(stage.unit) else stage.units(influence)


def make_design(cells: Cells, *, lonely: Lonely = "fail", domain_lonely: bool = False) -> Design:
    """Read the design off the sampling keys of the cells.

    The keys are `psu` and, where there are any, `stratum`, `ssu`, `fpc1`, `fpc2`. PSU codes may repeat between
    strata (they are always nested). `fpc1` is the number of PSUs of the stratum in the population, or the share
    sampled when every value is at most 1; without it the PSUs count as drawn with replacement. SSUs are used only
    together with `fpc1` and `fpc2`; otherwise the PSU is the ultimate cluster.

    Raises:
        DesignError: no psu, a missing unit, a population smaller than the sample, a population count that
            differs within one stratum, an unknown lonely rule.
    """
    if lonely not in get_args(Lonely):
        raise DesignError("孤立抽样点的处理规则不认识", got=str(lonely), expected="、".join(get_args(Lonely)))
    stratum, labels = _unit(cells, "stratum") if "stratum" in cells.keys else (_zeros(cells), pd.Index(["全部"]))
    psu_code, psu_labels = _unit(cells, "psu")
    psu, group = _nested(stratum, psu_code, len(labels), len(psu_labels))
    first = _stage(cells, psu, group, len(labels), "fpc1")
    stages = [first]
    if {"ssu", "fpc1", "fpc2"} <= set(cells.keys.columns):
        ssu_code, ssu_labels = _unit(cells, "ssu")
        ssu, parent = _nested(psu, ssu_code, len(group), len(ssu_labels))
        second = _stage(cells, ssu, parent, len(group), "fpc2")
        taken = _sampled(cells, psu, group, first.count)
        stages.append(Stage(ssu, parent, second.count, second.scale * taken[group], second.lonely))
        if second.lonely.any() and lonely not in ("certainty", "remove"):
            raise DesignError(
                "有的初级单元里只抽了一个二级单元",
                got=f"lonely={lonely}，只对初级单元有定义",
                cure="检查二级单元，或选用 lonely 规则 certainty 或 remove（这些二级单元不计方差）",
            )
    return Design(tuple(stages), lonely, domain_lonely, labels)


def _zeros(cells: Cells) -> IntArray:
    return np.zeros(len(cells), dtype=np.int64)


def _unit(cells: Cells, name: str) -> tuple[IntArray, pd.Index]:
    codes, labels = cells.codes(name)
    if (codes < 0).any():
        raise DesignError(
            "抽样单元有缺失", where=f"{name} 列", cure="补全抽样点编码，或把这些答卷作为另一种方式单独分析"
        )
    return codes, labels


def _nested(outer: IntArray, inner: IntArray, outers: int, inners: int) -> tuple[IntArray, IntArray]:
    """Number inner units within outer ones: unit of each cell, and outer unit of each unit."""
    places, unit = group_codes(outer * inners + inner, outers * inners)
    return unit, places // inners


def _stage(cells: Cells, unit: IntArray, group: IntArray, groups: int, fpc: str) -> Stage:
    count = np.bincount(group, minlength=groups)
    left = np.ones(groups)
    if fpc in cells.keys:
        left = 1.0 - count / _population(cells, group[unit], count, fpc)
    certain = left < CERTAIN
    scale = np.where(certain, 0.0, left * np.where(count > 1, count / np.maximum(count - 1, 1), 1.0))
    return Stage(unit, group, count, scale, (count == 1) & ~certain)


def _sampled(cells: Cells, unit: IntArray, group: IntArray, count: IntArray) -> FloatArray:
    return count / _population(cells, group[unit], count, "fpc1")


def _population(cells: Cells, group: IntArray, count: IntArray, fpc: str) -> FloatArray:
    """Return the number of units of each group in the population, checked."""
    given = cells.keys[fpc].to_numpy(dtype=np.float64)
    if not (given > 0).all():
        raise DesignError("总体单元数必须大于 0", where=f"{fpc} 列", got=str(given[~(given > 0)][0]))
    low, high = np.full(len(count), np.inf), np.zeros(len(count))
    np.minimum.at(low, group, given)
    np.maximum.at(high, group, given)
    if (high > low).any():
        raise DesignError(
            "同一层内的总体单元数不一致", where=f"{fpc} 列", got=f"{low[high > low][0]:g} 与 {high[high > low][0]:g}"
        )
    population = count / low if (given <= 1).all() else low
    small = population < count * (1 - 1e-12)
    if small.any():
        raise DesignError(
            "总体单元数小于样本单元数",
            where=f"{fpc} 列",
            got=f"总体 {population[small][0]:g}，样本 {count[small][0]}",
            cure="fpc 应填总体中的抽样单元总数",
        )
    return population
