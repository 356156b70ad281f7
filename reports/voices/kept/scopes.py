"""Scopes: digests of what the answers of one wave and mode say, so that a summary of them outlasts answers of others.

Equal digests mean equal answers in the same order, with equal themes and the same copies among them; an answer that is
copied elsewhere alone counts like one without copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.text.answers import Digests
from analysis.text.copy_rule import Ints
from analysis.text.duplicates import Copies
from analysis.text.themes.coder import CodedTexts
from reports.voices.kept.summaries import NAMED

SCOPES = "scopes"
"""Name under which they are kept among summaries."""
Scopes = Mapping[str, str]
"""Wave and mode, from `scope_name` -> digest."""


def scope_name(wave: str, mode: str) -> str:
    """Return the name of a wave and mode among scopes."""
    return f"{wave}\x1f{mode}"


def scopes_of(table: pa.Table, names: Digests, coded: CodedTexts, copies: Copies, read_with: Hashable) -> Scopes:
    """Return the digest of the answers of each wave and mode.

    Args:
        table: response_id, wave and mode of the answers.
        names: [N] digests of the raw texts.
        coded: [N] themes.
        copies: [N] groups of copies.
        read_with: the question, and all that decides what its texts are read as.
    """
    columns = [table[name].cast(pa.string()).fill_null("").combine_chunks().dictionary_encode() for name in PARTED]
    wave, mode = (np.asarray(column.indices, dtype=np.int64) for column in columns)
    waves, modes = (column.dictionary.to_pylist() for column in columns)
    place, found = wave * max(1, len(modes)) + mode, dict[str, str]()
    for number in np.unique(place).tolist():
        rows = np.flatnonzero(place == number)
        digest = hashlib.sha256(repr(read_with).encode())
        ids = pa.concat_arrays([table["response_id"].take(pa.array(rows)).cast(pa.large_string()).combine_chunks()])
        arrays = (names[rows], coded.primary[rows], np.packbits(coded.assigned[rows]), numbered(copies.group[rows]))
        for part in (*ids.buffers()[1:], *map(np.ascontiguousarray, arrays)):
            digest.update(part or b"" if isinstance(part, pa.Buffer | None) else part.tobytes())
        name = scope_name(waves[number // len(modes)], modes[number % len(modes)])
        found[name] = digest.hexdigest()[:NAMED]
    return found


def numbered(group: Ints) -> Ints:
    """Return the groups of copies of some answers, numbered by themselves; -1 for an answer without a copy among them.

    Args:
        group: as in `Copies`.
    """
    copied = np.flatnonzero(group >= 0)
    repeats = pd.Series(group[copied]).duplicated(keep=False).to_numpy()
    found = np.full(len(group), -1, dtype=np.int64)
    found[copied[repeats]] = pd.factorize(group[copied[repeats]])[0]
    return found


PARTED = ("wave", "mode")
"""Columns whose values separate scopes."""
