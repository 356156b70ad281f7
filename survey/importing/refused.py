"""Rows that a file marks as not accepted, invalid or deleted: which ids, and which of them another file accepts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.coding import CodedFile

Mask = npt.NDArray[np.bool_]


def overruled(coded: Sequence[CodedFile]) -> Mask:
    """Return which rows of all files, one after another, a later file of the same import sets apart by its status."""
    masks = []
    for number, file in enumerate(coded):
        later = [name for other in coded[number + 1 :] for name in other.refused]
        if later:
            found = pc.is_in(file.responses["response_id"], pa.array(later, pa.string()))
            masks.append(np.asarray(found.to_numpy(), dtype=bool))
        else:
            masks.append(np.zeros(file.responses.num_rows, dtype=bool))
    return np.concatenate(masks)


def refused_ids(coded: Sequence[CodedFile], accepted: pa.ChunkedArray) -> tuple[str, ...]:
    """Return the ids that files set apart by their status, without those of accepted rows of the same import."""
    names = tuple(dict.fromkeys(name for file in coded for name in file.refused))
    if not names:
        return ()
    both = set(accepted.filter(pc.is_in(accepted, pa.array(names, pa.string()))).to_pylist())
    return tuple(name for name in names if name not in both)
