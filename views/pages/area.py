"""区域档案: one district, street or community: what is wrong, with whom, who acts, and how it compares."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports.areas import words
from reports.areas.beside import lowest
from reports.areas.places import Area
from reports.areas.profile import Profile
from reports.areas.report import spine_table, wave_table
from reports.definitions import definitions, headlines
from reports.overview.weak_words import placeless
from reports.rates import precision
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import rows_of
from reports.sentences.weak import merged
from survey.instrument.measure import measure_label
from views.blocks import profile as blocks
from views.blocks.html import head, strip
from views.blocks.spine import spine_chart
from views.cached.areas import four_of, is_reading_quotes, profile_of, reached_of, voices_of
from views.cached.kept import draw, kept
from views.cached.quality import doubt_of
from views.panels import missing, page
from views.panels.addresses import address
from views.panels.areas import action, beside_list, choose_area, parts_list, parts_of, trend
from views.panels.chart_numbers import Behind, behind, blocks_behind
from views.panels.documents import leader_button
from views.panels.picture_mode import shot
from views.shell.pages_by_role import offered
from views.visitor.session import Loaded

SHOWN, PRINTED = 3, 6
"""Items of the spine chart on a screen and on paper."""
PEOPLE, REACH = "哪些居民低于目标，怎么找到", "怎么找到居民"
FURTHER, OTHERS = "再看：哪些居民低于目标、邻近区域、升降", "再看：邻近区域、升降"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; it fits a screen of 1366 x 768 and a sheet of A4."""
    with st.container(key="profile"):
        if missing.objected(loaded.study, against_targets=True):
            return
        if not selection.where and four_of(loaded, selection, "district").table.empty:
            page.headline(placeless())
            return
        if (area := choose_area(loaded, selection)) is None:
            return
        if area.level == "district":
            leader_button(loaded, selection, area.name)
        draw(loaded, _profile, selection, area, is_reading_quotes(loaded))
        blocks_behind(kept(loaded, _numbers, selection, area))


def _numbers(loaded: Loaded, selection: Selection, area: Area) -> tuple[Behind, ...]:
    """Return the numbers behind the spine chart and the trend."""
    found = profile_of(loaded, selection, area)
    if found is None or found.gone:
        return ()
    waves = () if found.silent else (behind("waves", tr("走势"), wave_table(found), found.provenance),)
    return (behind("spine", tr("四率和分项"), spine_table(found), found.provenance), *waves)


def _profile(loaded: Loaded, selection: Selection, area: Area, reading: bool) -> None:
    """Draw the profile; `reading` says that the answers to quote are still being read."""
    if (found := profile_of(loaded, selection, area)) is None:
        page.empty(tr("这一轮、这种方式没有这个区域的答卷；换一轮、换一种方式，或放宽筛选。"))
        return
    below = parts_of(loaded, selection, found)
    low = None if found.silent else lowest(below, found.main)
    st.html(head(words.headline(found, low), words.lead(found, low)))
    if next_ := action(loaded, selection, found):
        st.html(next_)
    if parts := parts_list(found, below):
        st.html(parts)
    if found.gone:
        if others := beside_list(loaded, selection, found):
            st.html(others)
    else:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            st.html(_spine(found))
        with right:
            voices = _split(found)
        _further(loaded, selection, found, left, right)
        if offered("voices") and not found.silent:
            if reading:
                wait = tr("还在后台读，读完后再打开本页就有主题和原话。")
                voices.html(blocks.section(tr("居民说"), blocks.facts([(tr("留言"), wait)])))
            else:
                _voices(loaded, selection, found, voices)
    origin = found.provenance
    light = doubt_of(loaded, selection, four_of(loaded, selection, found.area.level), found.area.level)
    st.html(strip(light, address("quality"), "", page.source(origin)))
    numbers = (precision(found.rates), spine_table(found).set_index(tr("项目")))
    page.explained(
        origin, definitions(loaded.study, headlines(loaded.study)), *numbers, notes=[merged(found.area.kind)]
    )


def _spine(found: Profile) -> str:
    """Return the chart; the previous wave is drawn for the rates alone, so that a row of an item has fewer marks."""
    rows = [one for part in (found.rates, found.items) for one in rows_of(part, part.table, "item")]
    texts = {str(row["item"]): str(words.row_text(row, found.area.kind)) for row in rows}
    parts = [("", found.rates.table)]
    if len(found.items):
        parts.append((str(words.items_heading(found)), found.items.table.head(PRINTED).assign(before=float("nan"))))
    return blocks.section(str(words.spine_title(found)), spine_chart(parts, texts, found.area.kind, SHOWN))


def _split(found: Profile) -> DeltaGenerator:
    """Draw the lowest items beside the chart; return the place of what residents say."""
    if found.split is not None and (bars := blocks.split_bars(found.split.table)):
        st.html(blocks.section(str(words.split_title(found)), bars))
    return st.empty()


def _further(loaded: Loaded, selection: Selection, found: Profile, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Fold what a leader does not need at once; a picture, which cannot be opened, shows it in its columns."""
    near = [beside_list(loaded, selection, found), "" if found.silent else trend(loaded, found)]
    people = _people(loaded, selection, found)
    if people and not shot() and not offered("voices"):
        right.html(people)  # where nothing else stands below the items
        people = ""
    if not shot():
        if parts := blocks.folded(FURTHER if people else OTHERS, [people, *near]):
            st.html(parts)
        return
    for place, part in ((left, near[0]), (left, near[1]), (right, people)):
        if part:
            place.html(part)


def _people(loaded: Loaded, selection: Selection, found: Profile) -> str:
    """Return which residents lie below the target and through which channels they are reached; "" for none known."""
    if not found.people:
        return ""
    reached = reached_of(loaded, selection, found)
    low = () if found.silent else found.people  # without a target nobody lies below it
    lines = [(measure_label(one.measure), str(words.people(one))) for one in low]
    lines += [(tr("常接触"), str(words.channels(reached)))] if reached else []
    return blocks.section(PEOPLE if low else REACH, blocks.facts(lines))


def _voices(loaded: Loaded, selection: Selection, found: Profile, place: DeltaGenerator) -> None:
    """Draw what residents say, which takes longest to compute, into its place."""
    said = voices_of(loaded, selection, found)
    if body := blocks.quotes(said.quotes, str(words.themes(said, found.area)), of_city=said.of_city):
        place.html(blocks.section(tr("居民说"), body))


page.page("area", body)
