"""Groups compared with other things equal, waves on a line, and the sample beside the city."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from analysis.areas.adjusted_groups import (
    CONTROLS,
    compare_groups,
    doubted,
    over_waves,
)
from analysis.areas.representativeness import structure
from analysis.design.labels import label_margin, unique_names
from analysis.inference.significance import Significance
from reports.sentences import groups as sentences
from survey.errors import ArgumentError, DesignError
from survey.study.margins import margin_tables
from tests.analysis.mock_sample import city, heads, sample

W2 = {"wave": "W2"}
RATE = heads()[3]


def test_the_adjusted_rates_average_to_about_the_whole() -> None:
    found = compare_groups(sample(), RATE, "district", W2)
    rows = found.table
    assert set(rows["group"]) == set(city().city.districts)
    assert found.controls == tuple(CONTROLS.values())
    whole = sample().rates(item=RATE.name, where=W2).table["estimate"].iloc[0]
    assert rows["adjusted"].mean() == pytest.approx(whole, abs=0.03)
    assert (rows["adjusted_low"] <= rows["adjusted"]).all()
    assert rows["adjusted"].is_monotonic_increasing
    assert (np.sign(rows.loc[rows["differs"] == "low", "gap"]) == -1).all()
    assert 0 <= (found.equal.p_value or 0) <= 1


def test_the_standardised_rate_stays_near_the_plain_one_in_a_mock_city() -> None:
    found = compare_groups(sample(), RATE, "district", W2)
    assert found.standards
    known = found.table.dropna(subset=["standard"])
    assert len(known) > 1
    assert (known["standard"] - known["estimate"]).abs().max() < 0.05


def test_two_groups_are_compared_by_t_and_more_by_rao_scott() -> None:
    assert "t 检验" in compare_groups(sample(), RATE, "sex", W2).plain.method
    assert "Rao-Scott" in compare_groups(sample(), RATE, "age", W2).plain.method


def test_a_group_of_two_communities_gets_few_degrees_of_freedom() -> None:
    rows = compare_groups(sample(), RATE, "place", W2).table
    few = rows[rows["points"] <= 3]
    assert len(few)
    error = (few["gap_high"] - few["gap"]) / t.ppf(0.975, few["points"] - 1)
    assert np.allclose(few["p_value"], 2 * t.sf(few["gap"].abs() / error, few["points"] - 1))


def test_groups_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ArgumentError, match="不能按这一列"):
        compare_groups(sample(), RATE, "hukou", W2)
    with pytest.raises(DesignError, match="不到两个"):
        compare_groups(sample(), RATE, "district", {**W2, "district": city().city.districts[0]})


def test_the_sentence_names_what_differs() -> None:
    found = compare_groups(sample(), RATE, "district", W2)
    text = sentences.differences(found, "满意率").text
    for way, word in (("low", "偏低"), ("high", "偏高")):
        assert (word in text) == bool((found.table["differs"] == way).any())
    assert sentences.test(Significance("某检验", 1.0, (1,), 0.0004)).text == "某检验：p < 0.001"
    assert sentences.test(Significance("某检验", 1.0, (1,), None, note="没有意义")).text == "某检验：没有意义"


def test_a_doubted_group_is_marked_and_never_called_different() -> None:
    found = compare_groups(sample(), RATE, "district", W2)
    rows = doubted(found, set(found.table["group"]), "※").table
    assert rows["group"].str.endswith("※").all()
    assert (rows["differs"] == "").all()


def test_an_adjusted_rate_is_no_more_precise_than_the_direct_one() -> None:
    found = compare_groups(sample(), RATE, "district", W2).table.set_index("group")
    direct = sample().rates(item=RATE.name, by=("district",), where=W2).table.set_index("district")["std_error"]
    reach = t.ppf(0.975, found["points"] - 1) * direct.reindex(found.index)
    assert (found["adjusted_low"] <= np.maximum(found["adjusted"] - reach, 0) + 1e-9).all()
    assert (found["adjusted_high"] >= np.minimum(found["adjusted"] + reach, 1) - 1e-9).all()


def test_the_line_through_two_waves_is_their_difference() -> None:
    found = over_waves(sample(), RATE, {})
    assert found.labels == ("W1", "W2")
    assert found.slope.estimate == pytest.approx(found.means.values[1] - found.means.values[0])


def test_the_structure_of_the_sample_stands_beside_the_city() -> None:
    margins = [label_margin(one, city().questionnaire) for one in margin_tables(city().margins)]
    found = structure(sample(), margins, unique_names(city().city.areas), "W2")
    assert {"年龄", "性别"} <= set(found["variable"])
    sums = found.groupby("variable")[["sample", "population"]].sum()
    assert np.allclose(sums, 1.0)
    assert structure(sample(), [], unique_names(city().city.areas), "W2").empty
    assert isinstance(found, pd.DataFrame)
