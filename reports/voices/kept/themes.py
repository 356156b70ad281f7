"""Themes of the answers of a study, kept beside the store until a text, the codebook or a code by people changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from analysis.text.coding import Distinct
from analysis.text.themes.coder import EDITION, CodedTexts, Flags
from survey.storage.files import TextCache
from survey.study.study import Study

_SCHEMA = pa.schema({"primary": pa.int16(), "themes": pa.list_(pa.int16()), "margin": pa.float32()})


def kept_themes(study: Study, different: Distinct, human: Mapping[int, tuple[str, ...]], rules: str) -> CodedTexts:
    """Return the themes of different texts, from the cache where nothing that decides them has changed.

    Args:
        study: whose folder keeps them.
        different: the texts.
        human: codes by people, by position of the text.
        rules: key of the lexicon and the rules that read the texts.
    """
    cache = TextCache(study.root / "store" / "themecache")
    named = hashlib.sha256("\n".join(different.texts).encode("utf-8", "surrogatepass"))
    named.update(repr(sorted(human.items())).encode())
    key = f"{named.hexdigest()[:16]}-{rules}-{EDITION}"
    known = cache.read(key, _SCHEMA)
    if known is not None and len(known) == len(different.texts):
        return _from_table(known, len(different.codes))
    found = different.code(human)
    cache.write(key, _to_table(found))
    return found


def _to_table(coded: CodedTexts) -> pa.Table:
    themes = assigned_lists(coded.assigned)
    return pa.table({"primary": coded.primary, "themes": themes, "margin": coded.margin}, schema=_SCHEMA)


def _from_table(table: pa.Table, count: int) -> CodedTexts:
    assigned = assigned_from(table["themes"].combine_chunks(), count)
    primary, margin = table["primary"].to_numpy(), table["margin"].to_numpy()
    return CodedTexts(assigned, primary.astype(np.int64), margin)


def assigned_lists(assigned: Flags) -> pa.ListArray:
    """Return the positions of the themes of each text, from [N, K] whether a theme is assigned."""
    _, theme = np.nonzero(assigned)
    ends = np.concatenate([[0], np.cumsum(assigned.sum(axis=1))])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(theme, pa.int16()))


def assigned_from(lists: pa.ListArray, count: int) -> Flags:
    """Return [N, K] whether each of K themes is assigned, from the positions of the themes of each text."""
    assigned = np.zeros((len(lists), count), dtype=np.bool_)
    rows = np.repeat(np.arange(len(lists)), np.asarray(lists.value_lengths()))
    assigned[rows, np.asarray(lists.flatten())] = True
    return assigned
