"""Buttons for documents: one for each form, made on click, and the pack for leaders at the top right of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from documents.delivery import file_name, hashes, record
from documents.forms import FORMS, Form
from documents.leader_pack import leader_pack
from documents.templates.own import own_forms
from reports.briefing.model import Briefing
from reports.missing import objection
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from views.cached.documents import documents_of
from views.panels import awaiting
from views.panels.picture_mode import shot
from views.visitor.downloads import download
from views.visitor.session import Loaded

PACK = "领导材料"
BIG = "下载领导材料（一页简报和幻灯）"
HELP = "一页简报（Word、PDF）、封面和五页幻灯装在一个压缩包里；按全部居民计算，不受上面的人群筛选影响"
OF_AREA = "这个区县的一页档案（Word、PDF、幻灯）装在一个压缩包里；按全部居民计算"
BUTTON: Mapping[str, str] = {"what": "材料"}
"""For the log of downloads; each document in the file is logged with its code as well."""


SPOKEN = ("百字", "三百字", "八百字")


def form_buttons(loaded: Loaded, found: Briefing, number: int = 0, forms: Mapping[str, Form] = FORMS) -> None:
    """Draw one button for each form; a click makes the file, keeps its record and logs it.

    Args:
        loaded: the study.
        found: the document.
        number: of the documents on the page.
        forms: name -> form, some of them perhaps with a template of the organisation.
    """
    with st.container(key=f"brief-forms-{number}", horizontal=True, gap="small"):
        for name, form in forms.items():
            make, key = partial(_one, loaded, found, form), f"brief.{number}.{name}"
            download(form.label, make, file_name(found, form), BUTTON, mime=form.mime, key=key)


def leader_button(
    loaded: Loaded,
    selection: Selection,
    area: str = "",
    *,
    big: bool = False,
    forms: Mapping[str, Form] | None = None,
) -> None:
    """Draw the button for the pack: the city's 简报, or a district's 区域档案; nothing where none can be written.

    Args:
        loaded: the study.
        selection: wave and mode.
        area: the district; "" for the city.
        big: whether it is the first thing on a page, in place of a corner of it.
        forms: name -> form; with the templates of the study where None.
    """
    if shot() or selection.opt_in or objection(loaded.study, against_targets=True):
        return

    def make() -> bytes:
        made = partial(documents_of, loaded, selection, area=area)
        return leader_pack(loaded.study.root, made, forms or own_forms(loaded.study), area=bool(area))

    waiting = awaiting.is_waiting(loaded, selection, quotes=True)
    corner = {"key": "brief-pack", "horizontal": True, "horizontal_alignment": "right"}
    with st.container(key="brief-big") if big else st.container(**corner):  # type: ignore[arg-type]
        download(
            BIG if big else PACK,
            make,
            f"{PACK}.zip",
            BUTTON,
            mime="application/zip",
            key="brief.pack",
            disabled=waiting,
            help=_help(area, waiting=waiting),
            icon=":material/description:",
            type="primary" if big else "secondary",
        )


def _help(area: str, *, waiting: bool) -> str:
    if waiting:
        return tr("真实性检查、市民留言还在后台做，做完刷新页面就能下载")
    return OF_AREA if area else HELP


def spoken(texts: Sequence[Sentence], *, shortest: bool) -> None:
    """Draw the spoken summaries with buttons to copy them, the shortest only if asked; the middle one is open."""
    with st.container(key="brief-spoken"):
        for title, text in list(zip(SPOKEN, texts, strict=True))[0 if shortest else 1 :]:
            with st.expander(title, expanded=title == SPOKEN[1]):
                st.code(str(text), language=None, wrap_lines=True)


def _one(loaded: Loaded, found: Briefing, form: Form) -> bytes:
    content = form.render(found)
    record(loaded.study.root, found, hashes([(form, content)]))
    return content
