"""Effective sizes of streets: clustering within streets, apart from the differences between them."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f_oneway

from analysis.areas.street_sizes import correlation_within, street_sizes
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.linear import means
from analysis.estimation.pooled_deff import correlations
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights


def _basis(frame: pd.DataFrame) -> WeightedDesign:
    design = {"psu": "psu", "stratum": "stratum"}
    cells = cells_from_frame(frame, ["y"], by=["street"], design=design, weight="w")
    return WeightedDesign(cells, make_design(cells), base_weights(cells))


def _city(icc: float, *, points: int = 4, streets: int = 100) -> pd.DataFrame:
    """Return streets of very different rates in one stratum, with points of six answers."""
    rng = np.random.default_rng(4)
    street = np.repeat(np.arange(streets), points)
    rate = rng.beta(4, 2, streets)[street]
    if icc:
        rate = rng.beta(rate * (1 / icc - 1), (1 - rate) * (1 / icc - 1))
    psu = np.repeat(np.arange(len(street)), 6)
    frame = pd.DataFrame({"psu": psu, "street": street[psu], "stratum": 0, "w": 1.0})
    return frame.assign(y=(rng.random(len(psu)) < rate[psu]).astype(float))


def _within(basis: WeightedDesign) -> float:
    return correlation_within(means(basis, ["y"], by=("street",)), basis, "y")


def _sizes(basis: WeightedDesign, where: dict[str, list[int]] | None = None) -> "pd.Series[float]":
    return street_sizes(means(basis, ["y"], by=("street",), where=where), basis, "y")


@pytest.mark.parametrize("icc", [0.0, 0.1, 0.3])
def test_differences_between_streets_are_no_clustering(icc: float) -> None:
    basis = _basis(_city(icc))
    assert _within(basis) == pytest.approx(icc, abs=0.04)
    assert correlations(basis, ("y",))[0] > icc + 0.08
    expected = 24 / ((1 - max(_within(basis), 0)) + max(_within(basis), 0) * 6)
    assert _sizes(basis).to_numpy() == pytest.approx(np.full(100, expected))


def test_in_one_street_it_is_the_analysis_of_variance() -> None:
    frame = _city(0.3, streets=1, points=5)
    f = f_oneway(*(rows["y"] for _, rows in frame.groupby("psu"))).statistic
    assert _within(_basis(frame)) == pytest.approx((f - 1) / (f + 5))


def test_with_one_point_a_street_the_correlation_of_the_strata_stands() -> None:
    basis = _basis(_city(0.1, points=1))
    assert np.isnan(_within(basis))
    icc = correlations(basis, ("y",))[0]
    assert _sizes(basis).to_numpy() == pytest.approx(np.full(100, 6 / (1 + 5 * icc)))


def test_unequal_weights_and_a_domain_count() -> None:
    frame = _city(0.0).assign(w=lambda rows: np.where(rows.index % 2, 3.0, 1.0))
    sizes = _sizes(_basis(frame), {"street": [3, 5]})
    assert sizes.index.tolist() == ["3", "5"]
    assert (sizes <= 24 * 0.8 + 1e-9).all()  # Kish: (12 + 36)^2 / (12 + 108) = 19.2
