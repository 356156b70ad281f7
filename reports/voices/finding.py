"""The finding of 市民留言: the theme that one district raises more than the others, else the most frequent ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from reports.owners import unit_of
from reports.sentences import voices as words
from reports.sentences.sentence import Row, Sentence, rows_of, say
from reports.voices.asked import TextSelection
from reports.voices.mentions import keep_correlations
from reports.voices.open_answers import OpenAnswers
from reports.voices.shares import distinct_themes, distinctive, folded, ranked, theme_shares
from reports.voices.streets import streets_with
from survey.study.study import Study

OUTSTANDING = 3
"""Number of districts and themes that are named as standing out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What to say first.

    Attributes:
        headline: the finding.
        lead: who acts, and how the city stands.
        theme: label of the theme it is about.
        district: the district it is about; "" for the city.
        tested: the comparison of districts, from `distinct_themes`; empty for self-selected answers.
        code: code of the theme.
        units: who is in charge of it; may be empty.
        beside: the second part of `lead`, how the city stands, where a district stands out.
        where: in which streets of the district it is raised; empty for the city.
        outstanding: the districts and themes that stand out most, rows of `tested`.
    """

    headline: Sentence
    lead: Sentence
    theme: str
    district: str
    tested: pd.DataFrame
    code: str = ""
    units: tuple[str, ...] = ()
    beside: Sentence = field(default_factory=Sentence)
    where: Sentence = field(default_factory=Sentence)
    outstanding: tuple[Row, ...] = ()

    def lead_by(self, day: Sentence) -> Sentence:
        """Return the lead with the day, "12 月 11 日前", by which the unit checks what a district stands out for."""
        return words.answered_by(self.units, day) + self.beside if self.district else self.lead

    def row(self, district: str, theme: str) -> Row | None:
        """Return the comparison of a district in a theme; None where they were not compared or may not be shown."""
        if self.tested.empty:
            return None
        here = self.tested["label"].eq(theme) & self.tested["district"].astype(str).eq(district)
        some = self.tested[here & self.tested["share"].notna()]
        return rows_of(self.tested, some, "district", "term")[0] if len(some) else None


def finding(study: Study, answers: OpenAnswers, asked: TextSelection) -> Finding | None:
    """Return the finding of the waves and mode; None where no comment has a theme."""
    found = theme_shares(study, answers, asked).estimates
    top, _ = folded(ranked(found))
    if top.empty or not top["estimate"].sum():
        return None
    if asked.selection.opt_in:
        note = say("参与者的意见，不代表全体居民。")
        lead = words.by_units(_units(study, answers, top["item"].head(1).tolist())) + note
        return Finding(words.frequent(found, top), lead, str(top["label"].iloc[0]), "", pd.DataFrame())
    tested, some = _compared(study, answers, asked)
    if some.empty:
        several = len(study.areas.districts) > 1
        order = words.alike() if several else words.city_order(top)
        lead = words.by_units(_units(study, answers, top["item"].head(words.NAMED).tolist())) + order
        return Finding(words.frequent(found, top), lead, str(top["label"].iloc[0]), "", tested)
    row = rows_of(tested, some.head(1), "district", "term")[0]
    code, district = str(row["term"]), str(row["district"])
    streets = _streets(study, answers, asked, some)
    named = rows_of(streets, streets, "street")
    where = words.where(named, study.suppression, counted=not asked.selection.reserved)
    units = _units(study, answers, [code])
    beside = words.most_in_city(top)
    first = rows_of(tested, some.head(OUTSTANDING), "district", "term")
    said = (words.outstanding(row), words.by_units(units) + beside)
    return Finding(*said, str(row["label"]), district, tested, code, units, beside, where, first)


def keep_finding(study: Study, answers: OpenAnswers, asked: TextSelection) -> None:
    """Keep what the finding of the waves and mode is made from, without estimating shares, which are not kept."""
    keep_correlations(study, answers, asked, "themes", ())
    if not asked.selection.opt_in:
        _, some = _compared(study, answers, asked)
        if len(some):
            _streets(study, answers, asked, some)


def _compared(study: Study, answers: OpenAnswers, asked: TextSelection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the comparison of districts, and what stands out, most first."""
    tested = distinct_themes(study, answers, asked)
    return tested, distinctive(study, tested).sort_values("z", ascending=False, kind="stable")


def _streets(study: Study, answers: OpenAnswers, asked: TextSelection, some: pd.DataFrame) -> pd.DataFrame:
    """Return the streets of the district that stands out most, by its theme."""
    first = some.iloc[0]
    return streets_with(study, answers, asked, str(first["district"]), str(first["term"]))


def _units(study: Study, answers: OpenAnswers, codes: Sequence[str]) -> tuple[str, ...]:
    """Return who is in charge of some themes."""
    units = (unit_of(study.questionnaire, answers.codebook[str(code)]) for code in codes)
    return tuple(unit for unit in dict.fromkeys(units) if unit)
