"""An organisation's own template: its faults are named where they stand, and a sound one is used for the downloads.

The file is used for this visit only; nothing of it is kept in the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from documents.forms import FORMS, Form, form_of
from documents.templates.check import SHOWN, check
from survey.errors import SiluError
from views.panels import page
from views.panels.picture_mode import shot
from views.shell.markup import plain

FILE = "用本单位的模板（.pptx 或 .docx，可不选）"
HELP = (
    "只用于这一次下载，不存进调查。起步模板用 silu brief --new-template 母版.pptx 做："
    "改字体、颜色、位置和图标，花括号里的占位符不要改"
)
FAULTY = "{file} 不能当模板用，下面的按钮仍用系统自带的样式。要改的地方："
MORE = "另有 {n} 处"
SOUND = "{file} 可以用：“{form}”按它生成，其他格式不变"
OWN = "{form}（本单位模板）"
SUFFIXES = ("pptx", "docx")


def forms() -> Mapping[str, Form]:
    """Let the visitor choose a template, and return the forms: with it where it has no fault, else ours."""
    if shot():
        return FORMS
    file = st.file_uploader(FILE, SUFFIXES, key="brief.template", help=HELP)
    if file is None:
        return FORMS
    try:
        faults = _faults(file.name, file.getvalue())
    except SiluError as error:
        page.problem(error)
        return FORMS
    if faults:
        more = [MORE.format(n=len(faults) - SHOWN)] if len(faults) > SHOWN else []
        lines = "\n".join(f"* {plain(line)}" for line in (*faults[:SHOWN], *more))
        st.error(f"{plain(FAULTY.format(file=file.name))}\n\n{lines}")
        return FORMS
    form = form_of(file.name)
    st.success(plain(SOUND.format(file=file.name, form=form.label)))
    own = replace(form.using(file.getvalue()), label=OWN.format(form=form.label))
    return {name: own if one.suffix == form.suffix else one for name, one in FORMS.items()}


@st.cache_data(max_entries=8, show_spinner=False)
def _faults(name: str, content: bytes) -> tuple[str, ...]:
    return tuple(map(str, check(name, content)))
