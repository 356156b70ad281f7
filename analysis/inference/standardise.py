"""Direct standardisation: rates of groups as if all had the same age (or other) structure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FloatArray
from analysis.inference.observations import Observations
from analysis.inference.tallies import label_codes
from survey.errors import DesignError


@dataclass(frozen=True, slots=True)
class Standardised:
    """Standardised means.

    Attributes:
        table: group, n, estimate, std_error, df, note; a group that lacks a stratum has NaN, and `note` gives the
            reason.
        covariance: [G, G] between the groups of the table, NaN for those without an estimate.
    """

    table: pd.DataFrame
    covariance: FloatArray


def standardise(
    obs: Observations,
    values: FloatArray,
    by: npt.ArrayLike,
    shares: Mapping[Any, float],
    *,
    over: npt.ArrayLike | None = None,
) -> Standardised:
    """Standardise means of groups to a population: sum over k of share_k * mean of (group, k).

    Args:
        obs: the observations.
        values: (n,) answers; NaN is left out of both the means and the structure.
        by: (n,) stratum of the standardisation, such as the age band.
        shares: stratum -> share or count in the standard population.
        over: (n,) group; the whole sample when None.

    Raises:
        DesignError: a stratum in the data without a share, or no answers.

    Source: Klein & Schoenborn (2001), Healthy People Statistical Notes 20; the variance is that of a sum of
    ratios, the same as post-stratification within groups: agrees with `svystandardize` of R `survey` 4.5.
    """
    by_codes, by_labels = label_codes(by)
    codes, labels = label_codes(np.zeros(len(obs.cell)) if over is None else over)
    standard = _shares(by_labels, shares)
    inside = obs.within((by_codes >= 0) & (codes >= 0) & ~np.isnan(values))
    shape = (len(labels), len(by_labels))
    place = np.where(inside.domain, codes * shape[1] + by_codes, shape[0] * shape[1])
    count = _sums(place, inside.responses * (inside.base > 0), shape)
    complete = ((count > 0) | (standard == 0)).all(axis=1)
    estimates, covariance = np.full(shape[0], np.nan), np.full((shape[0], shape[0]), np.nan)
    if complete.any():
        y = np.where(inside.domain, values, 0.0)
        found = _estimate(inside, y, place, standard, complete)
        estimates[complete], covariance[np.ix_(complete, complete)] = found
    table = pd.DataFrame(
        {
            "group": ["全部"] if over is None else labels,
            "n": count.sum(axis=1).astype(np.int64),
            "estimate": estimates,
            "std_error": np.sqrt(np.diag(covariance)),
            "df": [_degrees(inside, codes, number) for number in range(len(labels))],
            "note": [_note(by_labels, row, standard) for row in count],
        }
    )
    return Standardised(table, covariance)


def _estimate(
    obs: Observations,
    y: FloatArray,
    place: npt.NDArray[np.int64],
    standard: FloatArray,
    complete: npt.NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """Return the standardised means of the complete groups and their covariance."""
    shape = (len(complete), len(standard))

    def statistic(weights: FloatArray) -> FloatArray:
        below = _sums(place, weights, shape)
        means = np.divide(_sums(place, weights * y, shape), below, out=np.full(shape, np.nan), where=below > 0)
        used = np.where(standard > 0, means * standard, 0.0)[complete]
        result: FloatArray = used.sum(axis=1)
        return result

    influence = _influence(obs, y, place, shape, standard)[:, complete]
    return statistic(obs.weight), obs.covariance(influence, statistic)


def _sums(place: npt.NDArray[np.int64], values: npt.NDArray[Any], shape: tuple[int, int]) -> FloatArray:
    size = shape[0] * shape[1]
    sums = np.bincount(place, np.asarray(values, dtype=np.float64), minlength=size + 1)
    return np.asarray(sums[:size].reshape(shape), dtype=np.float64)


def _influence(
    obs: Observations, y: FloatArray, place: npt.NDArray[np.int64], shape: tuple[int, int], standard: FloatArray
) -> FloatArray:
    weight = obs.weight
    below = _sums(place, weight, shape)
    means = np.divide(_sums(place, weight * y, shape), below, out=np.zeros(shape), where=below > 0)
    slope = np.divide(np.broadcast_to(standard, shape), below, out=np.zeros(shape), where=below > 0)
    ends = np.append(means.reshape(-1), 0.0)[place], np.append(slope.reshape(-1), 0.0)[place]
    mine = (place // shape[1])[:, None] == np.arange(shape[0])
    result: FloatArray = ((y - ends[0]) * ends[1])[:, None] * mine
    return result


def _degrees(obs: Observations, codes: npt.NDArray[np.int64], number: int) -> int:
    mine = (codes == number) & obs.domain & (obs.base > 0)
    return obs.within(mine).degrees if mine.any() else 0


def _shares(labels: npt.NDArray[Any], shares: Mapping[Any, float]) -> FloatArray:
    unknown = [str(label) for label in labels if label not in shares]
    absent = [str(label) for label, share in shares.items() if label not in set(labels.tolist()) and share > 0]
    if unknown or absent:
        raise DesignError("数据与标准人口的分层不一致", got="、".join(unknown + absent), expected="两边类别相同")
    values = np.array([float(shares[label]) for label in labels])
    if not (np.isfinite(values) & (values >= 0)).all() or not values.sum() > 0:
        raise DesignError("标准人口必须是非负的数且不全为 0", got="、".join(f"{value:g}" for value in values))
    result: FloatArray = values / values.sum()
    return result


def _note(labels: npt.NDArray[Any], count: FloatArray, standard: FloatArray) -> str:
    empty = [str(label) for label, n, share in zip(labels, count, standard, strict=True) if n == 0 and share > 0]
    return f"缺少 {'、'.join(empty)} 的答卷，无法标准化" if empty else ""
