"""What a study holds and what is left to do; the history of its imports, and their undo."""

from __future__ import annotations

from functools import partial

import streamlit as st

from accounts.audit.changes import change
from analysis.numerals import DASH, count
from reports.data import import_preview
from reports.data import import_words as words
from reports.data.import_state import ImportState
from reports.data.versions import COUNTS, DataVersion, history, last_import, undo
from reports.sentences.notes.catalogue import tr
from survey.importing.rejects import rejected_workbook
from survey.study.study import Study
from views.blocks.counts import CountCard, count_cards
from views.blocks.html import head
from views.cached import imports
from views.cached.kept import replay, token
from views.panels.importing.preview import DONE
from views.panels.picture_mode import shot
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.downloads import download

UNDONE = "撤销导入"
REFUSED = "退回的行"
FIX = "下载退回的行（改好后再导入）"
UNDO, WHY = "撤销最近一次导入", "为什么撤销（必填，记入历史）"


def overview(study: Study, found: ImportState) -> None:
    """Draw what has been imported, what waits, what was refused, and who does what next."""
    st.html(head(words.state(found), words.next_step(found)))
    if found.last or found.waiting or found.rejected:
        st.html(count_cards(_cards(found)))
    if found.rejected:
        make = partial(_rejected, study, found.version)
        facts = {"what": REFUSED, "rows": found.rejected, "version": found.version}
        download(FIX, make, tr("退回.zip"), facts, key="imports.outstanding")


def _rejected(study: Study, version: int | None) -> bytes:
    return rejected_workbook(imports.rejected_rows(study, version))


def _cards(found: ImportState) -> tuple[CountCard, ...]:
    last = f"{found.last.at:%m-%d}" if found.last else DASH
    return (
        CountCard(tr("已导入"), _number(found.stored), tr("份")),
        CountCard(tr("等待入库"), _number(found.waiting), tr("份网上答卷"), pressing=bool(found.waiting)),
        CountCard(tr("退回未改"), _number(found.rejected), tr("行"), pressing=bool(found.rejected)),
        CountCard(tr("最近一次"), last, words.last_files(found).text),
    )


def _number(value: int | None) -> str:
    return DASH if value is None else count(value)


def history_and_undo(study: Study, who: str) -> None:
    """List the versions of the data, and offer to undo the last import."""
    versions = history(study)
    table = import_preview.history_table(versions)
    if table.empty or shot():  # too wide for a picture
        return
    st.markdown(tr("#### 导入历史"))
    replay(token(repr(versions)), lambda: show_table(table.astype(dict.fromkeys(COUNTS.values(), "Int64"))))
    if last := last_import(versions):
        with st.expander(UNDO):
            _undo(study, last, who)


def _undo(study: Study, last: DataVersion, who: str) -> None:
    st.markdown(
        tr("将撤销版本 {number}：{files}。数据不会删除，随时可以恢复。").format(
            number=last.number, files=plain("、".join(last.files))
        )
    )
    why = st.text_input(WHY, key="imports.why")
    if st.button(tr("撤销"), disabled=not (why.strip() and who), key="imports.undo"):
        with change(study.root, UNDONE, {"version": last.number}):
            version, _ = undo(study, who=who, why=why.strip())
        st.session_state[DONE] = tr("已撤销，数据版本 {version}").format(version=version)
        st.rerun()
