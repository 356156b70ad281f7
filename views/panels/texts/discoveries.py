"""发现: answers that no theme covers, and candidate words for the study's own word list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from accounts.audit.changes import change
from reports.sentences.notes import texts
from reports.sentences.notes.catalogue import tr
from reports.voices.coding_queue import Group, WordCandidate, groups_of, words_of
from reports.voices.open_answers import FOLDER, OpenAnswers
from survey.errors import SiluError
from survey.host.access import require_analyst
from survey.study.lexicon import add_words
from survey.study.study import Study
from views.panels import page
from views.shell.markup import plain
from views.visitor.session import Key, Loaded

IS_WORD, SAID, ADD = "是一个词", "说法", "加入词典"
"""Columns of the table of words, and the button below it."""


def discovery_panel(loaded: Loaded, answers: OpenAnswers, key: Key) -> None:
    """Draw groups of uncovered answers, then new words."""
    require_analyst(tr("发现新主题和新词"))
    if message := st.session_state.pop("words.done", ""):
        st.success(plain(message))
    left, right = st.columns(2, gap="medium")
    with left:
        _groups(loaded, answers, key)
    with right:
        _words(loaded, answers, key)


@st.cache_data(max_entries=8, show_spinner="正在找没有主题的留言……")
def _grouped(_study: Study, _answers: OpenAnswers, key: Key, items: tuple[str, ...]) -> tuple[int, tuple[Group, ...]]:
    return groups_of(_study, _answers)


@st.cache_data(max_entries=8, show_spinner="正在找新词……")
def _found(_answers: OpenAnswers, key: Key, items: tuple[str, ...]) -> list[WordCandidate]:
    return words_of(_answers)


def _groups(loaded: Loaded, answers: OpenAnswers, key: Key) -> None:
    st.subheader(tr("现有主题没有包括的留言"))
    count, groups = _grouped(loaded.study, answers, key, answers.items)
    substantive = sum(answers.table.filter(answers.table["says"])["says"].to_pylist())
    page.note(texts.discovery(substantive, count, loaded.study))
    if not groups:
        page.empty(tr("没有成组的：剩下的留言各说各的。"))
    for group in groups:
        quotes = "　".join(f"“{plain(quote)}”" for quote in group.quotes) or tr("（不摘录）")
        st.markdown(f"**{plain(str(texts.group(group.n, group.words)))}**  \n{quotes}")


def _words(loaded: Loaded, answers: OpenAnswers, key: Key) -> None:
    st.subheader(tr("词典里没有的说法"))
    st.caption(
        tr("留言里常用、词典不认识的字串。勾选确实是一个词的，加入本调查的词典，今后切词和比较都会把它当一个词。")
    )
    found = _found(answers, key, answers.items)
    if not found:
        page.empty(tr("没有新的说法。"))
        return
    table = pd.DataFrame(
        {IS_WORD: False, SAID: [each.word for each in found], tr("出现次数"): [each.count for each in found]}
    )
    with st.form("words"):
        marked = st.data_editor(table, hide_index=True, disabled=[SAID, tr("出现次数")], height=420, key="words.table")
        if not st.form_submit_button(ADD, type="primary"):
            return
    chosen = marked.loc[marked[IS_WORD], SAID].tolist()
    if not chosen:
        st.warning(tr("还没有勾选。"))
        return
    try:
        with change(loaded.study.root, ADD, {"words": "、".join(chosen)}):
            added = add_words(loaded.study.root / FOLDER, chosen)
    except SiluError as error:
        page.problem(error)
        return
    st.session_state["words.done"] = str(texts.words_added(added, chosen))
    st.rerun()
