"""Read 金数据: entries as JSON, `field_3` for the third question; times are UTC.

The question of a field is determined, in this order, by the manual mapping (`field_3` -> `q1`), by the form definition
if a line of the file contains it (`fields`: name -> label), or by the order of the questions, provided that every
answer of every field is valid for the question in its position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from survey.errors import CodingError
from survey.instrument.question import OTHER, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Opened
from survey.readers.tables.entries import Entries, EntryTable, Record, peek, plain, read_entries, read_table
from survey.readers.tables.read_table import Column, Form, Guide, MarkedRows, Match, ReadTable
from survey.readers.tables.targets import decoder_of, part_targets, whole_target
from survey.readers.tables.vocabulary import enough

FIELD = re.compile(r"field_\d+")
META: Mapping[str, str] = {
    "serial_number": "serial",
    "created_at": "submitted",
    "info_filling_duration": "seconds",
    "info_remote_ip": "ip",
    "info_platform": "device",
}
"""Key of an entry -> META target."""
IGNORED = ("creator_name", "updated_at", "info_os", "info_browser", "info_region", "x_field", "gen_code", "total_price")
MILLISECONDS = re.compile(r"\.\d+(?=Z|[+-]|$)")
OTHER_ANSWER = re.compile(r"^(其他|其它)\s*[:：]\s*(.*)$", re.S)
DIALECT = Dialect(separators=("┋",), brackets=("〖", "〗"), prefix="jsj")


class JinshujuReader:
    """Entries of 金数据, as pushed or exported: one JSON object per line, or a list."""

    name = "jinshuju"
    title = "金数据"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise serial_number and field_N."""
        start = peek(opened)
        found = '"serial_number"' in start and FIELD.search(start)
        return Match(0.95, "有金数据的 serial_number 和 field_N") if found else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read all entries; raise CodingError if the fields cannot be matched to questions."""
        entries, definition = _apart(read_entries(opened))
        names = _fields(entries.records)
        meaning, by_order = _meaning(entries.records, names, definition, guide)
        if not meaning:
            raise _unknown(opened.name, names)
        records = tuple(dict(_flat(record, meaning)) for record in entries.records)
        columns = {name: Column(0, name, "", Form.META, target) for name, target in META.items()}
        columns |= {name: found for field, question in meaning.items() for name, found in _columns(field, question)}
        enough(opened.name, tuple(columns.values()), guide.questionnaire, names)
        table = read_table(opened, entries, EntryTable(records, columns), DIALECT, reader=self.name)
        unused = tuple(name for name in table.unused if not name.startswith(IGNORED))
        marks = (MarkedRows(IssueCode.BY_ORDER, ()),) if by_order else ()
        return replace(table, unused=unused, marked=marks)


@dataclass(frozen=True)
class _Fitting:
    """Check of whether the values of a field are valid for a question."""

    question: Question

    def fits(self, values: Sequence[Any]) -> bool:
        whole = whole_target(self.question)
        if whole is None:
            return all(isinstance(value, list) and self._rows(value) for value in values)
        if self.question.type.written:
            return all(isinstance(value, str) for value in values)
        decode = decoder_of(whole, self.question, DIALECT)
        return all(decode(_cell(value, self.question)).state == "ok" for value in values)

    def _rows(self, value: list[Any]) -> bool:
        known = {key(row.label) for row in self.question.rows}
        return all(isinstance(row, dict) and key(str(row.get("statement", ""))) in known for row in value)


def _apart(entries: Entries) -> tuple[Entries, Mapping[str, str]]:
    """Return the entries without envelopes, and the field labels of a form definition."""
    labels: dict[str, str] = {}
    for record in entries.records:
        for field in record.get("fields", ()) if isinstance(record.get("fields"), list) else ():
            labels |= _labels(field)
    inner = [record.get("entry") for record in entries.records]
    kept = [
        (i, found if isinstance(found, dict) else record)
        for i, (record, found) in enumerate(zip(entries.records, inner, strict=True))
        if not ("fields" in record and found is None and "serial_number" not in record)
    ]
    rows = entries.rows[[i for i, _ in kept]] if kept else entries.rows[:0]
    return replace(entries, records=tuple(inner for _, inner in kept), rows=rows), labels


def _labels(field: Any) -> Mapping[str, str]:
    """Return the labels in `{"name": "field_1", "label": "…"}` or `{"field_1": {"label": "…"}}`."""
    if not isinstance(field, dict):
        return {}
    if "name" in field:
        return {str(field["name"]): str(field.get("label", ""))}
    return {str(name): str(inner.get("label", "")) for name, inner in field.items() if isinstance(inner, dict)}


def _fields(records: Sequence[Record]) -> tuple[str, ...]:
    names = {name for record in records for name in record if FIELD.fullmatch(name)}
    return tuple(sorted(names, key=lambda name: int(name.removeprefix("field_"))))


def _meaning(
    records: Sequence[Record], names: Sequence[str], definition: Mapping[str, str], guide: Guide
) -> tuple[Mapping[str, Question], bool]:
    """Return field -> question, and whether it relies on the order alone."""
    by_name = {question.name: question for question in guide.questionnaire.questions}
    titles = {heading_key(question.title): question for question in guide.questionnaire.questions}
    matched = {name: titles.get(heading_key(label)) for name, label in definition.items()}
    matched |= {name: by_name.get(target) for name, target in guide.mapping.items() if FIELD.fullmatch(name)}
    known = {name: question for name, question in matched.items() if question}
    return (known, False) if known else (_by_order(records, names, guide.questionnaire), True)


def _by_order(records: Sequence[Record], names: Sequence[str], questionnaire: Questionnaire) -> Mapping[str, Question]:
    """Match fields to questions by order; {} unless the counts agree and every answer is valid."""
    if len(names) != len(questionnaire.questions):
        return {}
    pairs = dict(zip(names, questionnaire.questions, strict=True))
    for name, question in pairs.items():
        values = [record[name] for record in records if record.get(name) not in (None, "", [])]
        if not _Fitting(question).fits(values):
            return {}
    return pairs


def _flat(record: Record, meaning: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
    """Yield the cells of one entry; a matrix yields one cell per row."""
    for name, value in record.items():
        question = meaning.get(name)
        if question is None:
            # truncate milliseconds: rounding could move an answer into the next second, day or wave
            yield name, MILLISECONDS.sub("", plain(value)) if name == "created_at" else plain(value)
        elif not question.type.grid:
            yield name, _cell(value, question)
        elif isinstance(value, list) and all(isinstance(row, dict) for row in value):
            yield from ((f"{name}.{row.get('statement', '')}", plain(row.get("choice"))) for row in value)
        elif value not in (None, ""):
            yield f"{name}.{question.rows[0].label}", plain(value)


def _cell(value: Any, question: Question) -> str:
    """Return the chosen options joined; `其他: words` becomes `其他〖words〗`."""
    if not isinstance(value, list):
        return _with_brackets(plain(value), question) if question.other else plain(value)
    return "┋".join(_with_brackets(plain(part), question) for part in value)


def _with_brackets(text: str, question: Question) -> str:
    found = OTHER_ANSWER.match(text)
    if not found or not question.other or any(key(choice.label) == key(text) for choice in question.choices):
        return text
    label = next(choice.label for choice in question.choices if choice.code == OTHER)
    return f"{label}〖{found[2]}〗"


def _columns(field: str, question: Question) -> Iterator[tuple[str, Column]]:
    if whole := whole_target(question):
        yield field, Column(0, f"{field} {question.title}", "", *whole)
    if question.type.grid:
        for item, target in part_targets(question):
            name = f"{field}.{item.label}"
            yield name, Column(0, name, "", *target)


def _unknown(file: str, names: Sequence[str]) -> CodingError:
    return CodingError(
        "不知道每个 field 对应哪道题：文件里没有表单定义，题目数或答案也与问卷不符",
        where=file,
        got="、".join(names[:12]),
        cure='在 mapping.toml 的 [headings] 里写明，例如 "field_3" = "q1"',
    )
