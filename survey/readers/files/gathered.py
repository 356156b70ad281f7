"""The blocks of a text file as one frame: columns with few distinct texts share one dictionary over the whole file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.host.spilled import Spill
from survey.readers.files.sheet import REPEATED, as_text


class Gathered:
    """Blocks of a file, added one after another."""

    def __init__(self, types: Mapping[str, pa.DataType]) -> None:
        """Start with no rows.

        Args:
            types: name of a column -> `REPEATED` or string.
        """
        self._types = types
        self._texts: dict[str, dict[str, int]] = {name: {} for name, kind in types.items() if kind == REPEATED}
        stored = [(name, pa.int32() if name in self._texts else pa.string()) for name in types]
        self._spill = Spill(pa.schema(stored))
        self.last = ""
        """Last cell of the last row so far."""

    def add(self, block: pa.RecordBatch, keep: npt.NDArray[np.bool_]) -> None:
        """Add the rows of a block that a mask names."""
        if block.num_rows and block.num_columns:
            self.last = as_text(block.column(block.num_columns - 1))[-1].as_py() or ""
        if not keep.all():
            block = _only(block, keep)
        columns = [self._coded(name, block.column(at)) for at, name in enumerate(self._types)]
        self._spill.write(pa.record_batch(columns, schema=self._spill.schema))

    def _coded(self, name: str, cells: pa.Array) -> pa.Array:
        known = self._texts.get(name)
        if known is None:
            return cells
        codes = [known.setdefault(text, len(known)) for text in cells.dictionary.to_pylist()]
        return pc.take(pa.array(codes, pa.int32()), cells.indices)

    def table(self) -> pa.Table:
        """Return the frame."""
        stored = self._spill.table()
        columns = []
        for name in self._types:
            column = stored[name]
            if name in self._texts:
                words = pa.array(list(self._texts[name]), pa.string())
                # not checked: that would read the whole column again
                chunks = [pa.DictionaryArray.from_arrays(chunk, words, safe=False) for chunk in column.chunks]
                column = pa.chunked_array(chunks, REPEATED)
            columns.append(column)
        return pa.table(columns, names=list(self._types))


def _only(block: pa.RecordBatch, keep: npt.NDArray[np.bool_]) -> pa.RecordBatch:
    """Return the rows of a mask; dictionaries drop texts that occur only in the other rows."""
    columns = [
        pc.dictionary_encode(as_text(cells)) if pa.types.is_dictionary(cells.type) else cells
        for cells in block.filter(pa.array(keep)).columns
    ]
    return pa.record_batch(columns, names=block.schema.names)
