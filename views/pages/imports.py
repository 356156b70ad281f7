"""数据导入: choose files, review the detected columns and issues, import, undo, show the history."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from reports.data import import_preview
from reports.data.versions import COUNTS, DataVersion, history, last_import, undo
from reports.health.repair import heal_with
from reports.labels import wave_label
from reports.sentences.notes import files
from reports.sentences.sentence import Declared, say
from survey.errors import CodingError, DamagedError, ReadError, SiluError
from survey.host.access import require_analyst
from survey.importing import ingest
from survey.importing.confirmations import open_confirmations
from survey.importing.preview import Preview
from survey.importing.rejects import rejected_workbook
from survey.study.study import MODES, Study
from views.blocks.html import head
from views.blocks.single.empty import next_steps
from views.cached import imports
from views.cached.kept import draw
from views.panels import page
from views.panels.alarms import alarms
from views.panels.mapping import mapping_form, places_form, proposal_of
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.session import Loaded, load_settings

ROUND, DONE = "imports.round", "imports.done"
FIRST_IMPORT = (
    ("在上面选答卷文件：从问卷平台导出的表格，或访问员录入的 Excel、CSV", ""),
    ("看预览：哪些行能写入，哪些要改，改在哪一行", ""),
    ("写上操作人，按“③ 写入答卷库”；然后打开“总览”和“数据质量”", ""),
    ("没有文件？网上问卷的答卷由这条命令移入", "silu drain 调查文件夹"),
)
"""What to do before the first import."""


def body(loaded: Loaded) -> None:
    """Draw file choice, preview, import and history."""
    study = loaded.study
    mock = f" :orange-badge[{page.MOCK_NOTE}]" if study.mock else ""
    st.markdown(f"**{plain(study.title)}**{mock}")
    require_analyst("数据导入")
    page.warn_insecure()
    if done := st.session_state.pop(DONE, ""):
        st.success(plain(done))
    alarms(study)
    versions = history(study)
    if versions:
        st.html(head("先选答卷文件，看过预览再写入", "预览说明多少份能写入、多少份退回和原因；写错了可以撤销。"))
    files, wave, mode, keep_partial, who = _chosen(study)
    if files:
        _preview(study, imports.saved(files), wave, mode, keep_partial=keep_partial, who=who)
    _history(loaded, versions, who)


def _chosen(study: Study) -> tuple[Sequence[imports.Uploaded], str, str, bool, str]:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        files = st.file_uploader(
            "① 选择答卷文件，可以一次选几个：问卷星、腾讯问卷、金数据、Kobo、LimeSurvey、Qualtrics、SurveyMonkey、"
            "SPSS、Stata，或普通的 Excel、CSV 表格",
            accept_multiple_files=True,
            key=f"imports.files.{st.session_state.get(ROUND, 0)}",
        )
    with right:
        names = [wave.name for wave in reversed(study.waves)]
        boxes = st.columns(2)
        wave = boxes[0].selectbox(
            "属于哪一轮", names, format_func=lambda name: wave_label(study, name), key="imports.wave"
        )
        modes = list(study.wave(wave).modes)
        mode = boxes[1].selectbox("调查方式", modes, format_func=MODES.__getitem__, key=f"imports.mode.{wave}")
        who = st.text_input("操作人（记入历史）", getpass.getuser(), key="imports.who")
        keep = st.checkbox("个别答案无法识别时保留这份答卷，只舍弃该答案", key="imports.partial")
    return files, wave, mode, keep, who


def _preview(study: Study, paths: Sequence[Path], wave: str, mode: str, *, keep_partial: bool, who: str) -> None:
    try:
        preview = imports.staged(study, paths, wave, mode=mode, keep_partial=keep_partial)
    except (ReadError, CodingError) as error:
        _map(study, paths, who, error)
        return
    except DamagedError as error:
        _heal(study, paths, error)
        return
    step = Declared("②", "numbering")
    page.headline(say("{step} 预览：{found}", step=step, found=import_preview.summary(preview)))
    counts = (("新增", preview.new), ("更新", preview.changed), ("不变", preview.unchanged), ("退回", preview.rejected))
    for box, (label, count) in zip(st.columns(4), counts, strict=True):
        box.metric(label, f"{count:,}", border=True)
    show_table(import_preview.files_table(preview))
    _issues(preview, keep_partial=keep_partial)
    if places_form(preview, who):
        st.rerun()
    _commit(preview, who)
    if preview.changed:
        with st.expander(str(files.corrected(preview)), expanded=True):
            show_table(import_preview.changes_table(preview))
    with st.expander("每一列对应哪道题"):
        show_table(import_preview.columns_table(preview))


def _heal(study: Study, paths: Sequence[Path], error: DamagedError) -> None:
    """Offer to repair a damaged store with the files, which may be the originals of an import."""
    page.problem(error)
    if st.button("用这些文件修复", type="primary", key="imports.heal"):
        healed = heal_with(study, paths, progress=imports.ImportProgress().show)
        st.session_state[DONE] = "；".join(healed.done)
        st.rerun()


def _map(study: Study, paths: Sequence[Path], who: str, error: SiluError) -> None:
    """Propose a mapping for an unknown table; show the error where no column resembles a question."""
    path = (
        paths[0] if len(paths) == 1 else Path(st.selectbox("核对哪个文件的列名", paths, format_func=lambda p: p.name))
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
    with st.expander("为什么没有直接读取"):
        page.problem(error)


def _issues(preview: Preview, *, keep_partial: bool) -> None:
    table = import_preview.issues_table(preview, keep_partial=keep_partial)
    total = sum(preview.issue_count.values())
    if table.empty:
        return
    st.markdown(f"**{files.problems(total, len(table))}**")
    shown = table
    names = [name for name in ("处理", "问题", "文件") if name in table]
    for box, name in zip(st.columns(3), names, strict=False):
        chosen = box.multiselect(
            name, list(dict.fromkeys(table[name])), key=f"imports.filter.{name}", placeholder="全部"
        )
        shown = shown[shown[name].isin(chosen)] if chosen else shown
    show_table(shown, most=320)


def _commit(preview: Preview, who: str) -> None:
    confirmed = _confirmed(preview)
    left, right, _ = st.columns([2, 2, 3])
    nothing = preview.comparison.empty or bool(open_confirmations(preview.confirmations, confirmed))
    if left.button("③ 写入答卷库", type="primary", disabled=nothing or not who.strip(), key="imports.commit"):
        shown = imports.ImportProgress().show
        done = ingest.commit(preview, who=who.strip(), confirmed=confirmed, progress=shown)
        imports.forget(preview.paths)
        st.session_state[DONE] = str(files.written(done.version, done.preview))
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()
    if preview.rejected:
        content = rejected_workbook(preview.comparison.rejected)
        right.download_button("下载退回的行（改好后再导入）", content, "退回.zip", key="imports.rejected")


def _confirmed(preview: Preview) -> tuple[str, ...]:
    """Show what must be decided, with a box for each; return the confirmed kinds."""
    if not preview.confirmations:
        return ()
    st.warning(str(files.to_confirm(preview.confirmations)))
    given = set()
    for number, one in enumerate(preview.confirmations):
        st.markdown(plain(str(one)))
        stamp = f"{number}.{one.kind}.{preview.coded[0].read.provenance.sha256[:12]}.{preview.base}"
        if st.checkbox(f"已核对，没错：{one.title}", key=f"imports.confirm.{stamp}"):
            given.add((number, one.kind))
    left = {one.kind for number, one in enumerate(preview.confirmations) if (number, one.kind) not in given}
    return tuple(dict.fromkeys(kind for _, kind in given if kind not in left))


def _history(loaded: Loaded, versions: Sequence[DataVersion], who: str) -> None:
    if import_preview.history_table(versions).empty:
        st.html(head("还没有导入过任何答卷", "选好文件先看预览，确认无误才写入；写错了可以撤销。"))
        st.html(next_steps(FIRST_IMPORT))
        return
    draw(loaded, _versions, repr(versions))
    last = last_import(versions)
    if last is None:
        return
    with st.expander("撤销最近一次导入"):
        _undo(loaded.study, last, who)


def _versions(loaded: Loaded, _as_shown: str) -> None:
    table = import_preview.history_table(history(loaded.study))
    st.markdown("#### 导入历史")
    show_table(table.astype(dict.fromkeys(COUNTS.values(), "Int64")))


def _undo(study: Study, last: DataVersion, who: str) -> None:
    st.markdown(f"将撤销版本 {last.number}：{plain('、'.join(last.files))}。数据不会删除，随时可以恢复。")
    why = st.text_input("为什么撤销（必填，记入历史）", key="imports.why")
    if st.button("撤销", disabled=not (why.strip() and who.strip()), key="imports.undo"):
        version, _ = undo(study, who=who.strip(), why=why.strip())
        st.session_state[DONE] = f"已撤销，数据版本 {version}"
        st.rerun()


def show() -> None:
    """Run the page; unlike the result pages, it also works before the first import."""
    try:
        body(load_settings())
    except SiluError as error:
        page.problem(error)


show()
