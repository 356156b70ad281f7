"""Kept sums: mentions by key beside the store, so that answers without texts leave them as they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.design.cells import IntArray, NumericItem
from analysis.text.mentioned import MentionSums
from reports.counted.kept_tables import Tables

_HITS = ("item", "key", "ny", "wy")
_SHARED = ("keys", "hits")


def to_tables(several: Sequence[MentionSums]) -> Tables:
    """Return sums of the same items as tables; those of the same mentions and keys hold them once."""
    tables, hits = dict[str, pd.DataFrame](), list[int]()
    for at, one in enumerate(several):
        tables |= {f"keys{at}": one.keys, f"base{at}": _base_table(one), f"hits{at}": _hits_table(one)}
        alike = [of for of in hits if all(tables[f"{name}{at}"].equals(tables[f"{name}{of}"]) for name in _SHARED)]
        for name in _SHARED if alike else ():
            del tables[f"{name}{at}"]
        hits.append(alike[0] if alike else at)
    items = [[one.name, one.label, one.measure] for one in several[0].items if isinstance(one, NumericItem)]
    return Tables(tables, {"items": items, "hits": hits})


def from_tables(kept: Tables) -> tuple[MentionSums, ...]:
    """Return the sums that tables of `to_tables` hold."""
    items = tuple(NumericItem(*one) for one in kept.meta["items"])
    found = list[MentionSums]()
    for at, of in enumerate(kept.meta["hits"]):
        keys, hits, base = kept.tables[f"keys{of}"], kept.tables[f"hits{of}"], kept.tables[f"base{at}"]
        place = hits["key"].to_numpy(), hits["item"].to_numpy()
        ny, wy = (
            sparse.csr_matrix((hits[name].to_numpy(), place), shape=(len(keys), len(items))) for name in ("ny", "wy")
        )
        found.append(MentionSums(items, keys, _base(base, "n"), _base(base, "wo"), ny, wy))
    return tuple(found)


def _hits_table(one: MentionSums) -> pd.DataFrame:
    ny = one.ny.tocoo()
    wy = np.asarray(one.wy[ny.row, ny.col]).ravel() if ny.nnz else ny.data
    columns = (ny.col.astype(np.int32), ny.row.astype(np.int32), ny.data, wy)
    return pd.DataFrame(dict(zip(_HITS, columns, strict=True)))


def _base_table(one: MentionSums) -> pd.DataFrame:
    sums = {
        f"{name}{row}": values[row] for name, values in (("n", one.n), ("wo", one.wo)) for row in range(len(values))
    }
    return pd.DataFrame(sums, index=range(len(one.keys)))


def _base(table: pd.DataFrame, name: str) -> IntArray:
    columns = [one for one in table.columns if one.rstrip("0123456789") == name]
    return np.ascontiguousarray(table[columns].to_numpy(dtype=np.int64).T)
