"""Kept copies: the comparison of answers beside the store, so that new answers are compared and old ones are not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.text.answers import Digests
from analysis.text.compared import Compared, nothing_compared, with_texts
from analysis.text.copy_pieces import Pieces
from analysis.text.copy_rule import WORDS, Ints
from analysis.text.duplicates import EDITION, WIDTHS, Copies
from survey.storage.files import TextCache
from survey.study.study import Study

_OF_TEXTS = {"names": pa.int64(), "place": pa.int64(), "plain": pa.int64(), "long": pa.bool_(), "met": pa.bool_()}
_OF_PAIRS = {"left": pa.int32(), "right": pa.int32()}
_OF_PIECES = {
    "row": pa.int64(),
    "number": pa.string(),
    "ordered": pa.int64(),
    "starts": pa.int64(),
    "piece": pa.int32(),
    "rarer": pa.int32(),
    "sketch": pa.uint64(),
}
_COLUMNS = {
    **_OF_TEXTS,
    **_OF_PAIRS,
    **{f"{name}{width}": kind for width in WIDTHS for name, kind in _OF_PIECES.items()},
}
KEPT = 16
"""Files of a study: one for each open question."""
SCHEMA = pa.schema({name: pa.list_(kind) for name, kind in _COLUMNS.items()})
"""One row: the arrays of a `Compared`."""


def kept_copies(study: Study, texts_of: Callable[[Ints], Sequence[str]], names: Digests, key: str) -> Copies:
    """Return groups of copies among answers; texts that are not in the kept comparison are compared and kept.

    Args:
        study: the study.
        texts_of: returns the normalised texts at positions in `names`.
        names: [N] digests of the raw texts.
        key: of the question, and of what its texts were read with.
    """
    cache = TextCache(study.root / "store" / "copycache", KEPT)
    key = f"{hashlib.sha256(key.encode()).hexdigest()[:16]}-{EDITION}"
    table = cache.read(key, SCHEMA)
    before = nothing_compared() if table is None or not len(table) else from_table(table)
    after, found = with_texts(before, names, texts_of).copies(names)
    if after is not before:
        cache.write(key, to_table(after))
    return found


def to_table(compared: Compared) -> pa.Table:
    """Return a comparison as a table of schema `SCHEMA`."""
    columns: dict[str, Any] = {name: getattr(compared, name) for name in _OF_TEXTS}
    columns |= dict(zip(_OF_PAIRS, compared.pairs, strict=True))
    for width, row, pieces in zip(WIDTHS, compared.row, compared.pieces, strict=True):
        columns |= {f"{name}{width}": values for name, values in _arrays(row, pieces).items()}
    lists = [
        pa.ListArray.from_arrays(pa.array([0, len(columns[name])], pa.int32()), pa.array(columns[name], kind))
        for name, kind in _COLUMNS.items()
    ]
    return pa.Table.from_arrays(lists, schema=SCHEMA)


def _arrays(row: Ints, pieces: Pieces) -> Mapping[str, Any]:
    names = sorted(pieces.number, key=pieces.number.__getitem__)
    arrays = {name: getattr(pieces, name) for name in ("starts", "piece", "rarer")}
    return {"row": row, "number": names, "ordered": [pieces.ordered], "sketch": pieces.sketch.ravel(), **arrays}


def from_table(table: pa.Table) -> Compared:
    """Return the comparison that a table of schema `SCHEMA` holds."""
    table = table if table["names"].num_chunks == 1 else table.combine_chunks()
    lists = {name: table[name].chunk(0).values for name in SCHEMA.names}  # one row: no copies of its lists
    arrays = {name: each.to_numpy(zero_copy_only=False) for name, each in lists.items() if each.type != pa.string()}
    (short, short_pieces), (long, long_pieces) = (_pieces(arrays, lists, width) for width in WIDTHS)
    return Compared(
        **{name: arrays[name] for name in _OF_TEXTS},
        row=(short, long),
        pieces=(short_pieces, long_pieces),
        pairs=np.stack([arrays[name] for name in _OF_PAIRS]),
    )


def _pieces(arrays: Mapping[str, Any], lists: Mapping[str, pa.Array], width: int) -> tuple[Ints, Pieces]:
    own = {name: arrays[f"{name}{width}"] for name in _OF_PIECES if name != "number"}
    number = {name: at for at, name in enumerate(lists[f"number{width}"].to_pylist())}
    starts, sketch = own["starts"], own["sketch"].reshape(-1, WORDS)
    return own["row"], Pieces(width, number, int(own["ordered"][0]), starts, own["piece"], own["rarer"], sketch)
