"""The fieldwork of a wave and mode, inspected once for each data version; and rankings after their lights."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis.estimation.estimates import Estimates
from reports.fieldwork.area_lights import AreaLight, Round, lights, marked
from reports.fieldwork.data_quality import Fieldwork, fieldwork
from reports.fieldwork.integrity import Integrity
from reports.selection import Selection
from survey.study.study import Study
from views.visitor.session import Key, Loaded


def work_of(loaded: Loaded, selection: Selection) -> Fieldwork:
    """Wave and mode of a selection; its filters of people do not count for quality."""
    return _work(loaded.study, loaded.key, selection.wave, selection.mode)


def integrity_of(loaded: Loaded, selection: Selection) -> Integrity:
    """Signals and lights."""
    return _integrity(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


def lights_of(loaded: Loaded, selection: Selection, by: str = "district") -> Mapping[str, AreaLight]:
    """The light of every area; a red one may not stand in a ranking (rule R-13)."""
    return _lights(loaded, selection, loaded.key, selection.wave, selection.mode, by)


def trusted(loaded: Loaded, selection: Selection, found: Estimates, by: str = "district") -> Estimates:
    """The estimates with the areas marked whose light is red."""
    return marked(found, lights_of(loaded, selection, by), by)


def checks_of(loaded: Loaded, selection: Selection) -> pd.DataFrame:
    """Counts of every check."""
    return _checks(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


@st.cache_resource(max_entries=32, show_spinner=False)
def _lights(_loaded: Loaded, _selection: Selection, key: Key, wave: str, mode: str, by: str) -> Mapping[str, AreaLight]:
    one = Round(key[2], wave, mode)
    return lights(_loaded.study, one, by, lambda: integrity_of(_loaded, _selection))


@st.cache_resource(max_entries=4, show_spinner=False)
def _work(_study: Study, key: Key, wave: str, mode: str) -> Fieldwork:
    return fieldwork(_study, wave, mode, key[2])


@st.cache_resource(max_entries=8, show_spinner="正在检查答卷是否真实……")
def _integrity(_work: Fieldwork, key: Key, wave: str, mode: str) -> Integrity:
    return _work.integrity()


@st.cache_resource(max_entries=8, show_spinner="正在逐份检查……")
def _checks(_work: Fieldwork, key: Key, wave: str, mode: str) -> pd.DataFrame:
    return _work.summary()
