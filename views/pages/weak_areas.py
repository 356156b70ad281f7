"""薄弱区域: districts ranked against the target, by rate and by item, down to streets; not knowing and not liking."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.estimation.estimates import Estimates
from analysis.prose import briefing
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached import rates as cached_rates
from views.cached import tables
from views.cached.trusted import doubt, note, trusted
from views.charts.heat import heat
from views.charts.ranked import ranked
from views.charts.split import split
from views.panels import page, weak_areas
from views.panels.adjusted_groups import alike_panel
from views.panels.captions import caption
from views.panels.causes import causes
from views.panels.lqas import lots_panel
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.visitor import discretion, session
from views.visitor.selection import Selection, choose_rate
from views.visitor.session import Loaded

SIDES = {"unhappy": "不满意的人", "unknown": "不了解、没接触过的人"}
CITY = "全市"
HALF, WHOLE = 580, 1180


def body(loaded: Loaded, selection: Selection) -> None:
    """Selection, data, panels, summary."""
    rates = cached_rates.headline_rates(loaded.study)
    rate = choose_rate(rates, "看哪一项率")
    one = cached_rates.judged(loaded, selection, (rate,), ("district",))
    if page.nobody(one):
        return
    seen = trusted(loaded, selection, one)
    finding = briefing.ranking(seen, "district", "区县", measure_label(rate.measure))
    ties = briefing.ties(seen, "district", "区县").text
    brief = selection.opt_in or bool(selection.where and discretion.reserved())
    if brief:
        said = (finding.text, ties, doubt(loaded, selection, one))
        page.headline("；".join(part for part in said if part) + "。")
    verdicts = None if brief else weak_areas.verdict_panel(loaded, selection, rates)
    left, right = st.columns(2, gap="medium")
    with left:
        words = caption(loaded, selection, one, finding.text, _meaning(loaded, rate, seen), ties)
        page.figure(ranked(seen.table, "district", words, page_width=HALF), "ranked", finding.text)
    with right:
        every = cached_rates.judged(loaded, selection, rates, ("district",))
        _heat(loaded, selection, every, "各区县四率" + tables.colours(selection), HALF)
    _items(loaded, selection, rate)
    _drill_down(loaded, selection, rate, one)
    if verdicts is not None:
        weak_areas.depth(loaded, selection, rate, verdicts)
        alike_panel(loaded, selection, rate)
        lots_panel(loaded, selection, rate)


def _meaning(loaded: Loaded, rate: Rate, shown: Estimates) -> str:
    """What a rate counts, and what the mark of a doubtful district means."""
    return tables.meaning(loaded.study.questionnaire, rate) + note(shown.table)


def _heat(loaded: Loaded, selection: Selection, found: Estimates, what: str, width: int, line: str = "目标") -> None:
    """Districts by rates."""
    found = trusted(loaded, selection, found)
    finding = briefing.weakest(found, "district", "区县", line)
    words = caption(loaded, selection, found, finding.text, what + note(found.table))
    picture = heat(found.table, "district", "label", words, page_width=width, line=line)
    page.figure(picture, f"heat-{width}", finding.text)


def _items(loaded: Loaded, selection: Selection, rate: Rate) -> None:
    """Districts by the single items of a measure, held against the city where the items have no target."""
    items = cached_rates.item_rates(loaded.study, rate.measure)
    if not items:
        return
    found = cached_rates.judged(loaded, selection, items, ("district",))
    what = f"各区县{measure_label(rate.measure)}的各个项目"
    if selection.opt_in or found.table["target"].notna().all():
        own = "" if selection.opt_in else "（没有单独目标的项目用总体目标）"
        _heat(loaded, selection, found, what + tables.colours(selection) + own, WHOLE)
    else:
        found = cached_rates.against_city(loaded, selection, items)
        _heat(loaded, selection, found, what + tables.colours(selection, "全市"), WHOLE, "全市")


def _drill_down(loaded: Loaded, selection: Selection, rate: Rate, districts: Estimates) -> None:
    """Streets of one district, and what its people do not know or do not like."""
    st.subheader("往下看：街道和项目")
    order = districts.table.sort_values("estimate")["district"].astype(str).tolist()
    if fault := check_link_value("区县", order, session.DISTRICT, str):
        st.warning(plain(fault))
    district = str(st.selectbox("区县（从低到高）", order, key=session.DISTRICT, bind="query-params"))
    left, right = st.columns(2, gap="medium")
    with left:
        streets = cached_rates.judged(loaded, selection, (rate,), ("street",), district)
        streets = trusted(loaded, selection, streets, "street")
        finding = briefing.ranking(streets, "street", "街道", measure_label(rate.measure), district)
        ties = briefing.ties(streets, "street", "街道").text
        what = f"{district}各街道{measure_label(rate.measure)}{note(streets.table, 'street')}"
        words = caption(loaded, selection, streets, finding.text, what, ties)
        page.figure(ranked(streets.table, "street", words, page_width=HALF), "streets", finding.text)
    with right:
        items = _split(loaded, selection, district)
    _routing(items)
    if selection.where and discretion.reserved():
        page.empty(discretion.ANALYST_ONLY)
    elif not selection.opt_in:
        causes(loaded, selection, rate, district)


def _split(loaded: Loaded, selection: Selection, district: str) -> pd.DataFrame:
    """Not knowing and not liking, item by item; the items are given back."""
    table, found = tables.unknown_or_unhappy(loaded, selection, district)
    if table.empty:
        page.empty("问卷里没有可以区分“不满意”和“不了解”的满意度项目。")
        return table
    text = briefing.owners(table, district)
    words = caption(loaded, selection, found, text, f"{district}各项目，占全部被问到的人")
    page.figure(split(table, words, SIDES, page_width=HALF), "split", text)
    return table


def _routing(items: pd.DataFrame) -> None:
    """Each item with the professional group and the unit it goes to."""
    rows = tables.routing(items) if len(items) else items
    if len(rows):
        st.markdown("**转办：不了解的交宣传，不满意的交责任单位**（专业组和责任单位取自问卷）")
        st.dataframe(rows, hide_index=True, width="stretch", height=min(36 * len(rows) + 38, 300))


page.page("weak_areas", body)
