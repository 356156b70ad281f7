"""What pages ask of `reports`, answered once for each data version and shared by all visitors.

    found = ask(loaded, selection.asking(names), rates.judged)

A question is a function of `reports` that takes the weighted sample and a selection. What comes out is shared: nobody
changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from analysis.estimation.estimates import Estimates
from reports.plans.outreach import Heard, hear
from reports.provenance import Provenance, provenance
from reports.sample import StudySample, gather
from reports.selection import Selection
from survey.study.study import Study
from views.visitor.session import Key, Loaded

T = TypeVar("T")
More = ParamSpec("More")


def ask(
    loaded: Loaded,
    selection: Selection,
    question: Callable[Concatenate[StudySample, Selection, More], T],
    *more: More.args,
    **named: More.kwargs,
) -> T:
    """Ask a question of `reports` about a selection.

    Args:
        loaded: study and data version.
        selection: what is asked.
        question: a function of `reports`, called with sample, selection and what follows.
        more: what else it takes; lists and frames must not be among it.
        named: the same by name.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    gathered = sample_of(loaded, selection)
    found: T = _answered(
        lambda: question(gathered, selection, *more, **named), name, loaded.key, selection, (more, named)
    )
    return found


@st.cache_resource(max_entries=512, show_spinner=False)
def _answered(_question: Callable[[], Any], name: str, key: Key, selection: Selection, more: Any) -> Any:
    """One answer, made once. It must not ask for another one: a cached function that meets itself waits for ever."""
    return _question()


def sample_of(loaded: Loaded, selection: Selection) -> StudySample:
    """The one weighted sample of a study, data version and mode."""
    return _sample(loaded.study, loaded.key, selection.answers)


@st.cache_resource(max_entries=4, show_spinner="正在汇总答卷……")
def _sample(_study: Study, key: Key, answers: Selection) -> StudySample:
    return gather(_study, answers)


def heard_of(loaded: Loaded, selection: Selection) -> Heard:
    """The same as an audience that knows of channels."""
    return _heard(loaded.study, loaded.key, selection.answers)


@st.cache_resource(max_entries=4, show_spinner="正在整理渠道……")
def _heard(_study: Study, key: Key, answers: Selection) -> Heard:
    return hear(_study, answers)


def origin_of(loaded: Loaded, selection: Selection, found: Estimates) -> Provenance:
    """Where estimates of a selection come from."""
    return provenance(sample_of(loaded, selection), selection, found)
