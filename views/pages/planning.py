"""样本设计: what the next sample costs, the precision it gives, and the list of drawn communities."""

from __future__ import annotations

import streamlit as st

from reports.data.versions import newest
from reports.plans import sample_plan as reports
from reports.plans.deadlines import plan_day, spoken
from reports.plans.sample_plan import Earlier
from reports.selection import Selection
from reports.sentences import sampling as sentences
from reports.sentences.notes import captions
from reports.sentences.notes.provenance import HEADING
from reports.sentences.sentence import Sentence
from survey.errors import DesignError, SiluError, StoreError
from survey.study.plans.letterhead import letterhead
from views.blocks.html import head, refusal
from views.cached.answers import ask
from views.cached.kept import kept
from views.panels import missing, page
from views.panels.plans.sample_details import Wanted, curve_and_choices, districts, drawn_list, plan_of
from views.panels.plans.sample_settings import AIMS, goal_box
from views.visitor.session import Loaded, load, load_settings

TITLE = "样本设计"
DISTRICTS, LIST = "各区县的份数、误差和费用", "抽样名单和配额表"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    selection = page.everyone(selection)
    known = ask(loaded, selection, reports.earlier)
    basis = _design(loaded, AIMS, known, selection)
    if known.provenance is not None:
        page.explained(known.provenance, notes=basis)


def first(loaded: Loaded) -> None:
    """Draw the page before the first import: from the frame alone, with assumptions marked as such."""
    known = Earlier()
    basis = _design(loaded, AIMS[:3], known, None)
    with st.expander(HEADING):
        for one in (captions.first_plan(sentences.assumed(known.rate, known.icc)), *basis):
            page.note(one)


def _design(loaded: Loaded, aims: tuple[str, ...], known: Earlier, selection: Selection | None) -> tuple[Sentence, ...]:
    """Draw settings, plan and list; return what the precision rests on."""
    if missing.objected(loaded.study):
        return ()
    bar, glance = st.container(), st.container(key="glance")
    with bar:
        aim, goal, advised = goal_box(loaded, aims, known)
    wanted = Wanted(goal, selection if aim == AIMS[3] else None, advised)
    try:
        plan = plan_of(loaded, wanted)
    except DesignError as error:
        with glance:
            st.html(refusal(error))
        return ()
    with glance:
        examples = reports.example_prices(goal)
        st.html(kept(loaded, _head, wanted))
        if not plan.further:
            curve_and_choices(loaded, wanted, examples=examples)
    with st.expander(DISTRICTS, expanded=plan.further):
        districts(loaded, wanted)
    with st.expander(LIST):
        drawn_list(loaded, wanted)
    return (reports.basis(plan, known),)


def _head(loaded: Loaded, wanted: Wanted) -> str:
    """Return headline and lead."""
    plan = plan_of(loaded, wanted)
    examples = reports.example_prices(wanted.goal)
    day = spoken(loaded.study, loaded.version, plan_day(loaded.study, loaded.version))
    call = sentences.submitted(plan, letterhead(loaded.study).name, str(day), examples=examples)
    more = sentences.lead(plan) if plan.further else Sentence()
    return head(sentences.headline(plan, advised=wanted.advised), call + more)


def _before_answers() -> Loaded | None:
    """Return the study while it has no responses; None where it has some, or where another error occurs."""
    try:
        load()
    except StoreError:
        loaded = load_settings()
        return loaded if newest(loaded.study.root) is None else None
    except SiluError:
        return None
    return None


def _show() -> None:
    loaded = _before_answers()
    if loaded is None:
        page.page("planning", body)
        return
    page.before_answers("planning", TITLE, lambda _: first(loaded))


_show()
