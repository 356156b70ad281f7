"""Marks of a crosstab: which differences can be seen, adjusted over the comparisons of a line.

"high" and "low" compare a group with all others of its head together; letters compare every pair: a group carries the
letters of the groups that it exceeds. Options of a multiple choice overlap and are compared with those who did not
choose them, whatever marks are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design.overlapping import Overlapping
from analysis.estimation.contrasts import Comparison, against_each_other, against_rest, between_options
from analysis.estimation.estimates import Estimates
from analysis.estimation.linear import Linear
from analysis.estimation.sample import Sample
from reports.crosstab.request import Adjustment, Marks, Request
from reports.crosstab.slices import Slice
from survey.errors import ArgumentError, DesignError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNSEEN = ("suppressed", "empty")


def letter(at: int) -> str:
    """Return the letter of a column: A to Z, then AA, AB and so on."""
    above, own = divmod(at, len(ALPHABET))
    return f"{letter(above - 1) if above else ''}{ALPHABET[own]}"


@dataclass(frozen=True, slots=True)
class Means:
    """Means of the items of the rows.

    Attributes:
        groups: in the groups of a slice.
        others: for overlapping groups those outside each, as domains.
        whole: in the whole domain.
    """

    groups: Linear
    others: Overlapping | None
    whole: Linear


def differences_marked(sample: Sample, means: Means, request: Request, one: Slice, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a slice with `p_value` and `mark`.

    Args:
        sample: the sample.
        means: of the items of the rows.
        request: which marks, how adjusted, at which level.
        one: the slice.
        table: item-major rows with `item`, `group`, `estimate` (missing where suppressed), `p_value` and `mark`.
    """
    method = "p_holm" if request.adjustment is Adjustment.HOLM else "p_bh"
    if request.marks is Marks.NONE:
        return table
    try:
        if request.marks is Marks.LETTERS and not one.options:
            pairs = against_each_other(sample.basis, _comparison(sample, means, one), means.groups).table
            return _lettered(pairs[pairs[method] <= request.alpha], table)
        differences = _against_rest(sample, means, one).table
    except (ArgumentError, DesignError):  # one group only, or nobody in it or outside it: nothing to compare with
        return table
    if len(differences) != len(table):
        return table
    hidden = table["estimate"].isna().to_numpy() | differences["flag"].isin(UNSEEN).to_numpy()
    p = np.where(hidden, np.nan, differences[method])
    side = np.where(differences["estimate"] > 0, "high", "low")
    return table.assign(p_value=p, mark=np.where(p <= request.alpha, side, ""))


def _comparison(sample: Sample, means: Means, one: Slice) -> Comparison:
    return Comparison(means.groups.items, one.by, dict(one.where), suppression=sample.suppression)


def _against_rest(sample: Sample, means: Means, one: Slice) -> Estimates:
    asked = _comparison(sample, means, one)
    if means.others is not None:
        return between_options(sample.basis, means.groups, means.others, asked)
    return against_rest(sample.basis, asked, (means.groups, means.whole))


def _lettered(pairs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the letters of the groups that each estimate exceeds, apart: "A B" is not the column AB."""
    hidden = table["estimate"].isna().to_numpy()
    places = {key: at for at, key in enumerate(zip(table["item"], table["group"], strict=True))}
    exceeded: list[set[int]] = [set() for _ in range(len(table))]
    columns = (pairs[name].tolist() for name in ("item", "one", "other", "estimate"))
    for item, one, other, difference in zip(*columns, strict=True):
        above, below = (one, other) if difference > 0 else (other, one)
        if not hidden[[places[item, above], places[item, below]]].any():
            exceeded[places[item, above]].add(below)
    return table.assign(mark=[" ".join(map(letter, sorted(some))) for some in exceeded])
