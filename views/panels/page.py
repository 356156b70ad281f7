"""Common parts of pages: runner, switch for excluded responses, banner, figure, empty state, errors.

A page is a file in `views/pages/` that ends with `page.page("overview", body)`, where `body(loaded, selection)` reads
selection, data, panels, summary from top to bottom and computes nothing:

    def body(loaded: Loaded, selection: Selection) -> None:
        found = ask(loaded, selection.asking(...), rates.judged)
        if page.nobody(found):
            return
        origin = origin_of(loaded, selection, found)
        page.headline(...)
        page.figure(kept(loaded, _four, selection), "four")  # _four returns drawn(four(...), finding)
        page.explained(origin)

    page.page("overview", body)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from accounts.scope import scope_note
from reports.disclosure import HIDDEN
from reports.labels import ONLINE_NOTE, wave_label
from reports.missing import reminder
from reports.provenance import HEADING, Provenance
from reports.rates import Estimates
from reports.selection import Selection
from reports.sentences.notes import captions
from reports.sentences.notes import fieldwork as notes
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from survey.errors import SiluError
from survey.host import environment
from survey.study.study import Study
from views.blocks.html import coming
from views.cached.kept import replay
from views.charts.parts import style
from views.panels import awaiting, picture_mode
from views.panels.chart_numbers import Drawn, numbers_behind
from views.shell.links import show_unknown_address
from views.shell.markup import plain, plain_table
from views.visitor import discretion, session
from views.visitor.discretion import log
from views.visitor.selection import filter_bar
from views.visitor.session import Loaded, load

HELP = "剔除由人在“数据质量”决定并写明理由，原答卷保留；打开后所有页面都不计这些答卷，随时可以关上对照。"


def choose_counted(loaded: Loaded, page: str) -> Loaded:
    """Draw the switch for excluded responses, where there are any, and return the study as chosen.

    A deep link may set the switch.

    Args:
        loaded: the study with all responses.
        page: name of the page that is shown; the choice is kept when it changes.
    """
    # Results with and without exclusions would reveal the excluded few, so only analysts get the switch.
    if not loaded.left_out or discretion.reserved():
        return loaded
    kept = session.kept(session.WITHOUT)
    arriving = st.session_state.get(session.PAGE) != page
    if arriving and session.WITHOUT not in st.query_params and st.session_state.get(kept):
        with suppress(StreamlitAPIException):
            st.query_params[session.WITHOUT] = "true"
        st.session_state[session.WITHOUT] = True
    label = str(notes.switch(loaded.left_out))
    without = st.toggle(label, key=session.WITHOUT, bind="query-params", help=HELP)
    st.session_state[kept] = without
    return session.as_counted(loaded, without)


INSECURE = "看板没有加密就对局域网开放（--insecure-lan）：旁人能看到口令和结果。请配证书，或改为只在本机打开。"
BESIDE = 640
"""Width in pixels up to which a chart fits beside another one."""
MOCK_NOTE = "模拟数据：虚构的城市，不是真实调查"


def page(name: str, body: Callable[[Loaded, Selection], None]) -> None:
    """Run a page on the study of this server: banner, filters, then the body; `name` is the last part of its address.

    A `SiluError` is shown with its remedy. Any other exception is a defect of the program and propagates.
    """
    with picture_mode.frame():
        title, switch, links = st.columns([9, 2, 3], vertical_alignment="center")
        try:
            _draw(name, body, title, switch)
        except SiluError as error:
            problem(error)
        # The choices of a page are in its query only after the page has drawn them.
        with links:
            picture_mode.links(name)
    picture_mode.end()


def before_answers(name: str, part: str, body: Callable[[Study], None]) -> None:
    """Run a page that does not need imported answers: study and links, then the body; errors as on `page`.

    Args:
        name: last part of its address.
        part: its title, which stands in the first line of a picture.
        body: draws the page of a study.
    """
    st.session_state[session.PAGE] = name
    with picture_mode.frame():
        title, links = st.columns([10, 3], vertical_alignment="center")
        try:
            study = session.settings()
            with title:
                mock = f" :orange-badge[{MOCK_NOTE}]" if study.mock else ""
                st.markdown(f"**{plain(study.title)}**{mock}")
            picture_mode.top(study, part)
            body(study)
        except SiluError as error:
            problem(error)
        with links:
            picture_mode.links(name)
    picture_mode.end()


def _draw(name: str, body: Callable[[Loaded, Selection], None], title: DeltaGenerator, switch: DeltaGenerator) -> None:
    """Draw a page from top to bottom; the first row has places for the study and for the switch."""
    show_unknown_address()
    with switch:
        loaded = choose_counted(load(), name)
    with title:
        banner(loaded)
    with st.container(key="bar"):
        selection = filter_bar(loaded, name)
    picture_mode.top(loaded.study, wave_label(loaded.study, selection.wave))
    people = {column: "、".join(values) for column, values in selection.where.items()}
    log(loaded, name, {"wave": selection.wave, "mode": selection.mode, **people, **picture_mode.logged()})
    if scope := scope_note():
        st.info(scope)
    if selection.opt_in:
        st.warning(ONLINE_NOTE)
    loaded = awaiting.as_checked(loaded, selection.mode, name)
    if name == "quality":
        warn_insecure()
    if name not in awaiting.AFTER_CHECKS or not awaiting.waits(loaded, selection, quotes=name in awaiting.QUOTING):
        body(loaded, selection)


def warn_insecure() -> None:
    """Warn that others can read along, where the dashboard runs with `--insecure-lan`."""
    if os.environ.get(environment.INSECURE_LAN):
        st.warning(INSECURE)


def banner(loaded: Loaded) -> None:
    """Show the study, its data version and its exclusions, and mark simulated data (rule R-19)."""
    mock = f" :orange-badge[{MOCK_NOTE}]" if loaded.study.mock else ""
    counted = f"　{loaded.counted}" if loaded.counted else ""
    st.markdown(
        tr("**{title}**　数据版本 {version}{counted}{mock}").format(
            title=plain(loaded.study.title), version=loaded.version, counted=counted, mock=mock
        )
    )
    if text := reminder(loaded.study):
        st.caption(tr(":orange[{value}]　清单见“总览”").format(value=plain(str(text))))


def headline(text: Sentence) -> None:
    """Show the headline sentence of a page."""
    st.markdown(f"### {plain(str(text))}")


def figure(seen: Drawn, key: str, *, lasting: bool = True) -> None:
    """Show a chart in the house style; below it 看数字, 保存图片, 复制链接.

    Where the window is narrower, it scrolls sideways. The alternative text is the finding and what the marks say.

    Args:
        seen: the chart, from `chart_numbers.drawn`.
        key: name of the chart on its page.
        lasting: whether visitors share it (`kept`), so that its elements are worth keeping.
    """
    narrow = seen.picture.layout.meta["narrowest"] <= BESIDE
    with st.container(key=f"{'half' if narrow else 'whole'}-{key}"):
        if lasting and not picture_mode.shot():
            replay(seen.token, lambda: _chart(seen, key, whole=not narrow))
        else:
            _chart(seen, key, whole=not narrow)
        with st.container(key=f"below-{key}", horizontal=True, vertical_alignment="center"):
            numbers_behind(seen, key)
            picture_mode.chart_links(key)


def _chart(seen: Drawn, key: str, *, whole: bool) -> None:
    picture = picture_mode.fitted(seen.picture, whole=whole)
    st.html(coming(seen.title))
    st.plotly_chart(picture, theme=None, config=style.CONFIG, key=key, alt=seen.alt)


def source(origin: Provenance, *, people: bool = True) -> str:
    """Return the line at the foot of a page: plain words on a screen, where `explained` is one click away.

    A picture goes out alone, so that its line has the method.

    Args:
        origin: provenance of the numbers.
        people: whether a picture names the people counted.
    """
    if not picture_mode.shot():
        return origin.plain.text
    return f"{origin.people}；{origin.strip}" if people else origin.strip


def explained(origin: Provenance, *tables: pd.DataFrame, notes: Sequence[Sentence] = ()) -> None:
    """Show the provenance of the numbers of a page, line by line, then what else there is on the method, and tables."""
    picture_mode.foot(origin.strip)
    with st.expander(HEADING):
        st.markdown("  \n".join(f"**{heading}**　{plain(str(text))}" for heading, text in origin.lines))
        for one in notes:
            note(one)
        for table in tables:
            st.table(plain_table(table))


def everyone(selection: Selection) -> Selection:
    """Note that a page counts all residents, where filters are set; return the selection without these.

    A page goes on with what is returned: results that no filter changes are then found again under every filter.
    """
    if selection.where:
        st.info(
            tr("本页不受年龄、性别、场所类型筛选影响：按全部居民计算，不只是{people}。").format(
                people=plain(selection.people)
            )
        )
    return selection.everyone()


def nobody(estimates: Estimates) -> bool:
    """Return whether the filters leave nobody, or too few to be shown; if so, show a note."""
    table = estimates.table
    if not table.empty and table["n"].sum():
        return False
    if table["flag"].isin(HIDDEN).any():
        empty(captions.hidden(estimates.meta["suppression"]))
    else:
        empty(tr("这样筛选之后没有答卷，请放宽年龄、性别或场所类型。"))
    return True


def note(text: Sentence) -> None:
    """Show a sentence in small print."""
    st.caption(plain(str(text)))


def empty(text: Sentence | str) -> None:
    """Show a note in place of an empty result."""
    st.info(plain(str(text)))


def problem(error: SiluError) -> None:
    """Show an error with its location and its remedy."""
    first, *further = (plain(line) for line in str(error).split("\n"))
    st.error("  \n".join([f"**{first}**", *further]))
