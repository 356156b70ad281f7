"""Details behind the plan of 宣传规划: reach of the channels, unaware groups, associations, streets by channel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analysis.numerals import difference, people, percent
from reports.plans.campaign import activity_table
from reports.plans.outreach import Outreach
from reports.sentences.notes import captions, channels
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from views.cached.kept import draw, kept, known
from views.charts.dots import Axis, dots
from views.charts.parts import style
from views.charts.parts.frame import Caption
from views.panels import page
from views.panels.captions import caption
from views.panels.causes import lacking_people
from views.panels.chart_numbers import Drawn, drawn
from views.panels.plans.outreach_settings import Campaign, plan_of, reach_of
from views.shell.tables import show_table
from views.visitor.session import Loaded

MOST_GROUPS = 10


def details(loaded: Loaded, campaign: Campaign) -> None:
    """Draw groups, channels and the plan by street."""
    draw(loaded, _remarks, campaign)
    left, right = st.columns(2, gap="medium")
    with left:
        page.figure(kept(loaded, _channels, campaign), "reach")
        if (mix := kept(loaded, _mix, campaign)) is None:
            page.empty(str(known(loaded, plan_of, campaign).idle))
        else:
            page.figure(mix, "mix")
    with right:
        if (groups := kept(loaded, _groups, campaign)) is None:
            page.empty(tr("各组答卷都太少，不能估计不知晓的人在哪里。"))
        else:
            page.figure(groups, "groups")
        page.figure(kept(loaded, _effects, campaign), "effects")
    draw(loaded, _streets, campaign)


def _remarks(loaded: Loaded, campaign: Campaign) -> None:
    found = known(loaded, plan_of, campaign)
    for remark in (found.unit_cost, *found.remarks):
        if remark:
            page.note(remark)


def _streets(loaded: Loaded, campaign: Campaign) -> None:
    streets = activity_table(known(loaded, plan_of, campaign).found)
    if len(streets):
        st.subheader(tr("街道 × 渠道安排"))
        show_table(streets, most=380)


def _source(found: Outreach) -> Caption:
    return caption(found.provenance, Sentence(), Sentence())


def _channels(loaded: Loaded, campaign: Campaign) -> Drawn:
    table, source = known(loaded, reach_of, campaign.selection), _source(known(loaded, plan_of, campaign))
    rows = pd.DataFrame(
        {
            "label": table["label"],
            "value": table["reach"],
            "low": table["reach_low"],
            "high": table["reach_high"],
            "kind": "plain",
            "text": [
                tr("{share}　不知晓者 {persons}").format(share=percent(row["reach"]), persons=people(row["persons"]))
                for row in table.to_dict("records")
            ],
        }
    )
    text = channels.widest(table)
    words = Caption(
        text.text, tr("最近三个月接触过各渠道的居民；右边是接触过却仍不知晓的人数"), source.source, source.mock
    )
    return drawn(dots(rows, words, Axis(".0%", None, "", 0.0), {}, page_width=style.HALF), text)


def _mix(loaded: Loaded, campaign: Campaign) -> Drawn | None:
    """Return the reach of the channels of the plan, each resident counted once."""
    found = known(loaded, plan_of, campaign)
    if not found.names:
        return None
    source = _source(found)
    share = found.found.mix.share
    rows = pd.DataFrame(
        {
            "label": [name if at == 0 else tr("再加{name}").format(name=name) for at, name in enumerate(found.names)],
            "value": share,
            "low": np.nan,
            "high": np.nan,
            "kind": "plain",
            "text": [tr("累计 {share}").format(share=percent(one)) for one in share],
        }
    )
    words = Caption(str(found.together), tr("下面安排了活动的渠道，不重复计人"), source.source, source.mock)
    return drawn(dots(rows, words, Axis(".0%", None, "", 0.0, 1.02), {}, page_width=style.HALF), found.together)


def _groups(loaded: Loaded, campaign: Campaign) -> Drawn | None:
    found = known(loaded, plan_of, campaign)
    groups, lacking, source = found.groups, found.lacking, _source(found)
    if groups.empty:
        return None
    first = groups.head(MOST_GROUPS)
    what = captions.concerned(lacking, list(first.index), list(groups.index))
    return lacking_people(first, lacking, Caption("", str(what), source.source, source.mock))


def _effects(loaded: Loaded, campaign: Campaign) -> Drawn:
    table, source = known(loaded, reach_of, campaign.selection), _source(known(loaded, plan_of, campaign))
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
    text = channels.associated(table)
    what = tr("关联，不是因果：接触过的人比没接触的人知晓率高多少（百分点），已按年龄和文化程度调到同一结构")
    words = Caption(text.text, what, source.source, source.mock)
    key = {"good": tr("关联看得出"), "plain": tr("看不出")}
    return drawn(dots(shown, words, Axis("+.0f", 0.0, ""), key, page_width=style.HALF), text)
