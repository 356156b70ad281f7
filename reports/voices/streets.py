"""Streets of a district by the number of people who raise a theme, as counts; small ones are suppressed."""

from __future__ import annotations

import pandas as pd

from reports.voices.asked import TextSelection, rows_of
from reports.voices.gathered import gathered, places
from reports.voices.mentions import for_everyone
from reports.voices.open_answers import OpenAnswers
from survey.study.study import Study

PERSON = ["wave", "response_id"]


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
    )


def _streets(study: Study, answers: OpenAnswers, asked: TextSelection, district: str, theme: str) -> pd.DataFrame:
    within = places(study, gathered(study, answers, asked).rows, ("district", "street"))
    here = within.to_pandas().query("district == @district")
    rows = rows_of(answers, asked, within).select([*PERSON, "themes"]).to_pandas().astype(dict.fromkeys(PERSON, str))
    raised = rows[[theme in list(themes) for themes in rows["themes"]]].drop_duplicates(PERSON)
    found = raised.merge(here, on=PERSON).groupby("street", as_index=False).agg(n=("response_id", "size"))
    some: pd.DataFrame = found[found["n"] >= study.suppression]
    return some.sort_values(["n", "street"], ascending=[False, True]).reset_index(drop=True)
