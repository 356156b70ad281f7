"""达标预测: the probability of passing each line of the official survey, and what would raise it most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports.definitions import headlines, item_rates
from reports.labels import short
from reports.overview.lever import Foreseen, Lever, foreseen
from reports.overview.next_step import next_steps, place_of
from reports.plans.pass_forecast import OfficialSample, no_lines, verdict_line
from reports.rates import target_of
from reports.selection import Selection
from reports.sentences import passing as sentences
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence, join, say
from survey.instrument.questionnaire import Rate
from views.blocks.html import foot, head
from views.blocks.single.passing import district_table, forecast_block, gain_block
from views.cached.answers import ask, sample_of
from views.cached.kept import draw, kept
from views.panels import missing, page
from views.panels.addresses import address
from views.shell.markup import plain
from views.visitor.session import Loaded

ONLINE = say("网络自填是参与者意见，不能预测达标")
CAVEAT = "只反映抽样和估计的误差，不是保证"
NO_LINES = say("没有任何达标线，不能预测")
ALONE = "alone"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; the forecast fits a screen of 1366 x 768, settings and details are folded below it."""
    place = st.container(key="glance")
    if selection.opt_in:
        return _empty(place, ONLINE, say("请在上方“调查方式”里换成入户或电话。"))
    if missing.objected(loaded.study):
        return None
    official, rates, lines = _settings(loaded)
    if no_lines(loaded.study, lines):
        if not missing.objected(loaded.study, against_targets=True):
            _empty(place, NO_LINES, say("请在 targets.csv 写明目标，或展开下面的设置填写达标线。"))
        return None
    seen = ask(loaded, selection.asking([rate.name for rate in rates]), foreseen, official, lines)
    found = seen.forecast
    with place:
        draw(loaded, _forecast, selection, official, tuple(rate.name for rate in rates), lines)
    box = st.expander(tr("每项提高多少有用，各区县单独看，以及怎样预测"), key=ALONE, bind="query-params")
    if box.open:  # closed, the forecasts of the districts cost a fifth of the page
        with box:
            draw(loaded, _details, selection, official, tuple(rate.name for rate in rates), lines)
    page.explained(found.provenance)
    return None


Asked = tuple[Selection, OfficialSample, tuple[str, ...], Mapping[str, float]]


def _seen(loaded: Loaded, *asked: *Asked) -> Foreseen:
    selection, official, names, lines = asked
    return ask(loaded, selection.asking(names), foreseen, official, lines)


def _forecast(loaded: Loaded, *asked: *Asked) -> None:
    """Draw the forecast, where to begin, and the method in one line."""
    seen = _seen(loaded, *asked)
    found = seen.forecast
    state, until, href = _state(loaded, asked[0], seen.lever)
    st.html(head(found.headline, join([seen.brief, until], "，") + "。"))
    st.html(forecast_block(seen, state, href))
    st.html(foot("；".join(found.remarks[1:]), page.source(found.provenance, people=False)))


def _state(loaded: Loaded, selection: Selection, first: Lever) -> tuple[Sentence, Sentence, str]:
    """Return the next step of the rate and district to begin with, by when, and the address of its entry."""
    if first.row is None:
        return Sentence(), Sentence(), ""
    steps, place = next_steps(sample_of(loaded, selection), selection.wave, date.today()), place_of(first.row)
    return steps.of(*place, first.row), steps.until(*place), address("ledger") if steps.entry(*place) else ""


def _empty(place: DeltaGenerator, what: Sentence, step: Sentence) -> None:
    with place:
        st.html(head(what, step))


def _settings(loaded: Loaded) -> tuple[OfficialSample, tuple[Rate, ...], Mapping[str, float]]:
    """Ask for the official sample, the rates it measures, and their lines where known."""
    rates, single, usual = headlines(loaded.study), item_rates(loaded.study), OfficialSample()
    with st.expander(tr("官方调查的样本、项目和达标线（可改）")):
        boxes = st.columns(3)
        n = boxes[0].number_input(tr("官方样本量（份）"), min_value=20, max_value=100_000, value=usual.n, step=100)
        take = boxes[1].number_input(tr("每个社区访问几人"), min_value=1, max_value=200, value=usual.take)
        icc = boxes[2].number_input(
            tr("同社区相似程度（ICC）"), min_value=0.0, max_value=0.5, value=usual.icc, step=0.01
        )
        more = st.multiselect(tr("再加哪些单项"), single, format_func=lambda rate: rate.label, placeholder=tr("不加"))
        rates = (*rates, *more)
        columns = st.columns(4)
        known = kept(loaded, _targets, tuple(rate.name for rate in rates))
        lines = {rate.name: _line(rate, known[rate.name], columns[at % 4]) for at, rate in enumerate(rates)}
    return OfficialSample(int(n), int(take), float(icc)), rates, lines


def _targets(loaded: Loaded, names: tuple[str, ...]) -> Mapping[str, float]:
    """Return the targets of some rates; NaN where there is none."""
    return {name: target_of(loaded.study, loaded.study.questionnaire.rate(name)) for name in names}


def _line(rate: Rate, known: float, box: DeltaGenerator) -> float:
    start = 0.0 if np.isnan(known) else min(100 * known, 100.0)
    value = box.number_input(tr("{rate}达标线（%，0 为不设）").format(rate=plain(short(rate))), 0.0, 100.0, start, 1.0)
    return value / 100 if value else float("nan")


def _details(loaded: Loaded, *asked: *Asked) -> None:
    """Draw what each rate adds, the districts on their own, and the method."""
    seen = _seen(loaded, *asked)
    found = seen.forecast
    if seen.rest:
        st.markdown(f"**{plain(str(seen.rest))}**")
    st.html(gain_block(seen))
    order = sentences.district_order(found.found, found.districts)
    st.markdown(f"**{plain(str(join([sentences.districts(found.districts), order])))}**")
    st.html(district_table(found))
    about = tr("假如官方只看某一个区县（份数按人口分给它）；“多出”指它各率都提高时全市的可能增加多少")
    st.caption(plain(str(verdict_line(found))))
    st.caption(plain("；".join((CAVEAT, about, *found.remarks))))
    st.caption(plain(str(found.method)))


page.page("passing", body)
