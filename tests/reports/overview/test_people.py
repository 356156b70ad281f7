"""Groups of people: the one farthest below its line in each rate, knowledge first, confirmed ones only."""

import pandas as pd

from analysis.estimation.estimates import LAST, Estimates
from reports.overview.people import weak_people
from survey.instrument.measure import AWARENESS, SATISFACTION


def tables(verdict: str = "确认薄弱") -> tuple[Estimates, ...]:
    rows = [
        ("A0", AWARENESS, "60岁及以上", 400, -0.03, verdict),
        ("E0", SATISFACTION, "45—59岁", 400, -0.09, verdict),
        ("E0", SATISFACTION, "18—29岁", 400, -0.02, verdict),
        ("E0", SATISFACTION, "30—44岁", 400, -0.20, "观察"),
    ]
    table = pd.DataFrame(rows, columns=["item", "measure", "age", "n", "gap", "verdict"])
    return (Estimates(table.assign(line=0.8, prob_below=0.95, **dict.fromkeys(LAST[1:], 0.7)), {}),)


def test_each_rate_has_its_farthest_confirmed_group_and_knowledge_comes_first() -> None:
    found = weak_people(tables())
    assert [(column, row["age"], row["item"]) for column, row in found] == [
        ("age", "60岁及以上", "A0"),
        ("age", "45—59岁", "E0"),
    ]


def test_nothing_confirmed_is_nothing() -> None:
    assert weak_people(tables("观察")) == ()
