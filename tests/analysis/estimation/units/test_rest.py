"""`rest`: contrasts from sums by unit have the numbers of contrasts from cells."""

import numpy as np
import pytest

from analysis.design.domains import make_domains
from analysis.estimation.contrasts import Comparison, against_rest, between_domains
from analysis.estimation.linear import means, means_in
from analysis.estimation.units.unit_means import PARTS, means_by_unit
from tests.analysis.estimation.units.multiple import multiple

NUMBERS = ("estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_holm")


def test_a_group_against_all_others() -> None:
    basis, _, _, items = multiple(2000, 5)
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


@pytest.mark.parametrize("made", [means_by_unit, means_in])
def test_those_who_chose_an_option_against_those_who_did_not(made) -> None:
    basis, first, second, items = multiple(2000, 5)
    asked = Comparison(items, ("option",), suppression=1)
    found = between_domains(basis, made(basis, first, items), second, asked).table
    both = [means_in(basis, domains, items) for domains in (first, second)]
    held = np.flatnonzero((both[0].n > 0) & (both[1].n > 0))
    difference = both[0].influence.only(held).minus(both[1].influence.only(held))
    least = np.sqrt(basis.design.variance(difference))
    assert (found["std_error"].to_numpy()[held] >= least * (1 - 1e-9)).all()
    assert found["estimate"].to_numpy()[held] == pytest.approx((both[0].estimate - both[1].estimate)[held], rel=1e-9)
    assert np.isclose(found["std_error"].to_numpy()[held], least, rtol=1e-9).any()
