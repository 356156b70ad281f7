"""What a visitor looks at: wave, mode and the people counted. Each choice is a query parameter of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from survey.study import MODES, Study
from views import session
from views.labels import EVERYONE, is_opt_in, mode_label, role_options, wave_label


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


def filter_bar(study: Study, fieldwork: pd.DataFrame) -> Selection:
    """Draw the five filters in one row and return what they say.

    Args:
        study: gives labels.
        fieldwork: wave, mode, n of the responses there are.
    """
    waves = [wave.name for wave in study.waves if wave.name in set(fieldwork["wave"])]
    waves += [name for name in fieldwork["wave"].unique() if name not in waves]
    boxes = st.columns([3, 3, 2, 2, 2])
    with boxes[0]:
        wave = st.selectbox(
            "调查轮次",
            waves,
            index=len(waves) - 1,
            format_func=lambda name: wave_label(study, name),
            key=session.WAVE,
            bind="query-params",
        )
    modes = [mode for mode in MODES if mode in set(fieldwork.loc[fieldwork["wave"] == wave, "mode"])]
    with boxes[1]:
        mode = st.selectbox("调查方式", modes, format_func=mode_label, key=session.MODE, bind="query-params")
    ages, sexes = (role_options(study.questionnaire, role) for role in ("age", "sex"))
    with boxes[2]:
        age = _one_or_all("年龄", ages, session.AGE)
    with boxes[3]:
        sex = _one_or_all("性别", sexes, session.SEX)
    with boxes[4]:
        place = _one_or_all("场所类型", tuple(study.areas.population("place")), session.PLACE)
    return Selection(str(wave), str(mode), age, sex, place)


def _one_or_all(label: str, options: tuple[str, ...], key: str) -> str | None:
    """A box with 全部 on top."""
    chosen = st.selectbox(label, [EVERYONE, *options], key=key, bind="query-params")
    return None if chosen in (None, EVERYONE) else str(chosen)
