"""Read 腾讯问卷: quoted CSV with a nameless last column.

Headings are `3.题目`, `4.题目:A.选项` or `4.题目_填空9`; cells are `D.无所谓`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Opened
from survey.readers.tables.layout import META_KEYS, Heading, column, find_heading, read_below
from survey.readers.tables.native import not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, whole_target
from survey.readers.tables.vocabulary import by_title, enough, parts_of, target_of

META: Mapping[str, str] = {
    "编号": "serial",
    "开始答题时间": "",
    "结束答题时间": "submitted",
    "答题时长": "seconds",
    "地理位置国家和地区": "",
    "地理位置省": "",
    "地理位置市": "",
    "用户类型": "",
    "用户标识": "",
    "昵称": "",
    "自定义字段": "link",
    "ip": "ip",
    "ua": "device",
    "referrer": "",
    "清洗数据结果": "",
    "智能清洗数据无效概率": "",
    "审核状态": "",
}
"""Heading key -> META target, "" for a known column that is not used."""
MARKS = ("开始答题时间", "结束答题时间", "答题时长", "用户标识", "自定义字段")
SURE = 3
NUMBERED = re.compile(r"^(\d+)[.、](.*)$")
LETTERED = re.compile(r"^[a-z]{1,2}\.")
BLANK_FIELD = re.compile(r"^_填空\d*$")
DIALECT = Dialect(prefix="tx")


class TencentReader:
    """Exports of 腾讯问卷."""

    name = "tencent"
    title = "腾讯问卷"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the columns about the response."""
        heading = find_heading(opened, _score)
        if heading is None or heading.score < SURE:
            return Match(0.0)
        return Match(0.94, "有腾讯问卷的开始答题时间、结束答题时间、答题时长等列")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the heading; raise CodingError for another questionnaire."""
        heading = find_heading(opened, _score)
        if heading is None:
            raise not_this_questionnaire(opened.name, "没有腾讯问卷的表头")
        columns = tuple(_columns(heading, guide))
        enough(opened.name, columns, guide.questionnaire, heading.cells)
        dialect = replace(DIALECT, aliases=lettered(guide.questionnaire))
        table = read_below(opened, heading, columns, dialect, reader=self.name)
        return replace(table, unused=tuple(name for name in table.unused if key(name) not in META))


def _score(cells: Sequence[str]) -> float:
    return sum(key(cell) in MARKS for cell in cells)


def lettered(questionnaire: Questionnaire) -> Mapping[str, Mapping[str, int]]:
    """Return the aliases of lettered labels: `A.是` for the first option, and so on."""
    return {
        question.name: {
            key(f"{option_letters(place)}.{choice.label}"): choice.code for place, choice in enumerate(question.choices)
        }
        for question in questionnaire.questions
    }


def option_letters(place: int) -> str:
    """Return A to Z, then AA and so on, for positions from 0."""
    return (option_letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def _columns(heading: Heading, guide: Guide) -> Iterator[Column]:
    by_hand = {heading_key(text): target_of(name, guide.questionnaire) for text, name in guide.mapping.items()}
    for index, cell in enumerate(heading.cells):
        name = heading_key(cell)
        target: Target | None = by_hand.get(name)
        if target is None and (meta := META.get(name) or (META_KEYS.get(name) if name not in META else "")):
            target = (Form.META, meta)
        if target is None and (found := NUMBERED.match(key(cell))):
            target = _target(found[2], guide.questionnaire)
        if target:
            yield column(heading, index, *target)


def _target(text: str, questionnaire: Questionnaire) -> Target | None:
    """Return the target of the text after the question number."""
    question = by_title(text, questionnaire)
    if question is None:
        return None
    rest = text.removeprefix(heading_key(question.title)).lstrip("?.!。")
    if not rest.strip(":"):
        return whole_target(question)
    if BLANK_FIELD.match(rest):
        return _blank_field(question)
    part = rest.lstrip(":")
    known = {heading_key(words): target for words, target in parts_of(question)}
    bare = LETTERED.sub("", part) if question.type.several else part
    return known.get(heading_key(part)) or known.get(heading_key(bare))


def _blank_field(question: Question) -> Target | None:
    """Return the target of a text field: the words for 其他, or the whole answer."""
    if question.other:
        return Form.TEXT, f"{question.name}.other"
    return None if question.type.listed else whole_target(question)
