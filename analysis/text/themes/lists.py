"""Lists: those of an Arrow array, made as they are asked for: a million of them as Python objects are a gigabyte."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class Lists(Sequence[Sequence[str]]):
    """The lists of an array of lists of texts, or some of them, which are taken from it as they are asked for."""

    def __init__(self, array: pa.ListArray, rows: npt.NDArray[np.int64] | None = None) -> None:
        """Keep the array, and which of its lists; all when None."""
        self._array, self._rows = array, rows

    def __len__(self) -> int:
        """Return their number."""
        return len(self._array) if self._rows is None else len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[str]]: ...
    def __getitem__(self, at: int | slice) -> Sequence[Any]:
        """Return one or some."""
        if isinstance(at, slice):
            return self.taken(np.arange(*at.indices(len(self))))
        words: list[str] = self._array[at if self._rows is None else int(self._rows[at])].as_py()
        return words

    def taken(self, rows: npt.NDArray[np.int64]) -> list[Sequence[str]]:
        """Return some at once, which costs a fifth of one by one."""
        some = self.some(rows)._array
        flat, bounds = some.flatten().to_pylist(), np.cumsum([0, *some.value_lengths().to_numpy()])
        return [flat[start:end] for start, end in pairwise(bounds.tolist())]

    def some(self, rows: npt.NDArray[np.int64]) -> Lists:
        """Return some as they are in the array."""
        return Lists(self._array.take(pa.array(rows if self._rows is None else self._rows[rows])))

    def numbered(self) -> tuple[list[str], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the different texts of all lists, then the list and the number of the text of each of their values."""
        array = self._array if self._rows is None else self._array.take(pa.array(self._rows))
        values = array.flatten().dictionary_encode()
        owner = np.repeat(np.arange(len(self)), array.value_lengths().to_numpy())
        return values.dictionary.to_pylist(), owner, values.indices.to_numpy().astype(np.int64)


class Texts(Sequence[str]):
    """The texts of an array, made as they are asked for."""

    def __init__(self, array: pa.StringArray) -> None:
        """Keep the array."""
        self._array = array

    def __len__(self) -> int:
        """Return their number."""
        return len(self._array)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> Any:
        """Return one or some."""
        return self._array[at].to_pylist() if isinstance(at, slice) else self._array[at].as_py()

    def some(self, rows: npt.NDArray[np.int64]) -> list[str]:
        """Return some at once."""
        texts: list[str] = self._array.take(pa.array(rows)).to_pylist()
        return texts
