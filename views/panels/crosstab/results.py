"""A crosstab as drawn: the table or a chart of one answer, and what can be taken along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from accounts.audit.changes import change
from documents.banner import workbook
from reports.crosstab import words
from reports.crosstab.crosstab import Crosstab
from reports.crosstab.layout import full_table, read_table, titles
from reports.crosstab.notices import doubted, first_of, lit_levels, next_steps, unmarked
from reports.crosstab.request import Request
from reports.crosstab.saved import LONGEST, Saved, forget, keep
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Name, Sentence, join, say
from survey.errors import SiluError
from survey.host.person import name_of_person
from survey.storage.spreadsheets import csv_file, csv_text
from views.blocks.actions import copied_text
from views.blocks.html import text
from views.blocks.single.crosstab import table
from views.cached.crosstab import tabulated
from views.cached.kept import kept
from views.cached.quality import lights_of
from views.charts.dots import Axis, dots
from views.panels import page
from views.panels.addresses import address, address_of_area
from views.panels.captions import caption
from views.panels.chart_numbers import drawn
from views.shell.markup import plain
from views.visitor.downloads import download
from views.visitor.session import Loaded

TABLE, CHART = "表", "图"
COPY = "复制表格"
KEEP, FORGET, TABULATED = "存下交叉表", "删去交叉表", "交叉表"
DONE = "crosstab.done"
"""Key of what was done in the run before."""
KEPT, FORGOTTEN = "已存下“{name}”，在页面上方“存下的表”里打开", "已删去“{name}”"
ANSWER = "哪个答案"
STEP = "下一步，{group}："
NEXT = {"area": "看{area}的区域档案", "outreach": "安排宣传（宣传规划）", "ledger": "去整改台账交办"}
"""Page -> the link to it."""
DO, BUTTON = ("outreach", "ledger"), ' class="silu-button"'
RED_COLUMNS = "※ 真实性红灯，独立复访前不下结论，不标差别"
KINDS = {"high": "good", "low": "bad"}
MOST = 40
"""Groups that a chart shows."""


def red_columns(loaded: Loaded, selection: Selection, found: Crosstab) -> frozenset[int]:
    """Return the columns of areas with a red light in the wave of the selection."""
    lights = {level: lights_of(loaded, selection, level) for level in lit_levels(found)}
    red = {level: {name for name, light in some.items() if not light.may_rank} for level, some in lights.items()}
    return doubted(found, red)


def shown(loaded: Loaded, selection: Selection, found: Crosstab, red: frozenset[int]) -> None:
    """Draw the next step, the table, or the chart of one answer, and say what the marks mean.

    Args:
        loaded: study and data version.
        selection: what was tabulated.
        found: the crosstab, without marks of areas with a red light.
        red: columns of these areas.
    """
    asked = (selection, found.request, red)
    with st.container(key="cross-form", horizontal=True, vertical_alignment="center", gap="medium"):
        if step := kept(loaded, _next_step, *asked):
            st.html(step)
        form = st.segmented_control(
            tr("看表还是图"),
            [TABLE, CHART],
            default=TABLE,
            required=True,
            key="crosstab.form",
            label_visibility="collapsed",
        )
        intervals = st.toggle(tr("显示 95% 区间"), key="crosstab.intervals")
    if form == CHART and len(found.columns) > 1:
        _chart(found)
    else:
        st.html(kept(loaded, _table, *asked, intervals))
    if below := join([words.signs(found), say(RED_COLUMNS) if red else Sentence()]):
        page.note(below)


def _table(loaded: Loaded, selection: Selection, request: Request, red: frozenset[int], intervals: bool) -> str:
    """Return the table as HTML."""
    found = unmarked(tabulated(loaded, selection, request), red)
    return table(found, intervals=intervals, key=first_of(found, red), doubted=red)


def _linked(name: str, steps: Mapping[str, str]) -> str:
    """Return the text of the link to a page, escaped."""
    return text(NEXT[name].format(area=steps[name]))


def _next_step(loaded: Loaded, selection: Selection, request: Request, red: frozenset[int]) -> str:
    """Return links to the pages where the low group of the finding is followed up, as far as the role has them."""
    found = unmarked(tabulated(loaded, selection, request), red)
    key = first_of(found, red)
    steps = next_steps(found, key, loaded.study.questionnaire.rates)
    hrefs = {name: address_of_area(value) if value else address(name) for name, value in steps.items()}
    links = [
        f'<a{BUTTON if name in DO else ""} href="{href}" target="_self">{_linked(name, steps)}&nbsp;→</a>'
        for name, href in hrefs.items()
        if href
    ]
    if not links or key is None:
        return ""
    group = " × ".join(found.columns[key[1]].labels)
    return f'<p class="silu-next">{text(STEP.format(group=group))}{"".join(links)}</p>'


def _chart(found: Crosstab) -> None:
    """Draw one answer in the groups of one head."""
    lines = {f"{line.variable.label}：{line.label}": at for at, line in enumerate(found.lines)}
    left, right = st.columns([6, 4])
    with left:
        line = lines[str(st.selectbox(ANSWER, list(lines), key="crosstab.line"))]
    with right:
        head = found.heads.index(str(st.selectbox(tr("哪种分组"), list(found.heads), key="crosstab.head")))
    names, cells = titles(found), found.cells
    at = [number for number, column in enumerate(found.columns) if column.head in (-1, head)][: MOST + 1]
    rows = [cells[line, number] for number in at]
    mean = bool(found.lines[line].codes)
    marks = pd.DataFrame(
        {
            "label": [names[number] for number in at],
            "value": [row["estimate"] for row in rows],
            "low": [row["conf_low"] for row in rows],
            "high": [row["conf_high"] for row in rows],
            "kind": [KINDS.get(str(row["mark"]), "plain") for row in rows],
            "text": ["" if pd.isna(row["n"]) else f"n={int(row['n'])}" for row in rows],
        }
    ).dropna(subset="value")
    title = say("{answer}", answer=Name(next(name for name, number in lines.items() if number == line)))
    form = ".1f" if mean else ".0%"
    figure = dots(marks, caption(found.provenance, title, say("各组")), Axis(form=form), words_of_kinds())
    page.figure(drawn(figure, words.plainest(found) or title), "crosstab", lasting=False)


def words_of_kinds() -> dict[str, str]:
    """Return what the marks of the chart mean."""
    return {"good": tr("明显高于其余"), "bad": tr("明显低于其余"), "plain": tr("看不出差别")}


def taken_along(
    loaded: Loaded, selection: Selection, found: Crosstab, red: frozenset[int], named: Saved | None
) -> None:
    """Draw the downloads, and the button of the box that keeps the table."""
    notes = [found.provenance.strip, *map(str, words.method(found)), *found.provenance.notes]
    with st.container(key="cross-along", horizontal=True, vertical_alignment="center", gap="medium"):
        asked = found.request
        heads = ["×".join(head) for head in asked.heads]
        facts = {
            "what": TABULATED,
            "version": loaded.version,
            "rows": list(asked.rows),
            "by": heads,
            "where": asked.where,
        }
        book, table_ = partial(workbook, found, notes), partial(_csv, found, notes)
        download(tr("下载 Excel"), book, tr("交叉表.xlsx"), facts, icon=":material/download:")
        download(tr("下载 CSV"), table_, tr("交叉表.csv"), facts, type="tertiary")
        st.html(kept(loaded, _copied, selection, asked, red), width="content")
        with st.popover(tr("存下这张表")):
            _keeping(loaded.study.root, found.request, named)


def _copied(loaded: Loaded, selection: Selection, request: Request, red: frozenset[int]) -> str:
    """Return the button that copies the table, as HTML."""
    found = unmarked(tabulated(loaded, selection, request), red)
    return copied_text(COPY, csv_text(read_table(found, intervals=False), apart="\t"))


def _keeping(root: Path, asked: Request, named: Saved | None) -> None:
    """Draw the box that keeps a table under a name, or forgets it."""
    name = st.text_input(tr("存成"), named.name if named else "", max_chars=LONGEST, placeholder=tr("给这张表起个名字"))
    if st.button(tr("存下"), key="crosstab.keep", disabled=not name.strip()):
        now = datetime.now(UTC).isoformat(timespec="seconds")
        one = Saved(name, asked, name_of_person(), now)
        _change(root, KEEP, name, lambda: keep(root, one))
    if done := st.session_state.pop(DONE, ""):
        st.success(plain(done))
    if named and st.button(tr("删去"), type="tertiary"):
        _change(root, FORGET, named.name, lambda: forget(root, named.name))


def _csv(found: Crosstab, notes: list[str]) -> bytes:
    return csv_file(full_table(found), notes)


def _change(root: Path, what: str, name: str, act: Callable[[], None]) -> None:
    """Change what is kept and draw the page again; report what went wrong."""
    try:
        with change(root, what, {"name": name}):
            act()
    except SiluError as error:
        page.problem(error)
    else:
        st.session_state[DONE] = (KEPT if what == KEEP else FORGOTTEN).format(name=name.strip())
        st.rerun()
