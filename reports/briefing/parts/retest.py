"""What counts as mended: the target in the words of the question, and the wave that tests it."""

from __future__ import annotations

import math
from datetime import date

from analysis.areas.verdict import SILENT
from analysis.decisions.passing.passing_share import passing_share
from reports.briefing import phrases
from reports.briefing.blocks import Run, Text
from reports.briefing.facts import Facts
from reports.provenance import worded
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.sentence import Declared, Name, Row, Sentence, field, say, setting


def goal(found: Facts, row: Row) -> Text:
    """Return from which value to which target a rate is to rise, and how it is asked and counted.

    Args:
        found: the facts.
        row: the rate of the district, judged.
    """
    rate = phrases.rate(row)
    rise = say("{rate}由{now}提高到{line}以上。", rate=rate, now=row.bound("estimate", Format.PERCENT),
               line=row.bound("line", Format.TARGET))  # fmt: skip
    words = worded(found.study.questionnaire, found.gathered.rate(str(row["item"])))
    asked = say("口径：问“{question}”，答{counted}的计入。", question=Declared(words.question, "wording"),
                counted=Declared(words.counted, "wording"))  # fmt: skip
    return Run(rise, strong=True), Run(asked if words.question and words.counted else Sentence())


def closing(found: Facts, district: str, row: Row, mend: date) -> Sentence:
    """Return when and with how many interviews the rate is tested again, and which verdict closes the entry.

    Args:
        found: the facts.
        district: its name.
        row: the rate of the district, judged.
        mend: by when it is to be mended.
    """
    light = found.lights.get(district)
    asked = "、".join(phrases.MODES.get(mode, "调查") for mode in found.gathered.sample.modes)
    many = (
        say("，在{area}{asked}不少于本轮的{n}名居民", area=Name(district), asked=Name(asked),
            n=field(light, "n", Format.PLAIN))
        if light is not None else Sentence()
    )  # fmt: skip
    return say(
        "以{wave}为准{many}。判断为达标的销号（{share}），其余继续整改。",
        wave=_wave(found, mend),
        many=many,
        share=_share(found, row),
    )


def _share(found: Facts, row: Row) -> Sentence:
    """Return which share that takes with as many answers as in this wave; the rule alone where it is not known."""
    rule = say("低于目标的可能不大于{q}", q=setting("q", found.study.false_calls, Format.TARGET))
    table = found.districts.table
    rows = table[(table["item"].astype(str) == str(row["item"])) & ~table["reason"].isin(list(SILENT))]
    judged, district = rows["district"].astype(str).tolist(), str(row["district"])
    if district not in judged:
        return rule
    share, n_eff = (rows[name].to_numpy(float, na_value=math.nan) for name in ("estimate", "n_pooled"))
    least = passing_share(share, n_eff, judged.index(district), float(str(row["line"])), found.study.false_calls)
    if math.isnan(least):
        return rule
    # Rounded up: a smaller share does not suffice.
    known = setting("passing share", math.ceil(100 * least) / 100, Format.TARGET)
    return say("目标加抽样误差，按本轮份数约为{least}以上", least=known)


def _wave(found: Facts, mend: date) -> Sentence:
    """Return the wave after the mending: the listed one with its days, else the next one by a day counted from it."""
    year = found.day.year
    known = sorted((one for one in found.study.waves if one.start > mend), key=lambda one: one.start)
    if known:
        wave = known[0]
        return say(
            "{title}（{days}）", title=Declared(wave.title, "numbering"), days=days.span(wave.start, wave.end, year)
        )
    last = days.deadline(mend, found.letterhead.retest)
    return say("整改期满后的下一轮调查（{day}进行）", day=days.before(last, year))
