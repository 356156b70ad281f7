"""`unit_means`: the numbers of `linear`, without an entry for every row, group and item."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.design.counts import option_counts
from analysis.design.domains import Domains, make_domains
from analysis.estimation import pooled_deff
from analysis.estimation.linear import Linear, means_in
from analysis.estimation.pooled_deff import correlations, pooled
from analysis.estimation.units import unit_means
from analysis.estimation.units.option_means import PER_ESTIMATE, means_in_options
from analysis.estimation.units.unit_means import PARTS, means_by_unit
from analysis.estimation.weighted_design import WeightedDesign
from tests.analysis.estimation.units.multiple import OPTIONS, multiple

LIMIT = 80e6
"""Bytes; the entries of 50,000 rows by 17 groups by 17 items take 340 MB."""


def test_numbers_are_those_of_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    """In several blocks of items, with a calibration."""
    monkeypatch.setattr(unit_means, "HELD", 400 * 4)
    made = multiple(1000, 5)
    domains = make_domains(made.cells.cells, ("age",))
    one, two = (make(made.cells, domains, made.items) for make in (means_by_unit, means_in))
    assert len(one.cache[PARTS]) > 1
    same(one, two, made.cells)
    assert one.labels.equals(two.labels)
    rows = [rows.reshape(len(rows), -1) for part in one.cache[PARTS] for _, rows in part.influences()]
    influence = np.hstack(rows)
    covariance = influence.T @ influence
    assert covariance == pytest.approx(made.cells.design.covariance(two.influence), rel=1e-9, abs=1e-15)


def same(one: Linear, two: Linear, basis: WeightedDesign, other: WeightedDesign | None = None) -> None:
    for name in ("n", "psus", "strata"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    for name in ("estimate", "variance", "size", "spread"):
        assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-10, abs=1e-15, nan_ok=True), name
    held = two.n > 0
    both = pooled(one, basis), pooled(two, other or basis)
    assert both[0].n_eff[held] == pytest.approx(both[1].n_eff[held], rel=1e-9)


@pytest.mark.parametrize("side", [1, 0])
@pytest.mark.parametrize("weights", [1, 100])
def test_options_are_domains_that_may_overlap(side: int, weights: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who chose an option and those who did not, in blocks of items, also without keeping counts."""
    monkeypatch.setattr(unit_means, "HELD", 1000)
    made = multiple(1000, 5, ("age",), weights=weights)
    options = made.first if side else made.second
    if weights == 1:
        monkeypatch.setattr(option_counts, "KEPT", 0)
    found = means_in_options(made.cells, options, made.items)
    assert len(found.cache[PARTS]) > 1
    for option in (0, 2, 3, 4):
        domains = make_domains(made.rows.cells, ("age",), {f"flag{option}": side})
        alone = means_in(made.rows, domains, made.items)
        own = found.labels["option"].to_numpy() == option
        one = replace(
            found,
            **{name: getattr(found, name)[own] for name in PER_ESTIMATE},
            domains=domains,
            cache={"clusters": found.cache["clusters"][own]},
        )
        if option == 2 and not side:  # everybody chose it
            assert (one.n == 0).all()
            continue
        same(one, alone, made.rows)
        people = options.people(made.cells.cells, made.cells.weights.factor)
        expected = domains.people(made.rows.cells, made.rows.weights.factor)
        at = options.labels["option"].to_numpy() == option
        for left, right in zip(people, expected, strict=True):
            assert left[at] == pytest.approx(right, rel=1e-12)
    assert set(found.labels["option"]) == {0, 2, 3, 4}  # nobody chose option 1


def test_means_in_strata_are_those_of_linear() -> None:
    made = multiple(1000, 5)
    basis, items = made.rows, made.items
    strata = Domains(basis.design.stratum[basis.design.psu], pd.DataFrame(index=range(10)), complete=True)
    one, two = means_by_unit(basis, strata, items), means_in(basis, strata, items)
    assert two.influence.left is not None
    same(one, two, basis)
    assert pooled(one, basis).deff == pytest.approx(pooled(two, basis).deff, rel=1e-11, nan_ok=True)


@pytest.mark.parametrize("most", [1, 2000, 1 << 21])
def test_a_correlation_has_the_same_bits_whatever_else_is_asked_for(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = multiple(1000, 9)
    basis, items = made.rows, made.items
    alone = [correlations(multiple(1000, 9).rows, [name])[0] for name in items]
    monkeypatch.setattr(pooled_deff, "HELD", most)
    assert correlations(basis, items[::-1]).tolist() == alone[::-1]
    assert max(alone) > 0


def test_rows_are_not_expanded_by_groups_and_items() -> None:
    made = multiple(50_000, weights=1)
    tracemalloc.start()
    found = [means_in_options(made.cells, domains, made.items) for domains in (made.first, made.second)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < LIMIT
    assert len(found[0].estimate) == len(found[1].estimate) == OPTIONS**2
