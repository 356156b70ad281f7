import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.inference.tallies import ratios, totals
from analysis.weights.calibrate import calibrate, calibrate_cells, checked_weights, kish_effect
from analysis.weights.totals import Margins, margins
from analysis.weights.weights import base_weights
from survey.errors import ArgumentError, CalibrationError
from tests.analysis.synthetic import answers, sample

SEX, AGE = {"女": 520.0, "男": 480.0}, {"18-39": 420.0, "40-59": 330.0, "60+": 250.0}
METHODS = [("linear", None), ("raking", None), ("logit", (0.2, 6.0)), ("linear", (0.2, 6.0))]


@pytest.mark.parametrize(("distance", "bounds"), METHODS)
def test_margins_are_met_to_rounding(distance, bounds) -> None:
    frame = answers()
    made = margins(frame, {"sex": SEX, "age": AGE}, numbers={"hours": 6100.0})
    found = calibrate(frame.w, made, distance=distance, bounds=bounds)
    assert np.abs(found.weights @ made.columns / made.totals - 1).max() < 1e-13
    assert found.max_error < 1e-13
    assert found.converged
    assert found.dropped in {("age=60+",), ("age=18-39",), ("age=40-59",), ("sex=女",), ("sex=男",)}
    assert found.effective_n == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum(), rel=1e-14)
    if bounds:
        assert (found.factors >= bounds[0]).all()
        assert (found.factors <= bounds[1]).all()


def test_linear_is_the_closed_form_of_greg() -> None:
    frame = answers()
    made = margins(frame, numbers={"hours": 6000.0}, population=1000)
    w, x = frame.w.to_numpy(), made.columns
    slope = np.linalg.solve((x * w[:, None]).T @ x, made.totals - w @ x)
    assert calibrate(w, made).weights == pytest.approx(w * (1 + x @ slope), rel=1e-12)


def test_raking_is_iterative_proportional_fitting() -> None:
    frame = answers()
    made = margins(frame, {"sex": SEX, "age": AGE})
    w = frame.w.to_numpy().copy()
    for _ in range(200):
        for column, total in zip(made.columns.T.astype(bool), made.totals, strict=True):
            w[column] *= total / w[column].sum()
    assert calibrate(frame.w, made, distance="raking").weights == pytest.approx(w, rel=1e-11)


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    low=st.floats(0.1, 0.9),
    high=st.floats(1.1, 3.0),
    distance=st.sampled_from(["linear", "logit"]),
)
def test_bounded_calibration_succeeds_exactly_when_it_is_possible(seed, low, high, distance) -> None:
    random = np.random.default_rng(seed)
    n, p = int(random.integers(5, 40)), int(random.integers(1, 4))
    x, w = np.column_stack([np.ones(n), random.normal(size=(n, p))]), random.lognormal(2, 0.5, n)
    made = Margins(x, (w * random.uniform(0.3, 2.5, n)) @ x, tuple("abcd"[: p + 1]))
    possible = linprog(
        np.zeros(n), A_eq=(x * w[:, None]).T, b_eq=made.totals, bounds=[(low, high)] * n, method="highs"
    ).success
    if possible:
        found = calibrate(w, made, distance=distance, bounds=(low, high))
        assert found.max_error < 1e-10
        assert low - 1e-12 <= found.factors.min()
        assert found.factors.max() <= high + 1e-12
    else:
        with pytest.raises(CalibrationError, match="不能收敛"):
            calibrate(w, made, distance=distance, bounds=(low, high))


def test_bounded_weights_minimise_the_distance() -> None:
    # The truncated linear method minimises sum w (g - 1)^2 / 2 under its bounds: any feasible move costs more.
    frame = answers()
    made = margins(frame, {"sex": SEX}, numbers={"hours": 7000.0})
    found = calibrate(frame.w, made, bounds=(0.5, 4.0))
    w, g = frame.w.to_numpy(), found.factors
    null = np.linalg.svd((made.columns * w[:, None]).T)[2][made.columns.shape[1] :]
    random = np.random.default_rng(3)
    for _ in range(200):
        moved = g + null.T @ random.normal(0, 1e-3, len(null))
        if (moved >= 0.5).all() and (moved <= 4.0).all():
            assert w @ (moved - 1) ** 2 >= w @ (g - 1) ** 2
    inside = (g > 0.5 + 1e-9) & (g < 4.0 - 1e-9)
    fit = np.linalg.lstsq(made.columns[inside], g[inside] - 1, rcond=None)[0]
    assert made.columns[inside] @ fit == pytest.approx(g[inside] - 1, abs=1e-10)


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(1e-3, 1e6), seed=st.integers(0, 1000), method=st.sampled_from(METHODS))
def test_order_and_units_do_not_matter(scale, seed, method) -> None:
    frame = answers()
    made = margins(frame, {"sex": SEX, "age": AGE})
    order = np.random.default_rng(seed).permutation(len(frame))
    found = calibrate(frame.w, made, distance=method[0], bounds=method[1])
    scaled = Margins(made.columns[order], made.totals * scale, made.names)
    other = calibrate(frame.w.to_numpy()[order] * scale, scaled, distance=method[0], bounds=method[1])
    assert other.weights == pytest.approx(found.weights[order] * scale, rel=1e-9)


def test_cells_equal_their_responses() -> None:
    keys = ["age", "sex", "district"]
    rows, cells = sample(keys=keys), sample(collapse=True, keys=keys)
    assert len(cells.cells) < len(rows.cells)
    for distance, bounds in METHODS:
        fine = calibrate_cells(
            rows.cells, margins(rows.cells.keys, {"sex": SEX, "age": AGE}), distance=distance, bounds=bounds
        )
        coarse = calibrate_cells(
            cells.cells, margins(cells.cells.keys, {"sex": SEX, "age": AGE}), distance=distance, bounds=bounds
        )
        assert coarse.diagnostics["design_effect"] == pytest.approx(fine.diagnostics["design_effect"], rel=1e-12)
        a, b = rows.observe(weights=fine), cells.observe(weights=coarse)
        one, other = (ratios(o.within(~np.isnan(o.answer)), o.answer, np.ones(len(o.cell))) for o in (a, b))
        assert other.values == pytest.approx(one.values, rel=1e-12)
        assert other.errors == pytest.approx(one.errors, rel=1e-10)


def test_a_calibrated_total_has_no_variance() -> None:
    made = sample()
    weights = calibrate_cells(made.cells, margins(made.cells.keys, {"sex": SEX}, numbers={"hours": 6000.0}))
    obs = made.observe(weights=weights)
    found = totals(
        obs, np.column_stack([obs.key("sex") == "女", obs.key("hours"), obs.key("age") == "60+"]).astype(float)
    )
    assert found.values[:2] == pytest.approx([520.0, 6000.0], rel=1e-12)
    assert found.covariance[:2].tolist() == [[0, 0, 0], [0, 0, 0]]
    assert found.errors[2] > 0


def test_steps_add_up() -> None:
    made = sample()
    first = calibrate_cells(made.cells, margins(made.cells.keys, {"sex": SEX}))
    second = calibrate_cells(made.cells, margins(made.cells.keys, {"age": AGE}), weights=first, distance="raking")
    assert len(second.steps) == 2
    assert second.label.count("校准") == 2
    assert (made.cells.weight * second.factor)[made.cells.keys["age"] == "60+"].sum() == pytest.approx(250, rel=1e-12)


def test_responses_of_weight_zero_are_left_alone() -> None:
    frame = answers()
    frame.loc[:5, "w"] = 0.0
    made = sample(frame)
    weights = calibrate_cells(made.cells, margins(made.cells.keys, {"sex": SEX}))
    assert (weights.factor[:6] == 1).all()
    assert (made.cells.weight * weights.factor).sum() == pytest.approx(1000, rel=1e-12)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_weights_must_be_positive(bad) -> None:
    with pytest.raises(CalibrationError, match="权重必须是正数") as caught:
        checked_weights([1.0, bad])
    assert "第 2 行" in str(caught.value)


def test_contradictory_totals_are_named() -> None:
    frame = answers()
    x = np.column_stack([np.ones(len(frame)), frame.hours, 2 * frame.hours + 1])
    agreed = Margins(x, np.array([1000.0, 6000.0, 13000.0]), ("人口", "小时", "重复"))
    assert len(calibrate(frame.w, agreed).dropped) == 1
    with pytest.raises(CalibrationError, match="互相矛盾"):
        calibrate(frame.w, Margins(x, np.array([1000.0, 6000.0, 13100.0]), agreed.names))


def test_an_empty_auxiliary_is_named() -> None:
    with pytest.raises(CalibrationError, match="全为 0") as caught:
        calibrate(np.ones(3), Margins(np.zeros((3, 1)), np.ones(1), ("岛屿",)))
    assert "岛屿" in str(caught.value)


def test_raking_cannot_reach_a_negative_total() -> None:
    frame = answers()
    with pytest.raises(CalibrationError, match="不能收敛"):
        calibrate(frame.w, margins(frame, numbers={"hours": -5.0}), distance="raking")


def test_unknown_method_and_wrong_length() -> None:
    made = Margins(np.ones((3, 1)), np.ones(1), ("人口",))
    with pytest.raises(ArgumentError, match="没有这种校准距离"):
        calibrate(np.ones(3), made, distance="entropy")
    with pytest.raises(CalibrationError, match="行数不同"):
        calibrate(np.ones(4), made)


def test_no_positive_weight_at_all() -> None:
    frame = answers().assign(w=0.0)
    made = sample(frame)
    with pytest.raises(CalibrationError, match="没有正的权重"):
        calibrate_cells(made.cells, margins(made.cells.keys, {"sex": SEX}), weights=base_weights(made.cells))
    with pytest.raises(CalibrationError, match="没有正的权重"):
        kish_effect(np.zeros(3))
