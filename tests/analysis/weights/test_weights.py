"""Weights: margins met, residuals in the variance, and clear errors for margins that cannot be met."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.linear import means, totals
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import Weights, base_weights, design_weights, post_stratify, rake
from survey.errors import CalibrationError, DesignError
from tests.analysis.synthetic import answers

KEYS = {"stratum": "stratum", "psu": "psu"}
SEX = pd.DataFrame({"sex": ["女", "男"], "population": [5200.0, 4800.0]})
AGE = pd.DataFrame({"age": ["18-39", "40-59", "60+"], "population": [4000.0, 3500.0, 2500.0]})


def cells(frame: pd.DataFrame | None = None) -> Cells:
    frame = answers() if frame is None else frame
    return cells_from_frame(frame, ["y"], by=["district", "age", "sex"], design=KEYS, weight="w")


def sums(one: Cells, weights: Weights, name: str) -> pd.Series:
    return pd.Series(one.weight * weights.factor).groupby(one.keys[name].astype(str)).sum()


def test_raking_meets_every_margin() -> None:
    one = cells()
    weights = rake(one, base_weights(one), [SEX, AGE])
    for margin in (SEX, AGE):
        name = margin.columns[0]
        assert sums(one, weights, name).loc[margin[name]].to_numpy() == pytest.approx(margin["population"], rel=1e-12)
    raked = weights.diagnostics
    assert raked["converged"] is True
    assert raked["max_error"] <= 1e-12
    assert raked["design_effect"] == pytest.approx(raked["n"] / raked["effective_n"])
    assert "迭代加权" in weights.label


def test_kish_effect_is_that_of_the_rows() -> None:
    frame = answers()
    one = cells_from_frame(frame, ["y"], by=["age", "sex"], design=KEYS, weight="w", collapse=False)
    raked = rake(one, base_weights(one), [SEX, AGE])
    w = one.w * raked.factor
    assert raked.diagnostics["effective_n"] == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_order_of_margins_does_not_matter() -> None:
    one = cells()
    a, b = rake(one, base_weights(one), [SEX, AGE]), rake(one, base_weights(one), [AGE, SEX])
    assert a.factor == pytest.approx(b.factor, rel=1e-11)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 1), min_size=5, max_size=5))
def test_any_consistent_margins_are_met(shares: list[float]) -> None:
    one, parts = cells(), np.array(shares)
    sex = SEX.assign(population=1000 * parts[:2] / parts[:2].sum())
    age = AGE.assign(population=1000 * parts[2:] / parts[2:].sum())
    weights = rake(one, base_weights(one), [sex, age])
    assert sums(one, weights, "age").loc[age["age"]].to_numpy() == pytest.approx(age["population"], rel=1e-11)
    assert (weights.factor > 0).all()


def test_post_strata_have_known_totals_without_error() -> None:
    one = cells()
    basis = WeightedDesign(one, make_design(one), post_stratify(one, base_weights(one), AGE))
    everyone = Cells(
        **{n: getattr(one, n) for n in ("keys", "items", "n", "w", "ww", "wyy")},
        n_i=one.n[None],
        wo=one.w[None],
        wy=one.w[None],
        ny=one.n[None],
    )
    known = totals(WeightedDesign(everyone, basis.design, basis.weights), by=["age"])
    assert known.estimate == pytest.approx(AGE["population"])
    assert (known.std_error == 0).all()
    assert (totals(WeightedDesign(everyone, basis.design, base_weights(one)), by=["age"]).std_error > 0).all()


def test_variance_is_that_of_residuals_row_by_row() -> None:
    """Deville & Sarndal by hand: residuals of the weighted regression on the dummies of both margins."""
    frame = answers().dropna(subset=["y"])
    one = cells_from_frame(frame, ["y"], by=["age", "sex"], design=KEYS, weight="w", collapse=False)
    weights = rake(one, base_weights(one), [SEX, AGE])
    found = means(WeightedDesign(one, make_design(one), weights))
    x = np.column_stack([pd.get_dummies(frame["age"]), pd.get_dummies(frame["sex"])[["女"]]]).astype(float)
    w, g, y = frame["w"].to_numpy(), weights.factor, frame["y"].to_numpy()
    u = (y - found.estimate[0]) / (w * g).sum()
    residual = u - x @ np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * u))
    z = pd.Series(w * g * residual).groupby([frame["stratum"].to_numpy(), frame["psu"].to_numpy()]).sum()
    variance = sum(len(part) * part.var(ddof=1) for _, part in z.groupby(level=0))
    assert found.variance[0] == pytest.approx(variance, rel=1e-10)


def test_two_steps_keep_both_calibrations() -> None:
    one = cells()
    first = post_stratify(one, base_weights(one), AGE)
    second = post_stratify(one, first, SEX)
    assert len(second.steps) == 2
    assert sums(one, second, "sex").loc[SEX["sex"]].to_numpy() == pytest.approx(SEX["population"])
    design = make_design(one)
    variance = [means(WeightedDesign(one, design, w)).variance[0] for w in (first, second)]
    assert all(v > 0 for v in variance)
    frame = answers().assign(y=lambda f: (f.sex == "女").astype(float))
    one = cells(frame)
    second = post_stratify(one, post_stratify(one, base_weights(one), AGE), SEX)
    assert (
        means(WeightedDesign(one, make_design(one), second)).std_error[0] == 0
    )  # the last step fixes the share of women


def margin(values: list[str], numbers: list[float], name: str = "age") -> pd.DataFrame:
    return pd.DataFrame({name: values, "population": numbers})


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        ([AGE, SEX.assign(population=[5200.0, 5000.0])], "互相矛盾"),
        ([margin(["18-39", "40-59"], [1, 1])], "没有对应的人口数"),
        ([margin(["18-39", "40-59", "60+", "婴儿"], [1, 1, 1, 1])], "样本中无人"),
        ([margin(["18-39", "40-59", "60+"], [1, 0, 1])], "必须大于 0"),
        ([margin(["18-39", "40-59", "60+", "60+"], [1, 1, 1, 1])], "重复"),
        ([pd.DataFrame({"age": ["60+"]})], "缺少列"),
    ],
)
def test_margins_that_cannot_be_met(margins: list[pd.DataFrame], words: str) -> None:
    one = cells()
    with pytest.raises(CalibrationError, match=words):
        rake(one, base_weights(one), margins)


def test_no_margin_is_an_error() -> None:
    one = cells()
    with pytest.raises(CalibrationError, match="没有给出边际"):
        rake(one, base_weights(one), [])


def test_a_rake_that_cannot_converge_is_an_error() -> None:
    frame = answers()
    frame["sex"] = np.where(frame["age"] == "60+", "女", "男")
    one = cells(frame)
    impossible = SEX.assign(population=[1000.0, 9000.0])  # all women are 60+, and 60+ are 2500
    with pytest.raises(CalibrationError, match="没有收敛"):
        rake(one, base_weights(one), [impossible, AGE], iterations=50)


def test_missing_categories_keep_their_share() -> None:
    frame = answers()
    frame.loc[::10, "age"] = None
    one = cells(frame)
    with pytest.raises(CalibrationError, match="没有对应的人口数"):
        rake(one, base_weights(one), [AGE])
    weights = rake(one, base_weights(one), [AGE], missing="share")
    lost = frame["age"].isna()
    final = one.weight * weights.factor
    assert final.sum() == pytest.approx(10000)
    assert final[one.keys["age"].isna()].sum() / 10000 == pytest.approx(frame.w[lost].sum() / frame.w.sum())


def test_design_weights_from_the_frame() -> None:
    frame = answers().assign(w=1.0)
    one = cells_from_frame(frame, ["y"], design=KEYS, weight="w")
    points = pd.DataFrame({"stratum": [0, 0, 1, 2, 3], "population": [400, 200, 900, 300, 1200]})
    weights = design_weights(one, points)
    final = pd.Series(one.weight * weights.factor)
    assert final.groupby(one.keys["stratum"]).sum().to_numpy() == pytest.approx([600, 900, 300, 1200])
    by_psu = final.groupby([one.keys["stratum"], one.keys["psu"]]).sum()
    assert by_psu.loc[0].to_numpy() == pytest.approx([200, 200, 200])  # N_h / m_h, whatever the number of answers
    with pytest.raises(DesignError, match="没有这一层的人口"):
        design_weights(one, points[points["stratum"] != 3])


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_weights_must_be_numbers_not_below_zero(bad: float) -> None:
    frame = answers()
    frame.loc[4, "w"] = bad
    with pytest.raises(DesignError, match="第 5 行"):
        cells(frame)


def test_a_weight_of_zero_drops_the_response_and_keeps_its_psu() -> None:
    frame = answers()
    first = (frame.stratum == 0) & (frame.psu == 0)
    one = cells(frame.assign(w=np.where(first, 0.0, frame.w)))
    found = means(WeightedDesign(one, make_design(one), base_weights(one)))
    assert found.n[0] == frame.y[~first].notna().sum()
    assert found.psus[0] == 11
    assert len(make_design(one).stratum) == 12
