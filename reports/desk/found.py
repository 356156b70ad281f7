"""What the search box finds: districts, streets, questions, rates and themes, each with the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reports.crosstab.variables import matrices, questions
from reports.definitions import headlines
from survey.errors import SiluError
from survey.instrument.measure import measure_label
from survey.study.study import Study

ROWS = "rows"
"""Query parameter of 交叉分析 with a question."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that can be found.

    Attributes:
        title: its name.
        kind: what it is, in Chinese.
        page: last part of the address of the page that shows it.
        query: the choice on that page.
        words: further words by which it is found.
    """

    title: str
    kind: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


def targets(study: Study, scope: frozenset[str] | None) -> tuple[Target, ...]:
    """Return everything that can be found in a study.

    Args:
        study: the study.
        scope: the only districts that the person who acts may see; None for all.
    """
    places = (one for one in study.areas.districts if scope is None or one in scope)
    found = (one for name in places for one in _places(study, name))
    return (*found, *_rates(study), *_items(study), *_themes(study))


def _places(study: Study, district: str) -> Iterator[Target]:
    yield Target(district, "区县", "area", {"district": district})
    for street in study.areas.children(district):
        yield Target(street, f"街道 · {district}", "area", {"district": district, "street": street})


def _rates(study: Study) -> Iterator[Target]:
    try:
        rates = headlines(study)
    except SiluError:
        return
    for rate in rates:
        yield Target(measure_label(rate.measure), "指标", "weak_areas", {}, rate.label)


def _items(study: Study) -> Iterator[Target]:
    for name, title in matrices(study.questionnaire).items():
        yield Target(title, "题目", "crosstab", {ROWS: name}, name)
    for name, one in questions(study.questionnaire).items():
        yield Target(one.label, "题目", "crosstab", {ROWS: name}, f"{name} {one.title}")


def _themes(study: Study) -> Iterator[Target]:
    # The analysis of texts is large and only needed here: pages that show no texts start without it.
    from analysis.text.themes.codebook import parse_codebook
    from reports.voices.open_answers import open_questions, study_lexicon

    for theme in parse_codebook(study_lexicon(study).themes).themes if open_questions(study) else ():
        yield Target(theme.name, "留言主题", "voices", {"theme": theme.name})
