"""Labels: codes of the role columns and names of the areas, as a reader knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from survey.instrument.questionnaire import Questionnaire
from survey.study.areas import Areas


def role_labels(questionnaire: Questionnaire) -> Mapping[str, Mapping[int, str]]:
    """Role -> code -> label, in the order of the questionnaire; numeric questions by their bands."""
    return {
        role: {entry.code: entry.label for entry in question.bands or question.choices}
        for role, question in questionnaire.roles.items()
    }


def label_cells(cells: Cells, questionnaire: Questionnaire) -> Cells:
    """Cells with ordered labels in place of the codes of role columns; unknown codes become missing."""
    named = {
        role: _categories(cells.keys[role], labels)
        for role, labels in role_labels(questionnaire).items()
        if role in cells.keys
    }
    return cells.with_keys(**named) if named else cells


def label_margin(table: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """A margin table with labels in place of the codes of role columns."""
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


def unique_names(areas: Areas) -> pd.DataFrame:
    """The frame with streets and communities that share a name told apart by the level above."""
    frame = areas.frame.copy()
    frame["street"] = _told_apart(frame["street"], frame["district"])
    frame["community"] = _told_apart(frame["community"], frame["street"])
    return frame


def _told_apart(name: pd.Series[Any], above: pd.Series[Any]) -> pd.Series[Any]:
    shared = above.groupby(name).transform("nunique") > 1
    return name.where(~shared, above + name)
