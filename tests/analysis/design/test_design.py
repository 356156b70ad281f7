"""Designs: closed forms, nesting, population corrections, lonely PSUs, and what must be refused."""

import numpy as np
import pandas as pd
import pytest

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.linear import means, shares, totals
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from survey.errors import DesignError


def basis(frame: pd.DataFrame, lonely: str = "fail", *, domain_lonely: bool = False, **keys: str) -> WeightedDesign:
    cells = cells_from_frame(frame, ["y"], by=[name for name in ("d",) if name in frame], design=keys)
    return WeightedDesign(cells, make_design(cells, lonely=lonely, domain_lonely=domain_lonely), base_weights(cells))


def test_simple_random_sample() -> None:
    y = np.array([1, 0, 0, 1, 1, 1, 0, 1.0])
    found = means(basis(pd.DataFrame({"y": y})))
    assert found.estimate[0] == y.mean()
    assert found.variance[0] == pytest.approx(y.var(ddof=1) / 8)
    assert (found.n[0], found.df[0]) == (8, 7)
    assert found.design_effect("wr")[0] == pytest.approx(1.0)


def test_population_correction_and_fraction_agree() -> None:
    frame = pd.DataFrame({"y": [1, 0, 1, 1.0], "M": 16, "f": 0.25})
    whole, count, share = basis(frame), basis(frame, fpc1="M"), basis(frame, fpc1="f")
    assert means(count).variance == pytest.approx(0.75 * means(whole).variance)
    assert means(share).variance == pytest.approx(means(count).variance)


def test_psu_codes_are_nested_in_strata() -> None:
    frame = pd.DataFrame({"h": list("aabb"), "i": [1, 2, 1, 2], "j": [1, 2, 3, 4], "y": [1, 0, 1, 1.0]})
    assert means(basis(frame, stratum="h", psu="i")).variance == means(basis(frame, stratum="h", psu="j")).variance


def test_rows_of_units_may_come_in_any_order() -> None:
    """Strata alternate, so that units, each a row of its own, are numbered in another order than the rows."""
    y = np.array([1, 0, 1, 0, 1, 0, 0, 0.0])
    frame = pd.DataFrame({"h": list("abababab"), "i": range(8), "y": y})
    cells = cells_from_frame(frame, ["y"], design={"stratum": "h", "psu": "i"}, collapse=False)
    found = means(WeightedDesign(cells, make_design(cells), base_weights(cells)))
    assert found.variance[0] == pytest.approx((4 * y[::2].var(ddof=1) + 4 * y[1::2].var(ddof=1)) / 64)


def test_a_domain_keeps_the_whole_design() -> None:
    frame = pd.DataFrame({"h": list("aaaa"), "i": [1, 2, 3, 4], "d": ["x", "x", "z", "z"], "y": [1, 0, 1, 1.0]})
    found = means(basis(frame, stratum="h", psu="i"), where={"d": "x"})
    z = np.array([0.25, -0.25, 0, 0])  # two PSUs without members count as zeros
    assert found.variance[0] == pytest.approx(4 / 3 * (z**2).sum())
    assert (found.psus[0], found.strata[0], found.df[0]) == (2, 1, 1)


def lonely_frame() -> pd.DataFrame:
    return pd.DataFrame({"h": list("aaaab"), "i": [1, 2, 3, 4, 1], "d": list("xxxzz"), "y": [1, 0, 1, 1, 0.0]})


def test_lonely_rules() -> None:
    frame, keys = lonely_frame(), {"stratum": "h", "psu": "i"}
    with pytest.raises(DesignError, match="层 b"):
        means(basis(frame, **keys))
    z = (np.array([1, 0, 1, 1, 0]) - 0.6) / 5
    rest = 4 / 3 * ((z[:4] - z[:4].mean()) ** 2).sum()
    expected = {"remove": rest, "certainty": rest, "adjust": rest + z[4] ** 2, "average": 2 * rest}
    for rule, variance in expected.items():
        assert means(basis(frame, rule, **keys)).variance[0] == pytest.approx(variance)


def test_lonely_total_is_centred_at_the_mean_of_all_psus() -> None:
    frame = lonely_frame()
    y = frame["y"].to_numpy()
    got = totals(basis(frame, "adjust", stratum="h", psu="i")).variance[0]
    assert got == pytest.approx(4 / 3 * ((y[:4] - y[:4].mean()) ** 2).sum() + (y[4] - y.mean()) ** 2)


def test_domain_with_one_psu_in_a_stratum() -> None:
    frame, keys = lonely_frame(), {"stratum": "h", "psu": "i"}
    plain = means(basis(frame, "adjust", **keys), where={"d": "z"})
    treated = means(basis(frame, "adjust", domain_lonely=True, **keys), where={"d": "z"})
    z = np.array([0.5, -0.5]) / 2  # one member in a, one in b
    assert plain.variance[0] == pytest.approx(4 / 3 * (z[0] ** 2 - z[0] ** 2 / 4) + z[1] ** 2)
    assert treated.variance[0] == pytest.approx(4 / 3 * z[0] ** 2 + z[1] ** 2)


def test_two_stages() -> None:
    frame = pd.DataFrame(
        {"i": [1, 1, 2, 2], "s": [1, 2, 1, 2], "M": 10, "N": [4, 4, 8, 8], "y": [1, 0, 1, 1.0], "w": 1.0}
    )
    found = totals(basis(frame, psu="i", ssu="s", fpc1="M", fpc2="N"))
    first = 0.8 * 2 * ((1 - 1.5) ** 2 + (2 - 1.5) ** 2)
    second = 0.2 * 0.5 * 2 * (0.5**2 + 0.5**2)
    assert found.variance[0] == pytest.approx(first + second)


def test_covariance_has_the_variances_on_its_diagonal() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"h": np.repeat(range(4), 30), "i": np.tile(np.repeat(range(5), 6), 4)})
    frame["d"], frame["y"] = rng.choice(list("xyz"), 120), rng.integers(0, 2, 120).astype(float)
    one = basis(frame, stratum="h", psu="i")
    for found in (means(one, by=["d"]), totals(one, by=["d"]), shares(one, ["d"])):
        cov = one.design.covariance(found.influence)
        assert np.diag(cov) == pytest.approx(found.variance)
        assert np.linalg.eigvalsh(cov).min() > -1e-12
    assert shares(one, ["d"]).estimate.sum() == pytest.approx(1)
    assert one.design.covariance(shares(one, ["d"]).influence).sum() == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_covariances_follow_the_lonely_rule_of_the_variances(rule: str) -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"h": np.repeat(range(6), 12), "i": np.tile(np.repeat(range(3), 4), 6)})
    frame = frame[(frame.h != 5) | (frame.i == 0)].reset_index(drop=True)
    frame["d"], frame["y"] = rng.choice(list("xyz"), len(frame)), rng.integers(0, 2, len(frame)).astype(float)
    frame.loc[frame.h < 2, "d"] = "x"  # the other domains are not in every stratum
    one = basis(frame, rule, stratum="h", psu="i")
    for found in (means(one, by=["d"]), totals(one, by=["d"])):
        cov = one.design.covariance(found.influence)
        assert np.diag(cov) == pytest.approx(found.variance, rel=1e-12)
        assert np.linalg.eigvalsh(cov).min() > -1e-9 * np.abs(cov).max()


@pytest.mark.parametrize("rule", ["adjust", "average"])
def test_a_rule_by_domain_has_no_covariance(rule: str) -> None:
    one = basis(lonely_frame(), rule, domain_lonely=True, stratum="h", psu="i")
    found = means(one, by=["d"])
    with pytest.raises(DesignError, match="协方差"):
        one.design.covariance(found.influence)
    same = basis(lonely_frame(), "remove", domain_lonely=True, stratum="h", psu="i")  # no difference to show
    assert np.diag(same.design.covariance(found.influence)) == pytest.approx(means(same, by=["d"]).variance)


@pytest.mark.parametrize("rule", ["adjust", "average", "fail", "certainty", "remove"])
def test_lonely_second_stage_units(rule: str) -> None:
    frame = pd.DataFrame(
        {"i": [1, 1, 2, 2, 3], "s": [1, 2, 1, 2, 1], "M": 10, "N": [4, 4, 8, 8, 6], "y": [1, 0, 1, 1, 1.0]}
    )
    keys = {"psu": "i", "ssu": "s", "fpc1": "M", "fpc2": "N"}
    if rule not in ("certainty", "remove"):
        with pytest.raises(DesignError, match="只抽了一个二级单元"):
            basis(frame, rule, **keys)
        return
    one = basis(frame, rule, **keys)
    found = totals(one)
    first = 0.7 * 1.5 * ((np.array([1, 2, 1]) - 4 / 3) ** 2).sum()
    second = 0.3 * 0.5 * 2 * (0.5**2 + 0.5**2)  # of the first PSU; the second has no spread, the third is left out
    assert found.variance[0] == pytest.approx(first + second)
    assert one.design.covariance(found.influence)[0, 0] == pytest.approx(first + second)


def cells(**columns: list[float]) -> Cells:
    frame = pd.DataFrame({"y": [1, 0, 1, 1.0], **columns})
    return cells_from_frame(frame, ["y"], design={name: name for name in columns})


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"fpc1": [3, 3, 3, 3]}, "总体单元数小于样本单元数"),
        ({"fpc1": [9, 9, 8, 9]}, "不一致"),
        ({"fpc1": [-1, 9, 9, 9]}, "必须大于 0"),
        ({"psu": [1, 1, 2, 2], "ssu": [1, 1, 2, 3], "fpc1": [9] * 4, "fpc2": [9] * 4}, "只抽了一个二级单元"),
    ],
)
def test_bad_designs(columns: dict[str, list[float]], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        make_design(cells(**columns))


def test_unknown_rule_and_missing_unit() -> None:
    with pytest.raises(DesignError, match="处理规则"):
        make_design(cells(), lonely="nonsense")
    with pytest.raises(DesignError, match="抽样单元有缺失"):
        cells(psu=[1, 2, None, 4])


def test_a_self_representing_stratum_adds_nothing() -> None:
    frame = pd.DataFrame({"y": [1, 0, 1, 1.0], "M": 4})
    assert means(basis(frame, fpc1="M")).variance[0] == 0
