"""Comparisons of the interviewers of a district, kept beside the lights: answers elsewhere do not void them.

A file is named by a digest of all that is compared, so it is never stale; deleting it changes no number.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.integrity.shuffling import Found
from reports.counted.kept_tables import Tables, kept_tables
from survey.study.study import Study

KEPT = 1_200
"""Number of files: districts of a few waves and modes, as they were before and after a few commits."""
COLUMNS = ("value", "expected", "p")


def kept_comparison(study: Study, digest: str, make: Callable[[], Found]) -> Found:
    """Return the comparison kept under a digest, or what `make` returns, which is kept then."""

    def tables() -> Tables:
        return Tables({name: pd.DataFrame(dict(zip(COLUMNS, each, strict=True))) for name, each in make().items()})

    kept = kept_tables(study.root / "store" / "lights" / f"{digest[:32]}.compared", tables, KEPT)
    return {name: table[list(COLUMNS)].to_numpy(dtype="float64").T for name, table in kept.tables.items()}
