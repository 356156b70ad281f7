"""Estimates of one view, computed once for each data version and shared by all visitors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from analysis.contrasts import Question, against_whole, between_waves
from analysis.disclosure import protect
from analysis.estimates import Estimates
from analysis.goals import targets_of
from analysis.knowing import opposite_rates
from analysis.sample import Plan, Sample, prepare
from analysis.verdicts import Verdict, judge
from survey.questionnaire import MEASURES, Rate
from survey.store import ResponseStore
from survey.study import Study
from views.labels import short
from views.selection import Selection
from views.session import Key, Loaded

Chosen = tuple[str, str, str | None, str | None, str | None]


def headline_rates(study: Study) -> tuple[Rate, ...]:
    """The headline rate of each measure the questionnaire asks, in the usual order."""
    found = (study.questionnaire.headline(measure) for measure in MEASURES)
    return tuple(rate for rate in found if rate is not None)


def item_rates(study: Study, measure: str) -> tuple[Rate, ...]:
    """The single items of a measure, without its headline and without loose readings."""
    rates = study.questionnaire.rates
    return tuple(rate for rate in rates if rate.measure == measure and rate.variant == "strict" and not rate.overall)


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
    names = tuple(rate.name for rate in rates)
    chosen = (selection.wave, selection.mode, selection.age, selection.sex, selection.place)
    return _estimates(loaded.study, loaded.key, chosen, names, by, district)


def judged(
    loaded: Loaded, selection: Selection, rates: tuple[Rate, ...], by: tuple[str, ...] = (), district: str | None = None
) -> Estimates:
    """The same with `label`, `target`, `gap` and `verdict`; what may not be shown is taken out (rule R-04)."""
    found = protect(estimates(loaded, selection, rates, by, district))
    known = {rate.name: rate for rate in rates}
    table = found.table if district is None else found.table.assign(district=district)
    table["label"] = [short(known[str(item)]) for item in table["item"]]
    # Opinions of people who chose themselves are not held against a target (rule R-10).
    goals = float("nan") if selection.opt_in else targets_of(table, loaded.study.targets, known)
    return Estimates(judge(table, goals), found.meta)


def against_city(loaded: Loaded, selection: Selection, rates: tuple[Rate, ...]) -> Estimates:
    """Districts held against the whole city instead of a target, for items that have no target.

    `target` is the city's rate; `gap` and `verdict` come from the difference and its own interval, because a
    district is part of its city.
    """
    found = judged(loaded, selection, rates, ("district",))
    if selection.opt_in:
        return found
    names = tuple(rate.name for rate in rates)
    basis = _sample(loaded.study, loaded.key, selection.mode).basis
    apart = against_whole(basis, Question(names, ("district",), _where(selection, None))).table
    keys = ["item", "district"]
    rows = found.table[keys].astype(str).merge(judge(apart, 0.0).astype({"district": str}), on=keys, how="left")
    table = found.table.assign(target=rows["reference"].to_numpy(), gap=rows["estimate"].to_numpy())
    shown = table["verdict"].ne(Verdict.HIDDEN)
    table["verdict"] = table["verdict"].where(~shown, rows["verdict"].set_axis(table.index))
    table["gap"] = table["gap"].where(shown)
    return Estimates(table, found.meta)


def change(loaded: Loaded, selection: Selection, rates: tuple[Rate, ...]) -> Estimates | None:
    """The change of some rates since the wave before, with its interval and the smallest change that would show.

    None where there is no earlier wave of this mode, or the mode allows no inference.
    """
    earlier = before(loaded, selection)
    if earlier is None or selection.opt_in:
        return None
    names = tuple(rate.name for rate in rates)
    basis = _sample(loaded.study, loaded.key, selection.mode).basis
    question = Question(names, where=selection.where, suppression=loaded.study.suppression)
    return protect(between_waves(basis, (earlier.wave, selection.wave), question), loaded.study.suppression)


def notes(loaded: Loaded, selection: Selection) -> tuple[str, ...]:
    """What was left out or merged on the way to the weights, in words."""
    return _sample(loaded.study, loaded.key, selection.mode).notes


def before(loaded: Loaded, selection: Selection) -> Selection | None:
    """The same selection one wave earlier, None where no earlier wave has answers of this mode."""
    order = [wave.name for wave in loaded.study.waves]
    mine = loaded.fieldwork.loc[loaded.fieldwork["mode"] == selection.mode, "wave"]
    earlier = (
        [name for name in order[: order.index(selection.wave)] if name in set(mine)] if selection.wave in order else []
    )
    return replace(selection, wave=earlier[-1]) if earlier else None


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
    rows = ResponseStore(_study.root / "store").read(version=key[2])
    every = (*_study.questionnaire.rates, *opposite_rates(_study.questionnaire))
    plan = Plan(modes=(mode,), roles=("age", "sex"), suppression=_study.suppression)
    return prepare(rows, replace(_study.questionnaire, rates=every), _study.areas, _study.margins, plan)
