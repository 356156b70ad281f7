"""Panels of 市民留言: themes over waves, copied answers, and named places."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis.numerals import DASH, estimate, percent, signed
from reports.labels import wave_label
from reports.sentences.notes import texts
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import say
from reports.sentences.voices import places
from reports.voices import copies
from reports.voices import shares as reports
from reports.voices.asked import TextSelection
from views.cached.answers import sample_of
from views.cached.kept import draw, kept
from views.cached.voices import answers_of, ask
from views.charts.mentions import ranked_mentions
from views.charts.trend import trend
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Drawn, drawn
from views.panels.texts.comments import analyst
from views.shell.markup import literal, plain
from views.shell.tables import show_table
from views.visitor.session import Loaded

LINES, ROWS = 4, 14
HALF, WHOLE = 600, 1230


def wave_panel(loaded: Loaded, asked: TextSelection) -> None:
    """Show the shares of the themes by wave, with intervals."""
    if len(sample_of(loaded, asked.selection).waves) < 2:
        page.empty(tr("这种方式只有一轮调查，还没有变化可看。"))
        return
    if (seen := kept(loaded, _theme_waves, asked)) is None:
        page.empty(tr("这几轮提到各主题的人都太少。"))
        return
    page.figure(seen, "theme-waves")
    draw(loaded, _wave_table, asked)


def _over_waves(loaded: Loaded, asked: TextSelection) -> tuple[reports.Shares, pd.DataFrame, list[str]]:
    """Return the shares of the themes by wave, the same as rows, and the themes of the last wave by share."""
    names = sample_of(loaded, asked.selection).waves
    found = ask(loaded, asked.in_wave(*names), reports.theme_shares, ("wave",))
    table = found.estimates.table
    rows = table.assign(wave=table["wave"].astype(str), name=table["item"].astype(str))
    last, _ = reports.folded(rows[rows["wave"] == names[-1]].dropna(subset=["estimate"]))
    ranked = last.sort_values("estimate", ascending=False, kind="stable")["name"].tolist()
    return found, rows, ranked


def _labels(loaded: Loaded, asked: TextSelection) -> dict[str, str]:
    names = sample_of(loaded, asked.selection).waves
    return {name: wave_label(loaded.study, name) for name in names}


def _theme_waves(loaded: Loaded, asked: TextSelection) -> Drawn | None:
    found, rows, ranked = _over_waves(loaded, asked)
    if not ranked:
        return None
    title = say("提得较多的主题，各轮怎样变")
    words = caption(found.provenance, title, say("写了内容的人中，提到各主题的占比"))
    shown = rows[rows["name"].isin(ranked[:LINES])]
    shown = shown.sort_values("name", key=lambda column: column.map(ranked.index), kind="stable")
    titles = {name: literal(label) for name, label in _labels(loaded, asked).items()}
    return drawn(trend(shown, titles, set(), words, page_width=WHOLE), title)


def _wave_table(loaded: Loaded, asked: TextSelection) -> None:
    found, rows, ranked = _over_waves(loaded, asked)
    show_table(wave_table(rows, ranked[:ROWS], _labels(loaded, asked)))
    st.caption(tr("两轮的区间重叠时不要说升降；开放题的问法或位置变过时，各轮不可比。"))
    page.explained(found.provenance)


def wave_table(rows: pd.DataFrame, names: list[str], waves: dict[str, str]) -> pd.DataFrame:
    """Return one row per theme and one column per wave, each cell with share and interval."""
    cells = {(str(row["name"]), str(row["wave"])): _share_text(row) for row in rows.to_dict("records")}
    label = dict(zip(rows["name"], rows["label"], strict=True))
    columns = {title: [cells.get((name, wave), DASH) for name in names] for wave, title in waves.items()}
    return pd.DataFrame({tr("主题"): [label[name] for name in names], **columns})


def copy_panel(loaded: Loaded, asked: TextSelection) -> None:
    """Show the shares with and without copied answers, and the most copied answers."""
    draw(loaded, _copies, asked)


def _copies(loaded: Loaded, asked: TextSelection) -> None:
    every, once = (ask(loaded, replace(asked, once=flag), reports.theme_shares) for flag in (False, True))
    st.subheader(tr("雷同的留言算不算，结果差多少"))
    st.caption(plain(ask(loaded, asked, copies.copies_note) or tr("这一轮没有雷同的留言。")))
    shown, _ = reports.folded(copies.with_and_without_copies(every.estimates, once.estimates))
    rows = shown.head(ROWS).to_dict("records")
    table = pd.DataFrame(
        {
            tr("主题"): [str(row["label"]) for row in rows],
            tr("占写了内容的人：每条都算"): [_share_text(row) for row in rows],
            tr("占写了内容的人：只算一条"): [_share_text(row, "_once") for row in rows],
            tr("占全体：每条都算"): [percent(float(row["of_all"])) for row in rows],
            tr("占全体：只算一条"): [percent(float(row["of_all_once"])) for row in rows],
            tr("占全体相差（百分点）"): [signed(float(row["moved"])) for row in rows],
        }
    )
    show_table(table)
    st.caption(
        tr(
            "雷同：去掉标点后几乎一样，或一条包含在另一条里；只算一条时，同一轮里同样的话只算第一个人说过（按区县比时，每个区县算一次）。雷同不等于造假：话短、事情相同时也会雷同；"
            "只有明显多于同区其他访问员时才在“数据质量”里作为信号。"
        )
    )
    st.subheader(tr("被重复最多的话"))
    copied = copies.copied(loaded.study, answers_of(loaded, asked.item), asked)
    if copied.empty:
        page.empty(texts.no_copies(loaded.study))
    else:
        show_table(copied)
    page.explained(every.provenance)


def place_panel(loaded: Loaded, asked: TextSelection) -> None:
    """Show kinds of place as shares, and named places as counts with their districts."""
    found = ask(loaded, asked, reports.kind_shares)
    left, right = st.columns(2, gap="medium")
    with left:
        if (seen := kept(loaded, _kinds, asked)) is None:
            page.empty(tr("这一轮没有人说到哪类地方。"))
        else:
            page.figure(seen, "kinds")
    with right:
        if analyst():
            draw(loaded, _named, asked)
    page.explained(found.provenance)


def _kinds(loaded: Loaded, asked: TextSelection) -> Drawn | None:
    found = ask(loaded, asked, reports.kind_shares)
    top, _ = reports.folded(reports.ranked(found.estimates))
    if top.empty or not top["estimate"].sum():
        return None
    title = places(top["label"].head(2).tolist())
    words = caption(found.provenance, title, say("写了内容的人中，说到各类地方的占比（另列占全体受访居民）"))
    return drawn(ranked_mentions(top, "label", words, page_width=HALF), title)


def _named(loaded: Loaded, asked: TextSelection) -> None:
    table, fewest = ask(loaded, asked, reports.named), loaded.study.suppression
    st.subheader(tr("点了名的地方"))
    page.note(texts.named_places(loaded.study))
    if table.empty:
        page.empty(tr("这一轮没有人说到抽样框里的街道或社区。"))
        return
    show_table(reports.districts_named(table, fewest))
    shown = table[table["n"] >= fewest]
    if not shown.empty:
        listed = shown.assign(level=shown["level"].map(reports.LEVELS))[["name", "level", "district", "n"]]
        show_table(listed.set_axis([tr("地方"), tr("级别"), tr("所在区县"), tr("人数")], axis=1))


def _share_text(row: dict[object, object] | dict[str, object], ending: str = "") -> str:
    value, low, high = (float(str(row[f"{name}{ending}"])) for name in ("estimate", "conf_low", "conf_high"))
    return estimate(value, low, high)
