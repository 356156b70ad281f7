"""What a visitor looks at: wave, mode and the people counted. Each choice is a query parameter of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from reports.labels import EVERYONE, is_opt_in, mode_label, role_options, wave_label
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from survey.study.study import MODES, Study
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.visitor import discretion, session


@dataclass(frozen=True, slots=True)
class Selection:
    """One view of the data.

    Attributes:
        wave: name of the wave.
        mode: how the answers were collected; modes are never pooled.
        age: label of an age band, None for everyone.
        sex: label, None for everyone.
        place: place type, None for everywhere.
    """

    wave: str
    mode: str
    age: str | None = None
    sex: str | None = None
    place: str | None = None

    @property
    def where(self) -> Mapping[str, Any]:
        """The people counted, as a domain: column -> value."""
        chosen = {"age": self.age, "sex": self.sex, "place": self.place}
        return {column: value for column, value in chosen.items() if value is not None}

    @property
    def opt_in(self) -> bool:
        """Whether these answers chose themselves and carry no sampling margin."""
        return is_opt_in(self.mode)

    @property
    def people(self) -> str:
        """The people counted, in words."""
        parts = [self.age, self.sex, f"住在{self.place}" if self.place else None]
        return "、".join(part for part in parts if part) or "全部受访居民"


def filter_bar(study: Study, fieldwork: pd.DataFrame, page: str) -> Selection:
    """Draw the five filters in one row and return what they say.

    Args:
        study: gives labels.
        fieldwork: wave, mode, n of the responses there are.
        page: name of the page that is shown.
    """
    arriving = st.session_state.get(session.PAGE) != page
    st.session_state[session.PAGE] = page
    waves = [wave.name for wave in reversed(study.waves) if wave.name in set(fieldwork["wave"])]
    waves += [name for name in fieldwork["wave"].unique() if name not in waves]
    notes = st.container()
    boxes = st.columns([3, 3, 2, 2, 2])
    choose = partial(_choose, arriving=arriving, notes=notes)
    with boxes[0]:
        wave = choose("调查轮次", waves, session.WAVE, lambda name: wave_label(study, name))
    modes = [mode for mode in MODES if mode in set(fieldwork.loc[fieldwork["wave"] == wave, "mode"])]
    with boxes[1]:
        mode = choose("调查方式", modes, session.MODE, mode_label)
    people = {
        session.AGE: ("年龄", role_options(study.questionnaire, "age")),
        session.SEX: ("性别", role_options(study.questionnaire, "sex")),
        session.PLACE: ("场所类型", tuple(study.areas.population("place"))),
    }
    chosen: dict[str, str | None] = dict.fromkeys(people)
    if not discretion.offered(page):
        notes.caption(discretion.ONLY_THERE)
        return Selection(wave, mode)
    for box, (key, (label, options)) in zip(boxes[2:], people.items(), strict=True):
        with box:
            value = choose(label, [EVERYONE, *options], key, str)
        chosen[key] = None if value == EVERYONE else value
    chosen, fault = discretion.one_filter(chosen, study.suppression)
    if fault:
        notes.warning(plain(fault))
    return Selection(wave, mode, chosen[session.AGE], chosen[session.SEX], chosen[session.PLACE])


def _choose(
    label: str,
    options: Sequence[str],
    key: str,
    naming: Callable[[str], str],
    *,
    arriving: bool,
    notes: DeltaGenerator,
) -> str:
    """A box bound to its query parameter that keeps its choice when the page changes; the first option is the default.

    Streamlit forgets both the widget and its parameter on the way to another page; a link that names the parameter
    counts more than what was chosen before.
    """
    kept = str(st.session_state.get(session.kept(key)))
    if arriving and key not in st.query_params and kept in options[1:]:
        # The address shows the choice where Streamlit has let go of the parameter of the page before.
        with suppress(StreamlitAPIException):
            st.query_params[key] = naming(kept)
        st.session_state[key] = kept
    if fault := check_link_value(label, options, key, naming):
        notes.warning(plain(fault))
    value = str(st.selectbox(label, options, format_func=naming, key=key, bind="query-params"))
    st.session_state[session.kept(key)] = value
    return value


def choose_rate(rates: tuple[Rate, ...], question: str) -> Rate:
    """Let the visitor pick one of the headline rates; the choice is a query parameter, the last rate the default."""
    measures = [rate.measure for rate in rates]
    if fault := check_link_value("指标", measures, session.MEASURE, measure_label):
        st.warning(plain(fault))
    chosen = st.segmented_control(
        question,
        measures,
        default=rates[-1].measure,
        format_func=measure_label,
        key=session.MEASURE,
        bind="query-params",
        required=True,
    )
    return next(rate for rate in rates if rate.measure == chosen)
