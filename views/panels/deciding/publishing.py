"""Panel of 数据质量: what readers without raw data see, and the button that publishes."""

from __future__ import annotations

import streamlit as st

from accounts.audit.changes import change
from accounts.audit.log import Act
from accounts.grants import may
from accounts.verbs import Verb
from reports.publishing.publication import last_publication, newly_published, publication_state, responses_that_count
from reports.sentences.notes.catalogue import tr
from reports.sentences.notes.publishing import published
from survey.errors import SiluError
from views.cached.kept import kept
from views.panels import page
from views.shell.markup import plain
from views.visitor.session import Loaded

PUBLISH = "公布结果"
DONE = "publish.done"


def publishing(loaded: Loaded) -> None:
    """Draw the state and the button."""
    study = loaded.study
    st.subheader(PUBLISH)
    if done := st.session_state.pop(DONE, ""):
        st.success(plain(done))
    page.note(publication_state(study, kept(loaded, _newest)))
    if may(Verb.PUBLISH) and st.button(tr("公布"), key="publish", type="secondary"):
        try:
            before = last_publication(study)
            with change(study.root, PUBLISH, act=Act.PUBLISH):
                made = newly_published(study)
            st.session_state[DONE] = str(published(before, made))
        except SiluError as error:
            page.problem(error)
            return
        st.rerun()


def _newest(loaded: Loaded) -> int:
    return responses_that_count(loaded.study)
