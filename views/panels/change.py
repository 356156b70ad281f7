"""Parts of 趋势与回头看: a weakness with who goes on; wording, rates over the waves, changes and all numbers behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analysis.numerals import difference, points, whole
from reports import change as reports
from reports.overview.next_step import NextSteps, next_steps
from reports.overview.problems import own_units, problems
from reports.owners import in_charge
from reports.plans.rectification import by_place
from reports.provenance import Provenance
from reports.rates import over_waves
from reports.selection import Selection
from reports.sentences import change as sentences
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from reports.sentences.notes.days import months_on_page
from reports.sentences.sentence import Row, Sentence, say
from reports.verdicts import judged
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from survey.study.plans.letterhead import letterhead
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table
from views.blocks.single.looks import Look
from views.cached.answers import ask, follow, origin_of, sample_of
from views.cached.kept import kept
from views.charts.dots import Axis, dots
from views.charts.parts import style
from views.charts.trend import trend
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Behind, Drawn, behind, drawn
from views.shell.markup import literal, plain, plain_table
from views.visitor.session import Loaded

Place = tuple[str, str]
"""District and name of a rate."""
KINDS = {"up": "good", "down": "bad", "": "plain", "barred": "plain", "red": "pale"}
ALIKE = "。处理办法：改选题目和人口口径都相同的两轮，或者先把两轮的问卷、人口资料统一"
SAID = {
    "good": "上升，看得出",
    "bad": "下降，看得出",
    "plain": "看不出变化（多个区县一起比）",
    "pale": "真实性红灯，不作判断",
}
MEANINGS = (
    f"“{reports.ChangeOutcome.MENDED}”指这一轮按同样的检验达标；"
    f"“{reports.ChangeOutcome.BETTER}”指变化的区间全在 0 以上；"
    "升降是否看得出，以变化的区间为准；“看得出的最小变化”是说样本：真有这么大的变化，十次里有八次看得出来。"
)
COLUMNS = (
    Column("哪里 · 哪项", "title"),
    Column("结论"),
    Column("当时", "number"),
    Column("现在", "number"),
    Column("离目标"),
    Column("变化（百分点）", "number"),
    Column("看得出的最小变化", "number"),
)


def reworded(found: reports.Change) -> None:
    """Show old and new wording side by side."""
    rows = found.reworded
    if rows.empty:
        return
    shown = pd.DataFrame(
        {
            tr("项目"): [f"{label}（{item}）" for label, item in zip(rows["label"], rows["item"], strict=True)],
            tr("改了什么"): rows["part"],
            found.before: rows["before"],
            found.after: rows["after"],
        }
    )
    st.markdown(tr("**改过的项目：前后对照**（没有列出的项目逐字相同，照常比较）"))
    st.table(plain_table(shown))


def over_time(loaded: Loaded, asked: Selection, refused: tuple[str, ...] = ()) -> Provenance:
    """Draw the four rates over all waves of this mode; return their provenance."""
    page.figure(kept(loaded, _trend, asked, refused), "trend")
    return _origin_over_time(loaded, asked)


def _origin_over_time(loaded: Loaded, asked: Selection) -> Provenance:
    return origin_of(loaded, asked.in_wave(), ask(loaded, asked, over_waves))


def _trend(loaded: Loaded, asked: Selection, refused: tuple[str, ...]) -> Drawn:
    found = ask(loaded, asked, over_waves)
    waves = [loaded.study.wave(name) for name in sample_of(loaded, asked).waves]
    months = months_on_page(loaded.study)
    titles = {wave.name: f"{literal(wave.title)}<br>{months[wave.name]}" for wave in waves}
    breaks = {(item, asked.wave) for item in refused}
    title = say("全市四率各轮走势") + (tr("（有两轮不可比）") if breaks else "")
    words = caption(_origin_over_time(loaded, asked), title, say("竖线互相重叠不等于没有变化，有没有变化以检验为准"))
    return drawn(trend(found.table, titles, breaks, words, page_width=style.HALF), title)


def change_of(loaded: Loaded, asked: Selection, before: str) -> reports.Change:
    """Return the comparison with an earlier wave; the verdicts of the later one are those of other pages."""
    now = ask(loaded, asked.asking(asked.items, ("district",)), judged)
    return follow(loaded, asked, now, reports.change_since, before)


def by_district(loaded: Loaded, asked: Selection, before: str, rate: Rate) -> None:
    """Draw the change of a rate since an earlier wave in every district."""
    if (seen := kept(loaded, _moved, asked, before, rate)) is not None:
        page.figure(seen, "moved")
        return
    page.empty(tr("这一项两轮不可比，或各区县答卷太少，没有可以画的变化。"))


def _moved(loaded: Loaded, asked: Selection, before: str, rate: Rate) -> Drawn | None:
    found = change_of(loaded, asked, before)
    every = found.districts.table
    rows = every[every["item"] == rate.name].dropna(subset=["estimate"])
    rows = rows.assign(_last=rows["moved"] == "red").sort_values(["_last", "estimate"])
    if rows.empty:
        return None
    label = measure_label(rate.measure)
    text = found.moved(rate.name, label)
    shown = pd.DataFrame(
        {
            "label": rows["district"].astype(str),
            "value": 100 * rows["estimate"].astype(float),
            "low": 100 * rows["conf_low"].astype(float),
            "high": 100 * rows["conf_high"].astype(float),
            "kind": rows["moved"].map(KINDS),
            "text": [_change_text(row) for row in rows.to_dict("records")],
        }
    )
    words = caption(found.of_districts(rate.name), text, captions.moved(label, found.before, found.after))
    return drawn(dots(shown, words, Axis("+.0f", 0.0, tr("没有变化")), SAID, page_width=style.HALF), text)


def _change_text(row: dict[object, object]) -> str:
    return _signed(row) + tr("，最小 ") + points(float(str(row["detectable"])))


def _signed(row: dict[object, object]) -> str:
    value, low, high = (
        float(str(row[name])) for name in ("change" if "change" in row else "estimate", "conf_low", "conf_high")
    )
    return difference(value, low, high)


def numbers(found: reports.Change) -> None:
    """Show one row per weakness of the wave before, its outcome said once."""
    lines = [
        Line(
            [
                text(f"{row['district']} {row['label']}"),
                text(row["outcome"]),
                whole(float(str(row["then"]))),
                whole(float(str(row["now"]))),
                text(sentences.to_go(row)),
                difference(*(float(str(row[name])) for name in ("change", "conf_low", "conf_high"))),
                points(float(str(row["detectable"]))),
            ]
        )
        for row in found.ordered
    ]
    st.html(row_table(COLUMNS, lines, tr("上一轮点到的薄弱项")))
    st.caption(MEANINGS)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of this wave.

    Attributes:
        verdicts: place -> its verdict.
        units: the units of its problems, by place.
        steps: the next steps.
        waves: the rates of every district in every wave.
        places: of each of their rows.
    """

    verdicts: Mapping[Place, Row]
    units: Mapping[Place, tuple[str, ...]]
    steps: NextSteps
    waves: pd.DataFrame
    places: Sequence[Place]


def known_of(loaded: Loaded, asked: Selection) -> Known:
    """Return what is known of the wave of a selection."""
    districts = asked.asking(asked.items, ("district",))
    found = ask(loaded, districts, judged)
    units = {one.place: one.units for one in follow(loaded, districts, found, problems)}
    steps = next_steps(sample_of(loaded, asked), asked.wave, date.today())
    waves = ask(loaded, asked, reports.weak_over_waves).table
    places = list(zip(*(waves[name].astype(str).tolist() for name in ("district", "item")), strict=True))
    return Known(by_place(found), units, steps, waves, places)


def look_at(loaded: Loaded, asked: Selection, row: Row, known: Known) -> Look:
    """Return a weakness of the wave before as a picture, with who goes on.

    Args:
        loaded: the study and the data version that is shown.
        asked: the rates of the later wave, and the people.
        row: a row of `reports.change.Change.ordered`.
        known: what is known of this wave.
    """
    place = (str(row["district"]), str(row["item"]))
    mine = known.waves.iloc[[at for at, one in enumerate(known.places) if one == place]]
    words = (str(sentences.to_go(row)), str(sentences.moved(row)), str(sentences.why_unseen(row)))
    if row["outcome"] == reports.ChangeOutcome.MENDED:
        return Look(row, mine, *words)
    proposed = known.units.get(place) or own_units(loaded.study.questionnaire.rate(place[1]))
    units = in_charge(*place, proposed, known.steps.entries)
    lead = letterhead(loaded.study).named_lead_of(place[0])
    state = known.steps.of(*place, known.verdicts[place]) if place in known.verdicts else Sentence()
    return Look(row, mine, *words, sentences.Pursuit(units, state, lead))


def numbers_of_looks(loaded: Loaded, asked: Selection, before: str) -> tuple[Behind, ...]:
    """Return the numbers behind the small pictures."""
    found = change_of(loaded, asked, before)
    if not found.ordered:
        return ()
    return (behind("looks", tr("回头看"), reports.look_back_table(found.looks), found.provenance),)


def refusals(found: reports.Change) -> None:
    """Say why the waves may not be compared, where they may not."""
    for one in found.objections:
        if one.grave:
            st.error(plain(one.text + ALIKE))


def cautions(found: reports.Change) -> None:
    """Fold what makes the comparison less sure without forbidding it."""
    if lesser := [plain(one.text) for one in found.objections if not one.grave]:
        with st.expander(tr("两轮做法有差别，比较时留意")):
            st.markdown("\n".join(f"* {one}" for one in lesser))
