"""Shares of themes, words and kinds of place in open answers, with the weights of all other numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.disclosure.suppression import hidden_cells
from analysis.estimation.estimates import Estimates
from analysis.text.keyness import keyness
from analysis.text.mentioned import MentionSums
from analysis.text.sentiment.intent import INTENTS
from analysis.text.shares import Presence, Voices, marks_of, presence, wrote_among
from analysis.text.themes.codebook import Codebook
from analysis.text.words.places import named_places, place_words, without_places
from reports.counted.kept_correlations import sample_digest
from reports.disclosure import shown
from reports.provenance import EVERY_RESPONDENT, Provenance, Wording, provenance
from reports.sample import ENVELOPE, StudySample, read_counted, versioned
from reports.sentences import voices as words
from reports.sentences.notes import texts
from reports.sentences.sentence import Sentence
from reports.voices.asked import TextSelection, counts_once, rows_of
from reports.voices.gathered import Gathered, gathered
from reports.voices.mentions import are_summed, estimable, for_everyone, keyed, mentions, of_everyone, shared_by, summed
from reports.voices.open_answers import NOWHERE, OpenAnswers
from survey.errors import ArgumentError
from survey.host.access import require_analyst
from survey.instrument.measure import SATISFACTION
from survey.storage.stored_parts import imports_of, text_parts
from survey.study.study import Study

FEWEST_WORD = 12
"""Minimum number of respondents who use a word, for a comparison."""
MOST_WORDS = 200
SHOWN_AS_ZERO = 0.0005
"""Shares below are printed as 0.0 %."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of respondents with their provenance.

    `label` names themes and places. The base is those who wrote something; `of_all`, `of_all_low` and `of_all_high` are
    the share of all respondents, those who wrote nothing included, and its interval.
    """

    estimates: Estimates
    provenance: Provenance


def theme_shares(study: Study, answers: OpenAnswers, asked: TextSelection, by: tuple[str, ...] = ()) -> Shares:
    """Return the share of respondents who raise each theme, in the given groups."""
    asked = replace(asked, once=counts_once(answers, asked))
    kept = gathered(study, answers, asked).kept
    if (asked, by) not in kept:
        kept[asked, by] = _shares(study, answers, asked, by=by)
    found: Shares = kept[asked, by]
    return found


def kind_shares(study: Study, answers: OpenAnswers, asked: TextSelection) -> Shares:
    """Return the share of respondents who mention each kind of place."""
    return _shares(study, answers, asked, column="kinds")


def satisfied_among(study: Study, answers: OpenAnswers, asked: TextSelection) -> Shares | None:
    """Return headline satisfaction of those who raise each theme; None where the questionnaire has no such rate."""
    rate = study.questionnaire.headline(SATISFACTION)
    if rate is None:
        return None
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)

    def raised() -> tuple[MentionSums, ...]:
        responses, labels = all_of.linked, dict(answers.labels)
        found = presence(rows_of(answers, one, all_of.within()), "themes", labels=labels, responses=len(responses))
        return (keyed(all_of, marks_of(responses, found, study.questionnaire, among=rate)),)

    what = ("satisfied", rate.name)
    (mentioned,) = estimable(answers, all_of, one, what, summed(answers, all_of, one, what, raised))
    shares = _protected(all_of, mentioned, asked, "satisfied")
    return _labelled(study, answers, asked, all_of.weighted(mentioned.sample), shares)


def _shares(
    study: Study, answers: OpenAnswers, asked: TextSelection, *, column: str = "themes", by: tuple[str, ...] = ()
) -> Shares:
    """Return shares of a list column among those who wrote something, and among all."""
    asked = replace(asked, once=counts_once(answers, asked))
    all_of, (said, every) = gathered(study, answers, asked), shared_by(study, answers, asked, column, by)
    shares, of_all = (
        _protected(all_of, each, asked, f"{column} {base}", by) for each, base in ((said, "wrote"), (every, "all"))
    )
    names = {"estimate": "of_all", "conf_low": "of_all_low", "conf_high": "of_all_high"}
    beside = of_all.table[["item", *by, *names]].rename(columns=names)
    table = shares.table.merge(beside, on=["item", *by], how="left")
    table.loc[table["estimate"].isna(), list(names.values())] = float("nan")
    return _labelled(study, answers, asked, all_of.weighted(said.sample), Estimates(table, shares.meta))


def _protected(all_of: Gathered, said: Voices, asked: TextSelection, base: str, by: tuple[str, ...] = ()) -> Estimates:
    """Return shares as the reader may see them; `base` says who is counted."""
    request = asked.selection.asking(said.names, by)
    shares = said.shares(by=by, where=request.where)
    return shown(shares, all_of.weighted(said.sample), request, f"{asked.item} {base} {asked.once} ")


def _labelled(
    study: Study, answers: OpenAnswers, asked: TextSelection, gathered: StudySample, shares: Estimates
) -> Shares:
    """Name the themes, and say where the shares come from."""
    labels = answers.labels
    named = shares.table.assign(label=shares.table["item"].astype(str).map(lambda name: labels.get(name, name)))
    labelled = Estimates(named, shares.meta)
    return Shares(labelled, provenance(gathered, asked.selection, labelled, (_wording(study, answers, asked),)))


def _wording(study: Study, answers: OpenAnswers, asked: TextSelection) -> Wording:
    """Return the wording of the open question, and how its answers are counted."""
    item = asked.item
    question = next((one for one in study.questionnaire.questions if item in one.text_items), None)
    title = item if question is None else question.title
    copies = "雷同的留言只算一条" if counts_once(answers, asked) else "雷同的留言每条都算"
    counted = f"写到某个主题或地方的人，由{texts.coder(answers.by_people)}归类，一人可提多个，{copies}"
    base = "写了有内容的留言的人；“占全体”以全部被问到四率总体题的人为底，没有写的算没有提到"
    to_whom = EVERY_RESPONDENT if question is None or question.visible_if is None else question.visible_if
    return Wording(item, "市民留言", title, counted, base, to_whom)


def distinct_themes(study: Study, answers: OpenAnswers, asked: TextSelection, by: str = "district") -> pd.DataFrame:
    """Return `keyness` of the themes with `label`: themes that an area raises more or less than the others."""

    def compared(one: TextSelection) -> pd.DataFrame:  # every area of a batch asks for it
        said, _ = mentions(study, answers, one, "themes", (_comparable(study, by),))
        table = keyness(said.mentioned(gathered(study, answers, one).sample, study.areas, by), by)
        return table.assign(label=table["term"].map(answers.labels))

    return for_everyone(study, answers, asked, ("distinct themes", by), compared)


def distinct_words(study: Study, answers: OpenAnswers, asked: TextSelection, by: str = "district") -> pd.DataFrame:
    """Return `keyness` of the words, without names of places and greetings."""

    def compared(one: TextSelection) -> pd.DataFrame:
        said = words_by(study, answers, one, by)
        return keyness(said.mentioned(gathered(study, answers, one).sample, study.areas, by), by)

    return for_everyone(study, answers, asked, ("distinct words", by), compared)


def words_by(study: Study, answers: OpenAnswers, asked: TextSelection, by: str = "district") -> MentionSums:
    """Return the content words of those who wrote something, where copies count once in each area."""
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)
    (found,) = summed(answers, all_of, one, ("words", by), lambda: _words(study, answers, one, by))
    return found


def keep_words(study: Study, answers: OpenAnswers, asked: TextSelection) -> None:
    """Keep what `words_by` returns by district; whether kept sums are intact is seen by those who read them."""
    if not are_summed(study, answers, asked, ("words", "district")):
        words_by(study, answers, asked)


def _words(study: Study, answers: OpenAnswers, asked: TextSelection, by: str) -> tuple[MentionSums]:
    all_of = gathered(study, answers, asked)
    responses, rows = all_of.linked, rows_of(answers, asked, all_of.within(_comparable(study, by)), ("words", "says"))
    found = presence(rows, "words", fewest=FEWEST_WORD, responses=len(responses))
    found = _content_words(found, answers, place_words(study.areas))
    wrote = wrote_among(len(responses), rows)
    marks = marks_of(responses, found, study.questionnaire, base=wrote, asked=all_of.linked_asked)
    return (keyed(all_of, marks),)


def distinctive(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a keyness table that may be shown and that an area raises more than the others."""
    return table[table["distinct"] & (table["z"] > 0) & (table["n"] >= study.suppression)]


def _comparable(study: Study, by: str) -> str:
    if by not in study.areas.frame.columns:
        raise ArgumentError("不能按这一列比较", got=by, expected="、".join(study.areas.frame.columns))
    return by


def _content_words(found: Presence, answers: OpenAnswers, places: frozenset[str]) -> Presence:
    """Return content words: no places, no greetings, no single characters."""
    greetings = answers.lexicon.greetings
    some = (at for at, name in without_places(found.names, places) if len(name) > 1 and name not in greetings)
    kept = list(islice(some, MOST_WORDS))
    names = tuple(found.names[at] for at in kept)
    return Presence(found.keys, found.present[:, kept], names, names, found.measure)


def kinds(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    """Return the number of answers of each kind in the waves and mode, every copy included: kind, label, n.

    Kinds below the suppression limit are left out, and the next smallest where their sum would follow from the others.
    Only analysts see numbers of answers: what other roles are shown twice would tell the kind of a single new answer.
    """
    if asked.selection.reserved:
        return pd.DataFrame({"kind": [], "label": [], "n": []})
    return for_everyone(study, answers, asked, "kinds", lambda one: _kinds(study, answers, one), linked=True)


def _kinds(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    within = gathered(study, answers, asked).within()
    rows = rows_of(answers, replace(asked, once=False), within, ("says", "intent"))
    texts = rows.filter(rows["says"])
    counts = {each["values"]: each["counts"] for each in pc.value_counts(texts["intent"].cast(pa.string())).to_pylist()}
    found = [("every", "", len(rows)), ("says", "", len(texts))]
    some = pd.Series({name: int(counts[name]) for name in INTENTS if counts.get(name)}, dtype="int64")
    first, second = hidden_cells(
        np.array(list(some), dtype=np.int64), pd.DataFrame({"kind": some.index}), study.suppression
    )
    found += [(name, INTENTS[name], n) for name, n in some[~(first | second)].items()]
    return pd.DataFrame(found, columns=["kind", "label", "n"])


def tone(study: Study, answers: OpenAnswers, asked: TextSelection) -> Sentence:
    """Return one line on the kinds of answers: counts of answers, not estimates."""
    return words.kinds(kinds(study, answers, asked))


def named(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    """Return named streets and communities in all modes of the waves, as counts, not estimates.

    Returns:
        name, level, district, n (people); see `analysis.text.words.places.named_places`.

    Raises:
        ArgumentError: the reader is not an analyst.
    """
    require_analyst("各地被点名的人数", asked.selection.role)
    waves, once = asked.selection.waves, counts_once(answers, asked)
    counted, version = versioned(study, asked.selection)
    imports = imports_of(text_parts(study.root / "store"))
    digest = sample_digest(counted, version, ("named", once), waves=waves, imports=imports)
    kept = answers.summaries if digest else NOWHERE
    return kept.table(("named", waves, once, digest), lambda: _named(study, answers, asked))


def _named(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    responses = read_counted(study, asked.selection, asked.selection.waves or None, ENVELOPE).rows
    columns = ("wave", "response_id", "text")
    return named_places(rows_of(answers, asked, columns=columns), responses, study.areas)


def districts_named(table: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Return districts by number of people who name a place in them; suppress counts below the limit."""
    sums = table.groupby("district", as_index=False).agg(places=("name", "size"), n=("n", "sum"))
    sums = sums.sort_values(["n", "district"], ascending=[False, True])
    visible = [str(n) if n >= fewest else f"少于 {fewest}" for n in sums["n"]]
    return pd.DataFrame({"区县": sums["district"], "被点名的地方": sums["places"], "点名的人数": visible})


def ranked(found: Estimates) -> pd.DataFrame:
    """Return the rows that may be shown, most frequent first."""
    return found.table.dropna(subset=["estimate"]).sort_values("estimate", ascending=False, kind="stable")


def folded(table: pd.DataFrame) -> tuple[pd.DataFrame, Sentence]:
    """Return the rows of a table of shares that are not 0.0 %, and one line that names the others; empty if none is."""
    nought = table["estimate"] < SHOWN_AS_ZERO
    names = list(dict.fromkeys(table.loc[nought, "label"].astype(str)))
    return table[~nought], words.folded(names, SHOWN_AS_ZERO)


def share_table(table: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return shares of themes for display, in percent: of those who wrote something, and of all respondents."""
    columns = {heading: (100 * table[name]).round(1).tolist() for name, heading in _HEADINGS.items()}
    units = [codebook[str(item)].unit for item in table["item"]]
    return pd.DataFrame(
        {"主题": table["label"].tolist(), **columns, "写了内容的人数": table["n"].tolist(), "责任单位": units}
    )


_HEADINGS = {
    "estimate": "占写了内容的人（%）",
    "conf_low": "下限",
    "conf_high": "上限",
    "of_all": "占全体受访居民（%）",
    "of_all_low": "占全体下限",
    "of_all_high": "占全体上限",
}
LEVELS: Mapping[str, str] = {"community": "社区", "street": "街道"}
"""Level of a named place -> its label."""
