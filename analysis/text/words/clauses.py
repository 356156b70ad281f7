"""Clauses: what stands between the signs and blanks of texts, found in many texts at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.text.words.signs import BLANKS

SIGNS = "，,。！!？?；;：:、…~～"
"""Signs between clauses."""
Places = npt.NDArray[np.int64]
_LAST = 0x10000
"""Characters from this one on are in clauses."""


class Split(NamedTuple):
    """Clauses of texts, in order.

    Attributes:
        clauses: those of all texts.
        bounds: [N + 1] where those of each text begin, and the end.
        starts: where each begins in the texts joined by line breaks.
        between: the places of all other characters there, of the line breaks as well.
    """

    clauses: list[str]
    bounds: list[int]
    starts: Places
    between: Places


class Clauses:
    """Splits texts at signs and blanks."""

    def __init__(self) -> None:
        """Mark the characters that are in clauses."""
        self._inside = np.ones(_LAST + 1, dtype=np.bool_)
        self._inside[list(map(ord, SIGNS + BLANKS))] = False

    def __call__(self, texts: Sequence[str]) -> Split:
        """Return the clauses that are not empty."""
        joined = "\n".join(texts)
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        inside = np.zeros(len(codes) + 2, dtype=np.bool_)
        inside[1:-1] = self._inside[np.minimum(codes, _LAST)]
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        starts, ends = edges[::2], edges[1::2]
        clauses = [joined[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        after = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
        return Split(clauses, [0, *np.searchsorted(starts, after).tolist()], starts, np.flatnonzero(~inside[1:-1]))
