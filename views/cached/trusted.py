"""Rankings of a page after their lights (rule R-13): areas with a red one are marked, take no rank, and are told."""

from __future__ import annotations

import pandas as pd

from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import MARK, NOTE, marked, marked_rows, warning
from views.cached import quality
from views.visitor.selection import Selection
from views.visitor.session import Loaded


def trusted(loaded: Loaded, selection: Selection, found: Estimates, by: str = "district") -> Estimates:
    """The estimates with the areas marked whose light is red."""
    return marked(found, quality.lights_of(loaded, selection, by), by)


def doubt(loaded: Loaded, selection: Selection, found: Estimates, by: str = "district") -> str:
    """The sentence about them; "" where there are none.

    Args:
        loaded: study and data version.
        selection: wave and mode.
        found: what is shown, marked or not.
        by: the column that names the areas.
    """
    names = [str(name).removesuffix(MARK) for name in found.table[by].unique()]
    return warning(quality.lights_of(loaded, selection, by), names)


def trusted_streets(loaded: Loaded, selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of streets, marked likewise."""
    return marked_rows(rows, quality.lights_of(loaded, selection, "street"), "street")


def note(rows: pd.DataFrame, by: str = "district") -> str:
    """What the mark means, for the words of a picture; "" where none stands in it."""
    return f"；{NOTE}" if rows[by].astype(str).str.endswith(MARK).any() else ""
