"""Panels of 薄弱区域 that rest on the model: verdicts, funnel, streets, more interviews, whose duty, whom to reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analysis.areas.funnel import funnel
from analysis.areas.ranking import LABELS as RANKS
from analysis.areas.ranking import RankGroup
from analysis.areas.weak import Standing
from analysis.estimation.estimates import Estimates
from analysis.numerals import interval, names, percent
from analysis.prose import advice
from survey.errors import DesignError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached import decisions
from views.cached.trusted import doubt, note, trusted, trusted_streets
from views.charts.dots import Axis, dots
from views.charts.funnel import funnel_plot
from views.charts.standing import standing
from views.panels import page
from views.panels.captions import caption
from views.visitor.selection import Selection
from views.visitor.session import Loaded

TARGET, CITY = "各自的目标", "全市水平减 3 个百分点"
MARGIN = 0.03
HALF, WHOLE = 580, 1180
MOST_STREETS = 20


def verdict_panel(loaded: Loaded, selection: Selection, rates: tuple[Rate, ...]) -> Estimates:
    """The headline of the page and the verdicts of every district."""
    place = st.empty()
    against = st.segmented_control("和什么比", [TARGET, CITY], default=TARGET, key="against", required=True)
    found = trusted(
        loaded, selection, decisions.verdicts(loaded, selection, rates, MARGIN if against == CITY else None)
    )
    text = advice.weak(found, "district", "区县", doubt(loaded, selection, found))
    with place:
        page.headline(text)
    what = f"判断：真实水平低于{found.meta['against']}的可能性有多大；格中是本次结果和“没到”的可能性{note(found.table)}"
    title = _title(found)
    words = caption(loaded, selection, found, title, what)
    page.figure(standing(found.table, "district", words, page_width=WHOLE), "standing", text)
    return found


def _title(found: Estimates) -> str:
    weak = found.table[found.table["standing"] == Standing.WEAK].sort_values("prob_below", ascending=False)
    listed = names([f"{row['district']}{row['label']}" for _, row in weak.iterrows()], 4)
    return f"{len(weak)} 项确认薄弱：{listed}" if listed else "没有确认薄弱的项目"


def depth(loaded: Loaded, selection: Selection, rate: Rate, found: Estimates) -> None:
    """How sure the order is, streets by model, and how many more interviews would decide."""
    st.subheader("有多可靠：偶然波动、街道模型估计、补充样本")
    rows = found.table[found.table["item"] == rate.name]
    left, right = st.columns(2, gap="medium")
    with left:
        _funnel(loaded, selection, rate, Estimates(rows, found.meta))
    with right:
        _streets(loaded, selection, rate)
    _top_up(found)


def _funnel(loaded: Loaded, selection: Selection, rate: Rate, found: Estimates) -> None:
    rows = found.table.dropna(subset=["estimate", "n_pooled"])
    if len(rows) < 2:
        page.empty("只有一个区县有足够的答卷，没有可以比较的范围。")
        return
    sample = decisions.sample_of(loaded, selection.mode)
    centre = float(sample.rates(item=rate.name, where=decisions.domain(selection)).table["estimate"].iloc[0])
    share, n_eff = rows["estimate"].to_numpy(float), rows["n_pooled"].to_numpy(float)
    limits = funnel(share, n_eff, centre)
    table = pd.DataFrame({"name": rows["district"].astype(str), "estimate": share, "n_eff": n_eff})
    table["side"] = [_side(out, value - centre) for out, value in zip(limits.outside, share, strict=True)]
    outside = table.loc[table["side"] != "in", "name"].tolist()
    text = advice.funnel(outside, limits.dispersed, "区县")
    what = f"{measure_label(rate.measure)}与有效样本量；{_groups(rows)}{note(rows)}"
    words = caption(loaded, selection, found, text, what)
    page.figure(funnel_plot(table, limits, words, page_width=HALF), "funnel", text)


def _side(outside: int, gap: float) -> str:
    return "in" if not outside else "low" if gap < 0 else "high"


def _groups(rows: pd.DataFrame) -> str:
    """The rank groups in words: who is clearly below the mean of all, who above."""
    parts = []
    for group in (RankGroup.BELOW, RankGroup.ABOVE):
        listed = rows.loc[rows["rank_group"] == str(group), "district"].astype(str).tolist()
        parts += [f"{RANKS[group]}：{'、'.join(listed)}"] if listed else []
    return "；".join(parts) + "；其余不分先后" if parts else "名次：所有区县分不出先后"


def _streets(loaded: Loaded, selection: Selection, rate: Rate) -> None:
    try:
        table = decisions.streets(loaded, selection, rate)
    except DesignError:
        page.empty("有答卷的街道不到三个，不能作模型估计。")
        return
    targets = decisions.target_of(loaded, rate)
    text = advice.streets(table, measure_label(rate.measure), targets)
    rows = trusted_streets(loaded, selection, table.sort_values("estimate").head(MOST_STREETS))
    shown = pd.DataFrame(
        {
            "label": [f"{row.street}（{row.district}）" for row in rows.itertuples()],
            "value": rows["estimate"],
            "low": rows["conf_low"],
            "high": rows["conf_high"],
            "ghost": rows["direct"],
            "kind": np.where(rows["conf_high"] < targets, "bad", "plain"),
            "text": [
                f"{percent(value, 0)}（{interval(low, high)}）"
                for value, low, high in rows[["estimate", "conf_low", "conf_high"]].to_numpy()
            ],
        }
    )
    sample = decisions.sample_of(loaded, selection.mode)
    whole = sample.rates(item=rate.name, where=decisions.domain(selection))
    what = f"最低的 {len(shown)} 个街道，模型估计：答卷少的街道向相似街道靠拢，合计与全市一致"
    what += note(rows, "street")
    words = caption(loaded, selection, whole, text, what)
    line = None if pd.isna(targets) else targets
    axis = Axis(".0%", line, "" if line is None else f"目标 {line:.0%}")
    key = {"bad": "整个区间低于目标", "plain": "模型估计和区间", "ghost": "本街道答卷直接算出的比例"}
    page.figure(dots(shown, words, axis, key, page_width=HALF), "model-streets", text)


def _top_up(found: Estimates) -> None:
    """Where further interviews would decide."""
    rows = found.table[found.table["standing"].isin([Standing.WATCH, Standing.UNCLEAR])]
    if rows.empty:
        return
    rows = rows.assign(more=rows["more"].astype(float)).sort_values("more", na_position="last")
    st.markdown("**补充样本：再访多少份能下结论**")
    table = pd.DataFrame(
        {
            "区县": rows["district"].astype(str),
            "指标": rows["label"],
            "现在的判断": [str(one) for one in rows["standing"]],
            "本次答卷": ["—" if pd.isna(n) else f"{int(n):,}" for n in rows["n"]],
            "本次结果": [percent(float(value), 0) if pd.notna(value) else "—" for value in rows["estimate"]],
            "线": [percent(float(value), 0) for value in rows["line"]],
            "再访约": [_more(value) for value in rows["more"]],
        }
    )
    st.dataframe(table, hide_index=True, width="stretch", height=min(36 * len(table) + 38, 330))
    st.caption(
        "假定真实水平就是模型估计，再访这么多份后有九成把握分出是否达标；超过的离线太近，不值得再访；名单见“样本设计”。"
    )


def _more(value: float) -> str:
    if pd.isna(value) or value > advice.LIMIT:
        return f"超过 {advice.LIMIT:,} 份"
    return f"{int(value):,} 份"
