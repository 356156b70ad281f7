"""The answers of a wave that count, some columns of one piece of a part at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from reports.counted.counted_parts import LARGE_PART
from reports.counted.some_rows import shown_of
from survey.quality import exclusions
from survey.quality.publishing.shown_rows import SINCE
from survey.storage.stored_parts import stored_parts
from survey.study.study import Study


def answers_of(study: Study, version: int, wave: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the responses of a wave that count, in the order of the store; columns that there are not are left out.

    Args:
        study: the study; `without_excluded` and its publication decide which responses count.
        version: data version.
        wave: name of the wave.
        columns: names of the columns.

    Raises:
        StoreError: a part of the version was erased.
        DamagedError: a part is missing or corrupt.
    """
    gone = () if study.publication else exclusions.left_out_of(study, wave)
    for part in stored_parts(study.root / "store", version, (wave,)):
        known = {*part.schema.names, *([SINCE] if study.publication else [])}
        names = [name for name in dict.fromkeys(columns) if name in known]
        for piece in part.pieces(LARGE_PART):
            if study.publication:
                yield shown_of(study, piece).read(names)
            elif gone:
                is_gone = pc.is_in(piece.read(["response_id"])["response_id"], pa.array(gone, pa.string()))
                yield piece.read(names).filter(pc.invert(is_gone))
            else:
                yield piece.read(names)
