"""Shares of themes, words and kinds of place in open answers, with the weights of all other numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.respondents import respondent_weights
from analysis.estimation.sample import Sample, prepare
from analysis.text.keyness import keyness
from analysis.text.quotes import Quoter
from analysis.text.sentiment.intent import INTENTS
from analysis.text.shares import Presence, mentions_by, presence, voices
from analysis.text.words.places import PlaceFinder, named_places, place_words, with_kinds
from reports.provenance import EVERY_RESPONDENT, Provenance, Wording, provenance
from reports.sample import Counted, options, read_counted
from reports.selection import Selection
from reports.voices.open_answers import OpenAnswers
from survey.errors import ArgumentError
from survey.instrument.measure import SATISFACTION
from survey.study.study import Study

FEWEST_WORD = 12
"""Minimum number of respondents who use a word, for a comparison."""
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class TextSelection:
    """Request about open answers.

    Attributes:
        selection: waves, mode and people.
        item: column of the open question.
        once: whether copied answers count once.
    """

    selection: Selection
    item: str
    once: bool = False

    def in_wave(self, *waves: str) -> TextSelection:
        """Return the selection in other waves; in every wave when none is named."""
        return replace(self, selection=self.selection.in_wave(*waves))


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of respondents with their provenance; `label` names themes and places."""

    estimates: Estimates
    provenance: Provenance


def theme_shares(study: Study, answers: OpenAnswers, asked: TextSelection, by: tuple[str, ...] = ()) -> Shares:
    """Return the share of respondents who raise each theme, in the given groups."""
    return _shares(study, answers, asked, by=by)


def kind_shares(study: Study, answers: OpenAnswers, asked: TextSelection) -> Shares:
    """Return the share of respondents who mention each kind of place."""
    return _shares(study, answers, asked, column="kinds")


def satisfied_among(study: Study, answers: OpenAnswers, asked: TextSelection) -> Shares | None:
    """Return headline satisfaction of those who raise each theme; None where the questionnaire has no such rate."""
    if study.questionnaire.headline(SATISFACTION) is None:
        return None
    return _shares(study, answers, asked, among=SATISFACTION)


def _shares(
    study: Study,
    answers: OpenAnswers,
    asked: TextSelection,
    *,
    column: str = "themes",
    by: tuple[str, ...] = (),
    among: str = "",
) -> Shares:
    """Return shares of a list column; with `among`, this headline rate among those who mention each value."""
    rows, labels = rows_of(answers, asked), dict(answers.labels)
    if column == "kinds":
        rows, labels = with_kinds(rows, PlaceFinder()), {}
    found = presence(rows, column, labels=labels or None)
    counted, selection = _counted(study, asked), asked.selection
    rate = study.questionnaire.headline(among) if among else None
    mentioned = voices(_sample(study, counted, selection), counted.rows, found, study.questionnaire, among=rate)
    gathered = counted.weighted(mentioned.sample, ())
    table = protect(mentioned.shares(by=by, where=selection.where))
    names = table.table["item"].astype(str)
    labelled = Estimates(table.table.assign(label=names.map(lambda name: labels.get(name, name))), table.meta)
    return Shares(labelled, provenance(gathered, selection, labelled, (_wording(study, answers, asked.item),)))


def _wording(study: Study, answers: OpenAnswers, item: str) -> Wording:
    """Return the wording of the open question, and how its answers are counted."""
    question = next((one for one in study.questionnaire.questions if item in one.text_items), None)
    title = item if question is None else question.title
    counted = f"写到某个主题或地方的人，由{answers.coder}归类，一人可提多个"
    asked = EVERY_RESPONDENT if question is None or question.visible_if is None else question.visible_if
    return Wording(item, "市民留言", title, counted, "全部被问到四率总体题的人，没有写的算没有提到", asked)


def _counted(study: Study, asked: TextSelection) -> Counted:
    """Return the responses of the requested waves and mode.

    Raises:
        ArgumentError: there is none.
    """
    selection = asked.selection
    counted = read_counted(study, selection, selection.waves or None)
    if selection.mode:
        kept = counted.rows.filter(pc.equal(counted.rows["mode"].cast(pa.string()), selection.mode))
        counted = replace(counted, rows=kept)
    if not counted.rows.num_rows:
        raise ArgumentError("这一轮还没有答卷", got=selection.wave, cure="先用 silu import 导入一份答卷文件")
    return counted


def _sample(study: Study, counted: Counted, selection: Selection) -> Sample:
    """Return cells, design and weights of the requested waves, shared by all summaries of the texts."""
    wanted = replace(options(study, selection), rates=())
    return prepare(counted.rows, study.questionnaire, study.areas, study.margins, wanted)


def rows_of(answers: OpenAnswers, asked: TextSelection) -> pa.Table:
    """Return the answers of the requested waves, copies once where `once` is set."""
    rows = answers.without_copies() if asked.once else answers.table
    waves = asked.selection.waves
    return rows.filter(pc.is_in(rows["wave"], pa.array(waves, rows["wave"].type))) if waves else rows


def distinct_themes(study: Study, answers: OpenAnswers, asked: TextSelection, by: str = "district") -> pd.DataFrame:
    """Return `keyness` of the themes with `label`: themes that an area raises more or less than the others."""
    _check_column(study, by)
    found = presence(rows_of(answers, asked), "themes", labels=answers.labels)
    table = _keyness(study, asked, found, by)
    return table.assign(label=table["term"].map(answers.labels))


def distinct_words(study: Study, answers: OpenAnswers, asked: TextSelection, by: str = "district") -> pd.DataFrame:
    """Return `keyness` of the words, without names of places and greetings."""
    _check_column(study, by)
    found = presence(rows_of(answers, asked), "words", fewest=FEWEST_WORD)
    return _keyness(study, asked, _content_words(found, answers, place_words(study.areas)), by)


def distinctive(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a keyness table that may be shown and that an area raises more than the others."""
    return table[table["distinct"] & (table["z"] > 0) & (table["n"] >= study.suppression)]


def _check_column(study: Study, by: str) -> None:
    if by not in study.areas.frame.columns:
        raise ArgumentError("不能按这一列比较", got=by, expected="、".join(study.areas.frame.columns))


def _keyness(study: Study, asked: TextSelection, found: Presence, by: str) -> pd.DataFrame:
    """Return keyness with the calibrated weight of each response, as used for the rates."""
    counted = _counted(study, asked)
    rows, sample = counted.rows, _sample(study, counted, asked.selection)
    weight = None if sample.opt_in else respondent_weights(sample, rows)
    return keyness(mentions_by(found, rows, study.areas, study.questionnaire, weight), by)


def _content_words(found: Presence, answers: OpenAnswers, places: frozenset[str]) -> Presence:
    """Return content words: no places, no greetings, no single characters."""
    greetings = answers.lexicon.greetings
    kept = [
        at
        for at, name in enumerate(found.names)
        if len(name) > 1 and name not in greetings and not any(name in place or place in name for place in places)
    ][:MOST_WORDS]
    names = tuple(found.names[at] for at in kept)
    return Presence(found.keys, found.present[:, kept], names, names, found.measure)


def tone(answers: OpenAnswers, asked: TextSelection) -> str:
    """Return one line on the kinds of answers: counts of answers, not estimates."""
    rows = rows_of(answers, asked)
    texts = rows.filter(rows["says"])
    counts = {each["values"]: each["counts"] for each in pc.value_counts(texts["intent"].cast(pa.string())).to_pylist()}
    parts = [f"{label} {counts[name]:,} 条" for name, label in INTENTS.items() if counts.get(name)]
    return f"本轮各种方式共 {len(rows):,} 条回答，有内容的 {len(texts):,} 条：{'、'.join(parts)}（按用词规则判断）"


def comments(
    study: Study, answers: OpenAnswers, asked: TextSelection, *, theme: str = "", word: str = "", most: int = 2
) -> tuple[str, ...]:
    """Return a few masked quotes with a theme or word from the whole city; empty where too few people mention it."""
    column, wanted = ("themes", theme) if theme else ("words", word)
    rows = rows_of(answers, asked)
    lists = rows[column].combine_chunks()
    at = pc.unique(pc.list_parent_indices(lists).filter(pc.equal(lists.flatten(), wanted)))
    return Quoter(study.areas)(rows["text"].take(at).to_pylist(), fewest=study.suppression, most=most)


def named(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    """Return named streets and communities in all modes of the waves, as counts, not estimates.

    Returns:
        name, level, district, n (people); see `analysis.text.words.places.named_places`.
    """
    responses = read_counted(study, asked.selection, asked.selection.waves or None).rows
    return named_places(rows_of(answers, asked), responses, study.areas)


def districts_named(table: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Return districts by number of people who name a place in them; suppress counts below the limit."""
    sums = table.groupby("district", as_index=False).agg(places=("name", "size"), n=("n", "sum"))
    sums = sums.sort_values(["n", "district"], ascending=[False, True])
    visible = [str(n) if n >= fewest else f"少于 {fewest}" for n in sums["n"]]
    return pd.DataFrame({"区县": sums["district"], "被点名的地方": sums["places"], "点名的人数": visible})


def ranked(found: Estimates) -> pd.DataFrame:
    """Return the rows that may be shown, most frequent first."""
    return found.table.dropna(subset=["estimate"]).sort_values("estimate", ascending=False, kind="stable")


def copied(study: Study, answers: OpenAnswers, asked: TextSelection, most: int) -> pd.DataFrame:
    """Return the largest groups of copied answers of a wave: masked text and people; none below the limit."""
    here = np.asarray(pc.is_in(answers.table["wave"], pa.array(asked.selection.waves, pa.string())))
    here &= answers.copies.group >= 0
    rows = answers.table.filter(pa.array(here)).select(["response_id", "text"]).to_pandas()
    rows["group"] = answers.copies.group[here]
    groups = rows.groupby("group").agg(
        n=("response_id", "nunique"), text=("text", lambda texts: texts.value_counts().index[0])
    )
    groups = groups[groups["n"] >= study.suppression].sort_values("n", ascending=False, kind="stable").head(most)
    scrub: Any = Quoter(study.areas).scrub
    texts = [scrub(str(text)) for text in groups["text"]]
    return pd.DataFrame({"这样说的（已隐去地名）": texts, "人数": groups["n"].tolist()})


def with_and_without_copies(every: Estimates, once: Estimates) -> pd.DataFrame:
    """Return theme shares from all answers and with copies counted once (`_once`), most frequent first.

    `moved` is the difference, a share.
    """
    both = every.table.merge(once.table, on="item", suffixes=("", "_once")).dropna(subset=["estimate", "estimate_once"])
    both = both.assign(moved=both["estimate_once"] - both["estimate"])
    return both.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)


LEVELS: Mapping[str, str] = {"community": "社区", "street": "街道"}
"""Level of a named place -> its label."""
