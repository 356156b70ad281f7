"""Blocks: the rows of known and new ones together are those of all, whatever came and went."""

import random

import numpy as np
import pyarrow as pa
import pytest

from reports.voices.kept.blocks import pieces_of


@pytest.mark.parametrize("seed", range(50))
def test_pieces_are_the_rows_of_the_blocks(seed: int) -> None:
    drawn = random.Random(seed)
    rows = {name: [f"{name}{at}" for at in range(drawn.randint(0, 4))] for name in "abcdefgh"}
    known, wanted = (drawn.sample(sorted(rows), drawn.randint(0, 8)) for _ in range(2))
    unnamed = [["x1", "x2"], ["y1"]] if drawn.random() < 0.5 else []  # blocks without a key are always new
    loose = [one for several in unnamed for one in several]
    sizes = [(name, len(rows[name])) for name in wanted] + [("", len(one)) for one in unnamed]
    pieces = pieces_of(tuple(sizes), tuple((name, len(rows[name])) for name in known))
    old = [one for name in known for one in rows[name]]
    new = [one for name in wanted if name not in known for one in rows[name]] + loose
    every = [one for name in wanted for one in rows[name]] + loose
    assert pieces.new == len(new)
    assert pieces.array(np.array(old, dtype=object), np.array(new, dtype=object)).tolist() == every
    tables = [pa.table({"v": pa.array(one, pa.string())}) for one in (old, new, every)]
    assert pieces.table(*tables[:2])["v"].to_pylist() == every
    assert pieces.only_new(tables[2])["v"].to_pylist() == new
