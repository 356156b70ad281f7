"""The list of long tests names tests that exist."""

from pathlib import Path

from tests.long_runs import KEPT

ROOT = Path(__file__).parents[1]


def test_every_long_test_exists() -> None:
    parts = [name.split("::") for name in KEPT]
    gone = [name for name, test in parts if f"def {test}(" not in (ROOT / name).read_text(encoding="utf-8")]
    assert not gone
