"""Keyness: nominal rate on random halves, also with clusters; planted differences are found; design-based variance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, special

from analysis.text.keyness import keyness
from analysis.text.mentioned import Mentions
from survey.errors import ArgumentError

RESPONDENTS, WORDS = 1600, 120


def _mentions(seed: int, *, clusters: int, planted: float = 0.0) -> Mentions:
    """Make words whose share differs between clusters, not between groups, except the first ten in group a."""
    rng = np.random.default_rng(seed)
    psu = np.arange(RESPONDENTS) % clusters
    group = np.where(rng.permutation(clusters)[psu] < clusters // 2, "a", "b")
    base = rng.uniform(0.02, 0.3, WORDS)
    own = rng.gamma(4, 1 / 4, (clusters, WORDS))
    share = np.clip(base * own[psu], 0, 0.95)
    share[:, :10] = np.where((group == "a")[:, None], np.clip(share[:, :10] * (1 + planted), 0, 0.95), share[:, :10])
    table = sparse.csr_matrix(rng.random(share.shape) < share).astype(np.int32)
    keys = pd.DataFrame({"psu": psu, "stratum": "s", "group": group})
    return Mentions(table, tuple(f"w{at}" for at in range(WORDS)), keys, rng.uniform(0.5, 2, RESPONDENTS))


def test_random_halves_of_clusters_stay_at_the_nominal_rate() -> None:
    p_values = np.concatenate(
        [keyness(_mentions(seed, clusters=80), "group")["p_value"].to_numpy()[::2] for seed in range(12)]
    )
    assert np.mean(p_values < 0.05) <= 0.075
    assert np.mean(p_values < 0.001) <= 0.004


def test_ignoring_clusters_exceeds_the_nominal_rate() -> None:
    flagged = []
    for seed in range(4):
        mentions = _mentions(seed, clusters=40)
        naive = Mentions(mentions.present, mentions.names, mentions.keys.drop(columns="psu"), mentions.weight)
        flagged.append((keyness(naive, "group")["p_value"] < 0.05).mean())
    assert np.mean(flagged) >= 0.12


def test_planted_differences_are_found() -> None:
    planted = {f"w{at}" for at in range(10)}
    wrong, right = 0, 0
    for seed in range(3, 9):
        found = keyness(_mentions(seed, clusters=80, planted=1.5), "group")
        called = set(found[found["distinct"] & (found["group"] == "a") & (found["z"] > 0)]["term"])
        wrong, right = wrong + len(called - planted), right + len(called & planted)
    assert right >= 0.8 * 60
    assert wrong <= 0.15 * (wrong + right)


def test_equal_shares_give_zero() -> None:
    present = sparse.csr_matrix(np.tile([[1], [0]], (40, 1)))
    keys = pd.DataFrame({"psu": np.arange(80), "group": np.repeat(["a", "b"], 40)})
    found = keyness(Mentions(present, ("w",), keys, np.ones(80)), "group")
    assert found["log_odds"].tolist() == pytest.approx([0, 0], abs=1e-12)


def test_rare_words_are_not_compared() -> None:
    present = sparse.csr_matrix(np.eye(80, 1))
    keys = pd.DataFrame({"psu": np.arange(80), "group": np.repeat(["a", "b"], 40)})
    assert keyness(Mentions(present, ("w",), keys, np.ones(80)), "group").empty


def test_a_group_of_one_sampling_point_is_not_compared() -> None:
    some = _mentions(3, clusters=40)
    alone = some.keys.assign(group=np.where(some.keys["psu"] == 7, "alone", some.keys["group"]))
    found = keyness(replace(some, keys=alone), "group")
    assert set(found["group"]) == {"a", "b"}
    each = replace(some, keys=some.keys.assign(group=some.keys["psu"]))
    assert keyness(each, "group").empty


def test_few_sampling_points_stay_at_the_nominal_rate() -> None:
    found = pd.concat([keyness(_mentions(seed, clusters=8), "group").iloc[::2] for seed in range(12)])
    assert np.mean(found["p_value"] < 0.05) <= 0.06
    assert np.mean(found["p_value"] < 0.001) <= 0.002
    normal = 2 * special.ndtr(-found["z"].abs())
    assert np.mean(normal < 0.05) > 0.1  # which is why t is taken


def test_without_words_nothing_is_compared() -> None:
    some = _mentions(3, clusters=12)
    found = keyness(replace(some, present=some.present[:, :0], names=()), "group")
    assert found.empty
    assert {"term", "z", "distinct"} <= set(found)


def test_shapes_are_checked() -> None:
    with pytest.raises(ArgumentError, match="提及表"):
        Mentions(sparse.csr_matrix((2, 1)), ("w",), pd.DataFrame({"psu": [1]}), np.ones(1))
