"""Call functions of `reports` for pages, once for each data version; all visitors share the result.

    found = ask(loaded, selection.asking(names), rates.judged)

A question is a function of `reports` that takes the weighted sample and a selection. Its result is shared, so no
caller may change it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from analysis.estimation.estimates import Estimates
from reports.fieldwork.area_lights import provisional
from reports.plans.outreach import Heard, hear
from reports.provenance import Provenance, provenance
from reports.sample import StudySample, gather
from reports.selection import Selection
from survey.study.study import Study
from views.visitor.session import Key, Loaded

T = TypeVar("T")
Given = TypeVar("Given")
More = ParamSpec("More")


def ask(
    loaded: Loaded,
    selection: Selection,
    question: Callable[Concatenate[StudySample, Selection, More], T],
    *more: More.args,
    **named: More.kwargs,
) -> T:
    """Return the result of a function of `reports` for a selection.

    Args:
        loaded: study and data version.
        selection: rates, groups, people and waves.
        question: a function of `reports`, called with sample, selection and the arguments below.
        more: further positional arguments; must be hashable, so neither lists nor frames.
        named: further keyword arguments, likewise hashable.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    gathered = _as_checked(loaded, selection)
    found: T = _answered(
        lambda: question(gathered, selection, *more, **named),
        name,
        loaded.key,
        selection,
        (more, named, gathered.unchecked),
    )
    return found


def follow(
    loaded: Loaded,
    selection: Selection,
    found: Given,
    question: Callable[Concatenate[StudySample, Selection, Given, More], T],
    *more: More.args,
    **named: More.kwargs,
) -> T:
    """Return the result of a function of `reports` for a selection and what `ask` returned for it.

    Args:
        loaded: study and data version.
        selection: the selection, which identifies `found` as well.
        found: estimates that `ask` returned.
        question: a function of `reports`, called with sample, selection, estimates and the arguments below.
        more: further positional arguments, hashable.
        named: further keyword arguments, hashable.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    gathered = _as_checked(loaded, selection)
    key = (gathered.unchecked, more, named)
    result: T = _answered(
        lambda: question(gathered, selection, found, *more, **named), name, loaded.key, selection, key
    )
    return result


@st.cache_resource(max_entries=512, show_spinner=False)
def _answered(_question: Callable[[], Any], name: str, key: Key, selection: Selection, more: Any) -> Any:
    """Compute a result once. `question` must not call `ask`: a cached function that calls itself deadlocks."""
    return _question()


def sample_of(loaded: Loaded, selection: Selection) -> StudySample:
    """Return the weighted sample of a study, data version and mode, made once."""
    return _sample(loaded.study, loaded.key, selection.answers)


@st.cache_resource(max_entries=4, show_spinner="正在汇总答卷……")
def _sample(_study: Study, key: Key, answers: Selection) -> StudySample:
    return gather(_study, answers)


def heard_of(loaded: Loaded, selection: Selection) -> Heard:
    """Return the same sample as an audience with its channels."""
    return _heard(loaded.study, loaded.key, selection.answers)


@st.cache_resource(max_entries=4, show_spinner="正在整理渠道……")
def _heard(_study: Study, key: Key, answers: Selection) -> Heard:
    return hear(_study, answers)


def origin_of(loaded: Loaded, selection: Selection, found: Estimates) -> Provenance:
    """Return the provenance of estimates of a selection."""
    return provenance(_as_checked(loaded, selection), selection, found)


def _as_checked(loaded: Loaded, selection: Selection) -> StudySample:
    """Return the sample as this run of the page shows it: before or after the checks of its answers."""
    return provisional(sample_of(loaded, selection), loaded.unchecked)
