"""`unit_means`: the numbers of `linear`, without an entry for every row, group and item."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from analysis.design.domains import Domains
from analysis.estimation.linear import means_in
from analysis.estimation.pooled_deff import correlations, pooled
from analysis.estimation.units import stratum_means, unit_means, unit_sums
from analysis.estimation.units.stratum_means import means_in_strata
from analysis.estimation.units.unit_means import means_by_unit
from tests.analysis.estimation.units.multiple import OPTIONS, multiple

LIMIT = 80e6
"""Bytes; the entries of 50,000 rows by 17 groups by 17 items take 340 MB."""


@pytest.mark.parametrize("side", [1, 2])
def test_numbers_are_those_of_linear(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several blocks of items and slices of members, with a calibration; empty domains included."""
    monkeypatch.setattr(unit_means, "HELD", 1000 * 4)
    monkeypatch.setattr(unit_sums, "ENTRIES", 700)
    basis, *both, items = multiple(1000, 5)
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


def test_means_in_strata_are_those_of_linear() -> None:
    basis, *_, items = multiple(1000, 5)
    strata = Domains(basis.design.stratum[basis.design.psu], pd.DataFrame(index=range(10)), complete=True)
    for one in means_in_strata(basis, strata, items):
        two = means_in(basis, strata, one.items)
        assert two.influence.left is not None
        for name in ("n", "psus", "strata"):
            assert np.array_equal(getattr(one, name), getattr(two, name)), (one.items, name)
        for name in ("estimate", "variance", "size", "spread"):
            assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-11, abs=1e-15), (one.items, name)
        assert pooled(one, basis).deff == pytest.approx(pooled(two, basis).deff, rel=1e-11, nan_ok=True)


@pytest.mark.parametrize("most", [1, 2000, 1 << 21])
def test_a_correlation_has_the_same_bits_whatever_else_is_asked_for(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    basis, *_, items = multiple(1000, 9)
    alone = [correlations(multiple(1000, 9)[0], [name])[0] for name in items]
    monkeypatch.setattr(stratum_means, "HELD", most)
    assert correlations(basis, items[::-1]).tolist() == alone[::-1]
    assert max(alone) > 0


def test_rows_are_not_expanded_by_groups_and_items() -> None:
    basis, first, second, items = multiple(50_000)
    tracemalloc.start()
    found = [means_by_unit(basis, domains, items) for domains in (first, second)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < LIMIT
    assert len(found[0].estimate) == len(found[1].estimate) == OPTIONS**2
