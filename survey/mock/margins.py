"""Margins and targets of the mock city in the form of a study."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from survey.instrument.measure import MEASURES
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import City, Floats
from survey.mock.city.people import People, age_groups
from survey.mock.wave.personal import age_codes, education_codes, sex_codes

SOURCE, SOURCE_DATE = "模拟", date(2026, 1, 1)
AREA, ROLES = "district", ("age", "sex", "education")


def population_margins(city: City, people: People, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return the true population by district x age x sex, and by education, in whole numbers that sum to the frame.

    Returns:
        Columns district, age, sex, education (codes of the questionnaire, NA where a row does not use them) and
        population; roles missing from the questionnaire are left out.
    """
    cells = _coded_cells(city, people, questionnaire)
    roles = [role for role in ROLES if role in cells]
    first = [AREA, *(role for role in roles if role != "education")]
    by_area = cells.groupby(first)["population"].sum().reset_index()
    by_area[AREA] = np.array(city.districts, dtype=object)[by_area[AREA]]
    tables = [_rounded(by_area, by=AREA)]
    if "education" in roles:
        total = cells.groupby(["education"])["population"].sum().reset_index()
        tables.append(_rounded(total.assign(all=0), by="all").drop(columns="all"))
    table = pd.concat(tables, ignore_index=True).reindex(columns=[AREA, *roles, "population"])
    return table.astype({AREA: "string", **dict.fromkeys(roles, "Int8"), "population": "int64"})


def _coded_cells(city: City, people: People, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return expected residents by district index and codes, assuming uniform ages within each age group."""
    size = len(city.districts)
    count = np.zeros((size, people.cells))
    np.add.at(count, city.district, people.count)
    roles = questionnaire.roles
    pieces: list[tuple[int, Floats]] = [(0, np.ones(people.cells))]
    if "age" in roles:
        pieces = _age_pieces(people, age_codes(roles["age"]))
    parts = []
    for code, share in pieces:
        columns: dict[str, object] = {"age": code} if "age" in roles else {}
        for role, codes in (("sex", sex_codes), ("education", education_codes)):
            if role in roles:
                values = codes(roles[role])[people.woman if role == "sex" else people.education]
                columns[role] = np.tile(values, size)
        districts = np.repeat(np.arange(size), people.cells)
        parts.append(pd.DataFrame({AREA: districts, **columns, "population": (count * share).ravel()}))
    table = pd.concat(parts, ignore_index=True)
    return table[table["population"] > 0]


def _age_pieces(people: People, codes: np.ndarray) -> list[tuple[int, Floats]]:
    """Return pairs of age code and the share of each cell that has it."""
    shares: dict[int, Floats] = {}
    for group, (low, high) in enumerate(age_groups()):
        for year in range(low, high + 1):
            share = shares.setdefault(int(codes[year]), np.zeros(people.cells))
            share[people.age == group] += 1 / (high - low + 1)
    return sorted(shares.items())


def _rounded(table: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Round to whole numbers by largest remainder, which preserves the sum of each group."""
    exact = table["population"].to_numpy(dtype=np.float64)
    whole = np.floor(exact + 1e-6)
    for _, rows in table.groupby(by, sort=False).indices.items():
        missing = round(float(exact[rows].sum() - whole[rows].sum()))
        order = np.argsort(whole[rows] - exact[rows], kind="stable")
        whole[rows[order[:missing]]] += 1
    return table.assign(population=whole.astype(np.int64))


def target_table(questionnaire: Questionnaire) -> pd.DataFrame:
    """Return a target for each measure of the questionnaire, for the city and every district."""
    measures = [rate.measure for rate in questionnaire.headlines()]
    return pd.DataFrame(
        {
            "measure": measures,
            "item": "",
            "district": "",
            "target": [MEASURES[measure].target for measure in measures],
            "source": SOURCE,
            "date": SOURCE_DATE,
        }
    )
