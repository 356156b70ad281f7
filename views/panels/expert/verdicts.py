"""Tab 判断: the verdict and its probability for every district, and the further interviews needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reports import weak_areas as reports
from reports.fieldwork.area_lights import note
from reports.overview.headline import acting, step
from reports.overview.next_step import next_steps
from reports.overview.problems import Problem, as_entered, owner_of
from reports.selection import Selection
from reports.sentences.briefing import of
from reports.sentences.notes import expert
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence, rows_of, say
from reports.sentences.weak import line
from reports.verdicts import Verdict
from views.blocks.html import head
from views.cached.answers import ask, sample_of
from views.cached.kept import kept
from views.cached.quality import lights_of
from views.charts.parts import style
from views.charts.standing import standing
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Behind, Drawn, behind, blocks_behind, drawn
from views.shell.tables import show_table
from views.visitor.session import Loaded

VERDICTS = "判断和没到的可能"
TARGET, CITY = "各自的目标", "全市水平减 3 个百分点"
MARGIN = 0.03


def verdicts_panel(loaded: Loaded, asked: Selection, bar: DeltaGenerator) -> None:
    """Show the verdicts of every district against the targets or the city, and what would decide the open ones.

    Args:
        loaded: the study.
        asked: all rates by district.
        bar: place of the choice between the two.
    """
    against = bar.segmented_control(tr("和什么比"), [TARGET, CITY], default=TARGET, key="against", required=True)
    margin = MARGIN if against == CITY else None
    answer = ask(loaded, asked, reports.weak_areas, lights_of(loaded, asked), margin)
    found = answer.found
    steps = expert.next_steps(answer.found, "district", _acting(loaded, asked, answer), answer.doubt)
    st.html(head(answer.headline, steps))
    page.figure(kept(loaded, _standing, asked, margin), "standing")
    blocks_behind([kept(loaded, _behind, asked, margin)])
    table = reports.top_up_table(found)
    if len(table):
        st.markdown(tr("**补充样本：再访多少份能下结论**"))
        show_table(table, most=330)
        st.caption(
            tr(
                "假定真实水平就是模型估计，再访这么多份后有九成可能得出判断；差距太小的，两万份也分不清，不值得再访；名单见“样本设计”。"
            )
        )


def _standing(loaded: Loaded, asked: Selection, margin: float | None) -> Drawn:
    answer = ask(loaded, asked, reports.weak_areas, lights_of(loaded, asked), margin)
    found = answer.found
    what = say("格中是判断和本次结果；低于{line}的可能性，指着格子看，或看下面的数字", line=line(found))
    what += note(found.table)
    words = caption(answer.provenance, answer.title, what)
    picture = standing(found.table, "district", words, found.meta["false_calls"], page_width=style.WHOLE)
    return drawn(picture, answer.title)


def _behind(loaded: Loaded, asked: Selection, margin: float | None) -> Behind:
    answer = ask(loaded, asked, reports.weak_areas, lights_of(loaded, asked), margin)
    return behind("verdicts", VERDICTS, reports.verdict_table(answer.found), answer.provenance)


def _acting(loaded: Loaded, asked: Selection, answer: reports.WeakAreas) -> Sentence:
    """Return who acts on the first confirmed weakness, and the next step; empty for none."""
    rows = rows_of(answer.found, of(answer.found.table, Verdict.WEAK).head(1), "district", "item")
    if not rows or asked.where:
        return Sentence()
    steps, one = next_steps(sample_of(loaded, asked), asked.wave, date.today()), Problem(rows[0])
    proposed = tuple(filter(None, [ask(loaded, asked, owner_of, *one.place)]))
    return acting(as_entered([replace(one, units=proposed)], steps.entries)[0]) + "，" + step(one, steps)
