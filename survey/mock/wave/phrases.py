"""Phrases from which open answers are composed, each in a plain, a traditional and a misspelt form.

The themes of the answers depend on district and place type, with planted local themes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from survey.instrument.measure import AWARENESS
from survey.mock.city.areas import City, Floats
from survey.mock.city.planting import PlantedTruth
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.words import read_words

Ints = npt.NDArray[np.int64]
PLAIN, TRADITIONAL, TYPO = range(3)
TONES = ("complaint", "suggestion", "question", "praise")
WORDS_OF_TONE = {"complaint": "problems", "suggestion": "wishes", "question": "problems", "praise": "praises"}


@dataclass(frozen=True)
class Pool:
    """Phrases of several groups in one array, in three forms.

    Attributes:
        phrases: all plain phrases, then all traditional, then all misspelt ones.
        start: index of the first phrase of each group.
        count: number of phrases of each group.
    """

    phrases: pa.Array
    start: Ints
    count: Ints

    def draw(self, rng: np.random.Generator, group: Ints, form: Ints) -> pa.Array:
        """Draw a phrase for each row from its group, in its form."""
        pick = (rng.random(len(group)) * self.count[group]).astype(np.int64)
        size = len(self.phrases) // 3
        return self.phrases.take(pa.array(self.start[group] + pick + form * size))


def pool(groups: Sequence[Sequence[str]]) -> Pool:
    """Return the pool of some groups; an empty group gets the empty phrase."""
    filled = [list(group) or [""] for group in groups]
    plain = [phrase for group in filled for phrase in group]
    count = np.array([len(group) for group in filled], dtype=np.int64)
    forms = [*plain, *map(traditional, plain), *map(misspelt, plain)]
    return Pool(pa.array(forms, pa.string()), np.cumsum(count) - count, count)


@cache
def traditional(text: str) -> str:
    """Return the text in traditional characters."""
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


@cache
def misspelt(text: str) -> str:
    """Return the text with one typical input-method error; unchanged if none applies."""
    for right, wrong in read_words("texts")["typo"]["pairs"]:
        if right in text:
            return text.replace(right, wrong, 1)
    return text


@cache
def theme_codes() -> tuple[str, ...]:
    """Return the codes of the themes in the order of the word list."""
    return tuple(read_words("themes"))


@cache
def theme_pool() -> Pool:
    """Return the pool of statements by tone (slowest) and theme (fastest)."""
    themes = read_words("themes")
    return pool([themes[code][WORDS_OF_TONE[tone]] for tone in TONES for code in themes])


@cache
def word_pool(table: str) -> Pool:
    """Return the pool of openings or endings by tone."""
    words = read_words("texts")[table]
    return pool([words[tone] for tone in TONES])


@cache
def list_pool(table: str, name: str) -> Pool:
    """Return a pool with one list as its only group."""
    return pool([read_words("texts")[table][name]])


@cache
def place_pool() -> Pool:
    """Return the pool of colloquial place names: one group per place type, then the general group."""
    places = read_words("places")
    return pool([*places["by_place"].values(), places["anywhere"]])


def place_groups(places: Sequence[str]) -> Ints:
    """Return the group in `place_pool` of each place type."""
    known = list(read_words("places")["by_place"])
    return np.array([known.index(place) if place in known else len(known) for place in places], dtype=np.int64)


PLACE_FACTOR = 2.0
PLANTED_FACTOR = 3.5
NEVER_PLANTED = ("parking", "garbage")  # raised everywhere


def planted_themes(spec: MockSpec, city: City, plan: PlantedTruth) -> pd.DataFrame:
    """Choose the themes that are raised more often in a district: district, theme, label, factor.

    Half of the districts have one; in those weak in awareness it is the lack of publicity.
    """
    columns = ["district", "theme", "label", "factor"]
    if not spec.differences:
        return pd.DataFrame(columns=columns)
    rng = stream(spec.seed, "themes")
    unaware = [weak.district for weak in plan.weak if weak.measure == AWARENESS]
    others = [name for name in rng.permutation(city.districts).tolist() if name not in unaware]
    chosen = [*unaware, *others][: max(1, len(city.districts) // 2)]
    free = [code for code in theme_codes() if code not in (*NEVER_PLANTED, "publicity")]
    codes = ["publicity" if name in unaware else str(rng.choice(free)) for name in chosen]
    labels = [read_words("themes")[code]["label"] for code in codes]
    return pd.DataFrame(dict(zip(columns, (chosen, codes, labels, [PLANTED_FACTOR] * len(codes)), strict=True)))


def theme_shares(city: City, planted: pd.DataFrame) -> Floats:
    """Return the share of each theme among open answers with content, communities x themes."""
    words = read_words("themes")
    shares = np.array([[entry["share"] for entry in words.values()]] * len(city.psu), dtype=np.float64)
    for index, entry in enumerate(words.values()):
        shares[np.isin(city.place, entry["place"]), index] *= PLACE_FACTOR
    codes = theme_codes()
    for row in planted.itertuples():
        inside = city.district == city.districts.index(str(row.district))
        shares[inside, codes.index(str(row.theme))] *= float(str(row.factor))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)
