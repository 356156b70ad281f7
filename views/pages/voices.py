"""市民留言: what residents write, where it stands out, who acts, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from reports.plans.deadlines import check_day, spoken
from reports.selection import Selection
from reports.sentences import voices as sentences
from reports.sentences.formats import Format
from reports.sentences.notes import texts
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row, Sentence
from reports.voices import copies
from reports.voices import shares as reports
from reports.voices.asked import TextSelection, counts_once
from reports.voices.finding import finding
from reports.voices.open_answers import open_questions
from views.blocks.html import foot, head, link, text
from views.blocks.single.voices import Outstanding, outstanding_list, praise_line, theme_list
from views.cached.checking import is_reading
from views.cached.kept import draw, kept
from views.cached.voices import answers_of, ask, key_of
from views.panels import page
from views.panels.chart_numbers import Behind, behind, blocks_behind
from views.panels.texts.coding import coding_panel
from views.panels.texts.comments import CITY, PRAISE, analyst, comments
from views.panels.texts.discoveries import discovery_panel
from views.panels.texts.findings import findings
from views.panels.texts.forwarding import forward
from views.panels.texts.waves import copy_panel, place_panel, wave_panel
from views.visitor import session
from views.visitor.selection import kept_filters
from views.visitor.session import Loaded

THEMES, APART, APART_OF, CLICK = "全市提得最多", "哪个区县最突出", "占当地留言者", "，点开看原话"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the selection, then the chosen part of the page."""
    if is_reading(loaded, _item(loaded)):
        _await_reading(loaded)
        return
    with st.container(key="glance"):
        with st.container(key="voices-bar"):
            asked = _choose(loaded, selection)
        part = str(st.session_state["part"])
        if part == next(iter(PARTS)):
            _themes(loaded, asked)
    if part != next(iter(PARTS)):
        PARTS[part](loaded, asked)


def _item(loaded: Loaded) -> str:
    """Return the open question that is chosen, else the first."""
    return str(st.session_state.get("open_item", next(iter(open_questions(loaded.study)))))


@st.fragment(run_every=2.0)
def _await_reading(loaded: Loaded) -> None:
    """Say that a process reads the comments, and draw the page once they are read."""
    if not is_reading(loaded, _item(loaded)):
        st.rerun()
    behind_it = tr(
        "分词、归类、找雷同都在后台做，几十万条约几分钟；读完后本页自动出现主题、区县差别和原话，其他页面照常可用。"
    )
    st.html(head(tr("市民留言还在读"), behind_it))


def _choose(loaded: Loaded, selection: Selection) -> TextSelection:
    """Ask for the part of the page, the question, and whether copies count once."""
    questions = open_questions(loaded.study)
    names = list(PARTS)
    left, middle, right = st.columns([5, 4, 2], vertical_alignment="bottom")
    with left:
        st.segmented_control(tr("看什么"), names, default=names[0], key="part", bind="query-params", required=True)
    with middle:
        item = st.selectbox(tr("开放题"), list(questions), format_func=lambda name: questions[name], key="open_item")
    asked = TextSelection(selection, str(item))
    usual = kept(loaded, _counts_once, asked)
    with right:
        # One key for each default: a choice is kept, and a wave with another default starts from that.
        once = st.toggle(tr("雷同只算一条"), value=usual, key=f"copies_once.{usual}")
    return replace(asked, once=bool(once))


def _counts_once(loaded: Loaded, asked: TextSelection) -> bool:
    return counts_once(answers_of(loaded, asked.item), asked)


def _themes(loaded: Loaded, asked: TextSelection) -> None:
    """Draw headline, themes at the left, and what people say about the chosen one at the right."""
    city = ask(loaded, asked, reports.theme_shares)
    top, fold = kept(loaded, _ranked, asked)
    first = ask(loaded, asked, finding)
    if first is None:
        st.html(head(tr("这一轮还没有能归类的留言"), texts.nothing(loaded.study)))
        return
    with st.container(key="voices-head", horizontal=True, vertical_alignment="center"):
        day = spoken(loaded.study, loaded.version, check_day(loaded.study, loaded.version))
        st.html(head(first.headline, first.lead_by(day)), width="stretch")
        forward(loaded, asked, first)
    left, right = st.columns([6, 8], gap="large")
    with right, st.container(key="voices-comments"):
        theme = comments(loaded, asked, top, first)
    with left, st.container(key="voices-themes"):
        draw(loaded, _lists, asked, theme, _district())
    draw(loaded, _foot, asked)
    findings(loaded, asked, top, fold)
    page.explained(city.provenance)
    blocks_behind(kept(loaded, _numbers, asked))


def _ranked(loaded: Loaded, asked: TextSelection) -> tuple[pd.DataFrame, Sentence]:
    """Return the themes by their share, and one line that names those that nobody raises."""
    return reports.folded(reports.ranked(ask(loaded, asked, reports.theme_shares).estimates))


def _lists(loaded: Loaded, asked: TextSelection, theme: str, district: str) -> None:
    """Draw where themes stand out, the themes, and praise.

    Args:
        loaded: study and data version.
        asked: which open answers.
        theme: label of the theme whose comments are shown.
        district: the district whose comments are shown; "" for the whole city.
    """
    first = ask(loaded, asked, finding)
    assert first is not None
    top, _ = kept(loaded, _ranked, asked)
    if first.outstanding:
        remark = f'{APART_OF}<span class="silu-do">{CLICK}</span>'
        st.html(f'<h2 class="silu-section">{APART}<small>{remark}</small></h2>')
        st.html(outstanding_list([_outstanding(row, (district, theme)) for row in first.outstanding]))
    st.html(f'<h2 class="silu-section">{THEMES}<small>{text(sentences.wrote(top))}</small></h2>')
    st.html(theme_list(top, "" if first.outstanding and district else theme, _address))
    if praise := sentences.praise(ask(loaded, asked, reports.kinds)):
        st.html(praise_line(praise, _address(PRAISE) if analyst() else ""))


def _foot(loaded: Loaded, asked: TextSelection) -> None:
    origin = ask(loaded, asked, reports.theme_shares).provenance
    st.html(foot(ask(loaded, asked, copies.copies_note, effect=False), page.source(origin, people=False)))


def _numbers(loaded: Loaded, asked: TextSelection) -> tuple[Behind, ...]:
    """Return the numbers behind the list of themes."""
    city = ask(loaded, asked, reports.theme_shares)
    table = reports.share_table(reports.ranked(city.estimates), answers_of(loaded, asked.item).codebook)
    return (behind("themes", tr("各主题"), table, city.provenance),)


def _address(theme: str, place: str = CITY) -> str:
    """Return the address of this page with another theme and place, the filters kept; leaders choose no place."""
    where = {session.DISTRICT: place} if analyst() else {}
    return link("voices", {**kept_filters(), "theme": theme, **where})


def _district() -> str:
    """Return the district whose comments are shown; "" for the whole city."""
    place = str(st.session_state.get(session.DISTRICT) or CITY)
    return "" if place == CITY or not analyst() else place


def _outstanding(row: Row, shown: tuple[str, str]) -> Outstanding:
    """Return a line about a theme that a district raises more than the others; `shown` is the place and theme shown."""
    district, label = str(row["district"]), str(row["label"])
    return Outstanding(
        label=f"{district} · {label}",
        share=str(row.bound("share", Format.WHOLE)),
        beside=str(sentences.beside(row)),
        href=_address(label, district),
        here=(district, label) == shown,
    )


def _coding(loaded: Loaded, asked: TextSelection) -> None:
    coding_panel(loaded, answers_of(loaded, asked.item), key_of(loaded))


def _discovery(loaded: Loaded, asked: TextSelection) -> None:
    discovery_panel(loaded, answers_of(loaded, asked.item), key_of(loaded))


PARTS: Mapping[str, Callable[[Loaded, TextSelection], None]] = {
    "主题与区县": _themes,
    "各轮变化": wave_panel,
    "地方": place_panel,
    "雷同": copy_panel,
    "发现": _discovery,
    "人工编码": _coding,
}
"""Name of a part of the page -> function that draws it."""

page.page("voices", body)
