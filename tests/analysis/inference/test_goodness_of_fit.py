import numpy as np
import pytest
from scipy import stats

from analysis.inference.goodness_of_fit import fit_test
from analysis.inference.tallies import group_means
from survey.errors import ArgumentError, DesignError
from tests.analysis.synthetic import answers, sample

SHARES = {"18-39": 0.4, "40-59": 0.35, "60+": 0.25}


def test_a_simple_random_sample_gives_pearson() -> None:
    frame = answers(5, strata=1, psus=900, size=1).assign(w=1.0)
    obs = sample(frame).observe(item=None)
    found = fit_test(obs, obs.key("age"), SHARES)
    counts = frame.age.value_counts().reindex(list(SHARES))
    plain = stats.chisquare(counts, np.array(list(SHARES.values())) * 900)
    assert found.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(plain.pvalue, rel=0.1)
    assert found.df[0] == pytest.approx(2, abs=0.01)


def test_two_categories_are_the_square_of_the_z_test() -> None:
    obs = sample().observe(item=None)
    share = 0.45
    found = fit_test(obs, obs.key("sex"), {"女": share, "男": 1 - share}, tail="exact")
    _, means = group_means(obs, (obs.key("sex") == "女").astype(float), np.zeros(len(obs.cell)))
    z = (means.values[0] - share) / means.errors[0]
    # Away from the null the delta method changes the variance, so the two agree only near it.
    near = fit_test(obs, obs.key("sex"), {"女": means.values[0] + 1e-7, "男": 1 - means.values[0] - 1e-7})
    assert near.p_value == pytest.approx(2 * stats.norm.sf(1e-7 / means.errors[0]), rel=1e-6)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=0.2)


@pytest.mark.parametrize("tail", ["satterthwaite", "saddlepoint", "exact"])
def test_scale_of_shares_and_weights_does_not_matter(tail) -> None:
    frame = answers()
    one, other = sample(frame).observe(item=None), sample(frame.assign(w=frame.w * 1e4)).observe(item=None)
    a = fit_test(one, one.key("age"), SHARES, tail=tail)
    b = fit_test(other, other.key("age"), {k: v * 5000 for k, v in SHARES.items()}, tail=tail)
    assert b.p_value == pytest.approx(a.p_value, rel=1e-9)


def test_a_distribution_fixed_by_stratification_has_no_p_value() -> None:
    frame = answers().assign(w=1.0)
    obs = sample(frame).observe(item=None)
    found = fit_test(obs, obs.key("district"), {"D0": 0.4, "D1": 0.6})
    assert found.p_value is None
    assert "方差为零" in found.note
    assert found.statistic > 0


def test_bad_shares() -> None:
    obs = sample().observe(item=None)
    with pytest.raises(DesignError, match="类别不一致"):
        fit_test(obs, obs.key("sex"), {"女": 0.5, "男": 0.4, "其他": 0.1})
    with pytest.raises(DesignError, match="必须是正数"):
        fit_test(obs, obs.key("sex"), {"女": 1.5, "男": -0.5})
    with pytest.raises(ArgumentError, match="尾概率"):
        fit_test(obs, obs.key("sex"), {"女": 0.5, "男": 0.5}, tail="imhof")
