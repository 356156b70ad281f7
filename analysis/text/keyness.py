"""Keyness: the words that are distinctive of a district or group, given the precision of the sample.

Log-odds of the share of respondents who mention a word, in the group against the rest, with an informative Dirichlet
prior (Monroe, Colaresi & Quinn 2008, eq. 15-22), on presence instead of tokens, and with the variance of the sampling
design instead of the multinomial one, which flags three to four times too many words (text.md 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.design import Design, make_design
from analysis.estimation.multiplicity import benjamini_hochberg
from analysis.text.mentioned import SAMPLING, Mentioned, Mentions, indicator
from analysis.text.side_variance import Sides, side_variance

PRIOR = 500.0
"""Strength of the prior, in mentions distributed over words as in the whole sample; less in small samples."""
FEWEST = 5
"""Smallest number of mentions, in total and expected in the group, for a word to be compared."""
_ORDER = ("term", "n", "n_rest", "share", "share_rest", "log_odds", "std_error", "z")


def keyness(mentions: Mentions | Mentioned, by: str, *, fewest: int = FEWEST, rate: float = 0.10) -> pd.DataFrame:
    """Compare what each group mentions with the rest of the sample.

    Args:
        mentions: who mentions what, or the sums of it by this column; remove places and greetings from the words first.
        by: key column.
        fewest: see `FEWEST`.
        rate: false discovery rate, over all words and groups together (Benjamini & Hochberg 1995).

    Returns:
        One row per group and word: by-column, term, n (mentions in the group), n_rest, share, share_rest (weighted),
        log_odds, std_error, z, p_value, q_value, distinct (q_value <= rate); the most distinctive first.
        Words too rare to be compared are left out, and groups without degrees of freedom, such as a community that is
        one sampling point: nothing tells how much it varies by chance.
    """
    sums = mentions.summed(by) if isinstance(mentions, Mentions) else mentions
    codes, labels = pd.factorize(sums.keys[by], sort=True)
    some = len(labels) and sums.names  # without words there is nothing to compare
    columns = _compared(sums, codes.astype(np.int64), len(labels), fewest) if some else _nothing()
    degrees = columns.pop("degrees")
    table = pd.DataFrame({by: labels.take(columns.pop("group").astype(np.int64)), **columns})
    table["p_value"] = special.stdtr(degrees, -np.abs(table["z"])) * 2
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=np.float64))
    table["distinct"] = table["q_value"] <= rate
    return table.sort_values([by, "z"], ascending=[True, False], kind="stable").reset_index(drop=True)


def _nothing() -> dict[str, npt.NDArray[np.generic]]:
    kinds = {"term": "object", "n": "int64", "n_rest": "int64"}
    empty = {name: np.empty(0, dtype=kinds.get(name, "float64")) for name in _ORDER}
    return {"group": np.empty(0, dtype=np.int64), "degrees": np.empty(0), **empty}


def _compared(sums: Mentioned, codes: IntArray, size: int, fewest: int) -> dict[str, npt.NDArray[np.generic]]:
    """Compare all groups in all words; return columns by group and word, in order, of what is frequent enough."""
    design = _design(sums)
    degrees = _degrees(design, codes, size)
    if not (degrees > 0).any():
        return _nothing()
    into, count, every = indicator(codes, size), *_mentions(sums, codes, size)
    people = into @ sums.size
    expected = every * np.minimum(people, sums.size.sum() - people)[:, None] / sums.size.sum()
    group, term = np.nonzero((every >= fewest) & (expected >= fewest) & (degrees > 0)[:, None])
    weight = into @ sums.weight
    rest = np.where(people < sums.size.sum(), sums.weight.sum() - weight, 0.0)
    y, total = (into @ sums.y).toarray(), np.asarray(sums.y.sum(axis=0)).ravel()
    sides = _Odds(y, weight[:, None]), _Odds(np.where(count < every, total - y, 0.0), rest[:, None])
    strength = min(PRIOR, max(float(every.sum()), 1.0) / 20)
    prior = strength * total / max(float(total.sum()), 1e-12)
    # Both sides of the odds get the prior in proportion, so that equal shares give log-odds 0.
    prior_size = prior * sums.weight.sum() / np.maximum(total, 1e-12)
    difference = sides[0].value(prior, prior_size) - sides[1].value(prior, prior_size)
    slopes = [side.slope(prior, prior_size) for side in sides]
    variance = side_variance(design, codes, sums.weight, sums.y, Sides(*slopes, *(side.share for side in sides)))
    error = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(error > 0, difference / error, 0.0)
        shares = [np.where(side.size > 0, side.y / side.size, np.nan) for side in sides]
    found = dict(zip(_ORDER[1:], (count, every - count, *shares, difference, error, z), strict=True))
    columns = {name: values[group, term] for name, values in found.items()}
    whole = {name: columns[name].round().astype(np.int64) for name in ("n", "n_rest")}
    return {
        "group": group,
        "degrees": degrees[group],
        "term": np.array(sums.names, dtype=object)[term],
        **columns,
        **whole,
    }


def _mentions(sums: Mentioned, codes: IntArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Return the mentions of each group [G, V], and of all [V]."""
    return (indicator(codes, size) @ sums.count).toarray(), np.asarray(sums.count.sum(axis=0)).ravel()


def _design(sums: Mentioned) -> Design:
    """Return the design on the rows as cells; strata of one sampling point are centred at the overall mean."""
    columns = [name for name in SAMPLING if name in sums.keys]
    keys = sums.keys[columns]
    if "psu" not in columns:
        keys = keys.assign(psu=np.arange(len(keys)))
    none = np.zeros((0, len(keys)))
    cells = Cells(
        keys, (), sums.size.astype(np.int64), sums.weight, sums.weight**2, none.astype(np.int64), none, none, none, none
    )
    return make_design(cells, lonely="adjust")


def _degrees(design: Design, codes: IntArray, size: int) -> FloatArray:
    """Return the degrees of freedom of each group [G], or of the rest where it has fewer.

    Those of a group are its sampling points minus its strata (Korn & Graubard 1999, ch. 5.2); those of the rest are at
    least the sum of those of the other groups, where a sampling point lies in one group.
    """
    row = np.flatnonzero(codes >= 0)
    points, strata = design.domain_degrees(row, codes[row], size)
    own = (points - strata).astype(np.float64)
    return np.asarray(np.minimum(own, np.minimum(own.sum() - own, design.degrees)))


@dataclass(frozen=True, slots=True)
class _Odds:
    """One side of all comparisons: weighted mentions [G, V] and respondents [G, 1]; priors are [V]."""

    y: FloatArray
    size: FloatArray

    @property
    def share(self) -> FloatArray:
        return np.divide(self.y, self.size, out=np.zeros_like(self.y), where=self.size > 0)

    def value(self, prior: FloatArray, prior_size: FloatArray) -> FloatArray:
        """Return the log-odds."""
        return np.asarray(np.log(np.maximum(self.y + prior, 1e-9)) - np.log(self._others(prior, prior_size)))

    def slope(self, prior: FloatArray, prior_size: FloatArray) -> FloatArray:
        """Return the derivative of the value with respect to the mentions.

        The size enters the variance centred, as p = y/W does in a ratio, so that varying cluster sizes are not mistaken
        for varying opinions.
        """
        return np.asarray(1 / np.maximum(self.y + prior, 1e-9) + 1 / self._others(prior, prior_size))

    def _others(self, prior: FloatArray, prior_size: FloatArray) -> FloatArray:
        return np.maximum(self.size + prior_size - self.y - prior, 1e-9)
