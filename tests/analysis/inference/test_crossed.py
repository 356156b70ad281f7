"""`crossed`: the test from sums by unit is that from answers."""

import numpy as np
import pandas as pd
import pytest

from analysis.design.design import make_design
from analysis.design.domains import make_domains
from analysis.design.from_frame import sum_rows
from analysis.estimation.units import unit_means, unit_sums
from analysis.estimation.units.unit_means import PARTS, means_by_unit
from analysis.estimation.weighted_design import WeightedDesign
from analysis.inference.association import SPARSE
from analysis.inference.crossed import associate_items
from analysis.weights.weights import base_weights, post_stratify
from survey.errors import DesignError

ITEMS = [f"answer{at}" for at in range(4)]


def _single(groups: int = 3, rows: int = 1500, seed: int = 2) -> WeightedDesign:
    """Return answers 0 to 2 of a question of four, the last of which nobody gave, in groups; one in ten blank."""
    rng = np.random.default_rng(seed)
    given, group = rng.choice([0, 1, 2, -1], rows, p=[0.3, 0.3, 0.3, 0.1]), rng.integers(0, groups, rows)
    psu = rng.integers(0, 60, rows)
    keys = pd.DataFrame({"psu": psu, "stratum": psu // 10, "age": rng.integers(0, 4, rows), "group": group})
    answers = {name: np.where(given < 0, -1, given == at).astype(np.int8) for at, name in enumerate(ITEMS)}
    cells = sum_rows(keys, np.arange(rows), rng.integers(50, 150, rows), answers, scale=100)
    margin = pd.DataFrame({"age": range(4), "population": [300, 200, 400, 100]})
    return WeightedDesign(cells, make_design(cells), post_stratify(cells, base_weights(cells), margin))


@pytest.mark.parametrize("where", [{}, {"age": [0, 2]}])
def test_the_test_is_that_from_answers(where) -> None:
    basis = _single()
    domains = make_domains(basis.cells, ("group",), where)
    known = means_by_unit(basis, domains, ["answer1", *ITEMS][::-1])
    one, two = associate_items(basis, ITEMS, domains, known), associate_items(basis, ITEMS, domains)
    assert one.statistic == pytest.approx(two.statistic, rel=1e-9)
    assert one.df == pytest.approx(two.df, rel=1e-9)
    assert one.p_value == pytest.approx(two.p_value, rel=1e-9)
    assert one.method == two.method


def test_the_test_is_the_same_in_parts_of_which_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large tables are estimated some items at a time; a question may lie in a few of these parts only."""
    basis = _single()
    domains = make_domains(basis.cells, ("group",))
    items = ["answer3", *ITEMS[:3]]
    whole = associate_items(basis, ITEMS[:3], domains, means_by_unit(basis, domains, items))
    monkeypatch.setattr(unit_means, "HELD", 1)
    monkeypatch.setattr(unit_sums, "ROOTED", 0)
    known = means_by_unit(basis, domains, items)
    assert len(known.cache[PARTS]) == len(items)
    found = associate_items(basis, ITEMS[:3], domains, known)
    assert (found.statistic, found.p_value) == pytest.approx((whole.statistic, whole.p_value), rel=1e-12)


def test_one_group_or_one_answer_is_refused() -> None:
    basis = _single()
    domains = make_domains(basis.cells, ("group",), {"group": 1})
    with pytest.raises(DesignError, match="列"):
        associate_items(basis, ITEMS, domains, means_by_unit(basis, domains, ITEMS))
    every = make_domains(basis.cells, ("group",))
    with pytest.raises(DesignError, match="行"):
        associate_items(basis, ITEMS[2:], every, means_by_unit(basis, every, ITEMS))


def test_empty_cells_leave_the_test_undefined_whatever_the_rounding() -> None:
    """A singular matrix may pass a Cholesky decomposition by rounding; its p-value would be arbitrary."""
    undefined = 0
    for seed in range(12):
        basis = _single(groups=90, rows=400, seed=seed)
        domains = make_domains(basis.cells, ("group",))
        found = associate_items(basis, ITEMS, domains, means_by_unit(basis, domains, ITEMS))
        again = associate_items(basis, ITEMS[::-1], domains, means_by_unit(basis, domains, ITEMS[::-1]))
        assert (found.p_value is None) == (again.p_value is None)
        undefined += found.note == SPARSE
    assert undefined == 12


def test_with_a_few_empty_cells_the_test_is_that_of_all_interactions() -> None:
    """Effects of both sides are 0 in an empty cell; empty cells that close a ring leave no test, in both forms."""
    undefined = list[bool]()
    for seed in range(20):
        basis = _single(groups=20, rows=100, seed=seed)
        domains = make_domains(basis.cells, ("group",))
        one = associate_items(basis, ITEMS, domains, means_by_unit(basis, domains, ITEMS))
        two = associate_items(basis, ITEMS, domains)
        assert one.note == two.note
        undefined.append(one.p_value is None)
        if one.p_value is not None:
            assert (one.statistic, one.p_value) == pytest.approx((two.statistic, two.p_value), rel=1e-9)
    assert 0 < sum(undefined) < len(undefined)
