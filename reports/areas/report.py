"""A profile as text: everything that 区域档案 says of an area, for a terminal, a file or a mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.numerals import count, interval, percent, target
from reports.areas import follow_up, people, residents, words
from reports.areas.beside import beside, lowest, lowest_first, rows_by_area
from reports.areas.people import Reached
from reports.areas.places import Area, children, levels
from reports.areas.profile import Profile, profile
from reports.areas.residents import Voices
from reports.areas.spine import lowest_items
from reports.audience.heard import heard_by
from reports.definitions import headlines
from reports.overview.next_step import next_steps
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Declared, Name, Row, Sentence, join, rows_of, say
from reports.verdicts import judged, said
from reports.voices.asked import TextSelection
from reports.voices.open_answers import load_answers, open_questions
from survey.errors import DesignError, StudyError
from survey.instrument.measure import measure_label


@dataclass(frozen=True, slots=True)
class AreaReport:
    """A profile as text.

    Attributes:
        found: the profile.
        sentence: headline and lead.
        lines: what stands beside the chart, one sentence each.
    """

    found: Profile
    sentence: Sentence
    lines: tuple[Sentence, ...]


def area_report(gathered: StudySample, selection: Selection, area: Area, *, quotes: bool) -> AreaReport:
    """Return the profile of an area as text.

    Args:
        gathered: the sample of one mode.
        selection: wave and mode.
        area: the area.
        quotes: whether the reader may see what residents write.

    Raises:
        DesignError: no answers from the area.
    """
    four = judged(gathered, selection.asking([one.name for one in headlines(gathered.study)], (area.level,)))
    names = lowest_items(gathered, selection, area)
    items = judged(gathered, selection.asking(names, (area.level,))) if names else None
    found = profile(gathered, selection, (four, items), area)
    if found is None:
        cure = "换一轮或换一种方式；导入时给出社区编码（psu 列）"
        raise DesignError("没有这个区域的答卷", where="/".join(area.path), cure=cure)
    steps = next_steps(gathered, selection.wave, date.today())
    below = _below(gathered, selection, found)
    low = None if found.silent else lowest(below, found.main)
    begin = words.headline(found, low) + "。" + words.lead(found, low)
    sentence = begin + _acting(follow_up.action(found, steps))
    if found.gone:
        return AreaReport(found, sentence, ())
    parts = (
        *_split(found),
        *_people(gathered, selection, found),
        *(_voices(gathered, selection, found) if quotes and not found.silent else ()),
        *_moved(found),
        follow_up.over_waves(found, gathered.study),
        *follow_up.entries(found, steps),
        *_areas(gathered, selection, found, below),
    )
    return AreaReport(found, sentence, tuple(part for part in parts if part))


def _acting(found: follow_up.Action) -> Sentence:
    """Return who acts, and the next step."""
    who = say("由{units}负责，", units=found.who) if found.who else Sentence()
    return who + found.step + "。" if found.step else Sentence()


def spine_table(found: Profile) -> pd.DataFrame:
    """Return the rows of the spine chart formatted for readers."""
    rows = pd.concat([found.rates.table, found.items.table], ignore_index=True)
    limits = zip(rows["conf_low"].astype(float), rows["conf_high"].astype(float), strict=True)
    others = zip(rows["others_low"].astype(float), rows["others_high"].astype(float), strict=True)
    return pd.DataFrame(
        {
            "项目": rows["label"],
            "判断": said(rows),
            "比例": [percent(value) for value in rows["estimate"].astype(float)],
            "区间": [interval(*one) for one in limits],
            "目标": [target(value) for value in rows["line"].astype(float)],
            "全市": [percent(value) for value in rows["city"].astype(float)],
            f"其他{found.area.kind}": [interval(*one) for one in others],
            "上轮": [percent(value) for value in rows["before"].astype(float)],
            "答卷数": [count(n) for n in rows["n"].astype(float)],
        }
    )


def wave_table(found: Profile) -> pd.DataFrame:
    """Return the main rate in every wave, in percent with one decimal."""
    rows = found.waves.table
    names = {"estimate": "比例（%）", "conf_low": "下限（%）", "conf_high": "上限（%）"}
    shares = {head: (100 * rows[name].astype(float)).round(1) for name, head in names.items()}
    n = rows["n"].astype("Int64").where(rows["estimate"].notna())
    return pd.DataFrame({"轮次": rows["wave"].astype(str), "指标": found.main["label"], **shares, "答卷数": n})


def _split(found: Profile) -> Iterator[Sentence]:
    """Yield each of the lowest items, split, with the unit in charge."""
    if found.split is not None:
        table = found.split.table
        yield from map(words.split_item, rows_of(table, table, "item"))


def _people(gathered: StudySample, selection: Selection, found: Profile) -> Iterator[Sentence]:
    for one in found.people:
        yield say("{rate}低于目标的居民：{groups}", rate=Name(measure_label(one.measure)), groups=words.people(one))
    reached = _reached(gathered, selection, found)
    if reached and (channels := words.channels(reached)):
        yield say("常接触的渠道：{channels}", channels=channels)


def _reached(gathered: StudySample, selection: Selection, found: Profile) -> Reached | None:
    """Return the channels of an area; None where the study asks about none."""
    if not found.people:
        return None
    try:
        heard = heard_by(gathered, selection)
    except DesignError:
        return None
    return people.reached(heard, selection, found.area, found.people)


def _voices(gathered: StudySample, selection: Selection, of: Profile) -> Iterator[Sentence]:
    """Yield themes and quotes; nothing without an open question."""
    try:
        item = next(iter(open_questions(gathered.study)))
    except StudyError:
        return
    answers = load_answers(gathered.study, item, version=gathered.version)
    found: Voices = residents.voices(
        gathered.study, answers, TextSelection(selection, item), of.area, tuple(str(row["item"]) for row in of.worst)
    )
    yield words.themes(found, of.area)
    origin = "全市同类留言" if found.of_city else "居民说"
    for _, quote in found.quotes:
        yield say("{origin}：“{quote}”", origin=Name(origin), quote=Declared(quote, "wording"))


def _moved(found: Profile) -> Iterator[Sentence]:
    """Yield the change since the previous wave, with its interval."""
    if moved := follow_up.trend(found):
        yield say("比上轮：{moved}", moved=moved)
        yield follow_up.change(found)


def _areas(
    gathered: StudySample, selection: Selection, found: Profile, below: Mapping[Area, Row]
) -> Iterator[Sentence]:
    """Yield the parts of the area, and the areas beside it."""
    near = beside(gathered.study, found.area)
    for title, rows in (
        (words.parts_title(found, list(below)), below),
        (words.beside_title(found, near.word), _compared(gathered, selection, found, near.areas)),
    ):
        if rows:
            every = join([words.in_list(area, row) for area, row in rows.items()], "、")
            yield say("{title}：{list}", title=title, list=every)


def _below(gathered: StudySample, selection: Selection, found: Profile) -> Mapping[Area, Row]:
    """Return the parts of the area by its main rate, the lowest first."""
    open_ = levels(reserved=selection.reserved)
    parts = [one for one in children(gathered.study.areas, found.area) if one.level in open_]
    return lowest_first(_compared(gathered, selection, found, parts))


def _compared(gathered: StudySample, selection: Selection, found: Profile, some: Sequence[Area]) -> Mapping[Area, Row]:
    if not some:
        return {}
    names = [one.name for one in headlines(gathered.study)]
    every = judged(gathered, selection.asking(names, (some[0].level,)))
    return rows_by_area(every, some, str(found.main["item"]))
