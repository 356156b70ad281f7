"""Buttons for documents: one for each form, made on click, and the pack for leaders at the top right of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial

import streamlit as st

from documents.delivery import file_name, pack, record
from documents.forms import FORMS, Form
from reports.briefing.model import Briefing, Kind
from reports.missing import objection
from reports.selection import Selection
from reports.sentences.sentence import Sentence
from views.cached.documents import documents_of
from views.panels.picture_mode import shot
from views.visitor.session import Loaded

PACK = "领导材料"
HELP = "一页简报，各种格式装在一个压缩包里；按全部居民计算，不受上面的人群筛选影响"
OF_AREA = "这个区县的一页档案，各种格式装在一个压缩包里；按全部居民计算"


def form_buttons(loaded: Loaded, found: Briefing) -> None:
    """Draw one button for each form; a click makes the file, keeps its record and logs it."""
    with st.container(key="brief-forms", horizontal=True, gap="small"):
        for name, form in FORMS.items():
            st.download_button(
                form.label,
                _later(partial(_one, loaded, found, form)),
                file_name(found, form),
                form.mime,
                key=f"brief.{name}",
                on_click="ignore",
            )


def leader_pack(loaded: Loaded, selection: Selection, area: str = "") -> None:
    """Draw the button for the pack: the city's 简报, or a district's 区域档案; nothing where none can be written."""
    if shot() or selection.opt_in or objection(loaded.study, against_targets=True):
        return
    kind = Kind.PROFILE if area else Kind.BRIEF

    def make() -> bytes:
        found = documents_of(loaded, selection, kind, area)
        return pack(loaded.study.root, found, list(FORMS.values()))

    with st.container(key="brief-pack", horizontal=True, horizontal_alignment="right"):
        st.download_button(
            PACK,
            _later(make),
            f"{PACK}.zip",
            "application/zip",
            key="brief.pack",
            on_click="ignore",
            help=OF_AREA if area else HELP,
            icon=":material/description:",
        )


def spoken(texts: Sequence[Sentence]) -> None:
    """Draw the spoken summaries, each with its button to copy it."""
    for title, text in zip(("百字", "三百字", "八百字"), texts, strict=True):
        st.markdown(f"**{title}**")
        st.code(str(text), language=None, wrap_lines=True)


def _one(loaded: Loaded, found: Briefing, form: Form) -> bytes:
    content = form.render(found)
    record(loaded.study.root, found, [form])
    return content


def _later(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a function that makes a file as the visitor of now: a click runs it in a thread of its own."""
    here = copy_context()
    return lambda: here.run(make)
