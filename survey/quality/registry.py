"""CHECKS: all quality checks, and functions that run them on responses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from survey.quality import careless, duplicates, inconsistent, out_of_frame
from survey.quality import effort_checks as effort
from survey.quality.check import Check, Context

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


def flag_responses(context: Context) -> pd.DataFrame:
    """Run all checks.

    Returns:
        response_id, wave, mode, check, value, hint: one row per flag, in the order of the responses.
    """
    rows = context.sheet.rows.select(["response_id", "wave", "mode"]).to_pandas()
    parts = []
    for name, check in CHECKS.items():
        marked = check.run(context)
        found = rows[marked.flag]
        parts.append(found.assign(check=name, value=marked.value[marked.flag], hint=check.hint))
    flags: pd.DataFrame = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    return flags


def summary(context: Context, flags: pd.DataFrame) -> pd.DataFrame:
    """Count the flagged responses per check: check, label, rule, innocent, action, hint, n, share (in [0, 1])."""
    total = max(len(context.sheet), 1)
    count = flags.groupby("check")["response_id"].nunique()
    table = [
        (name, check.label, check.rule, check.innocent, check.action, check.hint, int(count.get(name, 0)))
        for name, check in CHECKS.items()
    ]
    result = pd.DataFrame(table, columns=["check", "label", "rule", "innocent", "action", "hint", "n"])
    result["share"] = result["n"] / total
    return result
