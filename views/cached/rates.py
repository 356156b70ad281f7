"""Estimates of one view, computed once for each data version and shared by all visitors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from analysis.areas.against_target import TargetVerdict, judge, targets_of
from analysis.areas.importance import opposite_rates
from analysis.estimation.contrasts import Comparison, against_whole, between
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.estimation.suppression import protect
from reports.labels import short
from survey.instrument.questionnaire import Rate
from survey.quality import exclusions
from survey.study.study import Study
from views.visitor.discretion import discreet
from views.visitor.selection import Selection
from views.visitor.session import Key, Loaded

Chosen = tuple[str, str, str | None, str | None, str | None]


def headline_rates(study: Study) -> tuple[Rate, ...]:
    """The headline rate of each measure the questionnaire asks, in the usual order."""
    return study.questionnaire.headlines()


def item_rates(study: Study, measure: str) -> tuple[Rate, ...]:
    """The single items of a measure, without its headline and without loose readings."""
    return study.questionnaire.single_rates({measure})


def estimates(
    loaded: Loaded, selection: Selection, rates: tuple[Rate, ...], by: tuple[str, ...] = (), district: str | None = None
) -> Estimates:
    """Estimates of some rates for the people of a selection.

    Args:
        loaded: study and data version.
        selection: wave, mode and people.
        rates: which rates.
        by: columns to report by, such as ("district",).
        district: only people of this district, as a domain.
    """
    return _estimates(loaded.study, loaded.key, _chosen(selection), _names(rates), by, district)


def judged(
    loaded: Loaded, selection: Selection, rates: tuple[Rate, ...], by: tuple[str, ...] = (), district: str | None = None
) -> Estimates:
    """The same with `label`, `target`, `gap` and `verdict`; what may not be shown is taken out (rule R-04)."""
    return _judged(loaded, rates, loaded.key, _chosen(selection), _names(rates), by, district)


def against_city(loaded: Loaded, selection: Selection, rates: tuple[Rate, ...]) -> Estimates:
    """Districts held against the whole city instead of a target, for items that have no target.

    `target` is the city's rate; `gap` and `verdict` come from the difference and its own interval, because a
    district is part of its city.
    """
    found = judged(loaded, selection, rates, ("district",))
    if selection.opt_in:
        return found
    return _compared(
        lambda: _difference_from_city(loaded, selection, found), loaded.key, "city", _chosen(selection), _names(rates)
    )


def change(loaded: Loaded, selection: Selection, rates: tuple[Rate, ...]) -> Estimates | None:
    """The change of some rates since the wave before, with its interval and the smallest change that would show.

    None where there is no earlier wave of this mode, or the mode allows no inference.
    """
    earlier = before(loaded, selection)
    if earlier is None or selection.opt_in:
        return None
    waves = (earlier.wave, selection.wave)
    question = Comparison(_names(rates), where=selection.where, suppression=loaded.study.suppression)

    def compare() -> Estimates:
        basis, few = _sample(loaded.study, loaded.key, selection.mode).basis, loaded.study.suppression
        return protect(discreet(between(basis, "wave", waves, question), basis.cells, selection.where, waves, few), few)

    return _compared(compare, loaded.key, earlier.wave, _chosen(selection), _names(rates))


def notes(loaded: Loaded, selection: Selection) -> tuple[str, ...]:
    """What was left out or merged on the way to the weights, in words."""
    return _sample(loaded.study, loaded.key, selection.mode).notes


def before(loaded: Loaded, selection: Selection) -> Selection | None:
    """The same selection one wave earlier, None where no earlier wave has answers of this mode."""
    mine = set(loaded.fieldwork.loc[loaded.fieldwork["mode"] == selection.mode, "wave"])
    order = [wave.name for wave in loaded.study.waves if wave.name in mine]
    at = order.index(selection.wave) if selection.wave in order else 0
    return replace(selection, wave=order[at - 1]) if at else None


def _chosen(selection: Selection) -> Chosen:
    return selection.wave, selection.mode, selection.age, selection.sex, selection.place


def _names(rates: tuple[Rate, ...]) -> tuple[str, ...]:
    return tuple(rate.name for rate in rates)


@st.cache_resource(max_entries=512, show_spinner=False)
def _compared(_make: Callable[[], Estimates], key: Key, what: str, chosen: Chosen, names: tuple[str, ...]) -> Estimates:
    """A comparison, made once. It must not ask for another one: a cached function that meets itself waits for ever."""
    return _make()


def _difference_from_city(loaded: Loaded, selection: Selection, found: Estimates) -> Estimates:
    """Districts judged by their difference from the city."""
    basis = _sample(loaded.study, loaded.key, selection.mode).basis
    names = tuple(found.table["item"].unique())
    apart = against_whole(basis, Comparison(names, ("district",), _where(selection, None))).table
    keys = ["item", "district"]
    rows = found.table[keys].astype(str).merge(judge(apart, 0.0).astype({"district": str}), on=keys, how="left")
    table = found.table.assign(target=rows["reference"].to_numpy(), gap=rows["estimate"].to_numpy())
    shown = table["verdict"].ne(TargetVerdict.HIDDEN)
    table["verdict"] = table["verdict"].where(~shown, rows["verdict"].set_axis(table.index))
    table["gap"] = table["gap"].where(shown)
    return Estimates(table, found.meta)


@st.cache_resource(max_entries=512, show_spinner=False)
def _judged(
    _loaded: Loaded,
    _rates: tuple[Rate, ...],
    key: Key,
    chosen: Chosen,
    names: tuple[str, ...],
    by: tuple[str, ...],
    district: str | None,
) -> Estimates:
    selection = Selection(*chosen)
    found = _estimates(_loaded.study, key, chosen, names, by, district)
    cells, where = _sample(_loaded.study, key, selection.mode).cells, _where(selection, district)
    found = protect(discreet(found, cells, where, (selection.wave,), _loaded.study.suppression))
    known = {rate.name: rate for rate in _rates}
    table = found.table if district is None else found.table.assign(district=district)
    table["label"] = [short(known[str(item)]) for item in table["item"]]
    # Opinions of people who chose themselves are not held against a target (rule R-10).
    goals = float("nan") if selection.opt_in else targets_of(table, _loaded.study.targets, known)
    return Estimates(judge(table, goals), found.meta)


@st.cache_resource(max_entries=512, show_spinner=False)
def _estimates(
    _study: Study, key: Key, chosen: Chosen, names: tuple[str, ...], by: tuple[str, ...], district: str | None
) -> Estimates:
    selection = Selection(*chosen)
    return _sample(_study, key, selection.mode).rates(item=names, by=by, where=_where(selection, district))


def _where(selection: Selection, district: str | None) -> dict[str, Any]:
    """The domain of a selection, its wave and perhaps a district included."""
    place = {} if district is None else {"district": district}
    return {**selection.where, **place, "wave": selection.wave}


@st.cache_resource(max_entries=4, show_spinner="正在汇总答卷……")
def _sample(_study: Study, key: Key, mode: str) -> Sample:
    """All waves of one mode: a wave is a domain, so that two waves keep their covariance."""
    rows = exclusions.counted_responses(_study, version=key[2])
    every = (*_study.questionnaire.rates, *opposite_rates(_study.questionnaire))
    plan = SampleOptions.of(_study, modes=(mode,), roles=("age", "sex"))
    return prepare(rows, replace(_study.questionnaire, rates=every), _study.areas, _study.margins, plan)
