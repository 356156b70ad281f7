"""Panels on one weak district: decomposition of its gap, groups of residents concerned, importance of items.

`lacking_people` serves two pages: it shows which groups the residents concerned belong to, and how many they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analysis.numerals import difference, people, people_interval
from reports import causes as reports
from reports.definitions import headlines
from reports.overview.headline import acting, step
from reports.overview.next_step import next_steps
from reports.overview.problems import as_entered, problem_of
from reports.selection import Selection
from reports.sentences import causes as sentences
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row
from reports.verdicts import judged
from survey.instrument.measure import appraisals, knowledge, measure_label
from survey.instrument.questionnaire import Rate
from views.blocks.html import head
from views.blocks.single.begin import begin_list
from views.cached.answers import ask, follow, origin_of, sample_of
from views.cached.kept import kept
from views.charts.dots import Axis, dots
from views.charts.parts import style
from views.charts.parts.frame import Caption
from views.charts.quadrants import quadrants
from views.panels import page
from views.panels.addresses import address
from views.panels.chart_numbers import Drawn, drawn
from views.visitor.session import Loaded

USE = "与全市同类居民相比仍低的，从工作上找原因：先改最差的项目，先找人数最多的居民。"
NEXT = {"ledger": "去整改台账交办", "outreach": "去宣传规划安排"}
"""Page where a cause is acted on -> the link to it."""
KNOWN = "看台账"
QUADRANTS = "importance"
"""Key and query parameter of the folded chart."""
WHY = "{district}为什么不同，人在哪里"


def lacking_people(groups: pd.DataFrame, lacking: str, words: Caption) -> Drawn:
    """Return a chart of the groups of residents who lack awareness or satisfaction.

    Args:
        groups: from `analysis.areas.decomposition.persons_lacking`, one row or more, the largest group first.
        lacking: what they lack, such as 不知晓.
        words: the words of the picture; its title is made here.
    """
    rows = pd.DataFrame(
        {
            "label": [f"{row['age']} · {row['place']}" for row in groups.to_dict("records")],
            "value": groups["persons"],
            "low": groups["conf_low"],
            "high": groups["conf_high"],
            "kind": "plain",
            "text": [
                f"{people(row['persons'])}（{people_interval(row['conf_low'], row['conf_high'])}）"
                for row in groups.to_dict("records")
            ],
        }
    )
    text = sentences.people(groups, lacking)
    whole = Caption(text.text, words.subtitle, words.source, words.mock)
    return drawn(dots(rows, whole, Axis(",.0f", None, "", 0.0), {}, page_width=style.HALF), text)


def causes(loaded: Loaded, asked: Selection, rate: Rate, district: str) -> None:
    """Draw the decomposition of the gap, the residents behind it, and importance against satisfaction."""
    found = ask(loaded, asked, reports.causes, district)
    if found.doubt:
        st.html(head(WHY.format(district=district), f"{found.doubt}。"))
        return
    said = kept(loaded, _said, asked, rate, district)
    for part in said.parts:
        st.html(part)
    left, right = st.columns(2, gap="medium")
    with left:
        if said.begin:
            st.html(said.begin)
        else:
            _people(loaded, asked, district, found)
    with right:
        if found.gap is None:
            page.empty(tr("只有{district}有答卷，没有别的区县可比，说不出它为什么不同。").format(district=district))
        else:
            page.figure(kept(loaded, _gap, asked, rate, district), "gap")
    if said.begin:
        _people(loaded, asked, district, found)
    if said.quadrants:
        box = st.expander(said.quadrants, key=QUADRANTS, bind="query-params")
        if box.open:
            with box:
                page.figure(kept(loaded, _quadrants, asked, district, said.labels), "quadrants")


def _found(loaded: Loaded, asked: Selection, district: str) -> tuple[reports.Causes, Caption]:
    """Return the explanation, and a caption that has its source and no words yet."""
    found = ask(loaded, asked, reports.causes, district)
    origin = origin_of(loaded, asked, found.estimates)
    return found, Caption("", "", origin.brief, origin.mock)


def _quadrants(loaded: Loaded, asked: Selection, district: str, worst: tuple[str, ...]) -> Drawn:
    """Return importance against satisfaction; `worst` are the labels of the items to begin with."""
    found, source = _found(loaded, asked, district)
    what = tr("横轴满意率，纵轴“最需要改进”的提及率；实心为两个方向都看得出")
    words = Caption(sentences.first_figure(found.quadrants).text, what, source.source, source.mock)
    return drawn(quadrants(found.quadrants, words, worst=worst), found.first)


def _people(loaded: Loaded, asked: Selection, district: str, found: reports.Causes) -> None:
    """Draw which groups of residents are concerned, and how many they are."""
    if found.people.empty:
        page.empty(tr("各组答卷都太少，不能估计人数。"))
        return
    page.figure(kept(loaded, _lacking, asked, district), "people")


def _lacking(loaded: Loaded, asked: Selection, district: str) -> Drawn:
    found, source = _found(loaded, asked, district)
    what = tr("{district}估计{lacking}的居民人数；答卷少的组区间大").format(district=district, lacking=found.lacking)
    return lacking_people(found.people.head(8), found.lacking, Caption("", what, source.source, source.mock))


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What is said about the causes in a district.

    Attributes:
        parts: headline and lead, then the button, as HTML.
        begin: the items to begin with, as HTML; "" for none.
        labels: of these items.
        quadrants: heading of the folded chart; "" for none.
    """

    parts: tuple[str, ...]
    begin: str
    labels: tuple[str, ...]
    quadrants: str


def _said(loaded: Loaded, asked: Selection, rate: Rate, district: str) -> Said:
    """Return why the district differs, with which items to begin, who acts by when, and the button to that place.

    The items are those with the lowest shares, the units and the next step those of the ledger, as on every page.
    """
    found = ask(loaded, asked, reports.causes, district)
    by_district = asked.asking([one.name for one in headlines(loaded.study)], ("district",))
    steps = next_steps(sample_of(loaded, asked), asked.wave, date.today())
    verdicts = ask(loaded, by_district, judged)
    one = follow(loaded, by_district, verdicts, problem_of, district, rate.name) if found.lower else None
    low = None if one is None else as_entered([one], steps.entries)[0]
    items = low.items if low is not None and rate.measure in appraisals() else ()
    title = found.headline + sentences.begin(items) if found.headline else WHY.format(district=district)
    lead: object = USE if found.headline else found.first
    if low is not None:
        lead = sentences.todo(low.row, acting(low), steps.until(*low.place) or step(low, steps))
    parts = [head(title, lead)]
    name = "outreach" if rate.measure in knowledge() else "ledger"
    known = steps.entry(district, rate.name) is not None
    if href := address("ledger" if known else name):
        words = KNOWN if known else NEXT[name]
        parts.append(f'<p class="silu-next"><a class="silu-button" href="{href}" target="_self">{words}&nbsp;→</a></p>')
    worst = low.worst if low is not None and items else ()
    quadrants_title = "" if found.quadrants.empty else str(sentences.first_figure(found.quadrants))
    return Said(
        tuple(parts),
        _begin(loaded, asked, rate, worst, found) if worst else "",
        tuple(str(one["label"]) for one in worst),
        quadrants_title,
    )


def _begin(loaded: Loaded, asked: Selection, rate: Rate, worst: tuple[Row, ...], found: reports.Causes) -> str:
    """Return the list of the items to begin with."""
    items = reports.first_items(sample_of(loaded, asked), worst, found.quadrants)
    return begin_list(sentences.lowest(len(items), measure_label(rate.measure)), items)


def _gap(loaded: Loaded, asked: Selection, rate: Rate, district: str) -> Drawn:
    """Return the decomposition."""
    of_district, source = _found(loaded, asked, district)
    found = of_district.gap
    assert found is not None
    rows = pd.DataFrame(
        {
            "label": found["label"],
            "value": 100 * found["estimate"],
            "low": 100 * found["conf_low"],
            "high": 100 * found["conf_high"],
            "kind": ["bad" if high < 0 else "good" if low > 0 else "plain" for low, high in _ends(found)],
            "text": [
                difference(row["estimate"], row["conf_low"], row["conf_high"]) for row in found.to_dict("records")
            ],
        }
    )
    what = tr("{measure}与全市之差（百分点）；第一行约等于下面各行之和").format(measure=measure_label(rate.measure))
    words = Caption(of_district.gap_figure.text, what, source.source, source.mock)
    key = {"bad": tr("拉低，看得出"), "good": tr("抬高，看得出"), "plain": tr("看不出")}
    picture = dots(rows, words, Axis("+.0f", 0.0, tr("全市")), key, page_width=style.HALF)
    return drawn(picture, of_district.gap_text)


def _ends(found: pd.DataFrame) -> list[tuple[float, float]]:
    return list(zip(found["conf_low"].tolist(), found["conf_high"].tolist(), strict=True))
