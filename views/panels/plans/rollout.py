"""Panels of 宣传规划 on evaluation: draw and keep a random roll-out order, and show the estimated effect."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from accounts.audit.changes import change
from reports.audience.heard import Heard
from reports.plans import rollout as reports
from reports.selection import Selection
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.study.plans.rollout import RollOut
from views.cached.answers import heard_of
from views.cached.kept import draw, known
from views.panels import page
from views.panels.plans.outreach_settings import Campaign, plan_of
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.discretion import reserved
from views.visitor.session import Loaded

DRAWN = "随机分批抽签"


def order_panel(loaded: Loaded, campaign: Campaign) -> None:
    """Draw the random order, keep it, and show the kept one."""
    streets = known(loaded, plan_of, campaign).found.streets
    st.subheader(tr("随机分批开展"))
    if len(streets) < 2:
        page.empty(tr("只有一个街道，不能分批。"))
        return
    draws = reports.draws(loaded.study)
    if draws:
        last = draws[-1]
        drawn = captions.draw(last)
        st.markdown(tr("已保存{draws}").format(draws=plain(str(drawn + captions.draws(draws)))))
        show_table(reports.order_table(last.start, streets), most=260)
    with st.expander(tr("重新抽签") if draws else tr("抽签"), expanded=not draws):
        _draw_form(loaded, campaign, len(streets))
    st.caption(tr("每个区县内随机排先后：后开展的街道是先开展的对照。抽签存进调查文件夹，不能删改；抽定后照此开展。"))


def _draw_form(loaded: Loaded, campaign: Campaign, streets: int) -> None:
    boxes = st.columns(2)
    steps = int(boxes[0].number_input(tr("分几批"), 2, streets, min(4, streets)))
    seed = int(boxes[1].number_input(tr("随机种子"), 0, 99_999_999, 1))
    draw(loaded, _proposal, campaign, steps, seed)
    with st.form("draw", clear_on_submit=True):
        who = st.text_input(tr("经办人"), key="drawer")
        if not st.form_submit_button(tr("抽定并保存")):
            return
        try:
            with change(loaded.study.root, DRAWN, {"steps": steps, "seed": seed}):
                reports.keep(heard_of(loaded, campaign.selection), _proposed(loaded, campaign, steps, seed), who=who)
        except SiluError as error:
            page.problem(error)
            return
    st.rerun()


def _proposed(loaded: Loaded, campaign: Campaign, steps: int, seed: int) -> RollOut:
    streets = known(loaded, plan_of, campaign).found.streets
    return reports.proposed(heard_of(loaded, campaign.selection), streets, steps, seed)


def _proposal(loaded: Loaded, campaign: Campaign, steps: int, seed: int) -> None:
    streets = known(loaded, plan_of, campaign).found.streets
    show_table(reports.order_table(_proposed(loaded, campaign, steps, seed).start, streets), most=200)


def effect_panel(loaded: Loaded, selection: Selection, heard: Heard, streets: pd.DataFrame) -> None:
    """Show the result: an effect (效果) after a kept random order, else an association (关联)."""
    st.subheader(tr("效果单"))
    pair = reports.pair_of(heard, selection.wave)
    if pair is None:
        page.empty(tr("只有一轮调查，还没有开展前后可比；下一轮之后再来看。"))
        return
    kept, reason = reports.basis_of(loaded.study, *pair)
    if kept is not None:
        batches = int(st.number_input(tr("两轮之间已开展到第几批"), 1, kept.steps - 1, 1))
        treated = list(kept.started(batches))
        page.note(captions.started(kept.number, batches, treated))
    elif reserved():
        page.empty(
            tr("还没有抽定的随机分批，没有效果可看；自己挑街道来比只对分析员开放，免得两次相减推算出少数人的情况。")
        )
        return
    else:
        treated = st.multiselect(
            tr("两轮之间开展过宣传的街道"), streets["street"].tolist(), placeholder=tr("请选择街道")
        )
        st.caption(tr("没有可用的随机分批（{reason}），只能说关联。").format(reason=plain(reason)))
    if not treated:
        page.empty(tr("选出开展过宣传的街道，就能与其余街道比较前后变化。"))
        return
    found = reports.effect(heard, pair, treated, kept)
    st.markdown(f"**{plain(found.sentence.text)}**")
    more = "" if found.causal else tr("先后不是随机定的，只能说关联：两边街道本来就可能不同。")
    st.caption(found.arms.text + more)
