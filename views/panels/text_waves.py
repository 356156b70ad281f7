"""What else the residents' words show: themes over the waves, with and without copies, and the places they name.

Verbatim: what residents wrote, shown as they wrote it.

Markdown would make pictures and links of some texts, and a picture is fetched by the reader's browser from wherever the
text says (rule R-21: nothing is fetched from elsewhere).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH, percent
from analysis.text.quotes import Quoter
from reports.labels import wave_label
from views.cached import voices
from views.cached.decisions import waves_of
from views.cached.voices import TextSelection
from views.charts.mentions import ranked_mentions
from views.charts.trend import trend
from views.panels import page
from views.panels.captions import caption
from views.shell.markup import literal
from views.visitor.selection import Selection
from views.visitor.session import Loaded

LINES, ROWS, GROUPS = 4, 14, 8
HALF, WHOLE = 600, 1230
LEVELS = {"community": "社区", "street": "街道"}


def wave_panel(loaded: Loaded, selection: Selection, chosen: TextSelection) -> None:
    """Shares of the themes by wave, with intervals."""
    names = waves_of(loaded, selection.mode)
    if len(names) < 2:
        page.empty("这种方式只有一轮调查，还没有变化可看。")
        return
    found = voices.theme_waves(loaded, selection, chosen)
    rows = found.table.assign(wave=found.table["wave"].astype(str), name=found.table["item"].astype(str))
    last = rows[rows["wave"] == names[-1]].dropna(subset=["estimate"])
    ranked = last.sort_values("estimate", ascending=False, kind="stable")["name"].tolist()
    if not ranked:
        page.empty("这几轮提到各主题的人都太少。")
        return
    title = "提得最多的主题，各轮怎样变"
    labels = {name: wave_label(loaded.study, name) for name in names}
    words = caption(loaded, selection, found, title, "主动提到各主题的受访居民占比")
    one, every = labels[selection.wave], "、".join(labels.values())
    words = replace(words, subtitle=words.subtitle.replace(one, "各轮"), source=words.source.replace(one, every))
    drawn = rows[rows["name"].isin(ranked[:LINES])]
    drawn = drawn.sort_values("name", key=lambda column: column.map(ranked.index), kind="stable")
    page.figure(
        trend(drawn, {name: literal(label) for name, label in labels.items()}, set(), words, page_width=WHOLE),
        "theme-waves",
        title,
    )
    st.dataframe(wave_table(rows, ranked[:ROWS], labels), hide_index=True, width="stretch", height="content")
    st.caption("两轮的区间重叠时不要说升降；开放题的问法或位置变过时，各轮不可比。")


def wave_table(rows: pd.DataFrame, names: list[str], waves: dict[str, str]) -> pd.DataFrame:
    """One line a theme, one column a wave: share and interval in words."""
    said = {(str(row["name"]), str(row["wave"])): _said(row) for row in rows.to_dict("records")}
    label = dict(zip(rows["name"], rows["label"], strict=True))
    columns = {title: [said.get((name, wave), DASH) for name in names] for wave, title in waves.items()}
    return pd.DataFrame({"主题": [label[name] for name in names], **columns})


def copy_panel(loaded: Loaded, selection: Selection, chosen: TextSelection) -> None:
    """The same shares with and without copied answers, and what was copied."""
    every = voices.theme_shares(loaded, selection, replace(chosen, once=False))
    once = voices.theme_shares(loaded, selection, replace(chosen, once=True))
    st.subheader("雷同的留言算不算，结果差多少")
    st.dataframe(copy_table(every, once), hide_index=True, width="stretch", height="content")
    st.caption(
        "雷同：去掉标点后几乎一样，或一条包含在另一条里；只算一条时，同样的话只算第一个人说过。雷同不等于造假：话短、事情相同时也会雷同；"
        "只有明显多于同区其他访问员时才在“数据质量”里作为信号。"
    )
    st.subheader("被重复最多的话")
    table = copied_table(loaded, chosen)
    if table.empty:
        page.empty(f"没有 {loaded.study.suppression} 人以上说同样话的留言。")
    else:
        st.dataframe(table, hide_index=True, width="stretch")


def copy_table(every: Estimates, once: Estimates) -> pd.DataFrame:
    """Theme, share with all answers, share with copies counted once, difference in points; the most raised first."""
    both = every.table.merge(once.table, on="item", suffixes=("", "_once")).dropna(subset=["estimate", "estimate_once"])
    both = both.sort_values("estimate", ascending=False, kind="stable").head(ROWS)
    rows = both.to_dict("records")
    return pd.DataFrame(
        {
            "主题": [str(row["label"]) for row in rows],
            "全部留言": [_said(row) for row in rows],
            "雷同只算一条": [_said(row, "_once") for row in rows],
            "相差（百分点）": [f"{100 * (row['estimate_once'] - row['estimate']):+.1f}" for row in rows],
        }
    )


def copied_table(loaded: Loaded, chosen: TextSelection) -> pd.DataFrame:
    """The largest groups of copies of a wave: how many people, in how many districts; none below the limit."""
    answers = voices.answers_of(loaded, chosen.item)
    here = np.asarray(pc.equal(answers.table["wave"], chosen.wave)) & (answers.copies.group >= 0)
    rows = answers.table.filter(pa.array(here)).select(["response_id", "text"]).to_pandas()
    rows["group"] = answers.copies.group[here]
    scrub = Quoter(loaded.study.areas).scrub
    groups = rows.groupby("group").agg(
        n=("response_id", "nunique"), text=("text", lambda said: said.value_counts().index[0])
    )
    groups = groups[groups["n"] >= loaded.study.suppression].sort_values("n", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "这样说的（已隐去地名）": [scrub(str(text)) for text in groups["text"].head(GROUPS)],
            "人数": groups["n"].head(GROUPS).tolist(),
        }
    )


def place_panel(loaded: Loaded, selection: Selection, chosen: TextSelection) -> None:
    """Kinds of place as shares, named places as counts with their districts."""
    found = voices.kind_shares(loaded, selection, chosen)
    top = found.table.dropna(subset=["estimate"]).sort_values("estimate", ascending=False, kind="stable")
    left, right = st.columns(2, gap="medium")
    with left:
        if top.empty or not top["estimate"].sum():
            page.empty("这一轮没有人说到哪类地方。")
        else:
            title = f"说到最多的地方是{'、'.join(top['label'].head(2))}"
            words = caption(loaded, selection, found, title, "主动说到各类地方的受访居民占比")
            page.figure(ranked_mentions(top, "label", words, page_width=HALF), "kinds", title)
    with right:
        _named(loaded, chosen)


def _named(loaded: Loaded, chosen: TextSelection) -> None:
    table, fewest = voices.named(loaded, chosen), loaded.study.suppression
    st.subheader("点了名的地方")
    st.caption(f"抽样框里的街道、社区；本轮各种方式的人数，不是占比。不到 {fewest} 人的地方不单列，只计入所在区县。")
    if table.empty:
        page.empty("这一轮没有人说到抽样框里的街道或社区。")
        return
    st.dataframe(district_table(table, fewest), hide_index=True, width="stretch")
    shown = table[table["n"] >= fewest]
    if not shown.empty:
        listed = shown.assign(level=shown["level"].map(LEVELS))[["name", "level", "district", "n"]]
        st.dataframe(listed.set_axis(["地方", "级别", "所在区县", "人数"], axis=1), hide_index=True, width="stretch")


def district_table(table: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Districts by how many people name a place in them; counts below the limit are not shown."""
    sums = table.groupby("district", as_index=False).agg(places=("name", "size"), n=("n", "sum"))
    sums = sums.sort_values(["n", "district"], ascending=[False, True])
    shown = [str(n) if n >= fewest else f"少于 {fewest}" for n in sums["n"]]
    return pd.DataFrame({"区县": sums["district"], "被点名的地方": sums["places"], "点名的人数": shown})


def _said(row: dict[str, object] | dict[object, object], ending: str = "") -> str:
    value, low, high = (float(str(row[f"{name}{ending}"])) for name in ("estimate", "conf_low", "conf_high"))
    return DASH if np.isnan(value) else f"{percent(value)}（{low:.1%}—{high:.1%}）"
