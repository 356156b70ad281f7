"""Responses that a later file marks as not accepted, invalid or deleted: they leave the store once a person confirms.

Their rows are set apart like any other row with such a status; earlier versions of the store still hold the responses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.coding import CodedFile
from survey.importing.confirmations import Confirmation, Doubt

SHOWN = 3
CURE = "确认后这些答卷不再计入，这几行列入退回的行（以前的版本里还查得到）；标错了就在文件里改正状态，再导入"
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


def revocations(coded: Sequence[CodedFile], revoked: Collection[str]) -> Iterator[Confirmation]:
    """Yield what must be confirmed before stored responses are taken out.

    Args:
        coded: the files.
        revoked: ids of stored responses that the files set apart.
    """
    left = set(revoked)
    for file in coded:
        mine = [name for name in dict.fromkeys(file.refused) if name in left]
        left -= set(mine)
        if mine:
            more = "……" if len(mine) > SHOWN else ""
            found = f"{len(mine):,} 份已有的答卷在这个文件里标为不采用：{'、'.join(mine[:SHOWN])}{more}"
            yield Confirmation(Doubt.REVOKED, file.read.provenance.file, len(mine), found, CURE)
