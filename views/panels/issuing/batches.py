"""Panel of 简报: many documents in one archive, made in the background with progress, cancel and download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from accounts.grants import may
from accounts.verbs import Verb
from documents.batch import write_dossier
from documents.forms import FORMS
from documents.templates.own import own_forms
from reports.briefing.build import OF_LEDGER, parts
from reports.briefing.model import Kind
from reports.selection import Selection
from survey.errors import SiluError
from survey.host.scratch import scratch_folder
from views.cached.batches import Batch, batches
from views.cached.documents import source_of
from views.panels import page
from views.shell.markup import plain
from views.shell.pages_by_role import offered
from views.visitor.downloads import download
from views.visitor.session import Loaded

BATCH = "成批的材料"
EVERY = 1.0
"""Seconds between two looks at a batch that is being made."""
TITLE = "成批出材料（每个区县、街道或责任单位一份，装在一个压缩包里）"
WHAT, FORM, START, CANCEL, FETCH, AGAIN = BATCH, "格式", "开始", "取消", "下载压缩包", "另出一批"
WAITING = "后台在写，可以离开这一页；写好后在这里下载。"
NOW = "正在写 {name}"
READY = "写好了。里面有一张清单：每份的核验码，没有写的写明原因。"
NO_FORM = "至少选一种格式。"
EVIDENCE, EVIDENCE_FILE = "下载证据卷宗", "证据卷宗_版本{version}.zip"
EVIDENCE_HELP = "问卷、抽样、权重、结果表、版本、披露清单和校验值；同一数据版本每次逐字节相同"
USUAL = ("docx", "pptx", "pdf")
BATCHES: Mapping[str, tuple[Kind, str]] = {
    "区域档案，每个区县一份": (Kind.PROFILE, "district"),
    "区域档案，每个街道一份": (Kind.PROFILE, "street"),
    "整改通知单，每条台账一份": (Kind.NOTICE, "district"),
    "督办单，每条超期台账一份": (Kind.SUPERVISION, "district"),
}
"""Label -> kind of the documents, and of which areas there is one each."""


def panel(loaded: Loaded, selection: Selection) -> None:
    """Draw the panel: the form that starts a batch, or the batch of this person."""
    mine = batches().mine()
    with st.expander(TITLE, expanded=mine is not None):
        if mine is None:
            _form(loaded, selection)
            evidence(loaded, selection)
        elif mine.going:
            _watch(mine)
        else:
            _finished(mine)


def _form(loaded: Loaded, selection: Selection) -> None:
    """Offer the batches that this reader may have."""
    labels = [name for name, (kind, _) in BATCHES.items() if kind not in OF_LEDGER or offered("ledger")]
    first, second, third = st.columns([5, 5, 2], vertical_alignment="bottom")
    label = first.selectbox(WHAT, labels, key="batch.what")
    forms = second.multiselect(FORM, list(FORMS), default=list(USUAL), format_func=_label, key="batch.forms")
    if third.button(START, key="batch.start", width="stretch"):
        _start(loaded, selection, label, forms)


def evidence(loaded: Loaded, selection: Selection) -> None:
    """Draw the button of the dossier, for analysts."""
    if not may(Verb.ANALYSE):
        return
    facts = source_of(loaded, selection).facts

    def make() -> bytes:
        with scratch_folder() as folder:
            path = folder / "one.zip"
            write_dossier(loaded.study.root, path, facts)
            return path.read_bytes()

    name = EVIDENCE_FILE.format(version=loaded.version)
    download(EVIDENCE, make, name, {"what": EVIDENCE}, mime="application/zip", key="evidence", help=EVIDENCE_HELP)


def _label(name: str) -> str:
    return FORMS[name].label


def _start(loaded: Loaded, selection: Selection, label: str, names: Sequence[str]) -> None:
    kind, level = BATCHES[label]
    if not names:
        st.warning(NO_FORM)
        return
    try:
        every, forms = parts(source_of(loaded, selection), kind, level=level), own_forms(loaded.study)
    except SiluError as error:
        page.problem(error)
        return
    batches().start(loaded.study.root, f"{kind}.zip", every, [forms[name] for name in names])
    st.rerun()


@st.fragment(run_every=EVERY)
def _watch(mine: Batch) -> None:
    """Show how far a batch is; run the page again once it is done."""
    if not mine.going:
        st.rerun()
    left, right = st.columns([10, 2], vertical_alignment="center")
    left.progress(mine.progress.share, plain(NOW.format(name=mine.progress.now)))
    if right.button(CANCEL, key="batch.cancel", width="stretch"):
        batches().end()
        st.rerun()
    st.caption(WAITING)


def _finished(mine: Batch) -> None:
    """Offer the archive, or say why there is none."""
    if mine.error is not None:
        page.problem(mine.error)
    elif mine.path is not None:
        st.caption(READY)
        content, facts = mine.path.read_bytes, {"what": BATCH}
        download(FETCH, content, mine.name, facts, mime="application/zip", key="batch.fetch", type="primary")
    if st.button(AGAIN, key="batch.again"):
        batches().end()
        st.rerun()
