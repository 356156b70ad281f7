"""The preview of chosen files: what can be written, what is refused and why, and the commit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from accounts.audit.changes import change
from reports.data import import_preview
from reports.fieldwork.deriving import derive_at_commit
from reports.health.repair import heal_with
from reports.sentences.notes import files
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Declared, say
from survey.errors import CodingError, DamagedError, ReadError, SiluError
from survey.importing import ingest
from survey.importing.confirming.confirmations import open_confirmations
from survey.importing.preview import Preview
from survey.importing.rejects import rejected_workbook
from survey.study.study import Study
from views.blocks.html import head
from views.cached import imports
from views.panels import page
from views.panels.importing.choice import ROUND, Choice
from views.panels.importing.mapping import mapping_form, places_form, proposal_of
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.downloads import download

REFUSED = "退回的行（预览）"
IMPORTED = "导入"
HEALED = "用文件修复答卷库"
DONE = "imports.done"
"""Key of what was done in the run before, which the page reports once."""
WRITE = files.WRITE.text


def preview(study: Study, chosen: Choice, top: DeltaGenerator) -> None:
    """Draw what can be written, what is refused and why, and the commit.

    Args:
        study: the study.
        chosen: one file or more, with all that is known of them.
        top: place of the headline.
    """
    paths = imports.saved(chosen.files)
    try:
        found = imports.staged(study, paths, chosen.wave, mode=chosen.mode, keep_partial=chosen.keep_partial)
    except (ReadError, CodingError) as error:
        _map(study, paths, chosen.who, error)
        return
    except DamagedError as error:
        _heal(study, paths, error)
        return
    step = Declared("②", "numbering")
    title = say("{step} 预览：{found}", step=step, found=import_preview.summary(found))
    top.html(head(title, files.after_preview(found)))
    counts = (
        (tr("新增"), found.new),
        (tr("更新"), found.changed),
        (tr("不变"), found.unchanged),
        (tr("退回"), found.rejected),
    )
    for box, (label, count) in zip(st.columns(4), counts, strict=True):
        box.metric(label, f"{count:,}", border=True)
    show_table(import_preview.files_table(found))
    _issues(found, keep_partial=chosen.keep_partial)
    if places_form(found, chosen.who):
        st.rerun()
    _commit(found, chosen.who)
    if found.changed:
        with st.expander(str(files.corrected(found)), expanded=True):
            show_table(import_preview.changes_table(found))
    with st.expander(tr("每一列对应哪道题")):
        show_table(import_preview.columns_table(found))


def _heal(study: Study, paths: Sequence[Path], error: DamagedError) -> None:
    """Offer to repair a damaged store with the files, which may be the originals of an import."""
    page.problem(error)
    if st.button(tr("用这些文件修复"), type="primary", key="imports.heal"):
        with change(study.root, HEALED, {"files": "、".join(path.name for path in paths)}):
            healed = heal_with(study, paths, progress=imports.ImportProgress().show)
        st.session_state[DONE] = "；".join(healed.done)
        st.rerun()


def _map(study: Study, paths: Sequence[Path], who: str, error: SiluError) -> None:
    """Propose a mapping for an unknown table; show the error where no column resembles a question."""
    path = (
        paths[0]
        if len(paths) == 1
        else Path(st.selectbox(tr("核对哪个文件的列名"), paths, format_func=lambda p: p.name))
    )
    try:
        found = any(match.target for match in proposal_of(path, study.questionnaire).headings)
    except SiluError:
        found = False
    if not found:
        page.problem(error)
        return
    if mapping_form(study, path, who):
        st.rerun()
    with st.expander(tr("为什么没有直接读取")):
        page.problem(error)


def _issues(preview: Preview, *, keep_partial: bool) -> None:
    table = import_preview.issues_table(preview, keep_partial=keep_partial)
    total = sum(preview.issue_count.values())
    if table.empty:
        return
    st.markdown(f"**{files.problems(total, len(table))}**")
    shown = table
    names = [name for name in (tr("处理"), tr("问题"), tr("文件")) if name in table]
    for box, name in zip(st.columns(3), names, strict=False):
        chosen = box.multiselect(
            name, list(dict.fromkeys(table[name])), key=f"imports.filter.{name}", placeholder=tr("全部")
        )
        shown = shown[shown[name].isin(chosen)] if chosen else shown
    show_table(shown, most=320)


def _commit(preview: Preview, who: str) -> None:
    confirmed = _confirmed(preview)
    left, right, _ = st.columns([2, 2, 3])
    nothing = preview.comparison.empty or bool(open_confirmations(preview.confirmations, confirmed))
    if left.button(WRITE, type="primary", disabled=nothing or not who, key="imports.commit"):
        shown = imports.ImportProgress().show
        facts = {"files": "、".join(path.name for path in preview.paths), "new": preview.new}
        facts |= {"changed": preview.changed, "rejected": preview.rejected}
        with change(preview.study.root, IMPORTED, facts):
            done = ingest.commit(preview, who=who, confirmed=confirmed, progress=shown)
        derive_at_commit(preview.study)
        imports.forget(preview.paths)
        st.session_state[DONE] = str(files.written(done.version, done.preview))
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()
    if preview.rejected:
        make = partial(rejected_workbook, preview.comparison.rejected)
        facts = {"what": REFUSED, "rows": preview.rejected}
        download(tr("下载退回的行（改好后再导入）"), make, tr("退回.zip"), facts, place=right, key="imports.rejected")


def _confirmed(preview: Preview) -> tuple[str, ...]:
    """Show what must be decided, with a box for each; return the confirmed kinds."""
    if not preview.confirmations:
        return ()
    st.warning(str(files.to_confirm(preview.confirmations)))
    given = set()
    for number, one in enumerate(preview.confirmations):
        st.markdown(plain(str(one)))
        stamp = f"{number}.{one.kind}.{preview.coded[0].read.provenance.sha256[:12]}.{preview.base}"
        if st.checkbox(tr("已核对，没错：{title}").format(title=one.title), key=f"imports.confirm.{stamp}"):
            given.add((number, one.kind))
    left = {one.kind for number, one in enumerate(preview.confirmations) if (number, one.kind) not in given}
    return tuple(dict.fromkeys(kind for _, kind in given if kind not in left))
