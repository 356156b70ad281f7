"""Pieces of one to three characters, and the sums of their weights over many texts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Weights = Mapping[str, complex]
"""Feature -> weight of complaint (real part) and of praise (imaginary part), each against neutral; "" the constants."""


def pieces(text: str) -> list[str]:
    """Return the pieces of one to three characters of a text with a mark at either end, as often as they occur."""
    one = f"^{text}$"
    two = list(map(add, one, one[1:]))
    return [*one, *two, *map(add, two, one[2:])]


class PieceSums:
    """Sums the weights of all pieces of each text: a look-up of whole arrays costs a tenth of one a piece."""

    def __init__(self, weights: Weights) -> None:
        """Number the characters, and write each piece as a number with these as its digits, the first one lowest."""
        names = [name for name in weights if 1 <= len(name) <= 3]
        letters = sorted(set("".join(names)))
        self._base = len(letters) + 1
        self._ids = np.zeros(ord(letters[-1]) + 2, dtype=np.int64)
        for number, letter in enumerate(letters, 1):
            self._ids[ord(letter)] = number
        keys = [sum(int(self._ids[ord(sign)]) * self._base**at for at, sign in enumerate(name)) for name in names]
        self._keys = pa.array(keys, pa.int64())
        self._weights = np.array([weights[name] for name in names])

    def __call__(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the sum of weights (complex) and the number of known pieces of each text; texts in lower case."""
        marked = [f"^{text}$" for text in texts]
        codes = np.frombuffer("".join(marked).encode("utf-32-le"), dtype=np.uint32)
        ids = self._ids[np.minimum(codes, len(self._ids) - 1)]
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in marked])
        keys, owners = [ids], [owner]
        for size in (1, 2):  # a longer piece ends in a known character of the same text
            inside = (owner[size:] == owner[:-size]) & (ids[size:] > 0)
            longer = keys[-1][: len(ids) - size] + ids[size:] * self._base**size
            keys.append(np.where(inside, longer, 0))
            owners.append(owner[:-size])
        found = pc.index_in(pa.array(np.concatenate(keys)), value_set=self._keys)
        known = np.asarray(found.is_valid())
        values, whose = self._weights[found.drop_null().to_numpy()], np.concatenate(owners)[known]
        number = len(texts)
        sums = np.bincount(whose, values.real, number) + 1j * np.bincount(whose, values.imag, number)
        return sums, np.bincount(whose, minlength=number)
