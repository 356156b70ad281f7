"""Notices of a crosstab: questions that nobody answered, groups without answers, hidden tables, nets that overlap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import pandas as pd

from reports.crosstab.crosstab import Column, Crosstab
from reports.fieldwork.area_lights import red_areas, without_lights
from reports.sample import gather
from reports.selection import Selection
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Sentence, listed, names, say, setting
from survey.instrument.measure import knowledge
from survey.instrument.questionnaire import Rate
from survey.study.study import Study

WHOLE = 0
"""Number of the column of the whole domain."""
LIT = ("district", "street", "community")
"""Groups that are areas with a light of their own."""


def notices(found: Crosstab, few: int) -> list[Sentence]:
    """Return what a reader must know before the numbers.

    Args:
        found: the crosstab.
        few: fewest answers that are shown.
    """
    return [one for one in (_hidden(found, few), _unanswered(found), _without_groups(found), *_overlaps(found)) if one]


def hidden(found: Crosstab) -> bool:
    """Return whether the whole domain has answers, but too few for any of them to be shown."""
    whole = found.table[found.table["column"] == WHOLE]
    return bool(whole["estimate"].isna().all() and (whole["flag"] != "empty").any())


def _hidden(found: Crosstab, few: int) -> Sentence:
    if not hidden(found):
        return Sentence()
    asked = say("符合条件的有效答卷") if found.request.where else say("有效答卷")
    return say("{asked}不足 {few} 份，都不显示；请放宽条件", asked=asked, few=setting("suppression", few, Format.COUNT))


def _unanswered(found: Crosstab) -> Sentence:
    """Name the questions without any answer in the domain."""
    whole = found.table[found.table["column"] == WHOLE].set_index("line")
    answered = {line.variable for at, line in enumerate(found.lines) if whole.loc[at, "flag"] != "empty"}
    every = dict.fromkeys(line.variable for line in found.lines)
    lost = [f"{one.name} {one.label}" for one in every if one not in answered]
    return say("{asked}：没有人回答", asked=listed(names(lost))) if lost else Sentence()


def _without_groups(found: Crosstab) -> Sentence:
    """Name the heads in which nobody belongs to any group."""
    there = {column.head for column in found.columns}
    lost = [title for number, title in enumerate(found.heads) if number not in there]
    return say("按{heads}分组：没有人属于任何一组，没有列出", heads=listed(names(lost))) if lost else Sentence()


def _overlaps(found: Crosstab) -> Iterator[Sentence]:
    """Name the nets of a question that share answers."""
    for one, other in combinations(found.request.nets, 2):
        shared = [answer for answer in one.answers if answer in other.answers]
        if one.question == other.question and shared:
            yield say(
                "{question} 的合并项“{one}”和“{other}”都含{shared}，两项不能相加",
                question=Name(one.question),
                one=Name(one.label),
                other=Name(other.label),
                shared=listed(names(shared)),
            )


def lit_levels(found: Crosstab) -> list[str]:
    """Return the levels of areas among the groups, which may have a red light."""
    return [level for level in LIT if any(level in head for head in found.request.heads)]


def doubted(found: Crosstab, red: Mapping[str, Collection[str]]) -> frozenset[int]:
    """Return the columns of areas with a red light.

    Args:
        found: the crosstab.
        red: level -> names of these areas.
    """
    return frozenset(
        number
        for number, column in enumerate(found.columns)
        if column.head >= 0
        and any(
            label in red.get(name, ())
            for name, label in zip(found.request.heads[column.head], column.labels, strict=True)
        )
    )


def red_columns(
    found: Crosstab, study: Study, selection: Selection, waiting: Callable[[Sequence[str]], None] | None = None
) -> frozenset[int]:
    """Return the columns of areas with a red light in the waves that a selection shows.

    Args:
        found: the crosstab.
        study: its study.
        selection: the waves.
        waiting: told which waves are checked first, which takes long, before it begins.
    """
    if not (levels := lit_levels(found)):
        return frozenset()
    gathered = gather(study, selection, rates=())
    waves = gathered.newest(selection).waves
    if waiting and (lacking := without_lights(gathered, waves or gathered.waves)):
        waiting(lacking)
    return doubted(found, {level: red_areas(gathered, waves, level) for level in levels})


def _of(found: Crosstab, columns: frozenset[int]) -> list[Column]:
    return [found.columns[at] for at in sorted(columns)]


def red_note(found: Crosstab, columns: frozenset[int]) -> Sentence:
    """Report which columns bear no marks because of a red light; empty for none."""
    labelled = [zip(found.request.heads[one.head], one.labels, strict=True) for one in _of(found, columns)]
    areas = names(dict.fromkeys(" × ".join(label for name, label in one if name in LIT) for one in labelled))
    return say("{areas}亮真实性红灯，独立复访前不下结论，不标差别", areas=listed(areas)) if columns else Sentence()


def unmarked(found: Crosstab, columns: frozenset[int]) -> Crosstab:
    """Return the crosstab without the marks of some columns and their letters in others, such as red-lit districts."""
    if not columns:
        return found
    red = {(found.columns[at].head, found.columns[at].letter) for at in columns}
    places = zip(found.table["column"].tolist(), found.table["mark"].tolist(), strict=True)
    kept = [
        "" if at in columns else " ".join(one for one in mark.split() if (found.columns[at].head, one) not in red)
        for at, mark in places
    ]
    table = found.table.assign(mark=kept, p_value=found.table["p_value"].mask(found.table["column"].isin(columns)))
    return replace(found, table=table)


def first_of(found: Crosstab, without: frozenset[int] = frozenset()) -> tuple[int, int] | None:
    """Return line and column of the plainest difference, a group below the rest before one above it; None for none.

    Args:
        found: the crosstab.
        without: columns that are no finding, such as those of areas with a red light.
    """
    seen = found.table[found.table["mark"].isin(("low", "high")) & ~found.table["column"].isin(without)]
    seen = seen[~found.by_itself(seen)]
    if seen.empty:
        return None
    first = seen.sort_values("p_value").iloc[0]
    same = seen[seen["line"] == first["line"]]
    heads = same["column"].map(lambda at: found.columns[int(at)].head)
    same = same[heads == found.columns[int(first["column"])].head]
    low = same[same["mark"] == "low"].sort_values("p_value")
    chosen = first if low.empty else low.iloc[0]
    return int(chosen["line"]), int(chosen["column"])


def next_steps(found: Crosstab, cell: tuple[int, int] | None, rates: Sequence[Rate]) -> dict[str, str]:
    """Return page -> district where the low group of a cell is followed up; "" for groups of people.

    Args:
        found: the crosstab.
        cell: line and column, from `first_of`.
        rates: those of the questionnaire; publicity raises knowledge, the ledger is for what is appraised.
    """
    if cell is None or found.cells[cell]["mark"] != "low" or pd.isna(found.cells[cell]["estimate"]):
        return {}
    column = found.columns[cell[1]]
    groups = dict(zip(found.request.heads[column.head], column.labels, strict=True))
    steps = {"area": groups["district"]} if "district" in groups else {}
    asked = set(found.lines[cell[0]].variable.columns)
    measures = {rate.measure for rate in rates if asked & set(rate.columns)}
    acting = "outreach" if measures & set(knowledge()) else "ledger" if measures else ""
    return {**steps, acting: ""} if acting else steps
