import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from analysis.inference.association import STATISTICS, associate
from analysis.weights.replicates import make_replicates
from survey.errors import ArgumentError, DesignError
from tests.analysis.synthetic import answers, sample


@pytest.fixture(scope="module")
def independent():
    """Make a simple random sample with equal weights: every statistic is then close to Pearson's."""
    frame = answers(11, strata=1, psus=600, size=1).assign(w=1.0)
    frame["y"] = frame["y"].fillna(0.0)
    return sample(frame)


def test_pearson_of_a_simple_random_sample(independent) -> None:
    obs = independent.observe()
    counts = pd.crosstab(independent.frame.age, independent.frame.y)
    plain = chi2_contingency(counts, correction=False)
    found = associate(obs, obs.key("age"), obs.answer, statistic="Chisq")
    assert found.test.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert found.test.p_value == pytest.approx(plain.pvalue, rel=0.25)
    assert found.design_effects == pytest.approx((1, 1), abs=0.15)
    assert found.n == 600
    assert found.table.to_numpy() == pytest.approx(counts.to_numpy() / 600, rel=1e-12)


def test_statistics_agree_where_they_must() -> None:
    made = sample()
    obs = made.observe()
    tests = {name: associate(obs, obs.key("sex"), obs.answer, statistic=name).test for name in STATISTICS}
    # One degree of freedom: the chi-square sum has one term, so the exact tail is the F tail.
    assert tests["lincom"].p_value == pytest.approx(tests["F"].p_value, rel=1e-10)
    assert tests["saddlepoint"].p_value == pytest.approx(tests["F"].p_value, rel=0.2)
    assert tests["Wald"].statistic == pytest.approx(tests["adjWald"].statistic, rel=1e-12)
    assert tests["Wald"].df == (1, 8)
    assert len({test.method for test in tests.values()}) == len(STATISTICS)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e6), name=st.sampled_from(sorted(STATISTICS)))
def test_order_units_and_transposition_do_not_matter(seed, scale, name) -> None:
    frame = answers(3)
    made = sample(frame)
    obs = made.observe()
    found = associate(obs, obs.key("age"), obs.answer, statistic=name).test
    shuffled = sample(frame.sample(frac=1, random_state=seed).assign(w=lambda f: f.w * scale))
    other = shuffled.observe()
    turned = associate(other, other.answer, other.key("age"), statistic=name).test
    assert turned.p_value == pytest.approx(found.p_value, rel=1e-7)


def test_collapsed_cells_give_the_same() -> None:
    keys = ["age", "sex"]
    rows, cells = sample(keys=keys).observe(), sample(collapse=True, keys=keys).observe()
    one, other = (associate(o, o.key("age"), o.answer) for o in (rows, cells))
    assert other.test.p_value == pytest.approx(one.test.p_value, rel=1e-9)
    assert other.n == one.n


def test_replicates_come_near() -> None:
    made = sample(answers(2, strata=8, psus=5))
    plain, repeated = made.observe(), made.observe(replicates=make_replicates(made.design))
    one, other = (associate(o, o.key("age"), o.answer).test for o in (plain, repeated))
    assert other.statistic == pytest.approx(one.statistic, rel=0.1)
    assert other.df[1] == pytest.approx(one.df[1], rel=0.1)


def test_missing_categories_and_other_domains_are_left_out() -> None:
    made = sample()
    obs = made.observe()
    age = pd.Series(obs.key("age")).where(obs.key("sex") == "女").to_numpy(dtype=object)
    one = associate(obs, age, obs.answer)
    other = associate(obs.within(obs.key("sex") == "女"), obs.key("age"), obs.answer)
    assert one.test == other.test
    assert one.n == other.n == int((made.frame.sex.eq("女") & made.frame.y.notna()).sum())


def test_a_table_fixed_by_the_design_has_no_p_value() -> None:
    frame = answers(strata=2).assign(w=1.0)
    made = sample(frame)
    obs = made.observe(item=None)
    found = associate(obs, obs.key("district"), np.where(obs.key("district") == "D0", "甲", "乙"))
    assert found.test.p_value is None
    assert "方差为零" in found.test.note


def test_too_few_sampling_points_for_the_wald_test() -> None:
    made = sample(answers(strata=1, psus=2))
    obs = made.observe()
    code = np.array([f"{a}{s}" for a, s in zip(obs.key("age"), obs.key("sex"), strict=True)])
    found = associate(obs, code, obs.answer, statistic="adjWald").test
    assert found.p_value is None
    assert found.note


def test_bad_questions() -> None:
    made = sample()
    obs = made.observe()
    with pytest.raises(ArgumentError, match="没有这种关联检验"):
        associate(obs, obs.key("age"), obs.answer, statistic="G")
    with pytest.raises(DesignError, match="至少要有两类"):
        associate(obs, np.zeros(len(obs.cell)), obs.answer)
    with pytest.raises(DesignError, match="没有有效答卷"):
        associate(obs, np.full(len(obs.cell), np.nan), obs.answer)
