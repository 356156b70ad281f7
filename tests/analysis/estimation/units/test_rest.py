"""`rest`: contrasts from sums by unit have the numbers of contrasts from cells."""

import numpy as np
import pytest

from analysis.design.domains import make_domains
from analysis.estimation.contrasts import (
    Comparison,
    against_each_other,
    against_rest,
    between,
    between_options,
    sum_of_items,
)
from analysis.estimation.linear import means, means_in
from analysis.estimation.units.option_means import means_in_options, means_of
from analysis.estimation.units.unit_means import PARTS, means_by_unit
from tests.analysis.estimation.units.multiple import multiple

NUMBERS = ("estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_holm")


def test_a_group_against_all_others() -> None:
    made = multiple(2000, 5)
    basis, items = made.cells, made.items
    asked = Comparison(items, ("age",), suppression=1)
    domains, whole = make_domains(basis.cells, ("age",)), means(basis, items)
    by_unit = means_by_unit(basis, domains, items)
    assert PARTS in by_unit.cache
    one = against_rest(basis, asked, (by_unit, whole)).table
    two = against_rest(basis, asked, (means_in(basis, domains, items), whole)).table
    for name in NUMBERS:
        assert one[name].to_numpy() == pytest.approx(two[name].to_numpy(), rel=1e-9, abs=1e-14, nan_ok=True), name
    assert one["flag"].tolist() == two["flag"].tolist()
    assert one["p_value"].min() < 0.9


def test_every_pair_of_groups() -> None:
    made = multiple(2000, 5)
    asked, domains = Comparison(made.items, ("age",), suppression=1), make_domains(made.cells.cells, ("age",))
    both = [make(made.cells, domains, made.items) for make in (means_by_unit, means_in)]
    one, two = (against_each_other(made.cells, asked, linear).table for linear in both)
    for name in NUMBERS:
        assert one[name].to_numpy() == pytest.approx(two[name].to_numpy(), rel=1e-9, abs=1e-14, nan_ok=True), name


def test_sums_of_codes_times_shares_of_groups_with_answers() -> None:
    made = multiple(2000, 5)
    domains, codes = make_domains(made.cells.cells, ("age",)), np.arange(1.0, 6.0)
    one, two = (
        sum_of_items(made.cells, make(made.cells, domains, made.items), codes) for make in (means_by_unit, means_in)
    )
    assert one[0] == pytest.approx(two[0], rel=1e-12)
    assert one[1] == pytest.approx(two[1], rel=1e-9)
    chosen, variance = sum_of_items(made.cells, means_of(made.cells, made.first, made.items), codes)
    assert np.isnan(chosen).tolist() == [False, True, False, False, False]  # nobody chose the second option
    assert (variance[[0, 3, 4]] > 0).all()


def test_those_who_chose_an_option_against_those_who_did_not() -> None:
    made = multiple(2000, 5)
    asked = Comparison(made.items, ("option",), suppression=1)
    found = between_options(made.cells, means_in_options(made.cells, made.first, made.items), made.second, asked).table
    for option in (0, 3, 4):
        alone = between(made.rows, f"flag{option}", (0, 1), Comparison(made.items, suppression=1)).table
        own = found[found["option"] == option]
        for name in ("n", "estimate", "std_error", "df", "conf_low", "conf_high", "p_value"):
            assert own[name].to_numpy() == pytest.approx(alone[name].to_numpy(), rel=1e-8, abs=1e-14, nan_ok=True), name
    assert found.loc[found["option"].isin((1, 2)), "estimate"].isna().all()  # nobody chose it, or everybody did
