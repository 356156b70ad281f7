"""What the page of residents' words draws, computed once for each data version and shared by all visitors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from analysis.estimation.estimates import Estimates
from analysis.estimation.respondents import respondent_weights
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.estimation.suppression import protect
from analysis.text.keyness import keyness
from analysis.text.quotes import Quoter
from analysis.text.sentiment.intent import INTENTS
from analysis.text.shares import Presence, mentions_by, presence, voices
from analysis.text.words.places import PlaceFinder, named_places, place_words, with_kinds
from reports.open_answers import FOLDER, OpenAnswers, load_answers
from survey.instrument.measure import SATISFACTION
from survey.quality import exclusions
from survey.study.study import Study
from views.visitor.selection import Selection
from views.visitor.session import Key, Loaded

_FEWEST_WORD = 12
_SHOWN_WORDS = 200


@dataclass(frozen=True, slots=True)
class TextSelection:
    """One question, wave ("" for all) and mode; `once` counts copied answers once."""

    item: str
    wave: str
    mode: str
    once: bool


@dataclass(frozen=True, slots=True)
class View:
    """What of the answers is counted: a list column, groups, people, and the closed rate looked at, if any."""

    column: str = "themes"
    by: tuple[str, ...] = ()
    people: tuple[tuple[str, object], ...] = ()
    among: str = ""


def answers_of(loaded: Loaded, item: str) -> OpenAnswers:
    """All answers to a question, read and coded."""
    return _answers(loaded.study, key_of(loaded), item)


def key_of(loaded: Loaded) -> Key:
    """What caches of texts go by: also the study's own word lists, which a person may add to on the page."""
    folder = loaded.study.root / FOLDER
    stamps = [f"{path.name}:{path.stat().st_mtime_ns}" for path in sorted(folder.glob("*.*"))]
    return (loaded.key[0], "|".join([loaded.key[1], *stamps]), *loaded.key[2:])


def theme_shares(loaded: Loaded, selection: Selection, chosen: TextSelection, by: tuple[str, ...] = ()) -> Estimates:
    """Share of respondents who raise each theme, in the groups asked for; `label` names the themes."""
    return _shares(loaded.study, key_of(loaded), chosen, View(by=by, people=_people(selection)))


def theme_waves(loaded: Loaded, selection: Selection, chosen: TextSelection) -> Estimates:
    """The same by wave, of every wave that was collected in this mode."""
    view = View(by=("wave",), people=_people(selection))
    return _shares(loaded.study, key_of(loaded), replace(chosen, wave=""), view)


def kind_shares(loaded: Loaded, selection: Selection, chosen: TextSelection) -> Estimates:
    """Share of respondents who speak of each kind of place."""
    return _shares(loaded.study, key_of(loaded), chosen, View("kinds", people=_people(selection)))


def satisfied_among(loaded: Loaded, selection: Selection, chosen: TextSelection) -> Estimates | None:
    """Headline satisfaction of those who raise each theme; None where the questionnaire has no such rate."""
    if loaded.study.questionnaire.headline(SATISFACTION) is None:
        return None
    view = View(people=_people(selection), among=SATISFACTION)
    return _shares(loaded.study, key_of(loaded), chosen, view)


def tone(loaded: Loaded, chosen: TextSelection) -> str:
    """What kind of answers these are, in one line: counts of answers, not estimates."""
    rows = rows_of(answers_of(loaded, chosen.item), chosen)
    said = rows.filter(rows["says"])
    counts = {each["values"]: each["counts"] for each in pc.value_counts(said["intent"].cast(pa.string())).to_pylist()}
    parts = [f"{label} {counts[name]:,} 条" for name, label in INTENTS.items() if counts.get(name)]
    return f"本轮各种方式共 {len(rows):,} 条回答，有内容的 {len(said):,} 条：{'、'.join(parts)}（按用词规则判断）"


def distinct_themes(loaded: Loaded, chosen: TextSelection) -> pd.DataFrame:
    """`keyness` of the themes by district with `label`; only counts that may be shown."""
    table = _distinct(loaded.study, key_of(loaded), chosen, "themes")
    return table.assign(label=table["term"].map(answers_of(loaded, chosen.item).labels))


def distinct_words(loaded: Loaded, chosen: TextSelection) -> pd.DataFrame:
    """`keyness` of the words by district; names of places and greetings are left out."""
    return _distinct(loaded.study, key_of(loaded), chosen, "words")


def named(loaded: Loaded, chosen: TextSelection) -> pd.DataFrame:
    """`named_places` of a wave, all modes of it: places are counted, not estimated."""
    return _named(loaded.study, key_of(loaded), chosen)


def comments(
    loaded: Loaded, chosen: TextSelection, *, theme: str = "", word: str = "", most: int = 2
) -> tuple[str, ...]:
    """A few scrubbed quotes with a theme or word, of the whole city; empty where too few people said it."""
    column, wanted = ("themes", theme) if theme else ("words", word)
    return _comments(loaded.study, key_of(loaded), chosen, column, wanted, most)


def quoted(loaded: Loaded, texts: list[str], most: int = 2) -> tuple[str, ...]:
    """A few scrubbed quotes of a group of texts; empty where they are fewer than may be shown."""
    return Quoter(loaded.study.areas)(texts, fewest=loaded.study.suppression, most=most)


def rows_of(answers: OpenAnswers, chosen: TextSelection) -> pa.Table:
    """The answers of a wave, or of all, copied ones once where that is chosen."""
    rows = answers.without_copies() if chosen.once else answers.table
    return rows.filter(pc.equal(rows["wave"], chosen.wave)) if chosen.wave else rows


def _people(selection: Selection) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(selection.where.items()))


@st.cache_resource(max_entries=4, show_spinner="正在读市民留言（首次：一万条约几秒，百万条约几分钟）……")
def _answers(_study: Study, key: Key, item: str) -> OpenAnswers:
    return load_answers(_study, item, version=key[2])


@st.cache_data(max_entries=512, show_spinner="正在摘录留言……")
def _comments(_study: Study, key: Key, chosen: TextSelection, column: str, wanted: str, most: int) -> tuple[str, ...]:
    rows = rows_of(_answers(_study, key, chosen.item), chosen)
    lists = rows[column].combine_chunks()
    at = pc.unique(pc.list_parent_indices(lists).filter(pc.equal(lists.flatten(), wanted)))
    return Quoter(_study.areas)(rows["text"].take(at).to_pylist(), fewest=_study.suppression, most=most)


@st.cache_data(max_entries=64, show_spinner="正在计算占比……")
def _shares(_study: Study, key: Key, chosen: TextSelection, view: View) -> Estimates:
    answers = _answers(_study, key, chosen.item)
    rows, labels = rows_of(answers, chosen), dict(answers.labels)
    if view.column == "kinds":
        rows, labels = with_kinds(rows, PlaceFinder()), {}
    found = presence(rows, view.column, labels=labels or None)
    asked = _study.questionnaire
    rate = asked.headline(view.among) if view.among else None
    sample = _sample(_study, key, chosen.wave, chosen.mode)
    said = voices(sample, _responses(_study, key, chosen.wave, chosen.mode), found, asked, among=rate)
    shares = protect(said.shares(by=view.by, where=dict(view.people)))
    names = shares.table["item"].astype(str)
    return Estimates(shares.table.assign(label=names.map(lambda name: labels.get(name, name))), shares.meta)


@st.cache_data(max_entries=32, show_spinner="正在比较各区县……")
def _distinct(_study: Study, key: Key, chosen: TextSelection, column: str) -> pd.DataFrame:
    answers = _answers(_study, key, chosen.item)
    rows = rows_of(answers, chosen)
    labels = answers.labels if column == "themes" else None
    found = presence(rows, column, labels=labels, fewest=_FEWEST_WORD)
    if column == "words":
        found = _telling(found, answers, place_words(_study.areas))
    responses = _responses(_study, key, chosen.wave, chosen.mode)
    weight = respondent_weights(_sample(_study, key, chosen.wave, chosen.mode), responses)
    return keyness(mentions_by(found, responses, _study.areas, _study.questionnaire, weight), "district")


@st.cache_resource(max_entries=16, show_spinner=False)
def _sample(_study: Study, key: Key, wave: str, mode: str) -> Sample:
    """Cells, design and weights of a wave and mode, on which every view of the texts is summed."""
    rows = _responses(_study, key, wave, mode)
    plan = SampleOptions.of(_study, modes=(mode,), rates=())
    return prepare(rows, _study.questionnaire, _study.areas, _study.margins, plan)


@st.cache_data(max_entries=16, show_spinner="正在找地名……")
def _named(_study: Study, key: Key, chosen: TextSelection) -> pd.DataFrame:
    waves = [chosen.wave] if chosen.wave else None
    responses = exclusions.counted_responses(_study, waves=waves, version=key[2])
    return named_places(rows_of(_answers(_study, key, chosen.item), chosen), responses, _study.areas)


def _responses(study: Study, key: Key, wave: str, mode: str) -> pa.Table:
    rows = exclusions.counted_responses(study, waves=[wave] if wave else None, version=key[2])
    return rows.filter(pc.equal(rows["mode"].cast(pa.string()), mode))


def _telling(found: Presence, answers: OpenAnswers, places: frozenset[str]) -> Presence:
    """Words that say what somebody wants: no place, no greeting, no single character."""
    greetings = answers.lexicon.greetings
    kept = [
        at
        for at, name in enumerate(found.names)
        if len(name) > 1 and name not in greetings and not any(name in place or place in name for place in places)
    ][:_SHOWN_WORDS]
    names = tuple(found.names[at] for at in kept)
    return Presence(found.keys, found.present[:, kept], names, names, found.measure)
