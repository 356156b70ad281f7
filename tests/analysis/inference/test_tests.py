import numpy as np
import pytest
from scipy import stats

from analysis.inference.regression import regress
from analysis.inference.tests import against_value, trend, two_groups
from survey.errors import DesignError
from tests.analysis.synthetic import answers, sample


def test_two_groups_are_the_slope_of_a_regression() -> None:
    obs = sample().observe()
    found = two_groups(obs, obs.answer, obs.key("sex"))
    slope = regress(obs, obs.answer, {"sex": obs.key("sex")}, family="gaussian").table().iloc[1]
    assert (found.estimate, found.std_error) == pytest.approx((slope.estimate, slope.std_error), rel=1e-11)
    assert found.p_value == pytest.approx(slope.p_value, rel=1e-9)
    assert found.df == (slope.df,) == (7,)
    assert (found.conf_low, found.conf_high) == pytest.approx((slope.conf_low, slope.conf_high), rel=1e-11)


def test_equal_weights_without_clusters_are_welch_like() -> None:
    frame = answers(4, strata=1, psus=400, size=1).assign(w=1.0)
    obs = sample(frame).observe("x")
    found = two_groups(obs, obs.answer, obs.key("sex"))
    plain = stats.ttest_ind(frame.x[frame.sex == "男"], frame.x[frame.sex == "女"], equal_var=False)
    assert found.statistic == pytest.approx(plain.statistic, rel=0.01)


def test_against_a_value() -> None:
    obs = sample().observe()
    found = against_value(obs, obs.answer, 0.7)
    shifted = against_value(obs, obs.answer - 0.7, 0.0)
    assert found.p_value == pytest.approx(shifted.p_value, rel=1e-10)
    assert found.df == (8,)
    exact = against_value(obs, obs.answer, 0.7 + found.estimate)
    assert exact.p_value == pytest.approx(1, abs=1e-9)


def test_with_two_waves_all_tests_agree() -> None:
    obs = sample().observe()
    two = obs.within(obs.key("wave") != "W3")
    found = trend(two, two.answer, two.key("wave"))
    assert found.bend is None
    assert found.change.p_value == pytest.approx(found.slope.p_value, rel=1e-9)
    assert found.slope.estimate == pytest.approx(found.means.values[1] - found.means.values[0], rel=1e-12)
    covariance = found.means.covariance
    expected = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert found.slope.std_error == pytest.approx(expected, rel=1e-12)


def test_waves_on_a_line_do_not_bend() -> None:
    obs = sample().observe("x")
    at = np.array([0.0, 1.0, 4.0])
    _, means = [None, trend(obs, obs.answer, obs.key("wave"), scores=at).means]
    # Put every wave exactly on the line 2 + 3 t by shifting its answers.
    number = np.searchsorted(["W1", "W2", "W3"], obs.key("wave"))
    moved = obs.answer + (2 + 3 * at - means.values)[number]
    found = trend(obs, moved, obs.key("wave"), scores=at)
    assert found.slope.estimate == pytest.approx(3, rel=1e-9)
    assert found.bend is not None
    assert found.bend.p_value == pytest.approx(1, abs=1e-9)
    assert found.bend.df[0] == 1
    assert found.change.df[0] == 2
    assert found.labels == ("W1", "W2", "W3")


def test_no_variance_and_no_degrees_give_a_note() -> None:
    frame = answers().assign(y=1.0)
    obs = sample(frame).observe()
    found = two_groups(obs, obs.answer, obs.key("sex"))
    assert (found.p_value, found.statistic, found.estimate) == (None, 0.0, 0.0)
    assert "方差为零" in found.note
    lone = sample(answers(strata=1, psus=2)).observe()
    short = two_groups(lone, lone.answer, lone.key("sex"))
    assert short.p_value is None
    assert "自由度" in short.note
    assert short.conf_low is None


def test_bad_questions() -> None:
    obs = sample().observe()
    with pytest.raises(DesignError, match="恰好两组"):
        two_groups(obs, obs.answer, obs.key("age"))
    with pytest.raises(DesignError, match="至少需要两期"):
        trend(obs, obs.answer, np.zeros(len(obs.cell)))
    with pytest.raises(DesignError, match="时间坐标"):
        trend(obs, obs.answer, obs.key("wave"), scores=[1, 1, 1])
    with pytest.raises(DesignError, match="没有有效答卷"):
        against_value(obs, np.full(len(obs.cell), np.nan), 0.5)


def test_waves_sort_in_natural_order() -> None:
    frame = answers()
    frame["wave"] = frame.wave.map({"W1": "W2", "W2": "W10", "W3": "W1"})
    obs = sample(frame).observe()
    assert trend(obs, obs.answer, obs.key("wave")).labels == ("W1", "W2", "W10")
