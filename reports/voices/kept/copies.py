"""Kept copies: the comparison of answers beside the store, so that new answers are compared and old ones are not.

What later answers add lies in small files beside that of the first ones. Each row names the one that it follows: rows
without the one before them are ignored, and what they held is compared again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.text.answers import Digests
from analysis.text.compared import Compared, nothing_compared, with_texts
from analysis.text.copy_pieces import Pieces
from analysis.text.copy_rule import WORDS, Flags, Ints
from analysis.text.duplicates import EDITION, WIDTHS, Copies
from survey.storage.files import TextCache
from survey.study.study import Study

_FOLLOWS, _NAMED = "follows", "named"
_OF_TEXTS = {"names": pa.int64(), "place": pa.int64(), "plain": pa.int64(), "long": pa.bool_(), "met": pa.int32()}
_OF_PAIRS = {"left": pa.int32(), "right": pa.int32()}
_OF_PIECES = {
    "row": pa.int64(),
    "number": pa.string(),
    "ordered": pa.int64(),
    "count": pa.int64(),
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
SCHEMA = pa.schema(
    {_FOLLOWS: pa.string(), _NAMED: pa.string(), **{name: pa.list_(kind) for name, kind in _COLUMNS.items()}}
)
"""A row for each time that answers were compared: what it added to the arrays of a `Compared`; of `met`, where."""


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
    before, last = (nothing_compared(), "") if table is None else from_rows(table)
    after, found = with_texts(before, names, texts_of).copies(names)
    if after is not before:
        keep = cache.add if last else cache.write
        keep(key, to_row(after, before, last))
    return found


def to_row(after: Compared, before: Compared, last: str) -> pa.Table:
    """Return a table of schema `SCHEMA` with one row: what a comparison has beyond an earlier one.

    Args:
        after: the comparison.
        before: what it was made from by `with_texts` and `copies`.
        last: the row that made the earlier one; "" for the comparison of no text.
    """
    new, met = _not_among(after.names, before.names), after.met.copy()
    met[: len(before.met)] &= ~before.met
    columns: dict[str, Any] = {"names": after.names[new], "place": after.place[new], "met": np.flatnonzero(met)}
    columns |= {name: getattr(after, name)[len(getattr(before, name)) :] for name in ("plain", "long")}
    columns |= dict(zip(_OF_PAIRS, after.pairs[:, before.pairs.shape[1] :], strict=True))
    for width, mine, known in zip(WIDTHS, after.sides, before.sides, strict=True):
        columns |= {f"{name}{width}": values for name, values in _added(*mine, *known).items()}
    content = hashlib.sha256(last.encode())
    for name in ("names", "place", "plain", "met", *_OF_PAIRS):
        content.update(np.ascontiguousarray(columns[name]).tobytes())
    lists = [pa.array([last]), pa.array([content.hexdigest()])]
    for name, kind in _COLUMNS.items():
        values = pa.array(columns[name], kind)
        lists.append(pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values))
    return pa.Table.from_arrays(lists, schema=SCHEMA)


def _not_among(names: Digests, known: Digests) -> Flags:
    """Return which names are new, given the known ones, which are among them; both ascend."""
    new = np.ones(len(names), dtype=np.bool_)
    new[np.searchsorted(names, known)] = False
    return new


def _added(row: Ints, pieces: Pieces, known_row: Ints, known: Pieces) -> Mapping[str, Any]:
    """Return what the pieces of some texts have beyond those of the first of them."""
    names, start = sorted(pieces.number, key=pieces.number.__getitem__), known.starts[-1]
    return {
        "row": row[len(known_row) :],
        "number": names[len(known.number) :],
        "ordered": [pieces.ordered],
        "count": pieces.count[len(known) :],
        "piece": pieces.piece[start:],
        "rarer": pieces.rarer[start:],
        "sketch": pieces.sketch[len(known) :].ravel(),
    }


def from_rows(table: pa.Table) -> tuple[Compared, str]:
    """Return the comparison that rows of schema `SCHEMA` add up to, and what names the last of them; "" for none."""
    rows, last = _in_order(table)
    if not rows:
        return nothing_compared(), ""
    lists = {name: [table[name][at].values for at in rows] for name in _COLUMNS}
    arrays = {name: _joined(each) for name, each in lists.items() if each[0].type != pa.string()}
    order = np.argsort(arrays["names"]) if len(rows) > 1 else slice(None)
    met = np.zeros(len(arrays["plain"]), dtype=np.bool_)
    met[arrays["met"]] = True
    (short, short_pieces), (long, long_pieces) = (_pieces(arrays, lists, width) for width in WIDTHS)
    compared = Compared(
        names=arrays["names"][order],
        place=arrays["place"][order],
        plain=arrays["plain"],
        long=arrays["long"],
        row=(short, long),
        pieces=(short_pieces, long_pieces),
        pairs=np.stack([arrays[name] for name in _OF_PAIRS]),
        met=met,
    )
    return compared, last


def _in_order(table: pa.Table) -> tuple[list[int], str]:
    """Return the rows that follow each other from the first on, and what names the last."""
    named = table[_NAMED].to_pylist()
    following = {before: at for at, before in reversed([*enumerate(table[_FOLLOWS].to_pylist())])}
    rows, last = list[int](), ""
    while last in following:
        rows.append(following.pop(last))
        last = named[rows[-1]]
    return rows, last


def _joined(some: Sequence[pa.Array]) -> Any:
    """Return the values of all rows; without a copy where only one of them has any."""
    arrays = [one.to_numpy(zero_copy_only=False) for one in some]
    held = [one for one in arrays if len(one)] or arrays[:1]
    return held[0] if len(held) == 1 else np.concatenate(held)


def _pieces(arrays: Mapping[str, Any], lists: Mapping[str, Sequence[pa.Array]], width: int) -> tuple[Ints, Pieces]:
    own = {name: arrays[f"{name}{width}"] for name in _OF_PIECES if name != "number"}
    names = (name for each in lists[f"number{width}"] for name in each.to_pylist())
    number = {name: at for at, name in enumerate(names)}
    starts, sketch = np.concatenate([[0], np.cumsum(own["count"])]), own["sketch"].reshape(-1, WORDS)
    return own["row"], Pieces(width, number, int(own["ordered"][-1]), starts, own["piece"], own["rarer"], sketch)
