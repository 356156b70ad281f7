"""Keyness: the words that are distinctive of a district or group, given the precision of the sample.

Log-odds of the share of respondents who mention a word, in the group against the rest, with an informative Dirichlet
prior (Monroe, Colaresi & Quinn 2008, eq. 15-22), on presence instead of tokens, and with the variance of the sampling
design instead of the multinomial one, which flags three to four times too many words (text.md 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, special

from analysis.design.cells import Cells, FloatArray
from analysis.design.design import Design, make_design
from analysis.design.influence import Influence
from analysis.estimation.multiplicity import benjamini_hochberg
from survey.errors import ArgumentError

PRIOR = 500.0
"""Strength of the prior, in mentions distributed over words as in the whole sample; less in small samples."""
FEWEST = 5
"""Smallest number of mentions, in total and expected in the group, for a word to be compared."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which respondent mentions what.

    Attributes:
        present: CSR [R, V] 0/1, one row per respondent.
        names: [V] words or themes.
        keys: [R] rows: `psu`, `stratum` (where known) and the columns to compare by.
        weight: [R] survey weights.
    """

    present: Any
    names: tuple[str, ...]
    keys: pd.DataFrame
    weight: FloatArray

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.present.shape != (len(self.keys), len(self.names)) or len(self.weight) != len(self.keys):
            raise ArgumentError("提及表的行列与名单不一致", got=str(self.present.shape))

    def select(self, keep: npt.NDArray[np.bool_]) -> Mentions:
        """Select rows: for another population (a wave, without copies), never for a domain."""
        return Mentions(self.present[keep], self.names, self.keys[keep].reset_index(drop=True), self.weight[keep])


def keyness(mentions: Mentions, by: str, *, fewest: int = FEWEST, rate: float = 0.10) -> pd.DataFrame:
    """Compare what each group mentions with the rest of the sample.

    Args:
        mentions: who mentions what; remove places and greetings from the words first.
        by: key column.
        fewest: see `FEWEST`.
        rate: false discovery rate, over all words and groups together (Benjamini & Hochberg 1995).

    Returns:
        One row per group and word: by-column, term, n (mentions in the group), n_rest, share, share_rest (weighted),
        log_odds, std_error, z, p_value, q_value, distinct (q_value <= rate); the most distinctive first.
        Words too rare to be compared are left out.
    """
    sums = _summed(mentions, by)
    design = _design(sums)
    codes, labels = pd.factorize(sums.keys[by], sort=True)
    parts, group = [], []
    for at in range(len(labels) if mentions.names else 0):  # without words there is nothing to compare
        part = _group(sums, mentions.names, design, codes == at)
        kept = (part["n"] + part["n_rest"] >= fewest) & (part.pop("expected") >= fewest)
        parts.append({name: values[kept] for name, values in part.items()})
        group.append(np.full(int(kept.sum()), at))
    if any(map(len, group)):
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        table = pd.DataFrame(columns).assign(**{by: labels.take(np.concatenate(group))})
    else:
        table = _nothing(by)
    table["p_value"] = special.ndtr(-np.abs(table["z"])) * 2
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=np.float64))
    table["distinct"] = table["q_value"] <= rate
    order = ["term", "n", "n_rest", "share", "share_rest", "log_odds", "std_error", "z", "p_value", "q_value"]
    table = table[[by, *order, "distinct"]]
    return table.sort_values([by, "z"], ascending=[True, False], kind="stable").reset_index(drop=True)


def _nothing(by: str) -> pd.DataFrame:
    columns = (by, "term", "n", "n_rest", "share", "share_rest", "log_odds", "std_error", "z")
    return pd.DataFrame({name: pd.Series(dtype="object" if name in {by, "term"} else "float64") for name in columns})


@dataclass(frozen=True, slots=True)
class _Sums:
    """Mentions summed by sampling point and group, which is all that a comparison needs of them.

    Attributes:
        keys: [C] rows.
        size: [C] respondents.
        weight: [C] their weights, of mean 1.
        count: CSR [C, V] mentions.
        every: [V] all mentions.
        row, column, y: [E] weighted mentions, by place in `count`.
    """

    keys: pd.DataFrame
    size: FloatArray
    weight: FloatArray
    count: Any
    every: FloatArray
    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    y: FloatArray

    def total(self, inside: npt.NDArray[np.bool_]) -> FloatArray:
        """Return the weighted mentions [V] of some rows."""
        mine = inside[self.row]
        return np.asarray(np.bincount(self.column[mine], self.y[mine], self.count.shape[1]), dtype=np.float64)


def _summed(mentions: Mentions, by: str) -> _Sums:
    """Sum respondents of one sampling point and group; without sampling points, everybody alone."""
    columns = [name for name in ("stratum", "psu") if name in mentions.keys]
    keys = mentions.keys[list(dict.fromkeys([*columns, by]))].reset_index(drop=True)
    place: npt.NDArray[np.int64] = np.arange(len(keys))
    if "psu" in columns and len(keys):
        groups = keys.groupby(list(keys.columns), sort=False, dropna=False, observed=True)
        place = np.asarray(groups.ngroup(), dtype=np.int64)
    size = int(place.max(initial=-1)) + 1
    # Scale weights to mean 1, so that a prior counted in mentions means the same in every study.
    weight = mentions.weight / mentions.weight.mean() if len(keys) else mentions.weight
    entries = mentions.present.tocoo()
    code = place[entries.row] * max(len(mentions.names), 1) + entries.col
    there, at = np.unique(code, return_inverse=True)
    row, column = np.divmod(there, max(len(mentions.names), 1))
    count = sparse.csr_matrix((np.bincount(at, entries.data), (row, column)), shape=(size, len(mentions.names)))
    y = np.asarray(np.bincount(at, weight[entries.row] * entries.data), dtype=np.float64)
    first = np.unique(place, return_index=True)[1]
    people = np.bincount(place, minlength=size).astype(np.float64)
    summed = np.asarray(np.bincount(place, weight, size), dtype=np.float64)
    every = np.asarray(count.sum(axis=0), dtype=np.float64).ravel()
    return _Sums(keys.iloc[first].reset_index(drop=True), people, summed, count, every, row, column, y)


def _design(sums: _Sums) -> Design:
    """Return the design on the rows as cells; strata of one sampling point are centred at the overall mean."""
    columns = [name for name in ("stratum", "psu") if name in sums.keys]
    keys = sums.keys[columns]
    if "psu" not in columns:
        keys = keys.assign(psu=np.arange(len(keys)))
    none = np.zeros((0, len(keys)))
    cells = Cells(
        keys, (), sums.size.astype(np.int64), sums.weight, sums.weight**2, none.astype(np.int64), none, none, none, none
    )
    return make_design(cells, lonely="adjust")


def _group(sums: _Sums, names: tuple[str, ...], design: Design, inside: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Compare all words of one group with the rest; return columns [V] in the order of the names."""
    group, rest = np.where(inside, sums.weight, 0.0), np.where(inside, 0.0, sums.weight)
    count = np.asarray(sums.count.T @ inside.astype(np.float64)).ravel()
    every = sums.every
    y_group, y_rest = sums.total(inside), sums.total(~inside)
    total = max(float(every.sum()), 1.0)
    strength = min(PRIOR, total / 20)
    prior = strength * (y_group + y_rest) / max(float((y_group + y_rest).sum()), 1e-12)
    sizes = group.sum(), rest.sum()
    # Both sides of the odds get the prior in proportion, so that equal shares give log-odds 0.
    odds_group = _Odds(y_group, sizes[0], prior, prior * (sizes[0] + sizes[1]) / np.maximum(y_group + y_rest, 1e-12))
    odds_rest = _Odds(y_rest, sizes[1], prior, odds_group.prior_size)
    difference = odds_group.value - odds_rest.value
    error = np.sqrt(_variance(sums, design, inside, (group, rest), (odds_group, odds_rest)))
    share_inside = sums.size[inside].sum() / sums.size.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(error > 0, difference / error, 0.0)
    nothing = np.full(len(names), np.nan)
    return {
        "term": np.array(names, dtype=object),
        "n": count.astype(np.int64),
        "n_rest": (every - count).astype(np.int64),
        "expected": every * min(share_inside, 1 - share_inside),
        "share": y_group / sizes[0] if sizes[0] else nothing,
        "share_rest": y_rest / sizes[1] if sizes[1] else nothing,
        "log_odds": difference,
        "std_error": error,
        "z": z,
    }


@dataclass(frozen=True, slots=True)
class _Odds:
    """Log-odds of every word on one side: mentions and respondents with their prior."""

    y: FloatArray
    size: float
    prior: FloatArray
    prior_size: FloatArray

    @property
    def _others(self) -> FloatArray:
        return np.maximum(self.size + self.prior_size - self.y - self.prior, 1e-9)

    @property
    def value(self) -> FloatArray:
        return np.asarray(np.log(np.maximum(self.y + self.prior, 1e-9)) - np.log(self._others))

    @property
    def slope(self) -> FloatArray:
        """Derivative of the value with respect to the mentions."""
        return np.asarray(1 / np.maximum(self.y + self.prior, 1e-9) + 1 / self._others)

    @property
    def slope_size(self) -> FloatArray:
        """Derivative of the value with respect to the respondents, with the sign reversed."""
        return np.asarray(1 / self._others)


def _variance(
    sums: _Sums,
    design: Design,
    inside: npt.NDArray[np.bool_],
    sides: tuple[FloatArray, FloatArray],
    odds: tuple[_Odds, _Odds],
) -> FloatArray:
    """Return linearise: u = w [x slope - slope_size] in the group, minus the same in the rest, through the design.

    The size part enters centred, as p = y/W does in a ratio, so that varying cluster sizes are not mistaken for varying
    opinions.
    """
    share = [np.divide(each.y, each.size) if each.size else np.zeros_like(each.y) for each in odds]
    slopes = odds[0].slope, odds[1].slope
    value = np.where(inside[sums.row], slopes[0][sums.column], -slopes[1][sums.column]) * sums.y
    influence = Influence(sums.row, sums.column, value, sums.count.shape)
    left = sparse.csr_matrix(np.column_stack(sides))
    right = np.vstack([slopes[0] * share[0], -slopes[1] * share[1]])
    return design.variance(influence.less(left, right))
