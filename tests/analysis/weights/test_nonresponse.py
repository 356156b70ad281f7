import numpy as np
import pandas as pd
import pytest

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.linear import means
from analysis.estimation.weighted_design import WeightedDesign
from analysis.inference.observations import observe
from analysis.inference.tallies import group_means
from analysis.weights.nonresponse import adjust_cells, adjust_nonresponse
from analysis.weights.replicates import calibrate_replicates, make_replicates
from analysis.weights.weights import Weights, base_weights, rake
from survey.errors import CalibrationError
from tests.analysis.synthetic import answers

KEYS = {"stratum": "stratum", "psu": "psu"}

W = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
CELLS = ["a", "a", "b", "b", "b"]


def test_respondents_represent_their_cell() -> None:
    found = adjust_nonresponse(W, [1, 0, 1, 1, 0], CELLS)
    assert found.weights == pytest.approx([3, 0, 3 * 12 / 7, 4 * 12 / 7, 0])
    assert found.table["factor"].tolist() == pytest.approx([3, 12 / 7])
    assert found.table["rate"].tolist() == pytest.approx([1 / 3, 7 / 12])
    assert found.response_rate == pytest.approx(8 / 15)
    assert found.weights.sum() == pytest.approx(W.sum())


@pytest.mark.parametrize(
    ("responded", "minimum", "cap"),
    [([0, 0, 1, 1, 1], 1, np.inf), ([1, 0, 1, 1, 1], 2, np.inf), ([1, 0, 1, 1, 1], 1, 2.0)],
)
def test_weak_cells_are_named(responded, minimum, cap) -> None:
    with pytest.raises(CalibrationError, match="应答者太少") as caught:
        adjust_nonresponse(W, responded, CELLS, minimum=minimum, cap=cap)
    assert "a（" in str(caught.value)


def test_missing_cells_and_bad_weights() -> None:
    with pytest.raises(CalibrationError, match="缺失"):
        adjust_nonresponse(W, [1] * 5, ["a", None, "b", "b", "b"])
    with pytest.raises(CalibrationError, match="正数"):
        adjust_nonresponse(-W, [1] * 5, CELLS)


def whole_sample() -> pd.DataFrame:
    """Make everybody sampled; older people answer more often."""
    frame = answers(strata=6, psus=6, size=20)
    chance = np.where(frame["age"] == "60+", 0.9, 0.5)
    frame["came"] = np.random.default_rng(5).random(len(frame)) < chance
    return frame.assign(y=frame["y"].fillna(0.0).where(frame["came"]))


def adjusted(cells: Cells, **options: object) -> Weights:
    return adjust_cells(cells, base_weights(cells), cells.keys["came"], ["age", "sex"], **options)


def cells_of(frame: pd.DataFrame, **options: object) -> Cells:
    return cells_from_frame(frame, ["y"], by=["age", "sex", "came"], design=KEYS, weight="w", **options)


def test_cells_are_adjusted_as_their_rows() -> None:
    frame = whole_sample()
    one = cells_of(frame)
    weights = adjusted(one)
    rows = adjust_nonresponse(frame["w"], frame["came"], frame["age"] + " × " + frame["sex"])
    final = one.weight * weights.factor
    assert final.sum() == pytest.approx(frame["w"].sum(), rel=1e-12)
    assert (final[~one.keys["came"].to_numpy()] == 0).all()
    diagnostics = weights.diagnostics
    assert diagnostics["response_rate"] == pytest.approx(rows.response_rate, rel=1e-12)
    table = diagnostics["response_table"].sort_values("cell", ignore_index=True)
    pd.testing.assert_frame_equal(table, rows.table.sort_values("cell", ignore_index=True), check_dtype=False)
    kept = rows.weights[rows.weights > 0]
    assert diagnostics["n"] == len(kept)
    assert diagnostics["effective_n"] == pytest.approx(kept.sum() ** 2 / (kept**2).sum())
    found = means(WeightedDesign(one, make_design(one), weights))
    assert found.estimate[0] == pytest.approx(np.nansum(rows.weights * frame["y"]) / rows.weights.sum())


def test_variance_is_that_of_two_phases_by_hand() -> None:
    frame = whole_sample()
    one = cells_of(frame, collapse=False)
    weights = adjusted(one)
    found = means(WeightedDesign(one, make_design(one), weights))
    w, came, factor = frame["w"], frame["came"].astype(float), pd.Series(weights.factor)
    u = (frame["y"].fillna(0.0) - found.estimate[0]) / (w * factor).sum() * came
    group = [frame["age"], frame["sex"]]
    mean = (w * u).groupby(group).transform("sum") / (w * came).groupby(group).transform("sum")
    z = (w * (factor * came * (u - mean) + mean)).groupby([frame["stratum"], frame["psu"]]).sum()
    variance = sum(len(part) * part.var(ddof=1) for _, part in z.groupby(level=0))
    assert found.variance[0] == pytest.approx(variance, rel=1e-10)
    fixed = means(WeightedDesign(one, make_design(one), Weights(weights.factor))).variance[0]
    assert abs(found.variance[0] / fixed - 1) > 1e-3  # the adjustment contributes


def test_variance_is_that_of_replicates_adjusted_one_by_one() -> None:
    """Also with a subsequent rake, whose margins have no variance."""
    one = cells_of(whole_sample())
    design = make_design(one)
    sex = pd.DataFrame({"sex": ["女", "男"], "population": [520.0, 480.0]})
    for make in (adjusted, lambda cells: rake(cells, adjusted(cells), [sex])):
        weights, replicates = calibrate_replicates(make_replicates(design), one, make)
        obs = observe(one, design, item="y", weights=weights, replicates=replicates)
        _, repeated = group_means(obs, obs.answer, obs.key("sex"))
        linear = means(WeightedDesign(one, design, make(one)), by=["sex"])
        assert repeated.values == pytest.approx(linear.estimate, rel=1e-12)
        assert repeated.errors == pytest.approx(linear.std_error, rel=0.05)


def test_cells_that_cannot_be_adjusted() -> None:
    one = cells_of(whole_sample())
    with pytest.raises(CalibrationError, match="应答者太少"):
        adjusted(one, minimum=10_000)
    with pytest.raises(CalibrationError, match="系数太大"):
        adjusted(one, cap=1.01)
    lost = cells_of(whole_sample().assign(age=lambda f: f["age"].where(f["sex"] == "女")))
    with pytest.raises(CalibrationError, match="缺失"):
        adjusted(lost)
