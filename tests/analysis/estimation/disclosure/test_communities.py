"""Communities: no small one follows from the totals of its street, its district or the city."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.disclosure.communities import hidden_communities
from analysis.estimation.disclosure.differencing import ALL, UNKNOWN, hidden_counts

K = 10
PLACES = [(d, f"{d}{s}") for d in "东西" for s in "一二三" for _ in range(3)]
sizes = st.lists(st.one_of(st.integers(0, 14), st.integers(0, 60)), min_size=len(PLACES), max_size=len(PLACES))


def frame(numbers: list[int]) -> pd.DataFrame:
    return pd.DataFrame(PLACES, columns=["district", "street"]).assign(n=numbers)


def test_a_district_of_344_does_not_reveal_four_answers() -> None:
    one = pd.DataFrame({"district": "东", "street": ["一"] * 3, "n": [4, 150, 190]})
    assert hidden_communities(one, K).tolist() == [True, True, False]


@settings(max_examples=60, deadline=None)
@given(sizes)
def test_no_small_community_follows_from_what_is_shown(numbers: list[int]) -> None:
    table = frame(numbers)
    n, hidden = table["n"].to_numpy(), hidden_communities(table, K)
    streets = table.groupby(["district", "street"])["n"].sum().to_dict()
    dark = hidden_counts({(UNKNOWN, d, s): int(people) for (d, s), people in streets.items()}, K)
    known = [np.eye(len(n))[at] for at in np.flatnonzero(~hidden)]
    for level in ("district", "street"):
        for place, rows in table.groupby(["district", "street"][: 1 + (level == "street")]).indices.items():
            if (ALL, *place) not in dark:
                known.append(np.isin(np.arange(len(n)), rows).astype(float))
    if n.sum() >= K:  # a city with fewer answers shows no total
        known.append(np.ones(len(n)))
    base = np.array(known).T
    there = n > 0
    for at in np.flatnonzero(there & (n < K)):
        wanted = np.eye(len(n))[at][there]
        found = np.linalg.lstsq(base[there], wanted, rcond=None)[0]
        assert np.abs(base[there] @ found - wanted).max() > 1e-7, (numbers, at)
