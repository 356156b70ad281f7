"""What the page of residents' words draws, computed once for each data version and shared by all visitors."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from analysis.disclosure import protect
from analysis.estimates import Estimates
from analysis.sample import Plan
from analysis.text.intent import INTENTS
from analysis.text.keyness import keyness
from analysis.text.places import place_words
from analysis.text.quotes import Quoter
from analysis.text.terms import Presence, mentions_by, presence, voices
from survey import counted
from survey.study import Study
from views.answers import Answers, load_answers
from views.selection import Selection
from views.session import Key, Loaded

_FEWEST_WORD = 12
_SHOWN_WORDS = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """One question, wave and mode; `once` counts copied answers once."""

    item: str
    wave: str
    mode: str
    once: bool


def answers_of(loaded: Loaded, item: str) -> Answers:
    """All answers to a question, read and coded."""
    return _answers(loaded.study, loaded.key, item)


def theme_shares(loaded: Loaded, selection: Selection, chosen: Chosen, by: tuple[str, ...] = ()) -> Estimates:
    """Share of respondents who raise each theme, in the groups asked for; `label` names the themes."""
    people = tuple(sorted((name, value) for name, value in selection.where.items()))
    return _shares(loaded.study, loaded.key, chosen, by, people)


def satisfied_among(loaded: Loaded, selection: Selection, chosen: Chosen) -> Estimates | None:
    """Headline satisfaction of those who raise each theme; None where the questionnaire has no such rate."""
    people = tuple(sorted((name, value) for name, value in selection.where.items()))
    rate = loaded.study.questionnaire.headline("satisfaction")
    return None if rate is None else _shares(loaded.study, loaded.key, chosen, (), people, "satisfaction")


def tone(loaded: Loaded, chosen: Chosen) -> str:
    """What kind of answers these are, in one line: counts of answers, not estimates."""
    rows = _rows(answers_of(loaded, chosen.item), chosen)
    said = rows.filter(rows["says"])
    counts = {each["values"]: each["counts"] for each in pc.value_counts(said["intent"].cast(pa.string())).to_pylist()}
    parts = [f"{label} {counts[name]:,} 条" for name, label in INTENTS.items() if counts.get(name)]
    return f"本轮各种方式共 {len(rows):,} 条回答，有内容的 {len(said):,} 条：{'、'.join(parts)}（按用词规则判断）"


def distinct_themes(loaded: Loaded, chosen: Chosen) -> pd.DataFrame:
    """`keyness` of the themes by district with `label`; only counts that may be shown."""
    table = _distinct(loaded.study, loaded.key, chosen, "themes")
    return table.assign(label=table["term"].map(answers_of(loaded, chosen.item).labels))


def distinct_words(loaded: Loaded, chosen: Chosen) -> pd.DataFrame:
    """`keyness` of the words by district; names of places and greetings are left out."""
    return _distinct(loaded.study, loaded.key, chosen, "words")


def comments(loaded: Loaded, chosen: Chosen, *, theme: str = "", word: str = "", most: int = 2) -> tuple[str, ...]:
    """A few scrubbed quotes with a theme or word, of the whole city; empty where too few people said it."""
    rows = _rows(answers_of(loaded, chosen.item), chosen)
    column = "themes" if theme else "words"
    wanted = theme or word
    keep = [wanted in listed for listed in rows[column].to_pylist()]
    texts = rows.filter(pa.array(keep))["text"].to_pylist()
    return Quoter(loaded.study.areas)(texts, fewest=loaded.study.suppression, most=most)


@st.cache_resource(max_entries=4, show_spinner="正在读市民留言（首次约需几秒）……")
def _answers(_study: Study, key: Key, item: str) -> Answers:
    return load_answers(_study, item, version=key[2])


def _rows(answers: Answers, chosen: Chosen) -> pa.Table:
    rows = answers.without_copies() if chosen.once else answers.table
    return rows.filter(pc.equal(rows["wave"], chosen.wave))


@st.cache_data(max_entries=64, show_spinner="正在计算主题占比……")
def _shares(
    _study: Study,
    key: Key,
    chosen: Chosen,
    by: tuple[str, ...],
    people: tuple[tuple[str, object], ...],
    among: str = "",
) -> Estimates:
    answers = _answers(_study, key, chosen.item)
    found = presence(_rows(answers, chosen), "themes", labels=answers.labels)
    plan = Plan(modes=(chosen.mode,), suppression=_study.suppression)
    asked = _study.questionnaire
    rate = asked.headline(among) if among else None
    rows = _responses(_study, key, chosen)
    said = voices(rows, found, asked, _study.areas, _study.margins, plan, among=rate)
    shares = protect(said.shares(by=by, where=dict(people)))
    return Estimates(shares.table.assign(label=shares.table["item"].astype(str).map(answers.labels)), shares.meta)


@st.cache_data(max_entries=32, show_spinner="正在比较各区县……")
def _distinct(_study: Study, key: Key, chosen: Chosen, column: str) -> pd.DataFrame:
    answers = _answers(_study, key, chosen.item)
    rows = _rows(answers, chosen)
    labels = answers.labels if column == "themes" else None
    found = presence(rows, column, labels=labels, fewest=_FEWEST_WORD)
    if column == "words":
        found = _telling(found, answers, place_words(_study.areas))
    responses = _responses(_study, key, chosen)
    return keyness(mentions_by(found, responses, _study.areas, _study.questionnaire), "district")


def _responses(study: Study, key: Key, chosen: Chosen) -> pa.Table:
    rows = counted.responses(study, waves=[chosen.wave], version=key[2])
    return rows.filter(pc.equal(rows["mode"].cast(pa.string()), chosen.mode))


def _telling(found: Presence, answers: Answers, places: frozenset[str]) -> Presence:
    """Words that say what somebody wants: no place, no greeting, no single character."""
    greetings = answers.lexicon.greetings
    kept = [
        at
        for at, name in enumerate(found.names)
        if len(name) > 1 and name not in greetings and not any(name in place or place in name for place in places)
    ][:_SHOWN_WORDS]
    names = tuple(found.names[at] for at in kept)
    return Presence(found.keys, found.present[:, kept], names, names, found.measure)
