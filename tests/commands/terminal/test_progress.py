"""The time left of a long command."""

import pytest

from commands.terminal.progress import time_left


@pytest.mark.parametrize(
    ("taken", "share", "said"),
    [
        (3.0, 0.5, ""),
        (30.0, 0.01, ""),
        (30.0, 0.5, "，还要约 30 秒"),
        (120.0, 0.25, "，还要约 6 分钟"),
        (90.0, 1.0, ""),
    ],
)
def test_the_time_left_is_in_proportion_and_only_stated_where_known(taken: float, share: float, said: str) -> None:
    assert time_left(taken, share) == said
