"""样本设计: what the next sample costs, the precision it gives, and the list of drawn communities."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from reports.data.versions import newest
from reports.plans import sample_plan as reports
from reports.plans.sample_plan import Earlier, SampleGoal, SamplePlan
from reports.selection import Selection
from reports.sentences import sampling as sentences
from reports.sentences.notes import captions
from survey.errors import DesignError, SiluError, StoreError
from survey.study.study import Study, load_study
from views.blocks.html import head, refusal
from views.cached.answers import ask
from views.panels import missing, page
from views.panels.plans.sample_details import curve_and_choices, districts, drawn_list
from views.panels.plans.sample_settings import AIMS, goal_box
from views.shell.markup import plain
from views.visitor.session import STUDY_VARIABLE, Loaded, load


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    page.everyone(selection)
    known = ask(loaded, selection, reports.earlier)
    _design(loaded.study, AIMS, known, lambda goal: ask(loaded, selection, reports.top_up_plan, goal))
    if known.provenance is not None:
        page.explained(known.provenance)


def first(study: Study) -> None:
    """Draw the page before the first import: from the frame alone, with assumptions marked as such."""
    mock = f" :orange-badge[{page.MOCK_NOTE}]" if study.mock else ""
    known = Earlier()
    st.markdown(f"**{plain(study.title)}**　还没有答卷{mock}")
    _design(study, AIMS[:3], known, None)
    page.note(captions.first_plan(sentences.assumed(known.rate, known.icc)))


def _design(
    study: Study, aims: tuple[str, ...], known: Earlier, further: Callable[[SampleGoal], SamplePlan] | None
) -> None:
    """Draw settings, plan and list."""
    if missing.objected(study):
        return
    bar, glance = st.container(), st.container(key="glance")
    with bar:
        aim, goal = goal_box(study, aims, known)
    try:
        plan = further(goal) if further and aim == AIMS[3] else reports.plan_sample(study.areas.frame, goal)
    except DesignError as error:
        with glance:
            st.html(refusal(error))
        return
    with glance:
        st.html(head(sentences.headline(plan), sentences.lead(plan)))
        if not plan.further:
            curve_and_choices(study, plan)
        page.note(reports.basis(plan, known))
    with st.expander("各区县的份数、误差和费用", expanded=plan.further):
        districts(study, plan)
    with st.expander("抽样名单和配额表"):
        drawn_list(study, plan)


def _before_answers() -> Study | None:
    """Return the study while it has no responses; None where it has some, or where another error occurs."""
    try:
        load()
    except StoreError:
        study = load_study(os.environ[STUDY_VARIABLE])
        return study if newest(study.root) is None else None
    except SiluError:
        return None
    return None


def _show() -> None:
    study = _before_answers()
    if study is None:
        page.page("planning", body)
        return
    try:
        first(study)
    except SiluError as error:
        page.problem(error)


_show()
