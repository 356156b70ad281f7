"""数据质量: lights with one card a problem; evidence, checks, weights, quota and response rates are folded below."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from reports.briefing.parts.repeats import charge
from reports.fieldwork import integrity
from reports.fieldwork.area_lights import UNCHECKED
from reports.fieldwork.concerns import concerns
from reports.provenance import Provenance
from reports.selection import Selection
from reports.sentences import fieldwork as sentences
from reports.sentences.notes.catalogue import tr
from views.blocks.html import foot, head
from views.blocks.single.lights import concern_cards, light_counts
from views.cached import quality
from views.cached.kept import draw, kept
from views.panels import page
from views.panels import quality as panels
from views.panels.alarms import alarms
from views.panels.deciding.bursts import show_bursts
from views.panels.deciding.exclusions import excluding
from views.panels.deciding.publishing import publishing
from views.panels.deciding.repeats import offer_repeats
from views.panels.picture_mode import shot
from views.visitor.session import Loaded

FOLDED: Mapping[str, tuple[str, Callable[[Loaded, Selection], None]]] = {
    "signals": ("依据和信号，以及先要排除的正常解释", panels.signals),
    "lights": ("区县的灯；剔除与否，四率差多少", panels.areas),
    "checks": ("逐份检查；哪些人更常被标记", panels.checks),
    "weights": ("加权效率、配额进度和应答率", panels.weights),
}
"""Key and query parameter of a folded part -> its title and its panel."""
FOOT = "灯按同区比较得出，是统计信号，不是结论：红灯只表示应请独立人员复访，不据此处罚任何人"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw what needs attention, the folded evidence, and the decisions of people."""
    alarms(loaded.study)
    if selection.wave in loaded.unchecked:
        _before_checks(loaded, selection)
        return
    work = quality.work_of(loaded, selection)
    origin = kept(loaded, _origin, selection)
    with st.container(key="glance"):
        draw(loaded, _finding, selection)
        offer_repeats(loaded, selection)
        draw(loaded, _glance, selection)
    show_bursts(loaded.study, deciding=True)
    for key, (title, panel) in FOLDED.items():
        box = st.expander(title, key=key, bind="query-params")
        if box.open:  # closed, they cost more than the rest of the page
            with box:
                panel(loaded, selection)
    if not shot():
        excluding(work)
        publishing(loaded)
    page.explained(origin)


def _before_checks(loaded: Loaded, selection: Selection) -> None:
    """Draw what is known of a large wave while its answers are being checked: no light, and nothing to decide."""
    waiting = tr("访问员和社区的灯、逐份检查、剔除的决定，在检查做完后出现；先看加权效率、配额进度和应答率。")
    st.html(head(UNCHECKED, waiting))
    panels.weights(loaded, selection)


def _origin(loaded: Loaded, selection: Selection) -> Provenance:
    return integrity.provenance_of(quality.work_of(loaded, selection), quality.integrity_of(loaded, selection))


def _finding(loaded: Loaded, selection: Selection) -> None:
    found, lights = quality.integrity_of(loaded, selection), quality.lights_of(loaded, selection)
    by, again = charge(loaded.study, loaded.version), sum(light.again for light in lights.values())
    st.html(head(integrity.finding(found, by.unit, by.day, again), sentences.lead(lights)))


def _glance(loaded: Loaded, selection: Selection) -> None:
    found, lights = quality.integrity_of(loaded, selection), quality.lights_of(loaded, selection)
    st.html(light_counts(integrity.units(found)))
    st.html(concern_cards(concerns(found, lights, charge(loaded.study, loaded.version))))
    st.html(foot(FOOT, page.source(_origin(loaded, selection), people=False)))


page.page("quality", body)
