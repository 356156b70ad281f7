"""总览: the four rates against their targets and the last wave, and the districts that lie below beyond doubt."""

from __future__ import annotations

import streamlit as st

from analysis.prose import briefing
from views.cached import rates as cached_rates
from views.cached import tables
from views.cached.trusted import doubt, note, trusted
from views.charts.four import four
from views.charts.heat import heat
from views.panels import page
from views.panels.captions import caption, source
from views.shell.markup import plain, plain_table
from views.visitor.selection import Selection
from views.visitor.session import Loaded

# Districts that fit beside the four rates on one screen; the page 薄弱区域 shows all.
MOST = 12


def body(loaded: Loaded, selection: Selection) -> None:
    """Selection, data, panels, summary."""
    rates = cached_rates.headline_rates(loaded.study)
    city = cached_rates.judged(loaded, selection, rates)
    districts = cached_rates.judged(loaded, selection, rates, ("district",))
    if page.nobody(city):
        return
    districts = trusted(loaded, selection, districts)
    main, weak = briefing.headline(city), briefing.weakest(districts, "district", "区县")
    said = (f"{main.text}{weak.text}", doubt(loaded, selection, districts))
    page.headline("；".join(part for part in said if part) + "。")
    left, right = st.columns([6, 5], gap="medium")
    with left:
        words = caption(loaded, selection, city, briefing.standing(city).text, "全市四率")
        rows = tables.with_change(loaded, selection, city, rates)
        page.figure(four(rows, words, page_width=640), "four", main.text)
    with right:
        shown = tables.lowest(districts, MOST)
        some = "各区县四率" if len(shown) == len(districts) else f"最低的 {MOST} 个区县的四率"
        what = some + tables.colours(selection) + note(shown.table)
        words = caption(loaded, selection, shown, weak.text, what)
        page.figure(heat(shown.table, "district", "label", words, page_width=530), "heat", weak.text)
    with st.expander("口径、目标和数据来源"):
        st.table(plain_table(tables.definitions(loaded, rates)))
        st.table(plain_table(tables.precision(city)))
        st.caption(plain("；".join([source(loaded, selection, city), *cached_rates.notes(loaded, selection)])))


page.page("overview", body)
