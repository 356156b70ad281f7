"""Seed evidence: how strongly the words of the codebook in a text speak for each theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Scores = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
_MOST = 20  # occurrences of one word that count


def reasons(text: str, hits: Mapping[str, Iterable[str]]) -> list[str]:
    """Return "code:word" for the words behind the themes of a text, once for every occurrence."""
    found: list[str] = []
    for code, words in hits.items():
        for word in words:
            count = text.count(word)
            found += (f"{code}:{word}",) * (1 if count < 2 else min(count, _MOST))
    return found


def matched_themes(found: pa.ListArray, codes: Sequence[str]) -> Flags:
    """Return [N, K] whether a seed or rule of each theme matches, from `reasons` of each text."""
    values = found.flatten().dictionary_encode()
    column = {code: at for at, code in enumerate(codes)}
    themes = [column[name.partition(":")[0]] for name in values.dictionary.to_pylist()]
    matched = np.zeros((len(found), len(codes)), dtype=np.bool_)
    theme = np.array(themes, dtype=np.int64)[values.indices.to_numpy()]
    matched[pc.list_parent_indices(found).to_numpy(), theme] = True
    return matched


def seed_evidence(found: Sequence[Sequence[str]] | pa.ListArray, codes: Sequence[str]) -> Scores:
    """Return [N, K] evidence for each theme: the sum of ln(1 + count) times the rarity of each word.

    A word of several themes is divided among them; rarity is ln(N / (1 + texts that have it)), at least 0.01, so that
    a text with any word of a theme has evidence for it.

    Args:
        found: `reasons` of each text, [N] lists.
        codes: [K] themes.
    """
    from scipy import sparse  # takes 0.1 CPU s, which readers of texts do without

    lists = found if isinstance(found, pa.ListArray) else pa.array(found, pa.list_(pa.string()))
    values = lists.flatten().dictionary_encode()
    names = [name.partition(":") for name in values.dictionary.to_pylist()]
    place = (pc.list_parent_indices(lists).to_numpy(), values.indices.to_numpy())
    counts = sparse.csr_matrix((np.ones(len(values), dtype=np.float32), place), shape=(len(lists), len(names)))
    counts.sum_duplicates()
    rarity = np.maximum(np.log(max(2, len(lists)) / (1.0 + counts.getnnz(axis=0))), 0.01)
    themes: dict[str, set[str]] = {}
    for code, _, word in names:
        themes.setdefault(word, set()).add(code)
    column = {code: at for at, code in enumerate(codes)}
    belongs = np.zeros((len(names), len(column)), dtype=np.float32)
    for at, (code, _, word) in enumerate(names):
        belongs[at, column[code]] = rarity[at] / len(themes[word])
    counts.data = np.log1p(counts.data)
    return np.asarray(counts @ belongs, dtype=np.float32)
