"""The variance of all groups against the rest at once is that of each group's influence through the design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.design import Design, make_design
from analysis.design.influence import Influence
from analysis.text.side_variance import Sides, side_variance

WORDS = 9


def _design(psu: IntArray, stratum: IntArray) -> Design:
    none = np.zeros((0, len(psu)))
    ones = np.ones(len(psu))
    keys = pd.DataFrame({"psu": psu, "stratum": stratum})
    return make_design(
        Cells(keys, (), ones.astype(np.int64), ones, ones, none.astype(np.int64), none, none, none, none),
        lonely="adjust",
    )


def _expected(
    design: Design, inside: FloatArray, weight: FloatArray, y: FloatArray, sides: Sides, at: int
) -> FloatArray:
    own = sides.slope[at] * (y - sides.share[at] * weight[:, None])
    rest = sides.slope_rest[at] * (y - sides.share_rest[at] * weight[:, None])
    row, column = np.indices(y.shape).reshape(2, -1)
    return design.variance(Influence(row, column, np.where(inside[:, None], own, -rest).ravel(), y.shape))


@pytest.mark.parametrize("strata", [1, 5, 28])
@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("groups", [2, 7, 30])
def test_variances_are_those_of_each_group_alone(strata: int, nested: bool, groups: int) -> None:
    rng = np.random.default_rng(strata + groups)
    psu = np.repeat(np.arange(30), 4)
    group = psu % groups if nested else rng.integers(-1, groups, len(psu))
    group[:groups] = np.arange(groups) if not nested else group[:groups]
    design = _design(psu, psu % strata)
    weight, y = (
        rng.uniform(1, 9, len(psu)),
        rng.uniform(0, 1, (len(psu), WORDS)) * (rng.random((len(psu), WORDS)) < 0.4),
    )
    inside = group[:, None] == np.arange(groups)
    total, mass = inside.T @ y, (inside.T @ weight)[:, None]
    rest, rest_mass = y.sum(axis=0) - total, weight.sum() - mass
    slopes = rng.uniform(0.1, 5, (2, groups, WORDS))
    sides = Sides(slopes[0], slopes[1], total / mass, rest / rest_mass)
    found = side_variance(design, group, weight, sparse.csr_matrix(y), sides)
    for at in range(groups):
        expected = _expected(design, inside[:, at], weight, y, sides, at)
        assert found[at] == pytest.approx(expected, rel=1e-11)
