"""An organisation's own template: its faults are named where they stand, and a sound one is used for the downloads.

The file is used for this visit only; nothing of it is kept in the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from documents.forms import FORMS, Form, form_of
from documents.templates.check import SHOWN, check
from documents.templates.own import own_forms
from survey.errors import SiluError
from survey.study.study import Study
from views.panels import page
from views.panels.picture_mode import shot
from views.shell.markup import plain

FILE = "用本单位的模板（.pptx 或 .docx，可不选）"
HELP = (
    "只用于这一次下载，不存进调查。起步模板用 silu brief --new-template 母版.pptx 做："
    "改字体、颜色、位置和图标，花括号里的占位符不要改"
)
FAULTY = "{file} 不能当模板用，这一页的按钮仍用原来的样式。要改的地方："
MORE = "另有 {n} 处"
SOUND = "{file} 可以用：“{form}”和上面的领导材料按它生成，其他格式不变"
OWN = "{form}（本单位模板）"
SUFFIXES = ("pptx", "docx")


def usual_forms(study: Study) -> Mapping[str, Form]:
    """Return the forms with the templates of the study; ours where one of these has a fault, which is reported."""
    try:
        return own_forms(study)
    except SiluError as error:
        page.problem(error)
        return FORMS


def forms(usual: Mapping[str, Form] = FORMS) -> Mapping[str, Form]:
    """Let the visitor choose a template, and return the forms: with it where it has no fault, else the usual ones."""
    if shot():
        return usual
    file = st.file_uploader(FILE, SUFFIXES, key="brief.template", help=HELP)
    return usual if file is None else _with(file.name, file.getvalue(), usual)


def _with(name: str, content: bytes, usual: Mapping[str, Form]) -> Mapping[str, Form]:
    """Return the forms with a template that somebody chose; its faults are named."""
    try:
        faults = _faults(name, content)
    except SiluError as error:
        page.problem(error)
        return usual
    if faults:
        more = [MORE.format(n=len(faults) - SHOWN)] if len(faults) > SHOWN else []
        lines = "\n".join(f"* {plain(line)}" for line in (*faults[:SHOWN], *more))
        st.error(f"{plain(FAULTY.format(file=name))}\n\n{lines}")
        return usual
    form = form_of(name)
    st.success(plain(SOUND.format(file=name, form=form.label)))
    own = replace(form.using(content), label=OWN.format(form=form.label))
    return {key: own if one.suffix == form.suffix else one for key, one in usual.items()}


@st.cache_data(max_entries=8, show_spinner=False)
def _faults(name: str, content: bytes) -> tuple[str, ...]:
    return tuple(map(str, check(name, content)))
