"""Population margins: numbers of residents by class, for weighting."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import compress
from pathlib import Path

import pandas as pd

from survey.instrument.question import Question
from survey.instrument.questionnaire import ROLES, Questionnaire
from survey.storage.tables import Table, read_table
from survey.study.areas import Areas

POPULATION = "population"
AREA_COLUMNS: Mapping[str, str] = {"区县": "district", "场所类型": "place", "层": "stratum"}
COLUMNS: Mapping[str, str] = {**AREA_COLUMNS, **{label: role for role, label in ROLES.items()}, "人口": POPULATION}
"""Chinese heading of margins.csv -> canonical heading."""
LABELS: Mapping[str, str] = {column: label for label, column in COLUMNS.items()}
TOLERANCE = 0.01
"""Largest relative difference between the totals of margins."""


def read_margins(path: Path, questionnaire: Questionnaire, areas: Areas) -> pd.DataFrame:
    """Read margins.csv in long form: rows that use the same columns form one margin table.

    Args:
        path: the file; role cells hold a code of the questionnaire or its label.
        questionnaire: source of the codes of age, sex, education, ...
        areas: source of the names of districts, place types and strata.

    Returns:
        No rows where the file has only headings: the study then weights by its design alone, and says so. Otherwise
        the columns of the file: names as strings, role columns as Int8 codes, <NA> where the margin of a row does not
        use the column, and population as int64.

    Raises:
        StudyError: lists every invalid row.
    """
    table = read_table(path, COLUMNS, required=(POPULATION,), may_be_empty=True)
    codes = {role: _codes(question) for role, question in questionnaire.roles.items()}
    names = {column: set(areas.population(column)) for column in AREA_COLUMNS.values()}
    _check_roles(table, codes)
    records = [_record(table, line, row, codes, names) for line, row in table]
    _check_cells(table)
    table.close()
    kinds = {column: "string" if column in names else "Int8" for column in table.columns}
    margins = pd.DataFrame(records, columns=list(table.columns)).astype({**kinds, POPULATION: "int64"})
    for margin in margin_tables(margins):
        _check_complete(table, margin, {**names, **_substantive(questionnaire)})
    _check_totals(table, margins)
    table.close()
    return margins


def margin_tables(margins: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Split a margins frame into its tables, each without empty columns, in order of first row; none if it is empty."""
    if margins.empty:
        return ()
    cells = {str(name): margins[name].array for name in margins.columns}
    names = [name for name in cells if name != POPULATION]
    rows: dict[tuple[str, ...], list[int]] = {}
    for at, used in enumerate(margins[names].notna().to_numpy().tolist()):
        rows.setdefault(tuple(compress(names, used)), []).append(at)
    return tuple(
        pd.DataFrame({name: cells[name].take(at) for name in (*used, POPULATION)}) for used, at in rows.items()
    )


def _check_roles(table: Table, codes: Mapping[str, Mapping[str, int]]) -> None:
    """Report a column without a matching question once, not for every row."""
    for column in table.columns:
        if column in ROLES and column not in codes and any(row[column] for _, row in table):
            table.note(
                f"{table.headings.get(column, column)} 列：问卷里没有哪一题标明是{ROLES[column]}。"
                f'在问卷的这一题上加 "role": "{column}"，或清空这一列'
            )
    table.close()


def _substantive(questionnaire: Questionnaire) -> Mapping[str, set[int]]:
    """Return the codes possible in the survey population: neither refused nor screened out."""
    codes: dict[str, set[int]] = {}
    for role, question in questionnaire.roles.items():
        choices = [choice for choice in question.choices if not choice.missing and not choice.screen_out]
        codes[role] = {entry.code for entry in question.bands or choices}
    return codes


def _check_complete(table: Table, margin: pd.DataFrame, wanted: Mapping[str, Collection[object]]) -> None:
    """Check that a margin covers every combination of classes; empty ones have a population of 0."""
    columns = [column for column in margin.columns if column != POPULATION]
    title = "×".join(LABELS[column] for column in columns)
    for column in columns:
        if absent := set(wanted[column]) - set(margin[column]):
            table.note(f"{title}：{LABELS[column]}缺少 {'、'.join(sorted(map(str, absent)))}（没有人口请写 0）")
    if len(margin) != math.prod(margin[column].nunique() for column in columns):
        table.note(f"{title}：分组没有写全（没有人口请写 0）")


def _check_totals(table: Table, margins: pd.DataFrame) -> None:
    """Check that all margins have the same total, up to rounding in the sources."""
    totals = {int(margin[POPULATION].sum()) for margin in margin_tables(margins)}
    if not totals:
        return
    if min(totals) <= 0:
        table.note("人口合计为 0")
    elif max(totals) > min(totals) * (1 + TOLERANCE):
        table.note("各组人口合计不一致：" + "、".join(str(total) for total in sorted(totals)))


def _codes(question: Question) -> Mapping[str, int]:
    """Return code as text and label -> code; for numeric questions, those of the bands."""
    options = [(entry.code, entry.label) for entry in question.bands or question.choices]
    return {**{label: code for code, label in options}, **{str(code): code for code, _ in options}}


def _record(
    table: Table,
    line: int,
    row: Mapping[str, str],
    codes: Mapping[str, Mapping[str, int]],
    names: Mapping[str, set[str]],
) -> dict[str, object]:
    record: dict[str, object] = {}
    for column, text in row.items():
        if column == POPULATION:
            record[column] = table.integer(line, column, text)
        elif not text:
            record[column] = None
        elif column in names:
            record[column] = text
            if text not in names[column]:
                table.problem(line, column, got=text, expected="抽样框里的名称：" + "、".join(sorted(names[column])))
        else:
            known = codes.get(column, {})
            record[column] = known.get(text)
            if text not in known:
                table.problem(line, column, got=text, expected=_expected(known))
    return record


def _expected(known: Mapping[str, int]) -> str:
    return "、".join(name for name in known if not name.isdecimal())


def _check_cells(table: Table) -> None:
    first: dict[tuple[tuple[str, str], ...], int] = {}
    for line, row in table:
        key = tuple((column, text) for column, text in row.items() if column != POPULATION and text)
        if not key:
            table.problem(line, "全部", got="", expected="至少填写一个分组")
        elif key in first:
            table.problem(line, key[-1][0], got=key[-1][1], expected=f"不重复的分组（与第 {first[key]} 行相同）")
        first.setdefault(key, line)
