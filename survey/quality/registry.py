"""CHECKS: all quality checks, and functions that run them on responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.quality import careless, duplicates, inconsistent, out_of_frame
from survey.quality import effort_checks as effort
from survey.quality.check import Check, Context
from survey.quality.sheet import Floats

Ints = npt.NDArray[np.int64]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "speed": careless.SPEED_CHECK,
        "straightline": careless.STRAIGHT_LINE_CHECK,
        "duplicate": duplicates.CHECK,
        "nonresponse": careless.NONRESPONSE_CHECK,
        "contradiction": inconsistent.CONTRADICTION_CHECK,
        "reverse": inconsistent.YES_TO_EVERYTHING_CHECK,
        **effort.CHECKS,
        "frame": out_of_frame.CHECK,
        "sender": duplicates.SENDER_CHECK,
    }
)
"""Name -> check. A new check needs a function, its `Check` and a line here."""


def run_checks(context: Context, checks: Mapping[str, Check] = CHECKS) -> Iterator[tuple[str, Ints, Floats]]:
    """Yield the name of each check, the positions of the responses that it flags, ascending, and what it measured."""
    for name, check in checks.items():
        found = check.run(context)
        rows = np.flatnonzero(found.flag)
        yield name, rows, found.value[rows]


def flag_responses(context: Context) -> pd.DataFrame:
    """Run all checks.

    Returns:
        response_id, wave, mode, check, value, hint: one row per flag, in the order of the responses.
    """
    rows = context.sheet.rows.select(["response_id", "wave", "mode"]).to_pandas()
    parts = [
        rows.iloc[flagged].assign(check=name, value=value, hint=CHECKS[name].hint)
        for name, flagged, value in run_checks(context)
    ]
    flags: pd.DataFrame = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    return flags


def summary(total: int, flags: pd.DataFrame) -> pd.DataFrame:
    """Count the flagged responses per check: check, label, rule, innocent, action, hint, n, share (in [0, 1]).

    Args:
        total: number of responses.
        flags: one row per flag, see `flag_responses`.
    """
    count = flags["check"].value_counts()
    table = [
        (name, check.label, check.rule, check.innocent, check.action, check.hint, int(count.get(name, 0)))
        for name, check in CHECKS.items()
    ]
    result = pd.DataFrame(table, columns=["check", "label", "rule", "innocent", "action", "hint", "n"])
    result["share"] = result["n"] / max(total, 1)
    return result
