"""宣传规划: who is unaware, which channels reach them, how to spend the budget, how to measure the effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analysis.numerals import difference, people, percent
from reports.plans import outreach as reports
from reports.plans.campaign import Limit
from reports.plans.outreach import Heard, Outreach
from reports.plans.prices import EXAMPLE, NO_PRICE, SOURCE, edited
from reports.plans.workbook import workbook
from reports.selection import Selection
from reports.sentences import outreach as sentences
from reports.sentences.notes import captions
from reports.sentences.sentence import Sentence, say
from views.cached.answers import heard_of
from views.charts.dots import Axis, dots
from views.charts.parts.frame import Caption
from views.panels import missing, page, rollout
from views.panels.captions import caption
from views.panels.causes import lacking_people
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.session import Loaded

HALF, WHOLE = 580, 1180
MOST_GROUPS = 10
BUDGET, COUNT = "按预算（元）", "按场次"
REACH_HELP = "打开后，与知晓的关联看不出的渠道也安排活动；只算触达多少不知晓者，不推算新增知晓。"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    if selection.opt_in:
        page.headline(say("网络自填是参与者意见，不能推算全市有多少人不知道：请在上方换成入户或电话。"))
        return
    if missing.objected(loaded.study):
        return
    page.everyone(selection)
    heard, asked = heard_of(loaded, selection), selection.everyone()
    table = reports.reach(heard, asked)
    if table.empty:
        page.headline(sentences.too_few(loaded.study))
        return
    place = st.empty()
    limit, prices = _settings(reports.prices_of(heard, table))
    found = reports.outreach(heard, asked, table, prices, limit)
    with place:
        page.headline(found.sentence)
    _show(loaded, found, table, prices)
    _later(loaded, selection, heard, found)
    page.explained(found.provenance)


def _show(loaded: Loaded, found: Outreach, table: pd.DataFrame, prices: pd.DataFrame) -> None:
    """Draw groups, channels and the plan."""
    source = caption(found.provenance, Sentence(), Sentence())
    left, right = st.columns(2, gap="medium")
    with left:
        _channels(table, source)
        _mix(found, source)
    with right:
        _groups(found, source)
        _effects(table, source)
    _plan(loaded, found)


def _settings(start: pd.DataFrame) -> tuple[Limit, pd.DataFrame]:
    """Ask for budget or number of activities, the aim, and prices."""
    boxes = st.columns(3)
    kind = boxes[0].segmented_control("怎样限制", [BUDGET, COUNT], default=BUDGET, key="limit", required=True)
    budget, activities = None, None
    if kind == BUDGET:
        budget = float(boxes[1].number_input("预算（元）", 0, 100_000_000, 200_000, 10_000))
    else:
        activities = int(boxes[1].number_input("场次", 0, 10_000, 100, 10))
    reach_only = boxes[2].toggle("只求触达", key="reach_only", help=REACH_HELP)
    examples, unpriced = (int(start[SOURCE].str.contains(word).sum()) for word in (EXAMPLE, NO_PRICE))
    with st.expander(str(captions.prices(examples, unpriced))):
        prices = st.data_editor(start, hide_index=True, width="stretch", disabled=["渠道", SOURCE])
        st.caption("长期使用的数字请写进 study.toml 的 [outreach]，见 docs/decisions.md；这里的改动只对这一次有效。")
    return Limit(budget, activities, reach_only), edited(prices, start)


def _channels(table: pd.DataFrame, source: Caption) -> None:
    rows = pd.DataFrame(
        {
            "label": table["label"],
            "value": table["reach"],
            "low": table["reach_low"],
            "high": table["reach_high"],
            "kind": "plain",
            "text": [f"{percent(row['reach'])}　不知晓者 {people(row['persons'])}" for row in table.to_dict("records")],
        }
    )
    text = sentences.widest(table)
    words = Caption(text.text, "最近三个月接触过各渠道的居民；右边是接触过却仍不知晓的人数", source.source, source.mock)
    page.figure(dots(rows, words, Axis(".0%", None, "", 0.0), {}, page_width=HALF), "reach", text)


def _mix(found: Outreach, source: Caption) -> None:
    """Draw the reach of the channels of the plan, each resident counted once."""
    if not found.names:
        page.empty(str(found.idle))
        return
    share = found.found.mix.share
    rows = pd.DataFrame(
        {
            "label": [name if at == 0 else f"再加{name}" for at, name in enumerate(found.names)],
            "value": share,
            "low": np.nan,
            "high": np.nan,
            "kind": "good",
            "text": [f"累计 {percent(one)}" for one in share],
        }
    )
    words = Caption(str(found.together), "下面安排了活动的渠道，不重复计人", source.source, source.mock)
    page.figure(dots(rows, words, Axis(".0%", None, "", 0.0, 1.02), {}, page_width=HALF), "mix", found.together)


def _groups(found: Outreach, source: Caption) -> None:
    groups, lacking = found.groups, found.lacking
    if groups.empty:
        page.empty("各组答卷都太少，不能估计不知晓的人在哪里。")
        return
    first = groups.head(MOST_GROUPS)
    what = captions.concerned(lacking, list(first.index), list(groups.index))
    lacking_people(first, lacking, Caption("", str(what), source.source, source.mock), "groups")


def _effects(table: pd.DataFrame, source: Caption) -> None:
    rows = table.dropna(subset=["effect"]).sort_values("effect", ascending=False)
    sure = rows["seen"]
    shown = pd.DataFrame(
        {
            "label": rows["label"],
            "value": 100 * rows["effect"],
            "low": 100 * rows["effect_low"],
            "high": 100 * rows["effect_high"],
            "kind": np.where(sure, "good", "plain"),
            "text": [
                difference(row["effect"], row["effect_low"], row["effect_high"]) for row in rows.to_dict("records")
            ],
        }
    )
    text = sentences.associated(table)
    what = "关联，不是因果：接触过的人比没接触的人知晓率高多少（百分点），已按年龄和文化程度调到同一结构"
    words = Caption(text.text, what, source.source, source.mock)
    key = {"good": "关联看得出", "plain": "看不出"}
    page.figure(dots(shown, words, Axis("+.0f", 0.0, ""), key, page_width=HALF), "effects", text)


def _plan(loaded: Loaded, answer: Outreach) -> None:
    st.subheader("街道 × 渠道安排")
    if answer.idle:
        page.empty(str(answer.idle))
    else:
        st.markdown(f"**{plain(str(answer.unit_cost))}**")
    for remark in answer.remarks:
        st.caption(plain(str(remark)))
    table = reports.activity_table(answer.found)
    if table.empty:
        return
    show_table(table, most=380)
    notes = [loaded.study.title, *map(str, (answer.sentence, answer.unit_cost, *answer.remarks))]
    notes += ["模拟数据：虚构的城市"] if loaded.study.mock else []
    st.download_button("下载安排表（Excel）", workbook({"宣传安排": table}, notes), file_name="宣传安排.xlsx")


def _later(loaded: Loaded, selection: Selection, heard: Heard, found: Outreach) -> None:
    """Draw a random roll-out order now, so that the effect can be estimated later, and show that estimate."""
    left, right = st.columns(2, gap="large")
    with left:
        rollout.order_panel(loaded, heard, found.found.streets)
    with right:
        rollout.effect_panel(loaded, selection, heard, found.found.streets)


page.page("outreach", body)
