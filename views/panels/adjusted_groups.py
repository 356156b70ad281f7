"""Panel of 薄弱区域: groups compared with all else equal."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.areas.adjusted_groups import CONTROLS, Alike, alike, doubted, sentence, words_of
from analysis.integrity import lights as integrity_lights
from analysis.numerals import DASH, interval, percent
from survey.errors import SiluError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached import decisions
from views.cached.quality import lights_of
from views.charts.dots import Axis, dots
from views.panels import page
from views.panels.captions import caption
from views.shell.markup import plain
from views.visitor.selection import Selection
from views.visitor.session import Key, Loaded

WHOLE = 1180
KINDS = {"low": "bad", "high": "good", "": "plain"}
GROUPS = {"district": "区县", **CONTROLS}


def alike_panel(loaded: Loaded, selection: Selection, rate: Rate) -> None:
    """Which district, or which kind of people, differs when everything else is equal."""
    st.subheader("同样的人相比，哪里不同")
    keys = decisions.sample_of(loaded, selection.mode).cells.keys
    there = [name for name in GROUPS if name in keys.columns and keys[name].nunique() > 1]
    if not there:
        page.empty("答卷里没有可以分组比较的区县或人群。")
        return
    by = str(
        st.segmented_control("按", there, default=there[0], format_func=GROUPS.__getitem__, key="alike", required=True)
    )
    try:
        found = _found(
            loaded, rate, loaded.key, (selection.mode, tuple(decisions.domain(selection).items()), rate.name, by)
        )
    except SiluError as error:
        page.problem(error)
        return
    if by == "district":
        found = doubted(found, integrity_lights.doubted(lights_of(loaded, selection, by)), integrity_lights.MARK)
    _picture(loaded, selection, rate, found)
    red = [integrity_lights.NOTE] if found.table["group"].str.endswith(integrity_lights.MARK).any() else []
    notes = [*red, words_of(found.plain), f"其他条件相同：{words_of(found.equal)}", *found.notes]
    st.caption(plain("；".join(notes)) + "。区间按每组的社区数放宽；多组一起比，错判不超过 10%。")
    with st.expander("数字表：原比例、其他相同、标准化"):
        st.dataframe(_table(found, GROUPS[by]), hide_index=True, width="stretch")


@st.cache_resource(max_entries=32, show_spinner="正在比较……")
def _found(
    _loaded: Loaded, _rate: Rate, key: Key, chosen: tuple[str, tuple[tuple[str, object], ...], str, str]
) -> Alike:
    mode, where, _, by = chosen
    return alike(decisions.sample_of(_loaded, mode), _rate, by, dict(where))


def _picture(loaded: Loaded, selection: Selection, rate: Rate, found: Alike) -> None:
    rows = found.table
    label = measure_label(rate.measure)
    whole = decisions.sample_of(loaded, selection.mode).rates(item=rate.name, where=decisions.domain(selection))
    city = float(whole.table["estimate"].iloc[0])
    shown = pd.DataFrame(
        {
            "label": rows["group"],
            "value": rows["adjusted"],
            "low": rows["adjusted_low"],
            "high": rows["adjusted_high"],
            "ghost": rows["estimate"],
            "kind": rows["differs"].map(KINDS),
            "text": [
                f"{percent(value, 0)}（{interval(low, high)}）"
                for value, low, high in rows[["adjusted", "adjusted_low", "adjusted_high"]].to_numpy()
            ],
        }
    )
    text = sentence(found, label)
    words = caption(
        loaded, selection, whole, text, f"假如各组的{'、'.join(found.controls) or '人群'}一样，{label}会是多少"
    )
    key = {"bad": "偏低", "good": "偏高", "plain": "看不出不同", "ghost": "原比例"}
    page.figure(dots(shown, words, Axis(".0%", city, f"全市 {city:.0%}"), key, page_width=WHOLE), "alike-dots", text)


def _table(found: Alike, kind: str) -> pd.DataFrame:
    rows = found.table
    structure = f"标准化（全市{'、'.join(found.standards)}结构）" if found.standards else "标准化"
    return pd.DataFrame(
        {
            kind: rows["group"],
            "答卷数": rows["n"],
            "社区数": rows["points"],
            "原比例": [percent(value) for value in rows["estimate"]],
            "其他相同": [percent(value) for value in rows["adjusted"]],
            structure: [DASH if pd.isna(value) else percent(value) for value in rows["standard"]],
            "与平均之差（百分点）": (100 * rows["gap"]).round(1),
            "p（多组校正）": rows["p_bh"].round(4),
        }
    )
