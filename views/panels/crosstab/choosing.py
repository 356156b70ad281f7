"""What to tabulate: questions, groups, a domain, nets, marks; or a table that was kept under a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from reports.crosstab.request import Adjustment, Marks, Net, Request
from reports.crosstab.variables import Variable, expanded, groups, matrices, questions
from reports.definitions import headlines
from reports.desk.found import ROWS
from reports.sentences.notes.catalogue import tr
from survey.study.study import Study
from views.cached.kept import kept
from views.panels.crosstab.narrowing import named, narrowing
from views.visitor.session import Loaded

BY, NEST = "by", "nest"
"""Query parameters of the groups, beside that of the questions."""
DEFAULT = ["district"]
UNNESTED = ""
MARK_WORDS = {Marks.REST: "与其余比", Marks.LETTERS: "两两比（字母）", Marks.NONE: "不标"}
ADJUSTED = {Adjustment.BH: "控制误报比例（BH）", Adjustment.HOLM: "一个都不错（Holm）"}


def choose(loaded: Loaded) -> Request | None:
    """Draw the choices and return the request; None while no question is chosen."""
    study = loaded.study
    rows, heads, names = kept(loaded, _known)
    left, middle, right, further = st.columns([5, 4, 2, 3], gap="small", vertical_alignment="bottom")
    with left:
        asked = st.multiselect(
            tr("题目（行）"), list(names), default=_linked(ROWS, names, _first(study, rows)),
            format_func=names.__getitem__, key="crosstab.rows", placeholder=tr("选一道或几道题"),
            label_visibility="collapsed",
        )  # fmt: skip
    with middle:
        chosen = st.multiselect(
            tr("分组（列，并排）"), list(heads), default=_linked(BY, heads, DEFAULT),
            format_func=lambda name: named(heads[name]), key="crosstab.heads", placeholder=tr("也可以按答案分组"),
            label_visibility="collapsed",
        )  # fmt: skip
    with right:
        nest = st.selectbox(
            tr("每组再细分"),
            [UNNESTED, *heads],
            index=[UNNESTED, *heads].index(_linked(NEST, heads, [UNNESTED])[0]),
            format_func=lambda name: named(heads[name]) if name else tr("不细分"),
            key="crosstab.nest",
            label_visibility="collapsed",
        )
    _remember({ROWS: asked, BY: chosen, NEST: [nest] if nest else []})
    if not asked:
        return None
    request = Request(tuple(asked), tuple((one, nest) if nest and nest != one else (one,) for one in chosen))
    with further, st.container(horizontal=True, gap="small"):
        return _detailed(loaded, request, heads)


def _known(loaded: Loaded) -> tuple[Mapping[str, Variable], Mapping[str, Variable], Mapping[str, str]]:
    """Return name -> variable of what can be tabulated and of what it can be grouped by, and name -> title."""
    asked = loaded.study.questionnaire
    rows = questions(asked)
    return rows, groups(loaded.study), {**{name: named(one) for name, one in rows.items()}, **matrices(asked)}


def _first(study: Study, rows: Mapping[str, Variable]) -> list[str]:
    """Return the questions of the first headline rate."""
    return [name for rate in headlines(study)[:1] for name in rate.columns if name in rows]


def _linked(name: str, known: Iterable[str], default: list[str]) -> list[str]:
    """Return what the link names, else the default."""
    known = set(known)
    return [one for one in st.query_params.get(name, "").split(",") if one in known] or default


def _remember(chosen: Mapping[str, Sequence[str]]) -> None:
    """Write the choices into the address, so that a link, a picture or a named view opens the same table."""
    for name, values in chosen.items():
        if not values:
            st.query_params.pop(name, None)
        elif st.query_params.get(name, "") != ",".join(values):
            st.query_params[name] = ",".join(values)


def _detailed(loaded: Loaded, request: Request, heads: Mapping[str, Variable]) -> Request:
    """Draw the boxes of details and return the request with them."""
    with st.popover(tr("只看一部分人")):
        where, spoken = narrowing(loaded.study, heads)
    with st.popover(tr("设置")):
        marks = st.selectbox(
            tr("差别怎么标"), list(MARK_WORDS), format_func=MARK_WORDS.__getitem__, key="crosstab.marks"
        )
        adjustment = st.selectbox(
            tr("多重比较"), list(ADJUSTED), format_func=ADJUSTED.__getitem__, key="crosstab.adjust"
        )
        means = st.toggle(tr("单选题给出选项编码的平均数"), key="crosstab.means")
        everyone = st.toggle(tr("说不清、不愿回答和空着的也算在分母里"), key="crosstab.everyone")
        nets = _nets(loaded, request)
    return replace(
        request,
        where=where,
        spoken=spoken,
        nets=nets,
        means=means,
        everyone=everyone,
        marks=marks,
        adjustment=adjustment,
    )


def _nets(loaded: Loaded, request: Request) -> tuple[Net, ...]:
    """Draw a net for each question of three answers or more, one for all rows of a matrix; return those filled in."""
    found = []
    for name in request.rows:
        title, answers = kept(loaded, _answers, name)
        if len(answers) < 3:
            continue
        key = f"crosstab.net.{name}"
        chosen = st.multiselect(title, answers, key=key, placeholder=tr("选两项或更多"))
        if len(chosen) > 1:
            label = st.text_input(tr("合并后叫"), "、".join(chosen), max_chars=30, key=f"crosstab.netname.{name}")
            found.append(Net(name, label.strip() or "、".join(chosen), tuple(chosen)))
    return tuple(found)


def _answers(loaded: Loaded, name: str) -> tuple[str, Sequence[str]]:
    """Return the title of the box of nets of a question, and its answers, those of the first row of a matrix."""
    asked = loaded.study.questionnaire
    first = expanded(asked, [name])[0]
    title = tr("{named}：合并").format(named=matrices(asked).get(name, named(first)))
    return title, [option.label for option in first.options]
