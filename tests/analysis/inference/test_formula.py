import numpy as np
import pandas as pd
import pytest

from analysis.inference.formula import read_formula, sum_of
from analysis.inference.marginal_effects import adjusted_rates, average_effects
from analysis.inference.regression import regress, regress_formula
from survey.errors import ArgumentError, DesignError
from tests.analysis.synthetic import answers, sample


def test_a_formula_names_its_response_and_its_variables() -> None:
    read = read_formula("满意 ~ age * `文化 程度` + C(place) + poly(hours, 2) + log(`收入(元)`)")
    assert read.response == "满意"
    assert read.variables == ("age", "文化 程度", "place", "hours", "收入(元)")
    assert read.terms["age:文化 程度"] == ("age", "文化 程度")
    assert sum_of(["a b", "c"]).variables == ("a b", "c")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y ~ age +", "看不懂"),
        ("age + sex", "看不懂"),
        ("y ~ age | sex", "看不懂"),
        ("y ~ .", "看不懂"),
        ("log(y) ~ age", "公式左边"),
        ("y + x ~ age", "公式左边"),
        ("y ~ a ~ b", "看不懂"),
        ("y ~ __import__('os').system('true')", "看不懂|不能用这个函数"),
        ("y ~ eval('1')", "不能用这个函数"),
        ("y ~ age.map(print)", "不能用这个函数"),
        ("y ~ open('x')", "不能用这个函数"),
        ("y ~ log(age", "看不懂"),
    ],
)
def test_invalid_formulas_are_refused(text, words) -> None:
    with pytest.raises(ArgumentError, match=words):
        read_formula(text)


@pytest.mark.parametrize("text", ["{0} ~ age", "y ~ {0}", "y ~ log({0})", "y ~ C(age, {0})", "y ~ {0}:age"])
def test_reading_a_formula_runs_nothing(text, tmp_path) -> None:
    made = tmp_path / "made"
    with pytest.raises(ArgumentError):
        read_formula(text.format(f"open({str(made)!r}, 'w').close()()"))
    assert not made.exists()


def test_a_formula_and_the_columns_give_the_same_model() -> None:
    obs = sample().observe()
    one = regress(obs, obs.answer, {"age": obs.key("age"), "hours": obs.key("hours")})
    other = regress_formula(sample().observe(None), "y ~ age + hours")
    assert other.predictors.names == one.predictors.names == ("(Intercept)", "age40-59", "age60+", "hours")
    assert (other.coefficients.values == one.coefficients.values).all()
    assert (other.coefficients.covariance == one.coefficients.covariance).all()


def test_the_domain_goes_with_the_formula() -> None:
    obs = sample().observe()
    women = obs.within(obs.key("sex") == "女")
    one = regress(women, women.answer, {"age": women.key("age")})
    asked = sample().observe(None)
    other = regress_formula(asked.within(asked.key("sex") == "女"), "y ~ age")
    assert other.coefficients.values == pytest.approx(one.coefficients.values, rel=1e-12)
    assert other.coefficients.errors == pytest.approx(one.coefficients.errors, rel=1e-12)
    assert other.degrees == one.degrees


def test_an_item_of_single_responses_is_a_predictor_and_a_response() -> None:
    obs = sample().observe("x")
    one = regress(obs, obs.answer, {"y": sample().frame.y.to_numpy()}, family="gaussian")
    other = regress_formula(obs, "x ~ y", family="gaussian")
    assert other.coefficients.values == pytest.approx(one.coefficients.values, rel=1e-12)
    whole = sample(collapse=True, keys=["age"]).observe()
    assert regress_formula(whole, "y ~ age").predictors.names == ("(Intercept)", "age40-59", "age60+")
    with pytest.raises(DesignError, match="不能用题目作自变量"):
        regress_formula(whole, "y ~ y")
    with pytest.raises(DesignError, match="没有这一列或题目"):
        regress_formula(obs, "y ~ income")
    with pytest.raises(DesignError, match="没有这个题目"):
        regress_formula(obs, "income ~ age")


def test_groups_of_numbers() -> None:
    frame = answers()
    frame["hours"] = np.array([1, 2, 3])[np.arange(len(frame)) % 3]
    obs = sample(frame).observe()
    by_text = regress(obs, obs.answer, {"h": obs.key("hours").astype(str)})
    by_number = regress_formula(obs, "y ~ C(hours)")
    assert by_number.predictors.names == ("(Intercept)", "C(hours)2", "C(hours)3")
    assert by_number.table().level.tolist()[1:] == [2, 3]
    assert by_number.coefficients.values == pytest.approx(by_text.coefficients.values, rel=1e-10)
    rates, same = adjusted_rates(by_number, "hours"), adjusted_rates(by_text, "h")
    assert rates.levels == (1, 2, 3)
    assert rates.estimate.values == pytest.approx(same.estimate.values, rel=1e-9)
    assert rates.estimate.covariance == pytest.approx(same.estimate.covariance, rel=1e-7)
    for turned in (
        regress_formula(obs, "y ~ C(hours)", reference={"hours": 3}),
        regress_formula(obs, "y ~ C(hours, Treatment(3))"),
    ):
        assert turned.predictors.references == {"hours": (3, 1, 2)}
        assert average_effects(turned).reference.tolist() == [3, 3]
        assert adjusted_rates(turned, "hours").estimate.values == pytest.approx(rates.estimate.values[[2, 0, 1]])


def test_interactions_set_everyone_to_a_level() -> None:
    obs = sample(answers(size=20)).observe()
    fit = regress_formula(obs, "y ~ age * sex")
    assert fit.predictors.names == (
        *("(Intercept)", "age40-59", "age60+", "sex男"),
        *("age40-59:sex男", "age60+:sex男"),
    )
    assert fit.term_test("age:sex").p_value is not None
    rates = adjusted_rates(fit, "age").estimate.values
    inside = fit.obs
    cell = {  # saturated: predictions are the rates of the six groups
        (a, s): np.average(fit.answer[m], weights=inside.weight[m])
        for a in ("18-39", "40-59", "60+")
        for s in ("女", "男")
        for m in [(obs.key("age") == a) & (obs.key("sex") == s) & (inside.weight > 0)]
    }
    share = inside.weight[obs.key("sex") == "女"].sum() / inside.weight.sum()
    for rate, a in zip(rates, ("18-39", "40-59", "60+"), strict=True):
        assert rate == pytest.approx(share * cell[a, "女"] + (1 - share) * cell[a, "男"], rel=1e-6)


def test_the_effect_of_a_number_in_two_terms_is_its_whole_derivative() -> None:
    obs = sample(answers(size=20)).observe()
    fit = regress_formula(obs, "y ~ hours + I(hours**2) + hours:sex")
    beta = dict(zip(fit.predictors.names, fit.coefficients.values, strict=True))
    eta = fit.predictors.matrix @ fit.coefficients.values
    p = 1 / (1 + np.exp(-eta))
    rise = beta["hours"] + 2 * beta["I(hours ** 2)"] * obs.key("hours")
    rise = rise + beta["hours:sex男"] * (obs.key("sex") == "男")
    expected = np.average(p * (1 - p) * rise, weights=fit.obs.weight)
    row = average_effects(fit).set_index("term").loc["hours"]
    assert row.estimate == pytest.approx(expected, rel=1e-7)


def test_predictions_do_not_depend_on_the_parametrisation() -> None:
    obs = sample().observe()
    raw, moved = (regress_formula(obs, f"y ~ {term}") for term in ("hours + I(hours**2)", "poly(hours, 2)"))
    assert moved.predictors.matrix @ moved.coefficients.values == pytest.approx(
        raw.predictors.matrix @ raw.coefficients.values, abs=1e-5
    )
    assert average_effects(moved).estimate[0] == pytest.approx(average_effects(raw).estimate[0], rel=1e-4)


def test_no_intercept_gives_a_coefficient_to_every_group() -> None:
    obs = sample().observe()
    fit = regress_formula(obs, "y ~ 0 + age", family="gaussian")
    assert fit.predictors.names == ("age18-39", "age40-59", "age60+")
    assert adjusted_rates(fit, "age").estimate.values == pytest.approx(fit.coefficients.values, rel=1e-12)


def test_a_term_that_cannot_be_computed_is_named() -> None:
    obs = sample().observe()
    with pytest.raises(ArgumentError, match="算不出来"):
        regress_formula(obs, "y ~ log(age)")
    with pytest.raises(DesignError, match="无穷大或空值"):
        regress_formula(obs, "y ~ log(hours - 100)")
    with pytest.raises(ArgumentError, match="没有这个分类变量"):
        adjusted_rates(regress_formula(obs, "y ~ C(sex)"), "C(sex)")


def test_the_intercept_alone_is_the_logit_of_the_rate() -> None:
    obs = sample().observe()
    fit = regress_formula(obs, "y ~ 1")
    rate = np.average(fit.answer[fit.obs.weight > 0], weights=fit.obs.weight[fit.obs.weight > 0])
    assert fit.predictors.names == ("(Intercept)",)
    assert fit.coefficients.values == pytest.approx([np.log(rate / (1 - rate))], rel=1e-8)


def test_columns_of_a_frame_may_be_numbers() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, pd.DataFrame({2020: obs.key("hours"), 2021: obs.key("sex")}))
    assert fit.predictors.names == ("(Intercept)", "2020", "2021男")
