import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.inference.regression import regress
from analysis.inference.tallies import group_means
from analysis.weights.replicates import make_replicates
from survey.errors import ArgumentError, DesignError
from tests.analysis.synthetic import answers, sample


def model(obs, **options):
    return regress(obs, obs.answer, {"age": obs.key("age"), "hours": obs.key("hours")}, **options)


def test_a_saturated_logistic_model_gives_the_group_rates() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, {"age": obs.key("age")})
    _, means = group_means(obs, obs.answer, obs.key("age"))
    values, p = fit.coefficients.values, means.values
    assert values == pytest.approx([logit(p[0]), logit(p[1]) - logit(p[0]), logit(p[2]) - logit(p[0])], rel=1e-7)
    slope = 1 / (p * (1 - p))
    jacobian = np.array([[slope[0], 0, 0], [-slope[0], slope[1], 0], [-slope[0], 0, slope[2]]])
    assert fit.coefficients.covariance == pytest.approx(jacobian @ means.covariance @ jacobian.T, rel=1e-6)


def test_gaussian_is_weighted_least_squares() -> None:
    made = sample()
    obs = made.observe("x")
    fit = regress(obs, obs.answer, {"y": made.frame.y.to_numpy(), "sex": obs.key("sex")}, family="gaussian")
    used = made.frame.dropna(subset="y")
    x = np.column_stack([np.ones(len(used)), used.y, used.sex == "男"])
    expected = np.linalg.solve((x * used.w.to_numpy()[:, None]).T @ x, x.T @ (used.w * used.x))
    assert fit.coefficients.values == pytest.approx(expected, rel=1e-11)
    assert fit.predictors.names == ("(Intercept)", "y", "sex男")
    assert "odds_ratio" not in fit.table()


def test_units_of_weights_order_and_reference_do_not_matter() -> None:
    frame = answers()
    one = model(sample(frame).observe())
    other = model(sample(frame.sample(frac=1, random_state=2).assign(w=lambda f: f.w * 1e5)).observe())
    assert other.coefficients.values == pytest.approx(one.coefficients.values, rel=1e-10)
    assert other.coefficients.covariance == pytest.approx(one.coefficients.covariance, rel=1e-9)
    turned = model(sample(frame).observe(), reference={"age": "60+"})
    assert turned.predictors.references["age"] == ("60+", "18-39", "40-59")
    a, b = one.table().set_index("name"), turned.table().set_index("name")
    assert b.estimate["age18-39"] == pytest.approx(-a.estimate["age60+"], rel=1e-6)
    assert turned.term_test("age").p_value == pytest.approx(one.term_test("age").p_value, rel=1e-5)


def test_collapsed_cells_give_the_same_model() -> None:
    keys = ["age", "sex"]
    fits = [
        regress(o, o.answer, {"age": o.key("age"), "sex": o.key("sex")})
        for o in (sample(keys=keys).observe(), sample(collapse=True, keys=keys).observe())
    ]
    # The stopping rule uses the deviance, which does not change when rows are merged.
    assert fits[1].coefficients.values == pytest.approx(fits[0].coefficients.values, rel=1e-5)
    assert fits[1].coefficients.errors == pytest.approx(fits[0].coefficients.errors, rel=1e-5)


def test_influence_is_the_derivative_with_respect_to_a_weight() -> None:
    made = sample()
    obs = made.observe()
    fit = model(obs)
    row = int(np.flatnonzero(obs.weight > 0)[5])
    step = 1e-3 * obs.weight[row]
    up, down = fit.obs.weight.copy(), fit.obs.weight.copy()
    up[row] += step
    down[row] -= step
    numeric = (fit.refit(up) - fit.refit(down)) / (2 * step)
    assert fit.influence[row] == pytest.approx(numeric, rel=1e-3, abs=1e-8)


def test_replicates_come_near() -> None:
    made = sample(answers(9, strata=8, psus=5, size=10))
    one, other = model(made.observe()), model(made.observe(replicates=make_replicates(made.design)))
    assert other.coefficients.values == pytest.approx(one.coefficients.values, rel=1e-14)
    assert other.coefficients.errors == pytest.approx(one.coefficients.errors, rel=0.1)
    assert one.degrees == other.degrees == 32 + 1 - 4


def test_the_table_is_complete() -> None:
    table = model(sample().observe()).table(level=0.9)
    assert table.term.tolist() == ["", "age", "age", "hours"]
    assert (table.odds_ratio == np.exp(table.estimate)).all()
    assert ((table.conf_low < table.estimate) & (table.estimate < table.conf_high)).all()
    assert table[["p_value", "t", "df"]].notna().all(axis=None)


@pytest.mark.parametrize("name", ["quasibinomial", "gaussian"])
@pytest.mark.parametrize("weighted", [False, True])
def test_glm_of_statsmodels_gives_the_same_coefficients(name, weighted, monkeypatch) -> None:
    monkeypatch.setattr("analysis.inference.regression.STOP", 1e-14)  # both iterate to convergence
    frame = answers(5, size=20) if weighted else answers(5, size=20).assign(w=1.0)
    obs = sample(frame).observe()
    fit = regress(
        obs, obs.answer, {"age": obs.key("age"), "hours": obs.key("hours"), "sex": obs.key("sex")}, family=name
    )
    used = fit.obs.weight > 0
    family = families.Gaussian() if name == "gaussian" else families.Binomial()
    theirs = GLM(fit.answer[used], fit.predictors.matrix[used], family=family, var_weights=fit.obs.weight[used])
    assert fit.coefficients.values == pytest.approx(theirs.fit(tol=1e-14).params, rel=1e-8)


def test_collinear_groups_are_named() -> None:
    obs = sample().observe()
    with pytest.raises(DesignError, match="完全共线"):
        regress(obs, obs.answer, {"a": obs.key("sex"), "b": obs.key("sex"), "age": obs.key("age")})


def test_perfect_separation_is_reported() -> None:
    frame = answers()
    frame["y"] = np.where(frame.age == "60+", 1.0, frame.y)
    obs = sample(frame).observe()
    fit = regress(obs, obs.answer, {"age": obs.key("age")})
    assert "完全分离" in fit.note
    assert fit.coefficients.values[2] > 10


def test_few_sampling_points_leave_no_p_value() -> None:
    obs = sample(answers(strata=1, psus=3)).observe()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = model(obs)
        table = fit.table()
    assert fit.degrees == -1
    assert table.p_value.isna().all()
    assert (table.note == "有效抽样点太少，没有剩余自由度").all()
    assert fit.term_test("age").p_value is None


def test_collinear_predictors_are_named() -> None:
    obs = sample().observe()
    hours = obs.key("hours")
    with pytest.raises(DesignError, match="完全共线"):
        regress(obs, obs.answer, {"a": hours, "b": 2 * hours + 1})
    with pytest.raises(DesignError, match="只有一类"):
        regress(obs, obs.answer, {"district": np.full(len(hours), "D0")})


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {"family": "poisson"}, "没有这种回归"),
        ({}, {"reference": {"age": "99"}}, "没有这个参照组"),
        ({}, {"reference": {"sex": "女"}}, "不在模型中"),
        ({"y": 3.0}, {}, "必须在 0 与 1 之间"),
        ({"y": np.nan}, {}, "没有一份答卷"),
    ],
)
def test_bad_questions(change, options, words) -> None:
    made = sample(answers(), collapse=False)
    obs = made.observe()
    response = np.full(len(obs.cell), change["y"]) if change else obs.answer
    with pytest.raises((ArgumentError, DesignError), match=words):
        regress(obs, response, {"age": obs.key("age")}, **options)


def test_predictors_of_the_wrong_length_and_unknown_term() -> None:
    obs = sample().observe()
    with pytest.raises(DesignError, match="行数不同"):
        regress(obs, obs.answer, {"age": obs.key("age")[:-1]})
    with pytest.raises(ArgumentError, match="没有这一项"):
        model(obs).term_test("sex")


def test_rows_without_a_predictor_are_left_out() -> None:
    obs = sample().observe()
    hours = pd.Series(obs.key("hours")).where(obs.key("sex") == "女")
    fit = regress(obs, obs.answer, {"hours": hours})
    inner = obs.within(obs.key("sex") == "女")
    other = regress(inner, inner.answer, {"hours": inner.key("hours")})
    assert fit.coefficients.values == pytest.approx(other.coefficients.values, rel=1e-12)
    assert fit.coefficients.errors == pytest.approx(other.coefficients.errors, rel=1e-12)


def test_merging_equal_rows_changes_nothing(monkeypatch) -> None:
    obs = sample(answers(12, size=30)).observe()
    columns = {"age": obs.key("age"), "sex": obs.key("sex")}
    one = regress(obs, obs.answer, columns)
    monkeypatch.setattr("analysis.inference.regression.MANY", 1)
    other = regress(obs, obs.answer, columns)
    # Both stop by R's rule, from slightly different starting values.
    assert other.coefficients.values == pytest.approx(one.coefficients.values, rel=1e-5)
    assert other.coefficients.errors == pytest.approx(one.coefficients.errors, rel=1e-5)
    assert other.influence.shape == one.influence.shape
