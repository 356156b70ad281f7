"""Cache the quality checks of a wave and mode for each data version, and mark rankings by them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis.estimation.estimates import Estimates
from reports.fieldwork.area_lights import UNCHECKED, AreaLight, Round, doubt, lights, marked
from reports.fieldwork.data_quality import Fieldwork, fieldwork
from reports.fieldwork.integrity import Integrity
from reports.fieldwork.weighting import WeightSpread, weight_spreads
from reports.selection import Selection
from reports.sentences.sentence import Sentence, say
from survey.study.study import Study
from views.shell.shelf import Shelf
from views.visitor.session import Key, Loaded

_LIGHTS = Shelf(32)


def work_of(loaded: Loaded, selection: Selection) -> Fieldwork:
    """Return the fieldwork of the wave and mode of a selection; filters on people do not apply to quality."""
    return _work(loaded.study, loaded.key, selection.wave, selection.mode)


def integrity_of(loaded: Loaded, selection: Selection) -> Integrity:
    """Return the signals and lights."""
    return _integrity(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


def lights_of(loaded: Loaded, selection: Selection, by: str = "district") -> Mapping[str, AreaLight]:
    """Return the light of every area, none while the wave is being checked; red ones are not ranked (rule R-13)."""
    if selection.wave in loaded.unchecked:
        return {}
    one = Round(loaded.key[2], selection.wave, selection.mode)
    found: Mapping[str, AreaLight] = _LIGHTS.get(
        (loaded.key, one, by), lambda: lights(loaded.study, one, by, lambda: integrity_of(loaded, selection))
    )
    return found


def trusted(loaded: Loaded, selection: Selection, found: Estimates, by: str = "district") -> Estimates:
    """Return the estimates with areas marked where their light is red."""
    return marked(found, lights_of(loaded, selection, by), by)


def doubt_of(loaded: Loaded, selection: Selection, found: Estimates, by: str = "district") -> Sentence:
    """Return the sentence about areas with a red light, or that the checks are not done; empty for neither."""
    if selection.wave in loaded.unchecked:
        return say(UNCHECKED)
    return doubt(found, lights_of(loaded, selection, by), by)


def checks_of(loaded: Loaded, selection: Selection) -> pd.DataFrame:
    """Return how many responses each check flags."""
    return _checks(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


def weights_of(loaded: Loaded, selection: Selection) -> tuple[WeightSpread, ...]:
    """Return the spread of the final weights of the wave and mode."""
    return _weights(loaded.study, selection.answers.in_wave(*selection.waves), loaded.key)


def effect_of(loaded: Loaded, selection: Selection) -> tuple[pd.DataFrame, int, bool]:
    """Return headline rates with and without exclusions, see `Fieldwork.sensitivity`."""
    return _effect(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


def groups_of(loaded: Loaded, selection: Selection) -> pd.DataFrame:
    """Return how often which people are flagged for careless answering."""
    return _groups(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


@st.cache_resource(max_entries=4, show_spinner=False)
def _work(_study: Study, key: Key, wave: str, mode: str) -> Fieldwork:
    return fieldwork(_study, wave, mode, key[2])


@st.cache_resource(max_entries=8, show_spinner="正在检查答卷是否真实……")
def _integrity(_work: Fieldwork, key: Key, wave: str, mode: str) -> Integrity:
    return _work.integrity()


@st.cache_resource(max_entries=8, show_spinner="正在逐份检查……")
def _checks(_work: Fieldwork, key: Key, wave: str, mode: str) -> pd.DataFrame:
    return _work.summary()


@st.cache_resource(max_entries=8, show_spinner=False)
def _weights(_study: Study, selection: Selection, key: Key) -> tuple[WeightSpread, ...]:
    return weight_spreads(_study, selection)


@st.cache_resource(max_entries=8, show_spinner="正在逐份检查……")
def _groups(_work: Fieldwork, key: Key, wave: str, mode: str) -> pd.DataFrame:
    return _work.flag_groups()


@st.cache_resource(max_entries=8, show_spinner="正在比较剔除前后……")
def _effect(_work: Fieldwork, key: Key, wave: str, mode: str) -> tuple[pd.DataFrame, int, bool]:
    return _work.sensitivity()
