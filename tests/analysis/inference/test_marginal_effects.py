import numpy as np
import pytest

from analysis.inference import observations
from analysis.inference.marginal_effects import adjusted_rates, average_effects
from analysis.inference.regression import regress
from analysis.inference.standardise import standardise
from analysis.inference.tallies import group_means
from analysis.weights.replicates import make_replicates
from survey.errors import ArgumentError
from tests.analysis.synthetic import answers, sample


def test_one_factor_adjusts_for_nothing() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, {"age": obs.key("age")})
    found = adjusted_rates(fit, "age")
    labels, means = group_means(obs, obs.answer, obs.key("age"))
    assert list(found.levels) == labels.tolist()
    assert found.estimate.values == pytest.approx(means.values, rel=1e-8)
    assert found.estimate.covariance == pytest.approx(means.covariance, rel=1e-6)


def test_a_saturated_model_standardises_directly() -> None:
    obs = sample(answers(size=20)).observe()
    sex, age = obs.key("sex"), obs.key("age")
    both = np.array([f"{s}{a}" for s, a in zip(sex, age, strict=True)])
    indicators = {f"x{k}": (both == label).astype(float) for k, label in enumerate(np.unique(both))}
    indicators.pop("x0")
    fit = regress(obs, obs.answer, indicators)
    inside = obs.within(~np.isnan(obs.answer))
    shares = {label: inside.weight[age == label].sum() for label in np.unique(age)}
    direct = standardise(obs, obs.answer, age, shares, over=sex)
    beta = fit.coefficients.values
    for k, gender in enumerate(np.unique(sex)):
        rate = 0.0
        for label, share in shares.items():
            at = np.flatnonzero(np.unique(both) == f"{gender}{label}")[0]
            rate += share * fit.family.mean(np.array([beta[0] + (beta[at] if at else 0.0)]))[0]
        assert rate / sum(shares.values()) == pytest.approx(direct.table.estimate[k], rel=1e-7)


def test_effects_are_differences_of_adjusted_rates() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, {"age": obs.key("age"), "hours": obs.key("hours")})
    table = average_effects(fit).set_index(["term", "level"])
    rates = adjusted_rates(fit, "age").estimate
    row = table.loc[("age", "60+")]
    assert row.estimate == pytest.approx(rates.values[2] - rates.values[0], rel=1e-10)
    contrast = np.array([-1.0, 0, 1])
    assert row.std_error == pytest.approx(np.sqrt(contrast @ rates.covariance @ contrast), rel=1e-8)
    assert row.reference == "18-39"
    assert (table.df == fit.degrees).all()


def test_the_derivative_is_the_limit_of_a_step() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, {"hours": obs.key("hours"), "sex": obs.key("sex")})
    moved = fit.predictors.matrix.copy()
    moved[:, 1] += 1e-5
    beta, w = fit.coefficients.values, fit.obs.weight
    rise = (w @ (fit.family.mean(moved @ beta) - fit.family.mean(fit.predictors.matrix @ beta))) / w.sum() / 1e-5
    assert average_effects(fit).estimate[0] == pytest.approx(rise, rel=1e-4)


def test_the_linear_model_s_effects_are_its_coefficients() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, {"hours": obs.key("hours"), "sex": obs.key("sex")}, family="gaussian")
    effects, table = average_effects(fit), fit.table()
    assert effects.estimate.to_numpy() == pytest.approx(table.estimate.to_numpy()[1:], rel=1e-12)
    assert effects.std_error.to_numpy() == pytest.approx(table.std_error.to_numpy()[1:], rel=1e-9)


def test_variances_agree_with_the_jackknife() -> None:
    made = sample(answers(9, strata=8, psus=5, size=10))
    tables = []
    for replicates in (None, make_replicates(made.design)):
        obs = made.observe(replicates=replicates)
        tables.append(average_effects(regress(obs, obs.answer, {"age": obs.key("age"), "hours": obs.key("hours")})))
    assert tables[1].estimate.to_numpy() == pytest.approx(tables[0].estimate.to_numpy(), rel=1e-12)
    assert tables[1].std_error.to_numpy() == pytest.approx(tables[0].std_error.to_numpy(), rel=0.08)


def test_a_number_has_no_adjusted_rates() -> None:
    obs = sample().observe()
    fit = regress(obs, obs.answer, {"hours": obs.key("hours")})
    with pytest.raises(ArgumentError, match="没有这个分类变量"):
        adjusted_rates(fit, "hours")


def test_rows_outside_the_domain_change_nothing() -> None:
    whole = sample().observe()
    inside = whole.within(whole.key("sex") == whole.key("sex")[0])
    both = []
    for obs in (inside, inside.alone()):
        fit = regress(obs, obs.answer, {"age": obs.key("age").astype(object), "hours": obs.key("hours")})
        both.append((fit.coefficients, adjusted_rates(fit, "age").estimate))
    assert len(inside.alone().cell) < len(whole.cell)
    for one, other in zip(*both, strict=True):
        assert other.values == pytest.approx(one.values, rel=1e-12)
        assert other.covariance == pytest.approx(one.covariance, rel=1e-9)
        assert other.degrees == one.degrees


def test_a_covariance_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for held in (observations.HELD, 1):
        monkeypatch.setattr(observations, "HELD", held)
        obs = sample().observe()
        fit = regress(obs, obs.answer, {"age": obs.key("age"), "sex": obs.key("sex")})
        found.append((fit.coefficients.covariance, adjusted_rates(fit, "age").estimate.covariance))
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)
