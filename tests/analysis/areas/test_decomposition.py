"""The decomposition adds up and agrees with hand calculations; persons lacking are totals."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.areas.decomposition import FACTORS, decompose, opposite, persons_lacking
from analysis.design.domains import make_domains
from analysis.estimation.contrasts import Comparison, against_whole
from analysis.estimation.linear import means
from analysis.weights.weights import base_weights
from survey.errors import DesignError
from tests.analysis.mock_sample import city, heads, sample

WAVE = {"wave": "W2"}
RATE = heads()[3].name


def test_parts_add_up_to_the_gap_and_the_gap_is_that_of_the_contrast() -> None:
    for district in city().city.districts:
        found = decompose(sample(), RATE, district, WAVE).set_index("part")
        assert found.loc[[*FACTORS, "rest"], "estimate"].sum() == pytest.approx(found.loc["gap", "estimate"])
        contrast = against_whole(sample().basis, Comparison((RATE,), ("district",), WAVE, as_in_r=True)).table
        row = contrast[contrast["district"].astype(str) == district].iloc[0]
        assert found.loc["gap", "estimate"] == pytest.approx(row["estimate"])
        assert found.loc["gap", "std_error"] == pytest.approx(row["std_error"], rel=1e-6)


def test_composition_by_one_factor_equals_a_hand_calculation() -> None:
    district = city().city.districts[1]
    found = decompose(sample(), RATE, district, WAVE, factors=("place",)).set_index("part")
    basis = sample().basis
    rate = means(basis, [RATE], by=("place",), where=WAVE)
    domains = make_domains(basis.cells, ("place",), {**WAVE, "district": district})
    weight = domains.sums(basis.final(basis.cells.wo[basis.cells.index(RATE)]))
    city_rate = dict(zip(rate.labels["place"].astype(str), rate.estimate, strict=True))
    own = sum(w * city_rate[str(p)] for w, p in zip(weight, domains.labels["place"], strict=True)) / weight.sum()
    assert found.loc["place", "estimate"] == pytest.approx(own - means(basis, [RATE], where=WAVE).estimate[0])


def test_standard_errors_agree_with_the_jackknife() -> None:
    """Leave one sampling point out at a time, without calibration on either side."""
    district, base = city().city.districts[2], sample()
    weights = base_weights(base.cells)
    plain = replace(base, weights=weights)
    psu, stratum = base.design.psu, base.design.stratum
    size = np.bincount(stratum)
    left_out = []
    for unit, group in enumerate(stratum):
        inside = stratum[psu] == group
        factor = np.where(psu == unit, 1e-12, np.where(inside, size[group] / (size[group] - 1), 1.0))
        one = replace(plain, weights=replace(weights, factor=weights.factor * factor))
        left_out.append(decompose(one, RATE, district, WAVE)["estimate"].to_numpy())
    found = decompose(plain, RATE, district, WAVE)
    shift = np.array(left_out) - found["estimate"].to_numpy()
    share = (size[stratum] - 1) / size[stratum]
    assert found["std_error"].to_numpy() == pytest.approx(np.sqrt(share @ shift**2), rel=0.12)


def test_a_city_of_one_district_is_refused() -> None:
    name = city().city.districts[0]
    with pytest.raises(DesignError, match="另一半"):
        decompose(sample(), RATE, name, {**WAVE, "district": name})


def test_persons_lacking_are_never_more_than_the_group() -> None:
    """Groups in two or three sampling points: an uncapped log interval with one df reached 290 million residents."""
    table = persons_lacking(sample(), RATE, ("age", "place", "street"), WAVE)
    residents = table["persons"] / table["share"]
    assert (table["conf_high"] <= residents * (1 + 1e-9)).all()
    assert (table["conf_high"] >= table["persons"] * (1 - 1e-9)).all()


def test_persons_lacking_are_residents_minus_those_who_have() -> None:
    awareness = heads()[0].name
    table = persons_lacking(sample(), awareness, ("district",), WAVE)
    truth = city().truth.shares(awareness, "W2")
    residents = city().city.areas.population()
    for row in table.itertuples():
        true = (1 - truth[str(row.district)]) * residents[str(row.district)]
        assert row.conf_low < row.persons < row.conf_high
        assert row.conf_low / 1.4 < true < row.conf_high * 1.4
    assert table["persons"].is_monotonic_decreasing


def test_groups_below_the_threshold_are_left_out() -> None:
    table = persons_lacking(sample(), RATE, ("age", "place", "street"), WAVE)
    assert (table["n"] >= sample().suppression).all()


def test_the_opposite_rate_is_the_complement() -> None:
    turned = means(opposite(sample().basis, RATE), [RATE], where=WAVE).estimate[0]
    assert turned == pytest.approx(1 - means(sample().basis, [RATE], where=WAVE).estimate[0])
