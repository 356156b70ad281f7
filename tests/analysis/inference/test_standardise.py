import numpy as np
import pytest

from analysis.inference.standardise import standardise
from analysis.inference.tallies import group_means
from analysis.weights.calibrate import calibrate_cells
from analysis.weights.replicates import make_replicates
from analysis.weights.totals import margins
from survey.errors import DesignError
from tests.analysis.synthetic import answers, sample

SHARES = {"18-39": 300.0, "40-59": 500.0, "60+": 200.0}


def test_standardising_to_the_own_structure_changes_nothing() -> None:
    obs = sample().observe()
    inside = obs.within(~np.isnan(obs.answer))
    own = {age: inside.weight[obs.key("age") == age].sum() for age in SHARES}
    found = standardise(obs, obs.answer, obs.key("age"), own)
    _, means = group_means(obs, obs.answer, np.zeros(len(obs.cell)))
    assert found.table.estimate[0] == pytest.approx(means.values[0], rel=1e-12)
    assert found.table.group.tolist() == ["全部"]


def test_it_is_post_stratification_of_those_who_answered() -> None:
    frame = answers()
    frame["w"] = np.where(frame.y.isna(), 0.0, frame.w)
    made = sample(frame)
    weights = calibrate_cells(made.cells, margins(made.cells.keys, {"age": SHARES}))
    plain, poststratified = made.observe(), made.observe(weights=weights)
    found = standardise(plain, plain.answer, plain.key("age"), SHARES)
    _, means = group_means(poststratified, poststratified.answer, np.zeros(len(plain.cell)))
    assert found.table.estimate[0] == pytest.approx(means.values[0], rel=1e-11)
    assert found.table.std_error[0] == pytest.approx(means.errors[0], rel=1e-9)


def test_groups_and_their_covariance() -> None:
    obs = sample().observe()
    found = standardise(obs, obs.answer, obs.key("age"), SHARES, over=obs.key("sex"))
    assert found.table.group.tolist() == ["女", "男"]
    assert found.table.n.sum() == obs.within(~np.isnan(obs.answer)).count
    assert found.covariance[0, 1] != 0
    repeated = obs.cells, make_replicates(obs.design)
    again = sample().observe(replicates=repeated[1])
    other = standardise(again, again.answer, again.key("age"), SHARES, over=again.key("sex"))
    assert other.table.estimate.to_numpy() == pytest.approx(found.table.estimate.to_numpy(), rel=1e-13)
    assert other.table.std_error.to_numpy() == pytest.approx(found.table.std_error.to_numpy(), rel=0.25)


def test_a_group_without_a_stratum_has_a_note() -> None:
    obs = sample().observe()
    holes = np.where((obs.key("sex") == "男") & (obs.key("age") == "60+"), np.nan, obs.answer)
    found = standardise(obs, holes, obs.key("age"), SHARES, over=obs.key("sex"))
    assert found.table.note.tolist() == ["", "缺少 60+ 的答卷，无法标准化"]
    assert np.isfinite(found.table.estimate[0])
    assert np.isnan(found.table.estimate[1])


def test_bad_populations() -> None:
    obs = sample().observe()
    with pytest.raises(DesignError, match="分层不一致"):
        standardise(obs, obs.answer, obs.key("age"), {"18-39": 1.0, "40-59": 1.0})
    with pytest.raises(DesignError, match="分层不一致"):
        standardise(obs, obs.answer, obs.key("age"), SHARES | {"0-17": 3.0})
    with pytest.raises(DesignError, match="非负"):
        standardise(obs, obs.answer, obs.key("age"), SHARES | {"60+": -1.0})
    with pytest.raises(DesignError, match="没有有效答卷"):
        standardise(obs, np.full(len(obs.cell), np.nan), obs.key("age"), SHARES)
