"""Read Qualtrics: three heading rows (name, text, ImportId); previews and tests are set aside, not stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from zoneinfo import ZoneInfo

from survey.instrument.question import OTHER
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Opened
from survey.readers.tables.derived import index_of, local_time, marked, with_cells
from survey.readers.tables.layout import META_KEYS, Heading, column, find_heading, read_below
from survey.readers.tables.native import not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, part_targets
from survey.readers.tables.vocabulary import Vocabulary, enough, flags_first, without_twins

META: Mapping[str, str] = {
    "startdate": "",
    "enddate": "submitted",
    "status": "",
    "ipaddress": "ip",
    "progress": "",
    "duration(inseconds)": "seconds",
    "finished": "",
    "recordeddate": "",
    "responseid": "response_id",
    "recipientlastname": "",
    "recipientfirstname": "",
    "recipientemail": "",
    "externalreference": "link",
    "locationlatitude": "",
    "locationlongitude": "",
    "distributionchannel": "",
    "userlanguage": "",
}
"""Heading key -> META target, "" for a known column that is not used."""
IMPORT_ID = re.compile(r'^\s*\{\s*"ImportId"')
SURE = 3
DEEP = 3
PREVIEWS = frozenset({"1", "2", "surveypreview", "surveytest", "preview", "test"})
UNFINISHED = frozenset({"0", "false", "否"})
UNTICKED = frozenset({"0"})  # "recode seen but unanswered multi-value fields as 0"
WORDS = re.compile(r"(_(\d+|other))?[_-]text$")
SELECTED = "-selectedchoice"


class QualtricsReader:
    """CSV exports of Qualtrics, numeric or by choice text."""

    name = "qualtrics"
    title = "Qualtrics"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the row of ImportIds."""
        heading = find_heading(opened, _score)
        if heading is None or heading.score < SURE:
            return Match(0.0)
        return Match(0.96, "第三行是 Qualtrics 的 ImportId")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the three headings; raise CodingError for another questionnaire."""
        third = find_heading(opened, _score)
        if third is None or third.row < DEEP:
            raise not_this_questionnaire(opened.name, "没有 Qualtrics 的三行表头")
        heading = Heading(third.sheet, third.row - DEEP + 1, third.score)
        texts = third.sheet.head[third.row - 2]
        columns = without_twins(tuple(_columns(heading, texts, guide)))
        columns = flags_first(columns, guide.questionnaire)
        enough(opened.name, columns, guide.questionnaire, texts)
        dialect = Dialect(separators=(",",), unticked=UNTICKED, aliases=_last_is_other(guide.questionnaire))
        table = read_below(opened, heading, columns, dialect, reader=self.name, deep=DEEP)
        table = replace(table, unused=tuple(name for name in table.unused if key(name) not in META))
        return _set_apart(_in_local_time(table, third.cells))


def _score(cells: Sequence[str]) -> float:
    return sum(bool(IMPORT_ID.match(cell)) for cell in cells)


def _columns(heading: Heading, texts: Sequence[str], guide: Guide) -> Iterator[Column]:
    """Match columns by the text in the second row, which names the option or row, else by the name in the first."""
    vocabulary = Vocabulary.of(guide, _places(guide.questionnaire))
    for index, cell in enumerate(heading.cells):
        name = key(cell)
        if name in META or name in META_KEYS:
            meta = META.get(name) or META_KEYS.get(name)
            found: Target | None = (Form.META, meta) if meta else None
        else:
            text = texts[index] if index < len(texts) else ""
            found = _find(heading_key(text), vocabulary) or _find(name, vocabulary)
        if found:
            yield column(heading, index, *found)


def _find(name: str, vocabulary: Vocabulary) -> Target | None:
    plain = name.replace(SELECTED, "")
    if found := vocabulary.find(plain):
        return found
    bare = WORDS.sub("", plain)
    if bare == plain or (behind := vocabulary.find(bare)) is None:
        return None
    if behind[0] is Form.FLAG and behind[1].endswith(f".{OTHER}"):
        return Form.TEXT, f"{behind[1].rpartition('.')[0]}.other"
    named = Form.TEXT, f"{behind[1]}.other"
    return named if behind[0] in (Form.SINGLE, Form.OPTIONS) and "text" in plain else None


def _places(questionnaire: Questionnaire) -> Iterator[tuple[str, Target]]:
    """Yield the rows of a grid by position: `q5_1` is the first."""
    for question in questionnaire.questions:
        parts = list(part_targets(question))
        for place, (item, target) in enumerate(parts, start=1):
            if item.option in (None, OTHER):
                yield f"{question.name}_{place}", target


def _last_is_other(questionnaire: Questionnaire) -> Mapping[str, Mapping[str, int]]:
    """Return aliases for 其他, which is numbered by its position (the last) unless another choice has that code."""
    aliases = {}
    for question in questionnaire.questions:
        place = len(question.choices)
        if question.other and question.choice(place) is None:
            aliases[question.name] = {str(place): OTHER}
    return aliases


def _in_local_time(table: ReadTable, third: Sequence[str]) -> ReadTable:
    """Convert times of submission from the zone named in the third row to local time."""
    at = next((found for found in table.columns if found.target == "submitted"), None)
    zone = _zone(third[at.index]) if at and at.index < len(third) else None
    return with_cells(table, at.index, local_time(zone)) if at and zone else table


def _zone(cell: str) -> tzinfo | None:
    try:
        name = json.loads(cell).get("timeZone", "")
        return ZoneInfo(name) if name and name != "Asia/Shanghai" else None
    except (ValueError, AttributeError, OSError, TypeError, KeyError):
        return None


def _set_apart(table: ReadTable) -> ReadTable:
    status, finished = index_of(table, "status"), index_of(table, "finished")
    if status is not None:
        table = marked(table, status, IssueCode.PREVIEW_ROW, lambda cell: key(cell) in PREVIEWS)
    if finished is not None:
        table = marked(table, finished, IssueCode.UNFINISHED, lambda cell: key(cell) in UNFINISHED)
    return table
