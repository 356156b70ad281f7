"""The box that narrows a table to some people: conditions in groups, each of which holds as a whole or not."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from reports.crosstab.condition import IS, IS_NOT, Clause, Group, spoken, written
from reports.crosstab.variables import Kind, Variable, place_label
from reports.sentences.notes.catalogue import tr
from survey.study.study import Study

CLAUSES, GROUPS = 4, 3
"""Conditions of a group, and groups, that can be combined."""
BOTH, EITHER = "并且", "或者"
MET, UNMET = "符合", "不符合"
KEY = "crosstab.where"
UNUSABLE = ("wave", "mode")
"""Groups that the bar of filters chooses."""


def narrowing(study: Study, heads: Mapping[str, Variable]) -> tuple[str, str]:
    """Draw the groups of conditions; return the condition as SurveyJS writes it, and in words.

    A further condition or group can be added once the one before is filled in.
    """
    usable = {name: one for name, one in heads.items() if one.kind is not Kind.SEVERAL and one.name not in UNUSABLE}
    groups, either = list[Group](), False
    for number in range(GROUPS):
        if number == 1:
            either = _joined(tr("第一组和下面各组之间"), f"{KEY}.groups")
        group = _group(study, usable, number)
        if group is None:
            break
        groups.append(group)
        more = number + 1 < GROUPS and st.toggle(tr("再加一组条件"), key=f"{KEY}.{number + 1}")
        if not more:
            break
    words = spoken(groups, either=either)
    if words:
        st.caption(tr("只看：{words}").format(words=words))
        st.button(tr("清空条件"), on_click=_cleared, type="tertiary", key="crosstab.clear")
    return written(groups, either=either), words


def _group(study: Study, usable: Mapping[str, Variable], number: int) -> Group | None:
    """Draw a group of conditions and return it; None while none of them is filled in."""
    clauses = list[Clause]()
    for place in range(CLAUSES):
        clause = _clause(study, usable, f"{KEY}.{number}.{place}")
        if clause is None:
            break
        clauses.append(clause)
    if len(clauses) < 2:
        return Group(tuple(clauses)) if clauses else None
    left, right = st.columns(2, gap="small")
    with left:
        either = _joined(tr("组内各条之间"), f"{KEY}.{number}.join")
    with right:
        met = st.segmented_control(tr("要看的人"), [MET, UNMET], default=MET, required=True, key=f"{KEY}.{number}.met")
    return Group(tuple(clauses), either, met == UNMET)


def _joined(title: str, key: str) -> bool:
    """Draw how conditions are joined; return whether one of them is enough."""
    return st.segmented_control(title, [BOTH, EITHER], default=BOTH, required=True, key=key) == EITHER


def _clause(study: Study, usable: Mapping[str, Variable], key: str) -> Clause | None:
    """Draw one condition in one row and return it; None until answers are chosen."""
    left, middle, right = st.columns([4, 2, 5], gap="small")
    with left:
        name = st.selectbox(
            tr("按"),
            ["", *usable],
            format_func=lambda one: named(usable[one]) if one else tr("（不筛选）"),
            key=key,
            label_visibility="collapsed",
        )
    if not name:
        return None
    values = _values(study, usable[name])
    with middle:
        sign = st.selectbox(tr("是否"), [IS, IS_NOT], key=f"{key}.sign", label_visibility="collapsed")
    with right:
        answers = st.multiselect(
            tr("哪些"),
            list(values),
            key=f"{key}.values",
            placeholder=tr("选一项或几项"),
            label_visibility="collapsed",
        )
    if not answers:
        return None
    chosen = {one: values[one] for one in answers}
    return Clause(usable[name].column, usable[name].label, chosen, negated=sign == IS_NOT)


def named(variable: Variable) -> str:
    """Return the name of a variable in lists: questions with their number."""
    return variable.label if variable.kind is Kind.PLACE else f"{variable.name} {variable.label}"


def _values(study: Study, variable: Variable) -> Mapping[str, object]:
    """Return label -> value of the answers of a variable, or of the places of a column."""
    if variable.kind is Kind.PLACE:
        found = study.areas.frame[variable.column].dropna().unique()
        return {place_label(study, variable.column, value): value for value in found}
    return {option.label: option.code for option in variable.options}


def _cleared() -> None:
    for key in [str(key) for key in st.session_state if str(key).startswith(f"{KEY}.")]:
        del st.session_state[key]
