"""What the pages about decisions stand on: one weighted sample a study, mode and data version, shared by visitors."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.areas.against_target import targets_of
from analysis.areas.verdicts import model_streets, standings
from analysis.decisions.change import WaveFacts
from analysis.design.labels import unique_names
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from analysis.estimation.suppression import protect
from reports.labels import short
from reports.sample import facts, gather
from survey.instrument.questionnaire import Rate
from survey.study.study import Study
from views.shell.markup import plain
from views.visitor.selection import Selection
from views.visitor.session import Key, Loaded


def sample_of(loaded: Loaded, mode: str) -> Sample:
    """All waves of one mode, with every rate and those that say who lacks what."""
    return _sample(loaded.study, loaded.key, mode)


def domain(selection: Selection) -> dict[str, object]:
    """The people of a selection in its wave, as a domain."""
    return {**selection.where, "wave": selection.wave}


def verdicts(
    loaded: Loaded, selection: Selection, rates: tuple[Rate, ...], margin: float | None = None, by: str = "district"
) -> Estimates:
    """The standing of every area and rate, see `analysis.areas.verdicts`; `label` is the short name."""
    found = standings(
        sample_of(loaded, selection.mode), rates, loaded.study.targets, domain(selection), by=by, margin=margin
    )
    return named(found, rates)


def streets(loaded: Loaded, selection: Selection, rate: Rate) -> pd.DataFrame:
    """Model estimates of one rate for every street."""
    return model_streets(sample_of(loaded, selection.mode), rate, unique_names(loaded.study.areas), domain(selection))


def waves_of(loaded: Loaded, mode: str) -> tuple[str, ...]:
    """Waves with answers of a mode, in order of time."""
    there = set(loaded.fieldwork.loc[loaded.fieldwork["mode"] == mode, "wave"])
    return tuple(wave.name for wave in loaded.study.waves if wave.name in there)


@st.cache_resource(max_entries=4, show_spinner="正在汇总答卷……")
def _sample(_study: Study, key: Key, mode: str) -> Sample:
    return gather(_study, key[2], mode)


def target_of(loaded: Loaded, rate: Rate) -> float:
    """The target of a rate for the whole city, a share; NaN where there is none."""
    table = pd.DataFrame({"item": [rate.name]})
    return float(targets_of(table, loaded.study.targets, {rate.name: rate}).iloc[0])


def facts_of(loaded: Loaded, mode: str, wave: str, rates: tuple[Rate, ...]) -> WaveFacts:
    """What decides whether a wave may be compared."""
    return facts(loaded.study, sample_of(loaded, mode), wave, loaded.version, rates)


def over_waves(loaded: Loaded, selection: Selection, rates: tuple[Rate, ...]) -> Estimates:
    """The rates of the people of a selection in every wave, protected, with `label`."""
    sample = sample_of(loaded, selection.mode)
    found = protect(sample.rates(item=[rate.name for rate in rates], by=("wave",), where=dict(selection.where)))
    return named(found, rates)


def named(estimates: Estimates, rates: tuple[Rate, ...]) -> Estimates:
    """The same with the short names of the rates in `label`."""
    names = {rate.name: short(rate) for rate in rates}
    return Estimates(estimates.table.assign(label=estimates.table["item"].map(names)), estimates.meta)


def everyone(selection: Selection) -> None:
    """Say that a page counts all residents, where the filters ask for fewer."""
    if selection.where:
        st.info(f"本页不受年龄、性别、场所类型筛选影响：按全部居民计算，不只是{plain(selection.people)}。")
