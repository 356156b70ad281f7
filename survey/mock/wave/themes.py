"""Themes: what each district and place type complains of, with the planted local themes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from survey.mock.city.areas import City, Floats
from survey.mock.city.planting import Plan
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.wave.phrases import theme_codes
from survey.mock.words import read_words

PLACE_FACTOR = 2.0
PLANTED_FACTOR = 3.5
NEVER_PLANTED = ("parking", "garbage")  # raised everywhere


def planted_themes(spec: MockSpec, city: City, plan: Plan) -> pd.DataFrame:
    """Theme x district that is raised more often: district, theme, label, factor.

    Half of the districts have one; those weak in awareness speak of missing publicity.
    """
    columns = ["district", "theme", "label", "factor"]
    if not spec.differences:
        return pd.DataFrame(columns=columns)
    rng = stream(spec.seed, "themes")
    unaware = [weak.district for weak in plan.weak if weak.measure == "awareness"]
    others = [name for name in rng.permutation(city.districts).tolist() if name not in unaware]
    chosen = [*unaware, *others][: max(1, len(city.districts) // 2)]
    free = [code for code in theme_codes() if code not in (*NEVER_PLANTED, "publicity")]
    codes = ["publicity" if name in unaware else str(rng.choice(free)) for name in chosen]
    labels = [read_words("themes")[code]["label"] for code in codes]
    return pd.DataFrame(dict(zip(columns, (chosen, codes, labels, [PLANTED_FACTOR] * len(codes)), strict=True)))


def theme_shares(city: City, planted: pd.DataFrame) -> Floats:
    """Share of each theme among open answers with content: communities x themes."""
    words = read_words("themes")
    shares = np.array([[entry["share"] for entry in words.values()]] * len(city.psu), dtype=np.float64)
    for index, entry in enumerate(words.values()):
        shares[np.isin(city.place, entry["place"]), index] *= PLACE_FACTOR
    codes = theme_codes()
    for row in planted.itertuples():
        inside = city.district == city.districts.index(str(row.district))
        shares[inside, codes.index(str(row.theme))] *= float(str(row.factor))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)
