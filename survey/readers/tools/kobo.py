"""Read KoboToolbox and ODK: CSV with `;` or `,`, or xlsx; headings are names or labels, with or without groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from survey.instrument.question import OTHER, Question
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.keys import key
from survey.readers.files.sheet import Opened
from survey.readers.tables.derived import SPENT, UTC_TIME, cells_of, index_of, with_cells, with_column, with_seconds
from survey.readers.tables.layout import Heading, find_heading, read_below
from survey.readers.tables.native import not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target
from survey.readers.tables.vocabulary import JOINERS, Vocabulary, enough, flags_first, without_twins

ROOT = "meta/rootuuid"
"""The id of the first submission, which a correction keeps while its own _uuid is new."""
PREFIX = "uuid:"
META: Mapping[str, str] = {
    "end": "submitted",
    "start": "",
    "today": "",
    "_uuid": "response_id",
    "instanceid": "response_id",
    "meta/instanceid": "response_id",
    "meta-instanceid": "response_id",
    "key": "response_id",
    ROOT: "",
    "_id": "",
    "_submission_time": "",
    "submissiondate": "",
    "_validation_status": "",
    "_notes": "",
    "_status": "",
    "_submitted_by": "",
    "submittername": "",
    "__version__": "",
    "_tags": "",
    "_index": "",
    "deviceid": "device",
    "username": "interviewer",
    "enumerator": "interviewer",
}
"""Heading key -> META target, "" for a known column that is not used."""
MARKS = frozenset(
    {
        *("_uuid", "_submission_time", "_validation_status", "_submitted_by", "__version__", "_index"),
        *("submissiondate", "meta-instanceid", "meta/instanceid", "instanceid", "submittername", "key", "start", "end"),
    }
)
SURE = 3
ROOT_ID = "答卷编号（首次提交）"
DIALECT = Dialect(separators=(" ",), prefix="kobo")


class KoboReader:
    """Exports of KoboToolbox and ODK Central."""

    name = "kobo"
    title = "KoboToolbox / ODK"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the columns about the submission."""
        heading = find_heading(opened, _score)
        if heading is None or heading.score < SURE:
            return Match(0.0)
        return Match(0.93, "有 Kobo/ODK 的 _uuid、_submission_time、__version__ 等列")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the heading; raise CodingError for another questionnaire."""
        heading = find_heading(opened, _score)
        if heading is None:
            raise not_this_questionnaire(opened.name, "没有 Kobo/ODK 的表头")
        vocabulary = Vocabulary.of(guide, _other_texts(heading, guide))
        columns = without_twins(tuple(vocabulary.columns(heading, _meta(heading))))
        columns = flags_first(columns, guide.questionnaire)
        enough(opened.name, columns, guide.questionnaire, heading.cells)
        table = read_below(opened, heading, columns, DIALECT, reader=self.name)
        chosen = {key(question.name) for question in guide.questionnaire.questions if question.type.several}
        table = replace(table, unused=tuple(name for name in table.unused if not _known(name, chosen, vocabulary)))
        return _rooted(_timed(table))


def _rooted(table: ReadTable) -> ReadTable:
    """Return the table with the ids of the first submissions, where it has them."""
    root = index_of(table, ROOT)
    own = next((column for column in table.columns if column.target == "response_id"), None)
    if root is None or own is None:
        return table
    bare = key(own.heading) == "_uuid"
    pairs = zip(cells_of(table, root), cells_of(table, own.index), strict=True)
    cells = [(one.strip().removeprefix(PREFIX) if bare else one.strip()) or other for one, other in pairs]
    others = tuple(column for column in table.columns if column is not own)
    return with_column(replace(table, columns=others), ROOT_ID, cells, "response_id")


def _score(cells: Sequence[str]) -> float:
    return sum(key(cell) in MARKS for cell in cells)


def _known(name: str, chosen: set[str], vocabulary: Vocabulary) -> bool:
    return key(name) in META or key(name) in chosen or vocabulary.find(name) is not None or name in (SPENT, ROOT_ID)


def _meta(heading: Heading) -> Mapping[str, str]:
    """Return META; without an `end` column, the time of submission is when the server received the form."""
    names = {key(cell) for cell in heading.cells}
    if "end" in names:
        return META
    late = next((name for name in ("_submission_time", "submissiondate") if name in names), "")
    return {**META, late: "submitted"} if late else META


def _other_texts(heading: Heading, guide: Guide) -> Iterator[tuple[str, Target]]:
    """Yield the columns of respondents' own words: `q2_other` belongs to `q2/other`."""
    for question in guide.questionnaire.questions:
        if question.other:
            yield from ((name, (Form.TEXT, f"{question.name}.other")) for name in _words_of(question))
            yield from ((f"{name}/other", (Form.FLAG, f"{question.name}.{OTHER}")) for name in _stems(question))


def _words_of(question: Question) -> tuple[str, ...]:
    label = next(choice.label for choice in question.choices if choice.code == OTHER)
    titled = tuple(f"{question.title}{before}{label}{behind}" for before, behind in JOINERS if before not in "/")
    named = (f"{name}{ending}" for name in _stems(question) for ending in ("_other", "_text", "_other_text"))
    return (*named, *titled)


def _stems(question: Question) -> tuple[str, ...]:
    """Return the names of a question in the form: that of the form it was made from, and its own."""
    return tuple(filter(None, (question.source_name, question.name)))


def _timed(table: ReadTable) -> ReadTable:
    """Compute the time spent from start and end, and convert the server time, which is UTC without a zone."""
    start, end = index_of(table, "start"), index_of(table, "end")
    late = next((column for column in table.columns if column.target == "submitted"), None)
    if late is not None and key(late.heading) in ("_submission_time", "submissiondate"):
        table = with_cells(table, late.index, UTC_TIME)
    if start is None or end is None:
        return table
    return with_seconds(_without_spent(table), start, end)


def _without_spent(table: ReadTable) -> ReadTable:
    """Drop the column of the time spent, which a workbook of rejected rows contains; it is computed again."""
    columns: tuple[Column, ...] = tuple(column for column in table.columns if column.target != "seconds")
    return replace(table, columns=columns)
