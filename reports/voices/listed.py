"""Lists of masked comments on one theme, with search and filters, a page at a time (rules R-04, R-05, R-07).

Only analysts see them (`survey.host.access`). The search reads what is shown: text that masking and scrubbing have
replaced cannot be found. Comments are listed where at least as many people as the suppression limit wrote them, the
searched word included; age is left out where a place is chosen, so that wave, place and person never stand together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.labels import role_labels
from analysis.text.quotes import Quoter
from analysis.text.sentiment.intent import INTENTS
from reports.voices.asked import Flags, TextSelection, counts_once, rows_within
from reports.voices.gathered import gathered
from reports.voices.kept.scopes import numbered
from reports.voices.mentions import for_everyone, name_of, of_everyone, summaries_for
from reports.voices.open_answers import OpenAnswers
from survey.host.access import require_analyst
from survey.study.study import Study

PAGE = 4
"""Number of comments on a page."""
LONGEST = 160
"""Characters of a comment that are shown."""
PRAISE, AGE, LIST = "praise", "age", "list"
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Comment:
    """A masked comment.

    Attributes:
        text: masked, without date, community and street.
        kind: 投诉, 建议, ...
        age: label of the age group; "" where it is not shown.
    """

    text: str
    kind: str
    age: str


@dataclass(frozen=True, slots=True)
class Comments:
    """One page of comments.

    Attributes:
        n: number of comments that fit; 0 where none does or too few people wrote them.
        first, last: places of the first and last one shown, from 1.
        pages: number of pages, at least 1.
        rows: the comments shown.
    """

    n: int
    first: int
    last: int
    pages: int
    rows: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which comments are listed.

    Attributes:
        theme: code of the theme; "" for all.
        district: name; "" for the city.
        search: characters in the text as it is shown; "" for all.
        praise: list praise instead of everything else.
    """

    theme: str = ""
    district: str = ""
    search: str = ""
    praise: bool = False


def comments_of(study: Study, answers: OpenAnswers, asked: TextSelection, wanted: Wanted, page: int = 1) -> Comments:
    """Return one page of the comments of the waves, mode and people of a selection, in the order of their answers.

    Raises:
        ArgumentError: the role is not analyst.
    """
    require_analyst("逐条看留言")
    every = every_answer(study, answers, asked)
    kept = _kept(study, answers, asked, wanted, every)
    scrub, sought = Quoter(study.areas).scrub, wanted.search.strip().lower()
    if sought:
        texts = [scrub(text).lower() for text in every["text"].take(pa.array(kept)).to_pylist()]
        kept = kept[[sought in text for text in texts]]
    if len(np.unique(every["writer"].to_numpy()[kept])) < study.suppression:
        return Comments(0, 0, 0, 1, ())
    pages = -(-len(kept) // PAGE)
    start = PAGE * (min(max(page, 1), pages) - 1)
    shown = every.take(pa.array(kept[start : start + PAGE]))
    placed = bool(wanted.district or asked.selection.where)
    ages = [""] * len(shown) if placed else _ages(study, answers, asked, shown)
    comments = tuple(
        Comment(_short(scrub(str(text))), INTENTS.get(str(kind), ""), age)
        for text, kind, age in zip(shown["text"], shown["intent"], ages, strict=True)
    )
    return Comments(len(kept), start + 1, start + len(shown), pages, comments)


def every_answer(study: Study, answers: OpenAnswers, asked: TextSelection) -> pa.Table:
    """Return the answers of everyone in the waves and mode, copies included, with what describes their writers.

    Returns:
        wave, group (of copies among them, -1 for none), says, intent, themes, text, writer (a number for each
        response_id), and as stored psu and the roles that the responses have.
    """
    one, all_of = replace(of_everyone(answers, asked), once=False), gathered(study, answers, asked)
    if (LIST, one) not in all_of.kept:
        summaries, name = summaries_for(answers, all_of, one), name_of(all_of, one, LIST, linked=True)
        all_of.kept[LIST, one] = summaries.rows(name, lambda: _listing(study, answers, one))
    found: pa.Table = all_of.kept[LIST, one]
    return found


def keep_answers(study: Study, answers: OpenAnswers, asked: TextSelection) -> None:
    """Keep what `every_answer` returns; whether a kept list is intact is seen by those who read it."""
    one, all_of = replace(of_everyone(answers, asked), once=False), gathered(study, answers, asked)
    if not summaries_for(answers, all_of, one).has_rows(name_of(all_of, one, LIST, linked=True)):
        every_answer(study, answers, asked)


def _listing(study: Study, answers: OpenAnswers, asked: TextSelection) -> pa.Table:
    all_of = gathered(study, answers, asked)
    said = ["wave", "response_id", "says", "intent", "themes", "text"]
    responses, rows = all_of.linked, rows_within(answers, asked, all_of.within(), said)
    names = [name for name in ("psu", *role_labels(study.questionnaire)) if name in responses.column_names]
    people = responses.select(names).take(rows["response"])
    writer = rows["response_id"].combine_chunks().dictionary_encode().indices
    group = numbered(rows["group"].to_numpy())  # so that answers of other modes do not change the list
    rows = rows.set_column(rows.schema.get_field_index("group"), "group", pa.array(group))
    table = rows.select(["wave", "group", "says", "intent", "themes", "text"]).append_column("writer", writer)
    for name in names:
        table = table.append_column(name, people[name])
    return table.combine_chunks()


def _kept(study: Study, answers: OpenAnswers, asked: TextSelection, wanted: Wanted, every: pa.Table) -> Rows:
    """Return the rows of the answers that are wanted, before the search."""
    kept = _of_people(study, every, dict(asked.selection.where) | _place(wanted))
    return np.flatnonzero(said(every, kept, once=counts_once(answers, asked), theme=wanted.theme, praise=wanted.praise))


def said(every: pa.Table, kept: Flags, *, once: bool, theme: str = "", praise: bool = False) -> Flags:
    """Return which of some answers say something.

    Args:
        every: answers, from `every_answer`.
        kept: [N] which of them are asked about.
        once: whether a copy counts once in its wave.
        theme: code of the theme that they raise; "" for all.
        praise: return praise instead of everything else.
    """
    kept = kept.copy()
    if once:
        group = every["group"].to_numpy()
        repeats = np.flatnonzero(kept & (group >= 0))
        waves = every["wave"].take(pa.array(repeats)).cast(pa.string()).combine_chunks().dictionary_encode()
        copies = pd.DataFrame({"group": group[repeats], "wave": waves.indices.to_numpy(zero_copy_only=False)})
        kept[repeats] = ~copies.duplicated().to_numpy()
    kinds = every["intent"].cast(pa.string())
    fit = pc.and_(every["says"], pc.equal(kinds, PRAISE) if praise else pc.not_equal(kinds, PRAISE))
    kept &= np.asarray(pc.fill_null(fit, False))
    if theme:
        lists = every["themes"].combine_chunks()
        raised = np.zeros(len(every), dtype=np.bool_)
        raised[np.asarray(pc.list_parent_indices(lists).filter(pc.equal(lists.flatten(), theme)))] = True
        kept &= raised
    return kept


def _place(wanted: Wanted) -> dict[str, tuple[str, ...]]:
    return {"district": (wanted.district,)} if wanted.district else {}


def _of_people(study: Study, rows: pa.Table, where: Mapping[str, tuple[str, ...]]) -> Flags:
    """Return which rows, with sampling points and roles as stored, fit the conditions on people and areas."""
    frame = study.areas.frame.drop_duplicates("psu").set_index("psu")
    labels = role_labels(study.questionnaire)
    kept = np.ones(rows.num_rows, dtype=np.bool_)
    for name, values in where.items():
        if name in frame.columns:
            column = frame[name].astype(str).reindex(rows["psu"].to_pandas())
        else:
            column = rows[name].to_pandas().map(labels.get(name, {}))
        kept &= column.isin(values).to_numpy()
    return kept


def _ages(study: Study, answers: OpenAnswers, asked: TextSelection, shown: pa.Table) -> list[str]:
    """Return the age group of each comment; "" where too few people of the waves and mode are that old."""
    found = people_by_age(study, answers, asked)
    many = set(found.loc[found["n"] >= study.suppression, AGE])
    if AGE not in shown.column_names:
        return [""] * len(shown)
    ages = shown[AGE].to_pandas().map(role_labels(study.questionnaire)[AGE])
    return [str(age) if age in many else "" for age in ages]


def people_by_age(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    """Return how many people of the waves and mode have which age, whether they wrote or not: age, n."""

    def counted(one: TextSelection) -> pd.DataFrame:
        codes, labels = gathered(study, answers, one).count(AGE), role_labels(study.questionnaire).get(AGE, {})
        many = codes.groupby(codes.index.map(labels)).sum().sort_values(ascending=False, kind="stable")
        return pd.DataFrame({AGE: many.index.astype(str), "n": many.to_numpy(dtype=np.int64)})

    return for_everyone(study, answers, asked, "ages", counted)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
