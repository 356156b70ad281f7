"""Streets of a district by the number of people who raise a theme, as counts; small ones are suppressed."""

from __future__ import annotations

import pandas as pd
import pyarrow.compute as pc

from reports.voices.asked import RESPONSE, TextSelection, rows_of
from reports.voices.gathered import gathered
from reports.voices.mentions import for_everyone
from reports.voices.open_answers import OpenAnswers
from survey.study.study import Study


def streets_with(study: Study, answers: OpenAnswers, asked: TextSelection, district: str, theme: str) -> pd.DataFrame:
    """Return the streets of a district in which enough people raise a theme.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request.
        district: its name.
        theme: code of the theme.

    Returns:
        street, n (people); at least as many as the suppression limit, most first.
    """
    return for_everyone(
        study,
        answers,
        asked,
        ("streets", district, theme),
        lambda one: _streets(study, answers, one, district, theme),
        linked=True,
    )


def _streets(study: Study, answers: OpenAnswers, asked: TextSelection, district: str, theme: str) -> pd.DataFrame:
    within = gathered(study, answers, asked).within("district", "street")
    rows = rows_of(answers, asked, within, ("themes",))
    lists = rows["themes"].combine_chunks()
    raised = pc.list_parent_indices(lists).filter(pc.equal(lists.flatten(), theme))
    people = within.take(pc.unique(rows[RESPONSE].take(raised)))
    here = people.filter(pc.equal(people["district"], district)).select(["street"]).to_pandas()
    found = here.groupby("street", as_index=False).agg(n=("street", "size"))
    some: pd.DataFrame = found[found["n"] >= study.suppression]
    return some.sort_values(["n", "street"], ascending=[False, True]).reset_index(drop=True)
