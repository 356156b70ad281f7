from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.linear import means
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.trim import REDISTRIBUTIONS, contribution_cap, median_cap, trim, trim_cells
from analysis.weights.weights import base_weights, rake
from survey.errors import ArgumentError, CalibrationError
from tests.analysis.synthetic import answers

KEYS = {"stratum": "stratum", "psu": "psu"}
SEX = pd.DataFrame({"sex": ["女", "男"], "population": [700.0, 300.0]})

WEIGHTS = st.lists(st.floats(0.01, 1000), min_size=2, max_size=60)


@settings(max_examples=200, deadline=None)
@given(weights=WEIGHTS, down=st.floats(0.01, 0.98), up=st.floats(1.02, 5), how=st.sampled_from(sorted(REDISTRIBUTIONS)))
def test_sum_is_kept_and_bounds_hold(weights, down, up, how) -> None:
    w = np.array(weights)
    lower, upper = down * w.mean(), up * w.mean()
    found = trim(w, lower=lower, upper=upper, redistribution=how)
    assert found.weights.sum() == pytest.approx(w.sum(), rel=1e-9)
    assert found.weights.min() >= lower * (1 - 1e-9)
    assert found.weights.max() <= upper * (1 + 1e-9)


def test_equal_redistribution_is_the_rule_of_trimweights() -> None:
    found = trim([1.0, 2.0, 3.0, 10.0], upper=6.0, redistribution="equal")
    assert found.weights == pytest.approx([1 + 4 / 3, 2 + 4 / 3, 3 + 4 / 3, 6], rel=1e-12)
    assert (found.trimmed, found.rounds) == (1, 1)
    assert found.moved == pytest.approx(4 / 16)


def test_proportional_redistribution_keeps_ratios_of_the_others() -> None:
    found = trim([1.0, 2.0, 3.0, 10.0], upper=6.0)
    assert found.weights == pytest.approx([10 / 6, 20 / 6, 30 / 6, 6], rel=1e-12)
    assert found.design_effect[1] < found.design_effect[0]
    assert found.effective_n == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum())


def test_nothing_to_trim() -> None:
    found = trim([1.0, 2.0], upper=3.0)
    assert found.weights.tolist() == [1, 2]
    assert (found.trimmed, found.rounds, found.moved) == (0, 0, 0)


def test_caps() -> None:
    w = np.array([1.0, 1, 2, 2, 3, 3, 50])
    assert median_cap(w, 2) == pytest.approx(2 + 2 * 1.5)
    assert contribution_cap(w, 10) == pytest.approx(np.sqrt(10 * (w**2).mean()))


def test_bad_input() -> None:
    with pytest.raises(ArgumentError, match="界限不合理"):
        trim([1.0, 2.0], lower=3, upper=2)
    with pytest.raises(CalibrationError, match="放不下"):
        trim([1.0, 2.0], upper=1.2)
    with pytest.raises(ArgumentError, match="再分配"):
        trim([1.0, 2.0], redistribution="lottery")
    with pytest.raises(CalibrationError, match="正数"):
        trim([1.0, 0.0], upper=2)


def cells_of(frame: pd.DataFrame, **options: object) -> Cells:
    return cells_from_frame(frame, ["y"], by=["age", "sex"], design=KEYS, weight="w", **options)


@pytest.mark.parametrize("how", sorted(REDISTRIBUTIONS))
def test_cells_are_trimmed_as_their_rows(how: str) -> None:
    frame = answers().assign(w=1.0)
    rows, one = cells_of(frame, collapse=False), cells_of(frame)
    raked = rake(one, base_weights(one), [SEX])
    upper = 1.01 * (one.weight * raked.factor).sum() / one.n.sum()
    found = trim_cells(one, raked, upper=upper, redistribution=how)
    theirs = trim(rake(rows, base_weights(rows), [SEX]).factor, upper=upper, redistribution=how)
    diagnostics = found.diagnostics
    assert np.repeat(found.factor, one.n).sum() == pytest.approx(theirs.weights.sum(), rel=1e-12)
    assert np.sort(np.repeat(found.factor, one.n)) == pytest.approx(np.sort(theirs.weights), rel=1e-12)
    assert (diagnostics["trimmed"], diagnostics["moved"]) == (theirs.trimmed, pytest.approx(theirs.moved))
    assert (diagnostics["design_effect_before"], diagnostics["design_effect"]) == pytest.approx(theirs.design_effect)
    assert diagnostics["effective_n"] == pytest.approx(theirs.effective_n)
    assert diagnostics["trim_bounds"] == (0.0, upper)
    assert "截断" in found.label


def test_trimming_keeps_the_calibration_in_the_variance() -> None:
    """By hand: the residual of t u on the margin, u the linearised value and t the factor of the trimming."""
    frame = answers().dropna(subset=["y"]).reset_index(drop=True)
    one = cells_of(frame, collapse=False)
    raked = rake(one, base_weights(one), [SEX])
    final = one.weight * raked.factor
    trimmed = trim_cells(one, raked, upper=float(np.quantile(final, 0.9)))
    found = means(WeightedDesign(one, make_design(one), trimmed))
    t, w, g = trimmed.factor / raked.factor, one.weight, raked.factor
    u = t * (frame["y"].to_numpy() - found.estimate[0]) / (w * trimmed.factor).sum()
    mean = pd.Series(w * u).groupby(frame["sex"]).transform("sum") / pd.Series(w).groupby(frame["sex"]).transform("sum")
    z = pd.Series(w * g * (u - mean)).groupby([frame["stratum"], frame["psu"]]).sum()
    variance = sum(len(part) * part.var(ddof=1) for _, part in z.groupby(level=0))
    assert found.variance[0] == pytest.approx(variance, rel=1e-10)


def test_cells_of_unequal_weights_are_refused() -> None:
    one = cells_of(answers())
    with pytest.raises(CalibrationError, match="权数不相等"):
        trim_cells(one, base_weights(one), upper=1e6)
    fixed = replace(one, w=np.rint(one.n * 2.0**20).astype(np.int64), ww=one.n.astype(float), scale=1 << 20)
    assert trim_cells(fixed, base_weights(fixed), upper=2.0).diagnostics["trimmed"] == 0
    with pytest.raises(CalibrationError, match="放不下"):
        trim_cells(fixed, base_weights(fixed), upper=0.5)


def test_cells_without_weight_stay_without() -> None:
    frame = answers().assign(w=lambda f: np.where(f.sex == "女", 0.0, 1.0))
    one = cells_of(frame)
    found = trim_cells(one, base_weights(one), upper=1.5)
    assert (one.weight * found.factor)[(one.keys["sex"] == "女").to_numpy()].sum() == 0
