"""Labels: replace codes of role columns and area names by what readers know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from survey.instrument.questionnaire import Questionnaire
from survey.study.areas import Areas
from survey.study.margins import margin_tables


def role_labels(questionnaire: Questionnaire) -> Mapping[str, Mapping[int, str]]:
    """Return role -> code -> label, in the order of the questionnaire; for numeric questions their bands."""
    return {
        role: {entry.code: entry.label for entry in question.bands or question.choices}
        for role, question in questionnaire.roles.items()
    }


def label_cells(cells: Cells, questionnaire: Questionnaire) -> Cells:
    """Replace the codes of role columns by ordered labels; unknown codes become missing."""
    named = {
        role: _categories(cells.keys[role], labels)
        for role, labels in role_labels(questionnaire).items()
        if role in cells.keys
    }
    return cells.with_keys(**named) if named else cells


def label_margin(table: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """Replace the codes of role columns in a margin table by labels."""
    named = {
        role: table[role].astype("Int64").map(dict(labels)).to_numpy()
        for role, labels in role_labels(questionnaire).items()
        if role in table
    }
    return table.assign(**named)


def _categories(codes: pd.Series[Any], labels: Mapping[int, str]) -> Any:
    known = pd.Index(list(labels))
    at = known.get_indexer(pd.Index(codes.to_numpy(dtype=np.float64, na_value=np.nan)))
    return pd.Categorical.from_codes(at.astype(np.int32), categories=pd.Index(list(labels.values())), ordered=True)


KEPT = 4
"""Frames and margins whose labels stay in memory."""
_NAMED: list[tuple[Areas, pd.DataFrame]] = []
_MARGINS: list[tuple[pd.DataFrame, Mapping[str, Mapping[int, str]], tuple[pd.DataFrame, ...]]] = []


def shared_names(areas: Areas) -> pd.DataFrame:
    """Return `unique_names`, kept for the same areas; no caller may change it."""
    for known, frame in _NAMED:
        if known is areas:
            return frame
    found = unique_names(areas)
    _NAMED[:] = [(areas, found), *_NAMED[: KEPT - 1]]
    return found


def labelled_margins(margins: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.DataFrame, ...]:
    """Return the tables of margins with labels for codes, kept for the same margins; no caller may change them."""
    labels = role_labels(questionnaire)
    for known, same, tables in _MARGINS:
        if known is margins and same == labels:
            return tables
    found = tuple(label_margin(one, questionnaire) for one in margin_tables(margins)) if len(margins) else ()
    _MARGINS[:] = [(margins, labels, found), *_MARGINS[: KEPT - 1]]
    return found


def unique_names(areas: Areas) -> pd.DataFrame:
    """Return the frame; where streets or communities share a name, the parent area's name precedes it."""
    frame = areas.frame.copy()
    frame["street"] = _with_parent(frame["street"], frame["district"])
    frame["community"] = _with_parent(frame["community"], frame["street"])
    return frame


def _with_parent(name: pd.Series[Any], above: pd.Series[Any]) -> pd.Series[Any]:
    shared = above.groupby(name).transform("nunique") > 1
    return name.where(~shared, above + name)
