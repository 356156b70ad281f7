from functools import partial

import numpy as np
import pytest

from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.inference.observations import observe
from analysis.inference.tallies import group_means, ratios, totals
from analysis.weights.calibrate import calibrate_cells
from analysis.weights.replicates import calibrate_replicates, make_replicates
from analysis.weights.totals import margins
from analysis.weights.weights import Weights
from survey.errors import ArgumentError, CalibrationError, DesignError
from tests.analysis.synthetic import answers, sample

SEX = {"女": 520.0, "男": 480.0}


def by_sex(cells) -> Weights:
    return calibrate_cells(cells, margins(cells.keys, {"sex": SEX}), distance="raking")


def total_of(obs) -> tuple[float, float]:
    found = totals(obs.within(~np.isnan(obs.answer)), np.nan_to_num(obs.answer))
    return float(found.values[0]), float(found.errors[0])


@pytest.mark.parametrize(
    ("method", "frame"),
    [
        ("jkn", answers()),
        ("jk1", answers().assign(stratum=0, psu=lambda f: f.psu + 10 * f.district.eq("D1"))),
        ("brr", answers(psus=2, strata=5)),
        ("jkn", answers().assign(fpc=9)),
        ("jk1", answers(strata=1, psus=7).assign(fpc=20)),
    ],
)
def test_replicates_of_a_total_are_the_linearised_variance(method, frame) -> None:
    made = sample(frame)
    replicates = make_replicates(made.design, method)
    linear, repeated = total_of(made.observe()), total_of(made.observe(replicates=replicates))
    assert repeated == pytest.approx(linear, rel=1e-12)
    assert replicates.degrees == made.design.degrees
    assert replicates.weights(made.cells).shape == (len(made.cells), replicates.size)


@pytest.mark.parametrize("fay", [0.0, 0.3, 0.5])
def test_fay_keeps_the_variance_of_totals(fay) -> None:
    made = sample(answers(psus=2, strata=6))
    replicates = make_replicates(made.design, "brr", fay=fay)
    assert replicates.size == 8
    assert set(np.round(replicates.factors, 12).reshape(-1)) == {fay, 2 - fay}
    assert total_of(made.observe(replicates=replicates)) == pytest.approx(total_of(made.observe()), rel=1e-12)


def test_bootstrap_comes_near_and_is_repeatable() -> None:
    made = sample(answers(strata=6, psus=6))
    first = make_replicates(made.design, "bootstrap", size=4000, seed=7)
    again = make_replicates(made.design, "bootstrap", size=4000, seed=7)
    assert (first.factors == again.factors).all()
    assert first.factors.mean(axis=1) == pytest.approx(1, abs=0.06)
    linear, repeated = total_of(made.observe()), total_of(made.observe(replicates=first))
    assert repeated[1] == pytest.approx(linear[1], rel=0.05)
    finite = sample(answers(strata=6, psus=6).assign(fpc=12))
    halved = make_replicates(finite.design, "bootstrap", size=4000, seed=7)
    assert total_of(finite.observe(replicates=halved))[1] == pytest.approx(linear[1] * np.sqrt(0.5), rel=0.05)


def test_ratios_and_domains_are_near_their_linearisation() -> None:
    made = sample(answers(strata=8, psus=5, size=12))
    linear, repeated = made.observe(), made.observe(replicates=make_replicates(made.design))
    labels, one = group_means(linear, linear.answer, linear.key("district"))
    other_labels, other = group_means(repeated, repeated.answer, repeated.key("district"))
    assert labels.tolist() == other_labels.tolist() == ["D0", "D1"]
    assert other.values == pytest.approx(one.values, rel=1e-14)
    assert other.errors == pytest.approx(one.errors, rel=0.05)


def test_calibration_is_repeated_in_every_replicate() -> None:
    made = sample(answers(strata=6, psus=5))
    weights, replicates = calibrate_replicates(make_replicates(made.design), made.cells, by_sex)
    obs = made.observe(weights=weights, replicates=replicates)
    fixed = totals(obs, np.column_stack([obs.key("sex") == "女", np.ones(len(obs.cell))]).astype(float))
    assert fixed.values == pytest.approx([520, 1000], rel=1e-12)
    assert fixed.covariance.tolist() == [[0, 0], [0, 0]]
    for number in (0, 17):
        w = made.cells.weight * replicates.multiplier(number)
        assert w[made.cells.keys["sex"] == "女"].sum() == pytest.approx(520, rel=1e-12)
    linear = made.observe(weights=by_sex(made.cells))
    one, other = (ratios(o.within(~np.isnan(o.answer)), o.answer, np.ones(len(o.cell))) for o in (linear, obs))
    assert other.values == pytest.approx(one.values, rel=1e-12)
    assert other.errors == pytest.approx(one.errors, rel=0.06)


def test_a_replicate_that_cannot_be_calibrated_is_named() -> None:
    frame = answers(strata=1, psus=4)
    frame["sex"] = np.where(frame.psu == 0, "女", "男")
    made = sample(frame)
    with pytest.raises(CalibrationError, match="重复权重的") as caught:
        calibrate_replicates(make_replicates(made.design, "jk1"), made.cells, by_sex)
    assert "第 1 个重复" in str(caught.value)


def test_empty_domains_of_a_replicate_are_left_out() -> None:
    frame = answers()
    frame["district"] = np.where((frame.stratum == 0) & (frame.psu == 0), "孤岛", "其他")
    made = sample(frame)
    obs = made.observe(replicates=make_replicates(made.design))
    labels, found = group_means(obs, obs.answer, obs.key("district"))
    assert labels.tolist() == ["其他", "孤岛"]
    assert np.isfinite(found.covariance).all()
    assert found.errors[1] == 0


@pytest.mark.parametrize(
    ("method", "options", "frame", "words"),
    [
        ("jk1", {}, answers(), "不分层"),
        ("brr", {}, answers(), "恰好 2 个"),
        ("brr", {}, answers(psus=2).assign(fpc=8), "有限总体校正"),
        ("jkn", {}, answers(psus=1), "只有一个初级抽样单元"),
        ("brr", {"fay": 1.0}, answers(psus=2), "Fay"),
        ("bootstrap", {"size": 1}, answers(), "重复次数"),
        ("sdr", {}, answers(), "没有这种重复权重方法"),
    ],
)
def test_methods_unsuited_to_the_design_are_refused(method, options, frame, words) -> None:
    with pytest.raises((ArgumentError, DesignError), match=words):
        make_replicates(sample(frame).design, method, **options)


def test_combine_needs_two_replicates() -> None:
    made = sample()
    replicates = make_replicates(made.design)
    estimates = np.full((replicates.size, 1), np.nan)
    estimates[0] = 1.0
    with pytest.raises(DesignError, match="重复权重太少"):
        replicates.combine(estimates)
    assert partial(replicates.combine)(np.ones((replicates.size, 1))).tolist() == [[0.0]]


def test_two_stages_are_refused() -> None:
    frame = answers().assign(fpc=9, unit=lambda f: np.arange(len(f)), fpc2=50)
    keys = {"stratum": "stratum", "psu": "psu", "ssu": "unit", "fpc1": "fpc", "fpc2": "fpc2"}
    design = make_design(cells_from_frame(frame, ["y"], design=keys, weight="w"))
    with pytest.raises(DesignError, match="两阶段"):
        make_replicates(design)


def test_parts_of_different_data_are_refused() -> None:
    one, other = sample(), sample(answers(size=5))
    with pytest.raises(DesignError, match="不是由这份数据"):
        observe(one.cells, other.design)
    with pytest.raises(DesignError, match="不是由这份数据"):
        one.observe(replicates=make_replicates(other.design))
