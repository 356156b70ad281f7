"""The visitor's selection: wave, mode and filters on people, each with its own query parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from reports.labels import EVERYONE, mode_label, role_options, wave_label
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from survey.study.study import MODES
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.visitor import discretion, session
from views.visitor.session import Loaded


def filter_bar(loaded: Loaded, page: str) -> Selection:
    """Draw the five filters in one row and return the selection.

    In a narrow window the row is folded behind one button that names the choice (`views/blocks/css/filters.css`).

    Args:
        loaded: the study and the data version that is shown.
        page: name of the page that is shown.
    """
    study = loaded.study
    arriving = st.session_state.get(session.PAGE) != page
    st.session_state[session.PAGE] = page
    with st.container(key="pill"):
        pill = st.empty()
    notes = st.container()
    boxes = st.columns([3, 3, 2, 2, 2] if discretion.offered(page) else [3, 3, 6], vertical_alignment="center")
    choose = partial(_choose, arriving=arriving, notes=notes)
    with boxes[0]:
        wave = choose(tr("调查轮次"), _waves(loaded), session.WAVE, lambda name: wave_label(study, name))
    with boxes[1]:
        mode = choose(tr("调查方式"), _modes(loaded, wave), session.MODE, mode_label)
    people = {
        session.AGE: (tr("年龄"), role_options(study.questionnaire, "age")),
        session.SEX: (tr("性别"), role_options(study.questionnaire, "sex")),
        session.PLACE: (tr("场所类型"), tuple(study.areas.population("place"))),
    }
    chosen: dict[str, str | None] = dict.fromkeys(people)
    if not discretion.offered(page):
        boxes[-1].caption(discretion.ONLY_THERE)
        people = {}
    for box, (key, (label, options)) in zip(boxes[2:], people.items(), strict=False):
        with box:
            value = choose(label, [EVERYONE, *options], key, str)
        chosen[key] = None if value == EVERYONE else value
    chosen, fault = discretion.one_filter(chosen, study.suppression)
    if fault:
        notes.warning(plain(fault))
    selection = _selection(loaded, wave, mode, chosen)
    title = next((one.title for one in study.waves if one.name == wave), wave)
    pill.html(folded(title, mode_label(mode), selection.people))
    return selection


def default_selection(loaded: Loaded) -> Selection:
    """Return the selection of a visitor who has chosen nothing: the newest wave, its first mode, everybody."""
    wave = _waves(loaded)[0]
    return _selection(loaded, wave, _modes(loaded, wave)[0], {})


def _waves(loaded: Loaded) -> list[str]:
    """Return the waves with answers, the newest first, those that the study does not name last."""
    found = dict.fromkeys(loaded.fieldwork["wave"].tolist())
    waves = [wave.name for wave in reversed(loaded.study.waves) if wave.name in found]
    return waves + [name for name in found if name not in waves]


def _modes(loaded: Loaded, wave: str) -> list[str]:
    waves, modes = (loaded.fieldwork[name].tolist() for name in ("wave", "mode"))
    found = {mode for name, mode in zip(waves, modes, strict=True) if name == wave}
    return [mode for mode in MODES if mode in found]


def folded(*choices: str) -> str:
    """Return the button of a narrow window: the choices; it shows and hides the filters."""
    return f'<details class="silu-pill"><summary>{escape(" · ".join(choices))}</summary></details>'


def _selection(loaded: Loaded, wave: str, mode: str, people: Mapping[str, str | None]) -> Selection:
    conditions = tuple((column, (value,)) for column, value in people.items() if value is not None)
    return Selection((wave,), mode, conditions, version=loaded.version, without_excluded=loaded.study.without_excluded)


def _choose(
    label: str,
    options: Sequence[str],
    key: str,
    naming: Callable[[str], str],
    *,
    arriving: bool,
    notes: DeltaGenerator,
) -> str:
    """Draw a select box bound to its query parameter; it keeps its choice across pages, default the first option.

    Streamlit drops both the widget and its parameter on a change of page; a parameter in a link takes precedence over
    the earlier choice.
    """
    kept = str(st.session_state.get(session.kept(key)))
    if arriving and key not in st.query_params and kept in options[1:]:
        # Restore the query parameter that Streamlit dropped on the change of page.
        with suppress(StreamlitAPIException):
            st.query_params[key] = naming(kept)
        st.session_state[key] = kept
    if fault := check_link_value(label, options, key, naming):
        notes.warning(plain(fault))
    value = str(st.selectbox(label, options, format_func=naming, key=key, bind="query-params"))
    st.session_state[session.kept(key)] = value
    return value


def kept_filters() -> dict[str, str]:
    """Return the query parameters of filters that a link to another page keeps."""
    return {key: st.query_params[key] for key in session.FILTERS if key in st.query_params}


def choose_rate(rates: tuple[Rate, ...], question: str, first: str = "") -> Rate:
    """Let the visitor pick one of the headline rates; the choice is a query parameter.

    Args:
        rates: those offered.
        question: what is asked.
        first: name of the rate that is chosen at first; the last one when "".
    """
    measures = [rate.measure for rate in rates]
    if fault := check_link_value(tr("指标"), measures, session.MEASURE, measure_label):
        st.warning(plain(fault))
    chosen = st.segmented_control(
        question,
        measures,
        default=next((rate.measure for rate in rates if rate.name == first), rates[-1].measure),
        format_func=measure_label,
        key=session.MEASURE,
        bind="query-params",
        required=True,
    )
    return next(rate for rate in rates if rate.measure == chosen)
