"""The list of long tests names tests that exist."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.long_runs import KEPT, LEAST, SHARE, draw_fewer

ROOT = Path(__file__).parents[1]


def test_every_long_test_exists() -> None:
    parts = [name.split("::") for name in KEPT]
    gone = [name for name, test in parts if f"def {test}(" not in (ROOT / name).read_text(encoding="utf-8")]
    assert not gone


def test_a_property_draws_its_share_of_examples() -> None:
    share = {300: round(300 * SHARE), 20: LEAST if SHARE < 1 else 20, 6: 6}
    assert {asked: drawn(asked) for asked in share} == share


def drawn(asked: int) -> int:
    seen = []

    @settings(max_examples=asked, database=None)
    @given(st.integers())
    def holds(number: int) -> None:
        seen.append(number)

    draw_fewer(holds)
    holds()
    return len(seen)
