"""Panels on areas: the choice of one, each level a part of the address; who acts, the trend, the areas beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

import streamlit as st
from streamlit.errors import StreamlitAPIException

from reports.areas import follow_up, words
from reports.areas.beside import beside, lowest_first, rows_by_area
from reports.areas.places import Area, around, children, find, in_scope, levels, require_level
from reports.areas.profile import Profile
from reports.labels import HEADINGS
from reports.overview.next_step import next_steps
from reports.selection import Selection
from reports.sentences.briefing import of
from reports.sentences.notes.catalogue import tr
from reports.sentences.notes.days import months_on_page
from reports.sentences.sentence import Row
from reports.verdicts import Verdict
from survey.errors import ArgumentError
from survey.study.areas import Areas
from views.blocks.html import refusal
from views.blocks.profile import AreaLink, action_box, area_list, facts, trend_block
from views.blocks.waves import ends_of, wave_picture
from views.cached.answers import sample_of
from views.cached.areas import four_of, one_of
from views.cached.kept import kept
from views.charts.parts.style import state as state_of
from views.panels.addresses import address
from views.shell.markup import plain
from views.visitor import session
from views.visitor.session import Loaded

WHOLE: Mapping[str, str] = {session.STREET: "全区", session.COMMUNITY: "整个街道"}
"""Level -> the choice of the whole area above it."""
KEYS = (session.DISTRICT, session.STREET, session.COMMUNITY)


def choose_area(loaded: Loaded, selection: Selection) -> Area | None:
    """Draw the choice of an area and return it; None where a link names an area that does not exist.

    Args:
        loaded: the study and the data version that is shown.
        selection: wave, mode and people; they decide with which district the page opens.
    """
    areas = loaded.study.areas
    mine = in_scope(areas, selection.scope)
    if fault := _fault(areas, selection):
        st.html(refusal(fault))
    with st.container(key="area-choice", horizontal=True, vertical_alignment="bottom"):
        if not mine:
            return None
        path = [_district(mine, kept(loaded, _first, selection, mine))]
        for key in levels(reserved=selection.reserved)[1:]:
            known = areas.children(*path)
            chosen = _choose(key, (WHOLE[key], *known), 0)
            if chosen == WHOLE[key]:
                break
            path.append(chosen)
        area = find(areas, path)
        if len(path) > 1 or selection.scope is None:
            _steps(areas, area)
    return None if fault else area


def _fault(areas: Areas, selection: Selection) -> ArgumentError | None:
    """Return what is wrong with the area of a link, before a choice is made on the page."""
    if any(key in st.session_state for key in KEYS):
        return None
    shown = levels(reserved=selection.reserved)
    path = [st.query_params[key] for key in shown if key in st.query_params]
    try:
        if path:
            require_level(find(areas, path), reserved=selection.reserved, scope=selection.scope)
        elif not in_scope(areas, selection.scope):
            raise ArgumentError(
                tr("您的账户没有指定区县，看不到任何区域"), cure=tr("请安全管理员在“用户与权限”里写明区县")
            )
    except ArgumentError as error:
        return error
    return None


def _first(loaded: Loaded, selection: Selection, mine: Sequence[str]) -> str:
    """Return the district with the largest confirmed shortfall, else the largest watched one, else any judged."""
    table = four_of(loaded, selection, "district").table
    for verdict in Verdict:
        for name in of(table, verdict)["district"].astype(str):
            return str(name)
    return mine[0]


def _district(mine: Sequence[str], first: str) -> str:
    """Return the district; the one that the page opens with stands in the address, too."""
    if KEYS[0] not in st.session_state and KEYS[0] not in st.query_params:
        with suppress(StreamlitAPIException):
            st.query_params[KEYS[0]] = first
        st.session_state[KEYS[0]] = first
    return _choose(KEYS[0], mine, None) or first


def _choose(key: str, options: Sequence[str], index: int | None) -> str:
    chosen = st.selectbox(
        HEADINGS[key],
        options,
        index=index,
        key=key,
        bind="query-params",
        on_change=_forget,
        args=(key,),
        width=310,
        placeholder=tr("选择"),
    )
    return str(chosen or "")


def _forget(key: str) -> None:
    """Forget the choices below a level whose choice has changed."""
    for below in KEYS[KEYS.index(key) + 1 :]:
        st.session_state.pop(below, None)


def _steps(areas: Areas, area: Area) -> None:
    """Draw the buttons to the area before and to the one after, in order of code."""
    before, after = around(areas, area)
    with st.container(key="area-steps", horizontal=True, width="content"):
        for one, label in ((before, "← {}"), (after, "{} →")):
            if one is not None:
                name = one.path[-1]
                st.button(plain(label.format(name)), key=label, type="tertiary", on_click=_go, args=(one,))


def _go(area: Area) -> None:
    """Choose another area of the same level."""
    st.session_state[area.level] = area.path[-1]
    _forget(area.level)


def action(loaded: Loaded, selection: Selection, found: Profile) -> str:
    """Return who acts next, with the way to the ledger, which leaders do not have; "" where nothing is known."""
    steps = next_steps(sample_of(loaded, selection), selection.wave, date.today())
    next_ = follow_up.action(found, steps)
    if not next_.step and not next_.more:
        return ""
    waits = bool(follow_up.waiting(found, steps))
    entered = any(one.area == found.area.name for one in steps.entries)
    button = (tr("去立项") if waits else tr("看台账"), address("ledger") if waits or entered else "")
    lines = [(tr("责任单位"), str(next_.who)), (tr("下一步"), str(next_.step))]
    return action_box(lines, [str(one) for one in next_.more], button, urgent=next_.pressing)


def trend(loaded: Loaded, found: Profile) -> str:
    """Return the main rate over the waves, as a picture from three waves on; nothing where it may not be shown."""
    waves, line = found.waves.table, float(str(found.main["line"]))
    if waves["estimate"].isna().all():
        return ""
    title, note = str(follow_up.trend_title(found)), str(follow_up.change(found))
    if waves["estimate"].notna().sum() <= words.FEW:
        return trend_block(title, "", note)
    months = months_on_page(loaded.study)
    return trend_block(title, wave_picture(waves, line, months, ends_of([waves], [line]), numbers=True), note)


def parts_of(loaded: Loaded, selection: Selection, found: Profile) -> Mapping[Area, Row]:
    """Return the parts of the area by its main rate, the lowest first."""
    parts = children(loaded.study.areas, found.area)
    below = [one for one in parts if one.level in levels(reserved=selection.reserved)]
    if not below:
        return {}
    main = str(found.main["item"])
    return lowest_first(rows_by_area(one_of(loaded, selection, below[0].level, main), below, main))


def parts_list(found: Profile, below: Mapping[Area, Row]) -> str:
    """Return the parts of the area, from `parts_of`, the lowest first; "" where there is none."""
    return _listed(str(words.parts_title(found, list(below))), below)


def beside_list(loaded: Loaded, selection: Selection, found: Profile) -> str:
    """Return the areas beside the area; "" where there is none."""
    near = beside(loaded.study, found.area)
    others = rows_by_area(four_of(loaded, selection, found.area.level), near.areas, str(found.main["item"]))
    return _listed(str(words.beside_title(found, near.word)), others)


def _listed(title: str, areas: Mapping[Area, Row]) -> str:
    lines = facts([], [(title, area_list([_link(*one) for one in areas.items()]))])
    return f'<section class="silu-part">{lines}</section>' if areas else ""


def _link(area: Area, row: Row) -> AreaLink:
    number, why = str(words.number(row)), str(words.above(row))
    return AreaLink(area.path[-1], state_of(row), number, address("area", **area.address), why)
