import numpy as np
import pytest

from analysis.estimation.linear import means, shares
from analysis.estimation.weighted_design import WeightedDesign
from analysis.inference.tallies import category_shares, category_totals, group_means, label_codes, ratios, totals
from analysis.weights.calibrate import calibrate_cells
from analysis.weights.replicates import calibrate_replicates, make_replicates
from analysis.weights.totals import margins
from analysis.weights.weights import Weights
from survey.errors import DesignError
from tests.analysis.synthetic import answers, sample


def greg(cells) -> Weights:
    return calibrate_cells(cells, margins(cells.keys, {"sex": {"女": 520.0, "男": 480.0}}))


def worlds():
    made = sample(answers(strata=5, psus=4))
    replicates = make_replicates(made.design)
    weights, calibrated = calibrate_replicates(replicates, made.cells, greg)
    return {
        "linear": made.observe(),
        "calibrated": made.observe(weights=greg(made.cells)),
        "replicates": made.observe(replicates=replicates),
        "calibrated replicates": made.observe(weights=weights, replicates=calibrated),
    }


WORLDS = worlds()


@pytest.mark.parametrize("name", list(WORLDS))
def test_codes_and_indicators_are_the_same_question(name) -> None:
    obs = WORLDS[name]
    codes, labels = label_codes(obs.key("age"))
    table = (codes[:, None] == np.arange(len(labels))).astype(float)
    for one, other in (
        (category_totals(obs, codes, 3), totals(obs, table)),
        (category_shares(obs, codes, 3), ratios(obs, table, np.ones_like(table))),
        (
            group_means(obs, obs.answer, obs.key("age"))[1],
            ratios(obs.within(~np.isnan(obs.answer)), table * np.nan_to_num(obs.answer)[:, None], table),
        ),
    ):
        assert one.values == pytest.approx(other.values, rel=1e-13)
        assert one.covariance == pytest.approx(other.covariance, rel=1e-9, abs=1e-16)
        assert one.degrees == other.degrees


@pytest.mark.parametrize("name", ["replicates", "calibrated replicates"])
def test_sums_of_sampling_points_replicate_as_rows_do(name) -> None:
    obs = WORLDS[name]
    y = np.nan_to_num(obs.answer)
    found = totals(obs, y)
    assert found.covariance == pytest.approx(
        obs.replicates.combine(obs.replicated(lambda w: w @ y[:, None])), rel=1e-11
    )


@pytest.mark.parametrize("name", ["linear", "calibrated"])
def test_they_agree_with_the_estimates_on_cells(name) -> None:
    obs = WORLDS[name]
    made = sample(answers(strata=5, psus=4))
    basis = WeightedDesign(made.cells, made.design, obs.weights)
    one, (_, other) = means(basis, ["y"], by=["age"]), group_means(obs, obs.answer, obs.key("age"))
    assert other.values == pytest.approx(one.estimate, rel=1e-13)
    assert other.errors == pytest.approx(one.std_error, rel=1e-11)
    codes, labels = label_codes(obs.key("age"))
    assert category_shares(obs, codes, len(labels)).errors == pytest.approx(shares(basis, ["age"]).std_error, rel=1e-10)


def test_zero_denominators() -> None:
    obs = WORLDS["linear"]
    with pytest.raises(DesignError, match="分母为零"):
        ratios(obs, np.ones(len(obs.cell)), np.zeros(len(obs.cell)))


def test_replicates_are_needed_for_replicate_totals() -> None:
    obs = WORLDS["linear"]
    with pytest.raises(DesignError, match="没有重复权重"):
        obs.replicate_totals(np.ones((len(obs.cells), 1)))
    with pytest.raises(DesignError, match="没有重复权重"):
        obs.replicated(lambda w: w)
