"""Buttons for documents: one for each form, made on click, and the pack for leaders at the top right of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial

import pandas as pd
import streamlit as st

from documents.delivery import file_name, pack, record
from documents.forms import FORMS, Form
from documents.verify import check, lines
from reports.briefing.issued import issued
from reports.briefing.model import Briefing, Kind
from reports.missing import objection
from reports.selection import Selection
from reports.sentences.sentence import Sentence
from survey.errors import SiluError
from views.cached.documents import documents_of
from views.panels import page
from views.panels.picture_mode import shot
from views.shell.markup import plain, plain_table
from views.visitor.session import Loaded

PACK = "领导材料"
HELP = "一页简报（Word、PDF）和五页幻灯装在一个压缩包里；按全部居民计算，不受上面的人群筛选影响"
OF_AREA = "这个区县的一页档案（Word、PDF、幻灯）装在一个压缩包里；按全部居民计算"
CITY_PACK = ((Kind.BRIEF, ("docx", "pdf")), (Kind.DECK, ("pptx",)))
AREA_PACK = ((Kind.PROFILE, ("docx", "pdf", "pptx")),)
"""Documents of the pack, each with the names of its forms."""
ALL_DISTRICTS = ("docx", "pdf")
"""Names of the forms in which all districts are packed."""
EXPIRED = "过期：数据已更新到版本 {version}"
RECENT = 20
"""Issued documents that are listed, the newest data first."""


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


def every_district(loaded: Loaded, selection: Selection) -> None:
    """Draw the button for the profiles of all districts in one archive."""

    def make() -> bytes:
        forms = [FORMS[name] for name in ALL_DISTRICTS]
        return pack(loaded.study.root, [(one, forms) for one in documents_of(loaded, selection, Kind.PROFILE, "")])

    st.download_button(
        "全部区县打包（Word、PDF）",
        _later(make),
        "区域档案.zip",
        "application/zip",
        key="brief.every",
        on_click="ignore",
    )


def leader_pack(loaded: Loaded, selection: Selection, area: str = "") -> None:
    """Draw the button for the pack: the city's 简报, or a district's 区域档案; nothing where none can be written."""
    if shot() or selection.opt_in or objection(loaded.study, against_targets=True):
        return

    def make() -> bytes:
        wanted = AREA_PACK if area else CITY_PACK
        found = [
            (one, [FORMS[name] for name in names])
            for kind, names in wanted
            for one in documents_of(loaded, selection, kind, area)
        ]
        return pack(loaded.study.root, found)

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


def check_file(loaded: Loaded) -> None:
    """Draw the box that compares a finished file with its record, and say where it differs."""
    with st.expander("核验一份发出去的文件"):
        suffixes = [form.suffix.removeprefix(".") for form in FORMS.values()]
        file = st.file_uploader("选文件：与存底逐处比较，改过一个数字也找得到", suffixes, key="brief.check")
        if file is None:
            return
        try:
            found = check(loaded.study.root, file.name, file.getvalue())
        except SiluError as error:
            page.problem(error)
            return
        first, *further = map(plain, lines(found))
        whole = found.record is not None and not found.differences
        (st.success if whole else st.error)("  \n".join([f"**{first}**", *further]))


def issued_documents(loaded: Loaded) -> None:
    """List the documents that were issued; one about older data is marked 过期."""
    with st.expander("发出过的文件"):
        some = sorted(issued(loaded.study.root), key=lambda one: (-one.version, one.code))[:RECENT]
        if not some:
            st.caption("还没有发出过文件。")
            return
        rows = [
            {
                "材料": str(one.briefing.kind),
                "区县": one.briefing.area or "全市",
                "日期": one.briefing.day,
                "数据版本": one.version,
                "核验码": one.code,
                "状态": "最新" if one.version == loaded.version else EXPIRED.format(version=loaded.version),
            }
            for one in some
        ]
        st.table(plain_table(pd.DataFrame(rows).set_index("材料")))


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
