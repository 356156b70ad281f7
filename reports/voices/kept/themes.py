"""Themes of the answers of a study, kept beside the store by text until what codes them changes.

The themes of a text depend on it and on the model, whose key is that of its training texts, of the rules and of the
codes by people; so new texts are coded, and old ones are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.answers import Digests
from analysis.text.coding import Distinct, distinct, spread
from analysis.text.copy_rule import Ints
from analysis.text.themes.classifier import LinearModel
from analysis.text.themes.coder import EDITION, CodedTexts, Flags, where
from analysis.text.themes.features import Space
from survey.storage.files import TextCache
from survey.study.study import Study

Codes = Mapping[int, tuple[str, ...]]
"""Codes by people, by digest of the raw text."""
KEPT = 8
"""Files of a study: themes and model of each open question, and those before."""
_THEMES = {"primary": pa.int16(), "themes": pa.list_(pa.int16()), "margin": pa.float32()}
_SCHEMA = pa.schema({"digest": pa.int64(), **_THEMES})
_MODEL = {"codes": pa.uint64(), "idf": pa.float32(), "weights": pa.float32(), "bias": pa.float32()}
_MODEL_SCHEMA = pa.schema({name: pa.list_(kind) for name, kind in _MODEL.items()})
"""One row: the arrays of a `LinearModel` of characters and words."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to be coded.

    Attributes:
        table: as `analysis.text.answers.attach` gives them.
        names: [N] digests of the raw texts.
        train: ascending digests of the texts that train the model.
        codes: [K] themes of the codebook.
    """

    table: pa.Table
    names: Digests
    train: Digests
    codes: tuple[str, ...]

    def texts(self, some: Digests | None = None) -> Distinct:
        """Return the different texts with these digests, all when None."""
        return distinct(self.table, self.names, self.codes, some)

    def training(self) -> Distinct:
        """Return the texts that train the model."""
        return self.texts(self.train)


def model_key(names: Digests, train: Digests, human: Codes, rules: str) -> str:
    """Return the key of what decides the themes of a text, beside the text.

    Args:
        names: [N] digests of the raw texts of all answers.
        train: as in `Answered`.
        human: codes by people, by digest of the raw text.
        rules: key of the lexicon and the rules that read the texts.
    """
    named = hashlib.sha256(train.tobytes())
    named.update(repr(list(_among(names, human).items())).encode())
    return f"{named.hexdigest()[:16]}-{rules}-{EDITION}"


def kept_themes(
    study: Study, answered: Answered, human: Codes, key: str, wanted: Digests | None = None
) -> tuple[CodedTexts, Ints]:
    """Return the themes of different texts in the order of their digests; texts that are not kept are coded and kept.

    Args:
        study: whose folder keeps them.
        answered: the answers.
        human: codes by people, by digest of the raw text.
        key: from `model_key`.
        wanted: [N] digests of the answers whose themes are wanted; of all answers when None.

    Returns:
        The themes, and the position of the text of each wanted answer [N].
    """
    cache = TextCache(study.root / "store" / "themecache", KEPT)
    asked = pa.array(answered.names if wanted is None else wanted)
    different = np.sort(asked.unique().to_numpy())
    place = np.asarray(pc.index_in(asked, value_set=pa.array(different)), dtype=np.int64)
    known = cache.read(key, _SCHEMA)
    known = _SCHEMA.empty_table() if known is None else known
    new = np.setdiff1d(different, known["digest"].to_numpy(), assume_unique=True)
    if len(new):
        found = _coded(cache, key, answered, new, _among(answered.names, human))
        cache.add(key, found)
        known = pa.concat_tables([known, found])
    at = np.asarray(pc.index_in(pa.array(different), value_set=known["digest"].combine_chunks()))
    return _from_table(known.take(pa.array(at)), len(answered.codes)), place


def _among(names: Digests, human: Codes) -> Codes:
    """Return the codes by people of texts that have been written."""
    there = set(names.tolist()).intersection(human) if human else set[int]()
    return {name: given for name, given in human.items() if name in there}


def _coded(cache: TextCache, key: str, answered: Answered, new: Digests, human: Codes) -> pa.Table:
    """Code texts with the kept model, or with one that is trained now; return a table of schema `_SCHEMA`."""
    texts = answered.texts(np.union1d(new, np.array(sorted(human), dtype=np.int64)) if human else new)
    whole = len(answered.train) == len(texts.digests)
    model = None if whole else _kept_model(cache, key)
    if model is None:
        model = (texts if whole else answered.training()).model()
        if model is not None and not whole:  # else every new text trains another one
            cache.write(f"{key}-model", _model_table(model))
    coded = texts.code(model, texts.human(human))
    wanted = np.isin(texts.digests, new) if human else np.ones(len(new), dtype=np.bool_)
    return _to_table(texts.digests[wanted], spread(coded, np.flatnonzero(wanted)))


def _to_table(names: Digests, coded: CodedTexts) -> pa.Table:
    columns = {"digest": names, "primary": coded.primary, "themes": assigned_lists(coded.assigned)}
    return pa.table({**columns, "margin": coded.margin}, schema=_SCHEMA)


def _from_table(table: pa.Table, count: int) -> CodedTexts:
    assigned = assigned_from(table["themes"].combine_chunks(), count)
    primary, margin = table["primary"].to_numpy(), table["margin"].to_numpy()
    return CodedTexts(assigned, primary.astype(np.int64), margin)


def _kept_model(cache: TextCache, key: str) -> LinearModel | None:
    """Return the model kept under a key; None where there is none."""
    table = cache.read(f"{key}-model", _MODEL_SCHEMA)
    if table is None or not len(table):
        return None
    codes, idf, weights, bias = (table[name].combine_chunks().flatten().to_numpy() for name in _MODEL)
    names = tuple(map(str, range(len(bias))))
    none = np.empty((0, len(bias)), dtype=np.float32)
    return LinearModel(Space(codes, idf, words=True), names, weights.reshape(-1, len(bias)), bias, none)


def _model_table(model: LinearModel) -> pa.Table:
    arrays = (model.space.codes, model.space.idf, model.weights.ravel(), model.bias)
    values = [pa.array(one, kind) for one, kind in zip(arrays, _MODEL.values(), strict=True)]
    lists = [pa.ListArray.from_arrays(pa.array([0, len(one)], pa.int32()), one) for one in values]
    return pa.Table.from_arrays(lists, schema=_MODEL_SCHEMA)


def assigned_lists(assigned: Flags) -> pa.ListArray:
    """Return the positions of the themes of each text, from [N, K] whether a theme is assigned."""
    text, theme = where(assigned)
    ends = np.concatenate([[0], np.cumsum(np.bincount(text, minlength=len(assigned)))])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(theme, pa.int16()))


def assigned_from(lists: pa.ListArray, count: int) -> Flags:
    """Return [N, K] whether each of K themes is assigned, from the positions of the themes of each text."""
    assigned = np.zeros((len(lists), count), dtype=np.bool_)
    rows = np.repeat(np.arange(len(lists)), np.asarray(lists.value_lengths()))
    assigned[rows, np.asarray(lists.flatten())] = True
    return assigned
