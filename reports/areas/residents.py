"""What residents of an area write: themes that they raise more than others do, and masked quotes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reports.areas.places import Area
from reports.sentences.sentence import Row, rows_of
from reports.voices import shares
from reports.voices.asked import TextSelection
from reports.voices.gathered import gathered
from reports.voices.listed import every_answer
from reports.voices.open_answers import OpenAnswers
from reports.voices.quoted import comments
from survey.study.study import Study

THEMES = 3
"""Number of themes that a profile names."""
QUOTES = 2
"""Number of quotes."""
_QUOTED = ["wave", "group", "says", "intent", "themes", "text"]


@dataclass(frozen=True, slots=True)
class Voices:
    """Themes and quotes of an area.

    Attributes:
        themes: rows of themes, with `label`; those raised more than elsewhere with `share` and `share_rest`, else the
            most frequent ones with `estimate`.
        distinct: whether the themes are raised more than in the other areas.
        quotes: (theme, masked quote) pairs.
        of_city: whether the quotes are from the whole city, because too few residents of the area raise the themes.
    """

    themes: tuple[Row, ...] = ()
    distinct: bool = False
    quotes: tuple[tuple[str, str], ...] = ()
    of_city: bool = False


def voices(study: Study, answers: OpenAnswers, asked: TextSelection, area: Area, worst: tuple[str, ...] = ()) -> Voices:
    """Return what residents of an area write.

    Nothing under a condition on people, and nothing for an area that shares its name, since texts are compared by
    plain names.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request.
        area: the area.
        worst: names of its lowest items; quotes on these come first.
    """
    if asked.selection.where or area.name != area.path[-1]:
        return Voices()
    found = shares.distinct_themes(study, answers, asked, area.level)
    more = shares.distinctive(study, found)
    more = more[more[area.level].astype(str) == area.name].nlargest(THEMES, "z")
    if len(more):
        themes, column = rows_of(found, more, area.level, "term"), "term"
    else:
        every = shares.theme_shares(study, answers, asked, (area.level,)).estimates
        rows = every.table[every.table[area.level].astype(str) == area.name]
        rows = rows[rows["estimate"].astype(float) > shares.SHOWN_AS_ZERO]
        rows = rows.assign(_share=rows["estimate"].astype(float)).nlargest(THEMES, "_share")
        themes, column = rows_of(every, rows, area.level, "item"), "item"
    named = [*_themes_of(study, answers, worst), *((str(one[column]), str(one["label"])) for one in themes)]
    quotes, of_city = _quotes(study, answers, asked, area, list(dict.fromkeys(named)))
    return Voices(themes, bool(len(more)), quotes, of_city)


def _themes_of(study: Study, answers: OpenAnswers, worst: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return code and label of the themes about some items, in the order of the items."""
    rates = [study.questionnaire.rate(name) for name in worst]
    return [
        (theme.code, theme.name)
        for rate in rates
        for theme in answers.codebook.themes
        if theme.indicator and theme.indicator in rate.indicators
    ]


def _quotes(
    study: Study, answers: OpenAnswers, asked: TextSelection, area: Area, themes: list[tuple[str, str]]
) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return quotes of the area, one a theme; of the whole city where too few of its residents raise any of them."""
    if not themes:
        return (), False
    every = every_answer(study, answers, asked)
    codes = pa.array([point.code for point in study.areas.within(*area.path)], pa.int64())
    here = every.select(_QUOTED).filter(pc.is_in(every["psu"], value_set=codes))
    for within in (here, None):
        found = [(label, quote) for code, label in themes for quote in _said(study, answers, asked, code, within)]
        if found:
            return tuple(found[:QUOTES]), within is None
    return (), False


def _said(
    study: Study, answers: OpenAnswers, asked: TextSelection, code: str, within: pa.Table | None
) -> tuple[str, ...]:
    """Return a quote with a theme; those of the city are kept, since every area of a batch asks for them."""
    if within is not None:
        return comments(study, answers, asked, theme=code, most=1, within=within)
    kept, key = gathered(study, answers, asked).kept, ("quote of the city", asked, code)
    if key not in kept:
        kept[key] = comments(study, answers, asked, theme=code, most=1)
    found: tuple[str, ...] = kept[key]
    return found
