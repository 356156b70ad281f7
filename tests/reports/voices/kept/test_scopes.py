"""Scopes: what others write changes nothing in a mode, what its own answers say does."""

import numpy as np
import pyarrow as pa
import pytest

from analysis.text.duplicates import grouped
from analysis.text.themes.coder import CodedTexts
from reports.voices.kept.scopes import numbered, scope_name, scopes_of

MODES = ["online", "household", "online", "online", "household"]


@pytest.mark.parametrize(
    ("group", "own"),
    [([-1, -1], [-1, -1]), ([3, -1, 3, 9], [0, -1, 0, -1]), ([8, 2, 2, 8, 8, 5], [0, 1, 1, 0, 0, -1]), ([], [])],
)
def test_groups_are_numbered_among_the_answers(group: list[int], own: list[int]) -> None:
    assert numbered(np.array(group, dtype=np.int64)).tolist() == own


def scope(group: list[int], mode: str) -> str:
    rows = {"response_id": [f"r{at}" for at in range(5)], "wave": ["W1"] * 5, "mode": MODES}
    coded = CodedTexts(np.zeros((5, 2), bool), np.zeros(5, np.int64), np.zeros(5, np.float32))
    copies = grouped(np.array(group, dtype=np.int64))
    return scopes_of(pa.table(rows), np.arange(5), coded, copies, "H1")[scope_name("W1", mode)]


def test_a_copy_of_another_mode_changes_no_scope() -> None:
    alone, copied, among = [-1] * 5, [0, 0, -1, -1, -1], [0, -1, 0, -1, -1]
    assert scope(copied, "online") == scope(alone, "online")
    assert scope(copied, "household") == scope(alone, "household")
    assert scope(among, "online") != scope(alone, "online")
    assert scope(among, "household") == scope(alone, "household")
