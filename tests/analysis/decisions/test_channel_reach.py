"""Reach counts everybody once, and the best mix is the best."""

from itertools import combinations

import numpy as np
import pytest

from analysis.decisions import channel_reach
from analysis.decisions.channel_reach import best_mix, fold
from survey.errors import DesignError

CHANNELS = ("社区", "公交", "电视", "短视频")


def _patterns() -> channel_reach.ChannelPatterns:
    rng = np.random.default_rng(2)
    return fold(rng.random((300, 4)) < [0.4, 0.3, 0.2, 0.35], rng.uniform(50, 150, 300), CHANNELS)


def test_folding_keeps_every_resident() -> None:
    uses = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], dtype=bool)
    patterns = fold(uses, np.array([10.0, 20, 30, 40]), ("a", "b"))
    assert len(patterns.persons) == 3
    assert patterns.total == 100
    assert patterns.reached(["a"]) == 30
    assert patterns.reached(["a", "b"]) == 60
    assert patterns.reached([]) == 0


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_exact_mix_is_not_beaten(size: int) -> None:
    patterns = _patterns()
    mix = best_mix(patterns, size)
    assert mix.exact
    assert mix.reached[-1] == pytest.approx(max(patterns.reached(names) for names in combinations(CHANNELS, size)))
    assert list(mix.reached) == sorted(mix.reached)


def test_greedy_keeps_its_guarantee(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = _patterns()
    best = best_mix(patterns, 2).reached[-1]
    monkeypatch.setattr(channel_reach, "EXACT_LIMIT", 0)
    greedy = best_mix(patterns, 2)
    assert not greedy.exact
    assert greedy.reached[-1] >= (1 - 1 / np.e) * best


@pytest.mark.parametrize("size", [0, 5])
def test_size_out_of_range(size: int) -> None:
    with pytest.raises(DesignError, match="渠道个数"):
        best_mix(_patterns(), size)


def test_shapes_must_fit() -> None:
    with pytest.raises(DesignError, match="不相配"):
        fold(np.zeros((3, 2), dtype=bool), np.ones(2), ("a", "b"))
