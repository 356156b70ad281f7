"""Flag groups: whether the checks of careless answering mark some people more often than others.

Unusual people are not careless: who is old, little educated or dissatisfied must not be marked more often than others
(docs/integrity.md has the rates of false flags). In a real survey the table shows all flags, right and wrong ones; a
large difference is a reason to distrust the flags in the group concerned, not the people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from survey.instrument.measure import appraisals
from survey.instrument.question import ROLES
from survey.quality.sheet import Flags, ResponseSheet

COLUMNS = ["kind", "group", "n", "flagged", "share"]
LEAST = 100
"""Smallest number of responses of a group that is compared."""
TIMES, SURE = 2.0, 2.576
"""Ratio above which two groups differ too much, and the normal deviate (1 %) that makes it more than chance."""


Count = tuple[str, str, int, int]
"""Kind, group, responses of the group, and those with any flag of careless answering."""


def group_counts(sheet: ResponseSheet, hit: Flags) -> list[Count]:
    """Count the responses of each group, and those with a flag [N], by age, education, and satisfaction overall."""
    return [(kind, group, int(inside.sum()), int((inside & hit).sum())) for kind, group, inside in by_group(sheet)]


def flag_groups(counts: Iterable[Count]) -> pd.DataFrame:
    """Return kind, group, n, flagged, share of the responses with any flag of careless answering.

    Args:
        counts: from `group_counts`.

    Returns:
        A row per group with responses; flagged (-1) and share (NaN) are hidden for groups of fewer than `LEAST`.
    """
    rows = [
        (kind, group, n, flagged, flagged / n) if n >= LEAST else (kind, group, n, -1, np.nan)
        for kind, group, n, flagged in counts
        if n
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def unequal(groups: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return (kind, group flagged most, group flagged least) of the kinds that differ too much."""
    found = []
    for kind, rows in groups.dropna(subset=["share"]).groupby("kind", sort=False):
        ranked = rows.sort_values("share").to_dict("records")
        low, high = ranked[0], ranked[-1]
        both = (high["flagged"] + low["flagged"]) / (high["n"] + low["n"])
        error = np.sqrt(both * (1 - both) * (1 / high["n"] + 1 / low["n"]))
        gap = high["share"] - low["share"]
        if high["share"] > TIMES * low["share"] and gap > SURE * error:
            found.append((str(kind), str(high["group"]), str(low["group"])))
    return found


def by_group(sheet: ResponseSheet) -> Iterator[tuple[str, str, Flags]]:
    """Yield kind, group and [N] whether a response belongs to it."""
    for role in ("age", "education"):
        question = sheet.questionnaire.roles.get(role)
        if question is not None and role in sheet.rows.column_names:
            codes = sheet.rows[role].to_pandas().to_numpy(dtype=np.float64, na_value=np.nan)
            for one in question.bands or question.choices:
                yield ROLES[role], one.label, np.asarray(codes == one.code, dtype=np.bool_)
    for head in sheet.questionnaire.headlines(appraisals()):
        judged = np.any([sheet.substantive[:, sheet.places[name]] for name in head.columns], axis=0)
        good = np.any([np.isin(sheet.column(name), codes) for name, codes in head.terms], axis=0)
        yield "总体评价", "满意", judged & good
        yield "总体评价", "不满意或一般", judged & ~good
