"""Reach counts everybody once, in whatever order the channels come."""

from itertools import permutations

import numpy as np
import pytest

from analysis.decisions import channel_reach
from analysis.decisions.channel_reach import combined, fold
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


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4])
def test_a_mix_reaches_what_its_channels_reach_together(size: int) -> None:
    patterns = _patterns()
    mix = combined(patterns, CHANNELS[:size])
    assert set(mix.channels) == set(CHANNELS[:size])
    for at in range(size):
        assert mix.reached[at] == pytest.approx(patterns.reached(mix.channels[: at + 1]))
    assert list(mix.reached) == sorted(mix.reached)
    assert mix.share == pytest.approx(tuple(value / patterns.total for value in mix.reached))


def test_the_channel_that_adds_most_comes_first_whatever_the_order_given() -> None:
    patterns = _patterns()
    mixes = [combined(patterns, order) for order in permutations(CHANNELS)]
    assert len({mix.channels for mix in mixes}) == 1
    assert mixes[0].reached[0] == pytest.approx(max(patterns.reached([name]) for name in CHANNELS))


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(DesignError, match="没有这些渠道"):
        combined(_patterns(), ["飞艇"])


def test_shapes_must_fit() -> None:
    with pytest.raises(DesignError, match="不相配"):
        fold(np.zeros((3, 2), dtype=bool), np.ones(2), ("a", "b"))
