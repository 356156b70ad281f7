"""Read SurveyMonkey: two heading rows, the question above its first column only, options or `Response` below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from survey.instrument.question import OTHER, Question
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Opened
from survey.readers.tables.derived import index_of, with_seconds
from survey.readers.tables.layout import META_KEYS, Heading, column, find_heading, read_below
from survey.readers.tables.native import not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, whole_target
from survey.readers.tables.vocabulary import enough, parts_of, target_of

META: Mapping[str, str] = {
    "respondentid": "response_id",
    "collectorid": "",
    "startdate": "",
    "enddate": "submitted",
    "datecreated": "",
    "datemodified": "submitted",
    "ipaddress": "ip",
    "emailaddress": "",
    "firstname": "",
    "lastname": "",
    "customdata1": "link",
}
"""Heading key -> META target, "" for a known column that is not used."""
SURE = 4
DEEP = 2
WHOLE = frozenset({"response", "open-endedresponse", ""})
WORDS = ("other(pleasespecify)", "其他(请注明)")


class SurveyMonkeyReader:
    """Exports of SurveyMonkey: all individual responses, expanded."""

    name = "surveymonkey"
    title = "SurveyMonkey"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the columns about the respondent."""
        heading = find_heading(opened, _score)
        if heading is None or heading.score < SURE or "respondentid" not in map(key, heading.cells):
            return Match(0.0)
        return Match(0.93, "有 SurveyMonkey 的 Respondent ID、Collector ID 等列")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the two headings; raise CodingError for another questionnaire."""
        heading = find_heading(opened, _score)
        if heading is None or heading.row >= len(heading.sheet.head):
            raise not_this_questionnaire(opened.name, "没有 SurveyMonkey 的两行表头")
        columns = tuple(_columns(heading, heading.sheet.head[heading.row], guide))
        enough(opened.name, columns, guide.questionnaire, heading.cells)
        table = read_below(opened, heading, columns, Dialect(), reader=self.name, deep=DEEP)
        table = replace(table, unused=tuple(name for name in table.unused if key(name) not in META))
        start, end = index_of(table, "startdate", "datecreated"), index_of(table, "enddate", "datemodified")
        return table if start is None or end is None else with_seconds(table, start, end)


def _score(cells: Sequence[str]) -> float:
    return sum(key(cell) in META for cell in cells)


def _columns(heading: Heading, below: Sequence[str], guide: Guide) -> Iterator[Column]:
    titles = {heading_key(question.title): question for question in guide.questionnaire.questions}
    by_hand = {heading_key(text): target_of(name, guide.questionnaire) for text, name in guide.mapping.items()}
    question: Question | None = None
    for index, cell in enumerate(heading.cells):
        name, part = heading_key(cell), key(below[index]) if index < len(below) else ""
        if name:
            question = titles.get(name)
        found = by_hand.get(name) if name else None
        if found is None and (meta := META.get(name, META_KEYS.get(name, "")) if name else ""):
            found = Form.META, meta
        if found is None and question is not None:
            found = _target(question, part)
        if found:
            yield replace(column(heading, index, *found), heading=cell.strip() or part)


def _target(question: Question, part: str) -> Target | None:
    """Return the target of the column of an option, a row or a whole answer."""
    if part in WHOLE and (whole := whole_target(question)):
        return whole
    other = next((key(choice.label) for choice in question.choices if choice.code == OTHER), None)
    if question.other and part in {other, *WORDS}:
        return Form.TEXT, f"{question.name}.other"
    return {key(words): target for words, target in parts_of(question)}.get(part)
