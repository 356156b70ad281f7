"""`unit_means`: the numbers of `linear`, without an entry for every row, group and item."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from analysis.design.design import make_design
from analysis.design.domains import Domains, Overlapping, make_overlapping
from analysis.design.from_frame import sum_rows
from analysis.estimation.linear import means_in
from analysis.estimation.pooled_deff import pooled
from analysis.estimation.units import unit_means
from analysis.estimation.units.stratum_means import means_in_strata
from analysis.estimation.units.unit_means import means_by_unit
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights, post_stratify

OPTIONS = 17
LIMIT = 80e6
"""Bytes; the entries of 50,000 rows by 17 groups by 17 items take 340 MB."""


def _multiple(rows: int, options: int = OPTIONS) -> tuple[WeightedDesign, Overlapping, Overlapping, list[str]]:
    """Return a multiple choice by itself; option 1 was chosen by nobody, option 2 by all asked."""
    rng = np.random.default_rng(5)
    chosen = (rng.random((rows, options)) < rng.uniform(0.05, 0.6, options)).astype(np.int8)
    chosen[:, 1], chosen[:, 2] = 0, 1
    chosen[rng.random(rows) < 0.1] = -1
    psu = rng.integers(0, 100, rows)
    flags = {f"flag{at}": chosen[:, at] for at in range(options)}
    keys = pd.DataFrame({"psu": psu, "stratum": psu // 10, "age": rng.integers(0, 4, rows), **flags})
    answers = {f"item{at}": chosen[:, at] for at in range(options)}
    cells = sum_rows(keys, np.arange(rows), rng.integers(50, 150, rows), answers, scale=100)
    margin = pd.DataFrame({"age": range(4), "population": [300, 200, 400, 100]})
    basis = WeightedDesign(cells, make_design(cells), post_stratify(cells, base_weights(cells), margin))
    first, second = make_overlapping(cells, [({}, name) for name in flags])
    return basis, first, second, list(answers)


@pytest.mark.parametrize("side", [1, 2])
def test_numbers_are_those_of_linear(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several blocks of items and slices of members, with a calibration; empty domains included."""
    monkeypatch.setattr(unit_means, "HELD", 1000 * 4)
    monkeypatch.setattr(unit_means, "ENTRIES", 700)
    basis, *both, items = _multiple(1000, 5)
    one, two = (make(basis, both[side - 1], items) for make in (means_by_unit, means_in))
    assert one.influence.shape == (100, 25) != two.influence.shape
    assert one.labels.equals(two.labels)
    for name in ("n", "psus", "strata"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    for name in ("estimate", "variance", "size", "spread"):
        assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-11, abs=1e-15, nan_ok=True)
    assert pooled(one, basis).n_eff == pytest.approx(pooled(two, basis).n_eff, rel=1e-11, nan_ok=True)
    shown = np.flatnonzero(one.n > 0)
    covariance = [basis.design.covariance(linear.influence.only(shown)) for linear in (one, two)]
    assert covariance[0] == pytest.approx(covariance[1], rel=1e-9, abs=1e-15)


def test_means_in_strata_have_the_bits_of_linear() -> None:
    basis, *_, items = _multiple(1000, 5)
    strata = Domains(basis.design.stratum[basis.design.psu], pd.DataFrame(index=range(10)), complete=True)
    for one in means_in_strata(basis, strata, items):
        two = means_in(basis, strata, one.items)
        assert two.influence.left is not None
        for name in ("estimate", "variance", "size", "spread", "n", "psus", "strata"):
            assert np.array_equal(getattr(one, name), getattr(two, name)), (one.items, name)
        assert np.array_equal(pooled(one, basis).deff, pooled(two, basis).deff)


def test_rows_are_not_expanded_by_groups_and_items() -> None:
    basis, first, second, items = _multiple(50_000)
    tracemalloc.start()
    found = [means_by_unit(basis, domains, items) for domains in (first, second)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < LIMIT
    assert len(found[0].estimate) == len(found[1].estimate) == OPTIONS**2
