"""Recognise the targets, communities and margins of the template in those of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

import pandas as pd

from survey.storage.tables import read_table
from survey.study.areas import Areas, SamplingPoint, read_frame
from survey.study.margins import COLUMNS, POPULATION, margin_tables

EXAMPLE_SOURCE, EXAMPLE_AREA = "示例目标", "示例"


def example_targets(targets: pd.DataFrame) -> pd.Series:
    """Return which rows of the targets are those of the template."""
    return targets["source"].astype(str).str.startswith(EXAMPLE_SOURCE)


def example_points(areas: Areas) -> list[SamplingPoint]:
    """Return communities of an example district, or with code and population of the template."""
    known = _template_points()
    return [
        point
        for point in areas.points
        if point.district.startswith(EXAMPLE_AREA) or known.get(point.code) == point.population
    ]


def example_tables(margins: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the margin tables that name an example district, or have exactly the numbers of the template."""
    known = _template_numbers()
    return [table for table in margin_tables(margins) if _is_example(table, known)]


def _is_example(table: pd.DataFrame, known: Mapping[frozenset[str], Counter[int]]) -> bool:
    columns = frozenset(map(str, table.columns))
    if known.get(columns) == Counter(table[POPULATION].astype(int).tolist()):
        return True
    return "district" in columns and bool(table["district"].astype(str).str.startswith(EXAMPLE_AREA).any())


@lru_cache(maxsize=1)
def _template_points() -> Mapping[int, int]:
    """Return code -> population of the communities of the template."""
    with resources.as_file(resources.files("survey") / "template" / "frame.csv") as path:
        return {point.code: point.population for point in read_frame(path).points}


@lru_cache(maxsize=1)
def _template_numbers() -> Mapping[frozenset[str], Counter[int]]:
    """Return the columns of each margin table of the template -> its numbers of residents."""
    found: dict[frozenset[str], Counter[int]] = {}
    with resources.as_file(resources.files("survey") / "template" / "margins.csv") as path:
        for _, row in read_table(path, COLUMNS, required=(POPULATION,)):
            used = frozenset(name for name, text in row.items() if text)
            found.setdefault(used, Counter())[int(row[POPULATION])] += 1
    return found
