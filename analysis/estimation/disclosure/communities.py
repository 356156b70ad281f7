"""Communities beside the totals of their streets and districts: which counts must not be shown (rule R-04).

A district shows 344 answers and its communities 340: the hidden one has 4. So wherever a community is hidden, the
hidden counts of its street hold at least two communities and `threshold` answers; where the street is hidden too, those
of all hidden streets of the district do.
Source: Hundepool et al. 2012, Statistical Disclosure Control, 4.2 to 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.disclosure.differencing import ALL, UNKNOWN, hidden_counts
from analysis.estimation.disclosure.suppression import smallest_further

Mask = npt.NDArray[np.bool_]


def hidden_communities(counts: pd.DataFrame, threshold: int) -> Mask:
    """Return which communities must not show their number of answers.

    Args:
        counts: one row per community: district, street and n (answers, 0 or more).
        threshold: fewest answers shown.

    Returns:
        [K] mask: the small ones, and the next smallest where a total would reveal them.
    """
    n = counts["n"].to_numpy(dtype=np.int64)
    hidden = (n > 0) & (n < threshold)
    for rows, forced in _lines(counts, n, threshold):
        hidden[forced] = True
        line = np.asarray(rows, dtype=np.intp)
        hidden[line[smallest_further(n[line], hidden[line], threshold)]] = True
    return np.asarray(hidden)


def _lines(counts: pd.DataFrame, n: npt.NDArray[np.int64], threshold: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield rows whose sum is known, and those of them to hide in any case.

    These are the communities of a shown street, and those of all hidden streets of a shown district (of the city, where
    the district is hidden): a street whose communities are all shown would not be hidden.
    """
    streets: dict[tuple[str, str], list[int]] = {}
    for at, (district, street) in enumerate(zip(counts["district"], counts["street"], strict=True)):
        streets.setdefault((str(district), str(street)), []).append(at)
    dark = hidden_counts({(UNKNOWN, *place): int(n[rows].sum()) for place, rows in streets.items()}, threshold)
    together: dict[str, tuple[list[int], list[int]]] = {}
    for place, rows in streets.items():
        if (ALL, *place) not in dark:
            yield rows, []
            continue
        every, forced = together.setdefault("" if (ALL, place[0]) in dark else place[0], ([], []))
        every += rows
        forced.append(min((at for at in rows if n[at]), key=lambda at: n[at]))
    yield from together.values()
