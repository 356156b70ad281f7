"""Lists of masked comments on one theme, with search and filters, a page at a time (rules R-04, R-05, R-07).

Only analysts see them (`survey.host.access`). The search reads what is shown: text that masking and scrubbing have
replaced cannot be found. Comments are listed where at least as many people as the suppression limit wrote them, the
searched word included; age is left out where a place is chosen, so that wave, place and person never stand together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.labels import role_labels
from analysis.text.quotes import Quoter
from analysis.text.sentiment.intent import INTENTS
from reports.voices.asked import TextSelection, rows_of
from reports.voices.gathered import gathered, places
from reports.voices.open_answers import OpenAnswers
from survey.host.access import require_analyst
from survey.study.study import Study

PAGE = 4
"""Number of comments on a page."""
LONGEST = 160
"""Characters of a comment that are shown."""
PRAISE, AGE = "praise", "age"


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
    people = _people(study, answers, asked, wanted.district)
    rows = rows_of(answers, asked, people.select(["wave", "response_id"]))
    kinds = rows["intent"].cast(pa.string())
    kept = pc.and_(rows["says"], pc.equal(kinds, PRAISE) if wanted.praise else pc.not_equal(kinds, PRAISE))
    rows = rows.filter(pc.fill_null(kept, False))
    if wanted.theme:
        lists = rows["themes"].combine_chunks()
        rows = rows.take(pc.unique(pc.list_parent_indices(lists).filter(pc.equal(lists.flatten(), wanted.theme))))
    scrub = Quoter(study.areas).scrub
    texts = [scrub(text) for text in rows["text"].to_pylist()]
    found = [at for at, text in enumerate(texts) if wanted.search.strip().lower() in text.lower()]
    writers = len({rows["response_id"][at].as_py() for at in found})
    if writers < study.suppression:
        return Comments(0, 0, 0, 1, ())
    pages = -(-len(found) // PAGE)
    start = PAGE * (min(max(page, 1), pages) - 1)
    shown = found[start : start + PAGE]
    placed = bool(wanted.district or asked.selection.where)
    ages = [""] * len(shown) if placed else _ages(people, rows.take(pa.array(shown)), study.suppression)
    comments = tuple(
        Comment(_short(texts[at]), INTENTS.get(str(rows["intent"][at]), ""), age)
        for at, age in zip(shown, ages, strict=True)
    )
    return Comments(len(found), start + 1, start + len(shown), pages, comments)


def _people(study: Study, answers: OpenAnswers, asked: TextSelection, district: str) -> pa.Table:
    """Return wave, response_id and age of the responses of a selection, in one district where one is named."""
    responses = gathered(study, answers, asked).counted.rows
    where = dict(asked.selection.where) | ({"district": (district,)} if district else {})
    frame = study.areas.frame.drop_duplicates("psu").set_index("psu")
    labels = role_labels(study.questionnaire)
    kept = np.ones(responses.num_rows, dtype=np.bool_)
    for name, values in where.items():
        if name in frame.columns:
            column = frame[name].astype(str).reindex(responses["psu"].to_pandas())
        else:
            column = responses[name].to_pandas().map(labels.get(name, {}))
        kept &= column.isin(values).to_numpy()
    table = places(study, responses, ())
    ages = responses[AGE].to_pandas().map(labels[AGE]) if AGE in labels and AGE in responses.column_names else None
    column = pa.array([None] * responses.num_rows if ages is None else ages.tolist(), pa.string(), from_pandas=True)
    return table.append_column(AGE, column).filter(pa.array(kept))


def _ages(people: pa.Table, rows: pa.Table, fewest: int) -> list[str]:
    """Return the age group of each comment; "" where too few people of the selection are that old."""
    many = {one["values"] for one in pc.value_counts(people[AGE]).to_pylist() if one["counts"] >= fewest}
    known = zip(people["wave"].to_pylist(), people["response_id"].to_pylist(), people[AGE].to_pylist(), strict=True)
    ages = {(wave, name): age for wave, name, age in known}
    keys = zip(map(str, rows["wave"].to_pylist()), rows["response_id"].to_pylist(), strict=True)
    found = [ages.get(key) for key in keys]
    return [age if age and age in many else "" for age in found]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
