"""Parts of 样本设计 below the headline: curve, choices, districts, and the list of drawn communities."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analysis.numerals import margin
from reports.plans import sample_lists
from reports.plans import sample_plan as reports
from reports.plans.sample_curve import cost_curve
from reports.plans.sample_plan import SampleGoal, SamplePlan
from reports.selection import Selection
from reports.sentences import sampling as sentences
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import say
from survey.study.plans.letterhead import letterhead
from views.blocks.html import remark, text
from views.blocks.rows import Column, Line, row_table
from views.blocks.single.steps import State, Step, step_cards
from views.cached.answers import ask
from views.cached.kept import draw, kept, known
from views.charts import curve
from views.charts.dots import Axis, dots
from views.charts.parts import style
from views.charts.parts.frame import Caption
from views.panels import page
from views.panels.chart_numbers import Drawn, drawn
from views.shell.tables import show_table
from views.visitor.downloads import download
from views.visitor.session import Loaded

SHEETS = "抽样名单和配额表"
SEED = 20_260_101
CHOICES = (Column("访问份数", "title"), Column("全市误差"), Column("看得出的变化"), Column("费用", "number"))
PRICED = "（示例单价）"
ADVISED, CHOSEN = "建议", "选定"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The sample that is asked for.

    Attributes:
        goal: precision and costs.
        undecided: the answers whose undecided districts get further interviews; None for a sample of the whole city.
        advised: whether the program proposes it.
    """

    goal: SampleGoal
    undecided: Selection | None = None
    advised: bool = False


def plan_of(loaded: Loaded, wanted: Wanted) -> SamplePlan:
    """Return the plan of a sample.

    Raises:
        DesignError: the frame has too few communities, or no district is undecided.
    """
    if wanted.undecided is not None:
        return ask(loaded, wanted.undecided, reports.top_up_plan, wanted.goal)
    return known(loaded, _plan, wanted.goal)


def _plan(loaded: Loaded, goal: SampleGoal) -> SamplePlan:
    return reports.plan_sample(loaded.study.areas.frame, goal)


def curve_and_choices(loaded: Loaded, wanted: Wanted, *, examples: bool) -> None:
    """Draw cost against precision, and beside it the chosen plan among smaller and larger ones, and who decides what.

    Args:
        loaded: study and data version.
        wanted: the sample of the whole city.
        examples: whether the prices are those that the program ships.
    """
    left, right = st.columns([1, 1], gap="large")
    with left:
        page.figure(kept(loaded, _curve, wanted), "curve")
    with right:
        draw(loaded, _choices, wanted, examples)


def _points(loaded: Loaded, wanted: Wanted) -> pd.DataFrame:
    return cost_curve(loaded.study.areas.frame, plan_of(loaded, wanted))


def _curve(loaded: Loaded, wanted: Wanted) -> Drawn:
    points, study = known(loaded, _points, wanted), loaded.study
    title = sentences.curve(points, advised=wanted.advised)
    what = say("全市误差（百分点）随费用的变化；只改份数，其他设定不变")
    words = Caption(title.text, str(what), str(reports.foot(study, plan_of(loaded, wanted))), study.mock)
    return drawn(curve.cost_curve(points, words, page_width=style.HALF), title)


def _choices(loaded: Loaded, wanted: Wanted, examples: bool) -> None:
    points = known(loaded, _points, wanted)
    word = ADVISED if wanted.advised else CHOSEN
    lines = [_line(points, at, word) for at in range(len(points)) if points["offered"].iloc[at]]
    columns = [*CHOICES[:-1], replace(CHOICES[-1], note=PRICED)] if examples else CHOICES
    st.html(row_table(columns, lines, tr("可选的样本")))
    st.html(remark(sentences.lead(plan_of(loaded, wanted))))
    st.html(step_cards(steps(letterhead(loaded.study).name, examples=examples), stacked=True))


def steps(office: str, *, examples: bool) -> tuple[Step, ...]:
    """Return who decides what, in order.

    Args:
        office: who approves the sample.
        examples: whether the prices are those that the program ships, which comes first then.
    """
    prices = State.NOW if examples else State.DONE
    return (
        Step(tr("分析员定单价"), tr("在“其他设定”里换成本地的，费用随着变。"), prices),
        Step(
            tr("{office}定份数和经费").format(office=office),
            tr("分析员报批；批准后在本页末尾下载名单。"),
            State.LATER if examples else State.NOW,
        ),
        Step(tr("执行单位按名单入户"), tr("不替换社区；收回后到“数据导入”。")),
    )


def _line(points: pd.DataFrame, at: int, word: str) -> Line:
    """Return one choice; the chosen one carries a word."""
    chosen = bool(points["chosen"].iloc[at])
    cost, interviews, *rest = (text(one) for one in sentences.option(points, at))
    first = tr("{interviews} 份").format(interviews=interviews) + (f" <small>{text(word)}</small>" if chosen else "")
    return Line([first, *rest, cost], "act" if chosen else "")


def districts(loaded: Loaded, wanted: Wanted) -> None:
    """Draw the interval of each district, and the table with interviews, communities and cost."""
    page.figure(kept(loaded, _districts, wanted), "plan")
    draw(loaded, _district_table, wanted)


def _district_table(loaded: Loaded, wanted: Wanted) -> None:
    show_table(sample_lists.district_table(plan_of(loaded, wanted)))


def _districts(loaded: Loaded, wanted: Wanted) -> Drawn:
    plan, study = plan_of(loaded, wanted), loaded.study
    rows = plan.districts
    wide = rows["half_width"] > sentences.WIDE
    table = pd.DataFrame(
        {
            "label": rows["district"],
            "value": 100 * plan.goal.rate,
            "low": 100 * (plan.goal.rate - rows["half_width"]),
            "high": 100 * (plan.goal.rate + rows["half_width"]),
            "kind": wide.map({True: "noted", False: "plain"}),
            "text": [
                tr("{interviews} 份 · {communities} 个社区 · {margin}").format(
                    interviews=row["interviews"], communities=row["communities"], margin=margin(row["half_width"])
                )
                for row in rows.to_dict("records")
            ],
        }
    )
    title, what = sentences.precision(plan), sentences.intervals(plan.goal)
    words = Caption(title.text, what.text, str(reports.foot(study, plan)), study.mock)
    key = {"noted": tr("误差大于 5 个百分点"), "plain": tr("误差在 5 个百分点以内")}
    axis = Axis(".0f", None, "", None, 100.5, "%")
    return drawn(dots(table, words, axis, key, page_width=style.WHOLE), title)


def drawn_list(loaded: Loaded, wanted: Wanted) -> None:
    """Sample the communities and offer the list for download."""
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    seed = int(left.number_input(tr("抽样随机种子（同一种子抽到同一批社区）"), 0, 99_999_999, SEED, key="seed"))
    download(
        tr("下载抽样名单和配额表（Excel）"),
        lambda: kept(loaded, _book, wanted, seed),
        tr("抽样名单_种子{seed}.xlsx").format(seed=seed),
        {"what": SHEETS, "seed": seed},
        place=right,
        icon=":material/download:",
    )
    draw(loaded, _list, wanted, seed)


def _book(loaded: Loaded, wanted: Wanted, seed: int) -> bytes:
    return sample_lists.sample_book(loaded.study, plan_of(loaded, wanted), seed)


def _list(loaded: Loaded, wanted: Wanted, seed: int) -> None:
    show_table(sample_lists.list_table(loaded.study, plan_of(loaded, wanted), seed), most=380)
