"""Settings of 宣传规划: limit and aim of the campaign, prices of the channels, and the plan as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from reports.plans import outreach as reports
from reports.plans.campaign import Limit, activity_table
from reports.plans.deadlines import mend_day, spoken
from reports.plans.outreach import Outreach
from reports.plans.prices import EXAMPLE, NO_PRICE, SOURCE, edited
from reports.plans.workbook import workbook
from reports.selection import Selection
from reports.sentences import outreach as sentences
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from views.cached.answers import heard_of
from views.cached.kept import known
from views.visitor.downloads import download
from views.visitor.session import Loaded

TASK = "宣传任务单"
BUDGET, COUNT = "按预算（元）", "按次数"
SUM, NUMBER = 200_000, 100
"""Budget in yuan and number of activities before anything is typed."""
REACH_HELP = "打开后，与知晓的关联看不出的渠道也安排活动；只算触达多少不知晓者，不推算新增知晓。"


def limit_box() -> Limit:
    """Ask for budget or number of activities and for the aim, in one slim box that names the choice."""
    before = _chosen()
    with st.popover(str(captions.limit(before, money=before.budget is not None))):
        kind = st.segmented_control(tr("怎样限制"), [BUDGET, COUNT], default=BUDGET, key="limit", required=True)
        if kind == BUDGET:
            st.number_input(tr("预算（元）"), 0, 100_000_000, SUM, 10_000, key="budget")
        else:
            st.number_input(tr("宣传次数"), 0, 10_000, NUMBER, 10, key="activities")
        st.toggle(tr("只求触达"), key="reach_only", help=REACH_HELP)
    return _chosen()


def _chosen() -> Limit:
    """Return what the widgets hold, also before they are drawn."""
    state = st.session_state
    reach_only = bool(state.get("reach_only", False))
    if state.get("limit", BUDGET) == COUNT:
        return Limit(None, int(state.get("activities", NUMBER)), reach_only)
    return Limit(float(state.get("budget", SUM)), None, reach_only)


def price_box(start: pd.DataFrame) -> pd.DataFrame:
    """Let the planner change price and reach of each channel; return them with the source of each."""
    sources = start[SOURCE].tolist()
    examples, unpriced = (sum(word in source for source in sources) for word in (EXAMPLE, NO_PRICE))
    with st.expander(str(captions.prices(examples, unpriced))):
        prices = st.data_editor(start, hide_index=True, width="stretch", disabled=[tr("渠道"), SOURCE])
        st.caption(
            tr("长期使用的数字请写进 study.toml 的 [outreach]，见 docs/decisions.md；这里的改动只对这一次有效。")
        )
    return edited(prices, start)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that is asked for.

    Attributes:
        selection: the wave.
        prices: rows of the table of `price_box`, None for a missing number.
        limit: limits and aim.
    """

    selection: Selection
    prices: tuple[tuple[Any, ...], ...]
    limit: Limit


@dataclass(frozen=True, slots=True)
class Task:
    """Who carries out a campaign, and the deadline in words."""

    unit: str
    day: str


def reach_of(loaded: Loaded, selection: Selection) -> pd.DataFrame:
    """Return every channel, see `reports.plans.outreach.reach`."""
    return reports.reach(heard_of(loaded, selection), selection.everyone())


def start_prices(loaded: Loaded, selection: Selection) -> pd.DataFrame:
    """Return the prices before anything is typed."""
    return reports.prices_of(heard_of(loaded, selection), known(loaded, reach_of, selection))


def rows_of(prices: pd.DataFrame) -> tuple[tuple[Any, ...], ...]:
    """Return the rows of a table of prices as part of a key, None for a missing number."""
    columns = (prices[name].tolist() for name in prices.columns)
    return tuple(zip(*([None if pd.isna(one) else one for one in column] for column in columns), strict=True))


def plan_of(loaded: Loaded, campaign: Campaign) -> Outreach:
    """Return the plan of a campaign and everything said about it.

    Raises:
        DesignError: no channels asked, or answers in too few streets.
    """
    start = known(loaded, start_prices, campaign.selection)
    prices = pd.DataFrame(list(campaign.prices), columns=start.columns).astype(start.dtypes.to_dict())
    heard, table = heard_of(loaded, campaign.selection), known(loaded, reach_of, campaign.selection)
    return reports.outreach(heard, campaign.selection.everyone(), table, prices, campaign.limit)


def assign_box(loaded: Loaded, unit: str) -> Task:
    """Ask in one slim box who is to act and by when.

    Args:
        loaded: the study.
        unit: who is proposed; may be empty.
    """
    version = loaded.version
    with st.popover(tr("交给谁、何时完成")):
        who = st.text_input(tr("责任单位"), unit, max_chars=40, key="task-unit").strip()
        day = st.date_input(tr("期限"), mend_day(loaded.study, version), format="YYYY-MM-DD", key="task-day")
    return Task(who or tr("责任单位"), str(spoken(loaded.study, version, day)))


def offer_task(loaded: Loaded, campaign: Campaign, task: Task) -> None:
    """Offer the plan by street as a workbook for the unit that acts; nothing without activities."""
    if known(loaded, plan_of, campaign).found.count:
        facts = {"what": TASK, "wave": campaign.selection.wave, "version": loaded.version, "unit": task.unit}
        label = str(sentences.assigned(task.unit, task.day))
        make = partial(_book, loaded, campaign, task)
        download(label, make, tr("宣传任务单.xlsx"), facts, type="primary", key="outreach.task")


def _book(loaded: Loaded, campaign: Campaign, task: Task) -> bytes:
    found, study = known(loaded, plan_of, campaign), loaded.study
    table = activity_table(found.found)
    table = table.assign(**{tr("责任单位"): task.unit, tr("期限"): task.day, tr("完成情况"): ""})
    lead = sentences.charged(task.unit, task.day, found.led) + found.lead + found.whole
    notes = [study.title, *map(str, (found.sentence, lead, found.unit_cost, *found.remarks))]
    notes += [tr("模拟数据：虚构的城市")] if study.mock else []
    return workbook({TASK: table}, notes)
