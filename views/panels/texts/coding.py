"""人工编码: people code the most informative answers, on the page or in Excel; agreement of model and coders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isnan

import pandas as pd
import streamlit as st

from accounts.audit.changes import change
from reports.sentences.notes import texts
from reports.sentences.notes.catalogue import tr
from reports.voices.coding_queue import Score, score, sheet_of, to_code
from reports.voices.open_answers import OpenAnswers
from survey.errors import SiluError
from survey.host.access import require_analyst
from survey.host.scratch import scratch_folder
from survey.study.coding_sheet import HumanCode, Line, keep_codes, read_sheet
from survey.study.study import Study
from views.panels import page
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.downloads import download
from views.visitor.session import Key, Loaded

NONE = "都不合适"
NOBODY = "未归类"
BOOK, BY_HAND, MACHINE = "编码表", "人工编码", "系统："


def coding_panel(loaded: Loaded, answers: OpenAnswers, key: Key) -> None:
    """Draw the score, the coding form, and sheet download and upload."""
    require_analyst(tr("人工编码"))
    _standing(_score(loaded.study, answers, key, answers.items))
    if message := st.session_state.pop("coding.done", ""):
        st.success(message)
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        coder = st.text_input(tr("编码员姓名"), key="coder", placeholder=tr("先填姓名，再编码")).strip()
    with right:
        again = st.toggle(tr("复核：编别人编过的留言，用来算两人一致程度"), key="coding.again")
    lines = to_code(loaded.study, answers, coder, again=again)
    if not lines:
        page.empty(tr("没有别人编过而您没编过的留言。") if again else tr("有内容的留言都编过了。"))
    else:
        _form(loaded.study, answers, lines, coder)
    _sheets(loaded.study, answers, lines)


@st.cache_data(max_entries=8, show_spinner="正在用人工编码检验模型……")
def _score(_study: Study, _answers: OpenAnswers, key: Key, items: tuple[str, ...]) -> Score:
    return score(_study, _answers)


def _standing(found: Score) -> None:
    left, middle, right = st.columns(3)
    left.metric(
        tr("人工编码"),
        str(texts.coded(found.coded)),
        help=tr("编过的留言按人工编码计，立即生效；其余留言的归类随人工编码逐条改进。"),
    )
    shown = tr("编满 25 条后显示") if isnan(found.f1) else f"{found.f1:.2f}"
    middle.metric(tr("模型与人工的 F1"), shown, help=tr("五折交叉验证的宏平均。两个人之间一般也只有 0.70 至 0.80。"))
    worst = min((each[4] for each in found.pairs), default=float("nan"))
    right.metric(tr("两人一致（kappa）"), tr("还没有两人编同一条") if isnan(worst) else f"{worst:.2f}")
    if found.pairs:
        table = pd.DataFrame(found.pairs, columns=[tr("编码员"), tr("另一位"), tr("共同编码"), "F1", "kappa"])
        show_table(table.round({"F1": 2, "kappa": 2}))
    n, kappa = found.together
    if n and not isnan(kappa):
        page.note(texts.together(n, kappa))


def _form(study: Study, answers: OpenAnswers, lines: Sequence[Line], coder: str) -> None:
    page.note(texts.to_code(lines))
    names = dict(answers.labels)
    with st.form("coding"):
        chosen: dict[int, list[str]] = {}
        for line in lines:
            suggested = "、".join(names[code] for code in line.suggested) or NOBODY
            text, pick = st.columns([3, 2], vertical_alignment="center")
            text.markdown(f"{plain(line.text)}  \n:gray[{MACHINE}{plain(suggested)}]")
            chosen[line.digest] = pick.multiselect(
                tr("主题"),
                [*names, NONE],
                format_func=lambda code: names.get(code, code),
                key=f"code.{line.digest}.{coder}",
                label_visibility="collapsed",
                placeholder=tr("选主题"),
            )
        if not st.form_submit_button(tr("保存编码"), type="primary"):
            return
    verdicts = [
        HumanCode(digest, tuple(code for code in codes if code != NONE), coder)
        for digest, codes in chosen.items()
        if codes
    ]
    if not coder or not verdicts:
        st.warning(tr("请填写编码员姓名。") if not coder else tr("还没有选任何主题。"))
        return
    _keep(study, verdicts)


def _sheets(study: Study, answers: OpenAnswers, lines: Sequence[Line]) -> None:
    out, back = st.columns(2, gap="medium")
    with out:
        st.markdown(tr("**在 Excel 里编**"))
        make = partial(sheet_of, lines, answers)
        download(tr("下载编码表"), make, tr("编码表.xlsx"), {"what": BOOK, "rows": len(lines)}, disabled=not lines)
    with back:
        number = st.session_state.get("coding.round", 0)
        file = st.file_uploader(tr("读回填好的编码表"), type=["xlsx"], key=f"coding.sheet.{number}")
        if file is None:
            return
        try:
            with scratch_folder() as folder:
                path = folder / tr("编码表.xlsx")
                path.write_bytes(file.getvalue())
                verdicts = read_sheet(path, answers.labels)
        except SiluError as error:
            page.problem(error)
            return
        st.session_state["coding.round"] = number + 1
        _keep(study, verdicts)


def _keep(study: Study, verdicts: Sequence[HumanCode]) -> None:
    with change(study.root, BY_HAND, {"texts": len(verdicts), "coder": verdicts[0].coder if verdicts else ""}):
        total = keep_codes(study.root, verdicts)
    st.session_state["coding.done"] = str(texts.codes_kept(len(verdicts), total))
    st.rerun()
