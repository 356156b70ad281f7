"""Read LimeSurvey: headings by code (`q2[SQ001]`) or text (`题目 [选项]`), answers by code (`A1`) or text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from survey.instrument.question import OTHER
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dates import digits_of, read_moments
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Opened, as_text
from survey.readers.tables.derived import MADE_ID, cells_of, index_of, marked, with_column, with_seconds
from survey.readers.tables.layout import find_heading, read_below
from survey.readers.tables.native import not_this_questionnaire
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, part_targets
from survey.readers.tables.vocabulary import Vocabulary, enough, without_twins

CHINESE: Mapping[str, tuple[str, ...]] = {
    "responseid": ("答复编号", "答复id", "回复id", "响应id", "回应id", "答卷id"),
    "datesubmitted": ("提交日期",),
    "lastpage": ("最后一页", "末页"),
    "startlanguage": ("起始语言", "开始语言", "初始语言"),
    "seed": ("种子", "随机种子"),
    "accesscode": ("访问代码", "操作代码"),
    "datestarted": ("开始日期",),
    "datelastaction": ("最后操作日期", "最后动作日期", "最后活动日期", "上次操作日期"),
    "ipaddress": ("ip地址",),
    "referrerurl": ("引用网址", "引荐网址", "来源网址", "引用url", "引荐url"),
    "totaltime": ("总时间", "总用时"),
}
"""Key of an English heading -> its Chinese translations, which differ between versions of the tool."""
ENGLISH: Mapping[str, str] = {
    "id": "serial",
    "responseid": "serial",
    "submitdate": "submitted",
    "datesubmitted": "submitted",
    "lastpage": "",
    "startlanguage": "",
    "seed": "",
    "token": "",
    "accesscode": "",
    "startdate": "",
    "datestarted": "",
    "datestamp": "",
    "datelastaction": "",
    "ipaddr": "ip",
    "ipaddress": "ip",
    "refurl": "link",
    "referrerurl": "link",
    "interviewtime": "seconds",
    "totaltime": "seconds",
}
"""Heading key -> META target, "" for a known column that is not used."""
META: Mapping[str, str] = {
    **ENGLISH,
    **{word: ENGLISH[name] for name, words in CHINESE.items() for word in words},
}
MARKS = frozenset(
    {
        *("submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "refurl", "interviewtime"),
        *("datesubmitted", "datestarted", "datelastaction", "referrerurl", "totaltime"),
    }
)
TOO_COMMON = frozenset({"responseid", "accesscode", "ipaddress", "totaltime"})
CHINESE_MARKS = frozenset(word for name, words in CHINESE.items() if name not in TOO_COMMON for word in words)
SURE = 3
DIALECT = Dialect(skipped=frozenset({"N/A"}), prefix="lime", one_two=True)
"""An export can convert Y to 1 and N to 2."""
TIMES = ("grouptime", "questiontime", "组时间", "题组时间", "问题时间")


class LimeSurveyReader:
    """Response exports of LimeSurvey."""

    name = "limesurvey"
    title = "LimeSurvey"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the columns about the response."""
        heading = find_heading(opened, _score)
        if heading is None or heading.score < SURE:
            return Match(0.0)
        return Match(0.93, "有 LimeSurvey 的 submitdate、lastpage、startlanguage 等列")

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read the rows below the heading; raise CodingError for another questionnaire."""
        heading = find_heading(opened, _score)
        if heading is None:
            raise not_this_questionnaire(opened.name, "没有 LimeSurvey 的表头")
        vocabulary = Vocabulary.of(guide, _by_place(guide.questionnaire))
        columns = without_twins(tuple(_by_option(vocabulary.columns(heading, META), guide.questionnaire)))
        enough(opened.name, columns, guide.questionnaire, heading.cells)
        dialect = replace(DIALECT, aliases=_codes(guide.questionnaire))
        table = read_below(opened, heading, columns, dialect, reader=self.name)
        table = replace(table, unused=tuple(name for name in table.unused if not _known(name)))
        return _unfinished(_identified(_timed(table)))


def _score(cells: Sequence[str]) -> float:
    return sum(key(cell) in MARKS or key(cell) in CHINESE_MARKS for cell in cells)


def _known(name: str) -> bool:
    """Return whether a column is one of the tool's own, including the seconds per group and question."""
    return heading_key(name) in META or key(name).endswith("time") or key(name).startswith(TIMES)


def _named(table: ReadTable, *names: str) -> int | None:
    """Return the index of the first column with one of the English headings or a translation of it."""
    return index_of(table, *(word for name in names for word in (name, *CHINESE.get(name, ()))))


def _by_place(questionnaire: Questionnaire) -> Iterator[tuple[str, Target]]:
    """Yield subquestions with default names (SQ001 is the first) and the columns of respondents' own words."""
    for question in questionnaire.questions:
        for stem in (question.name, question.title):
            listed = [target for item, target in part_targets(question) if item.option != OTHER]
            yield from ((f"{stem}[SQ{place:03d}]", target) for place, target in enumerate(listed, start=1))
            if question.other:
                label = next(choice.label for choice in question.choices if choice.code == OTHER)
                for part in ("other", label, "其他", "其它"):
                    yield f"{stem}[{part}]", (Form.TEXT, f"{question.name}.other")


def _by_option(columns: Iterable[Column], questionnaire: Questionnaire) -> Iterator[Column]:
    """Leave out `q6[1]` of an order: here it holds the option at place 1 and not the place of option 1."""
    ordered = {item.name for question in questionnaire.questions if question.type.ordered for item in question.items}
    yield from (column for column in columns if column.target not in ordered)


def _codes(questionnaire: Questionnaire) -> Mapping[str, Mapping[str, int]]:
    """Return the aliases of answer codes: `A1` is code 1, `-oth-` is 其他."""
    return {
        question.name: {
            **{f"a{choice.code}": choice.code for choice in question.choices},
            **({"-oth-": OTHER, "other": OTHER} if question.other else {}),
        }
        for question in questionnaire.questions
    }


def _identified(table: ReadTable) -> ReadTable:
    """Make ids of response number and random seed, because numbers start at 1 in every survey.

    Without the seed the time of the start serves: unfinished responses have it, and finishing them does not change it.
    """
    number, seed, start = _named(table, "id", "responseid"), _named(table, "seed"), _started(table)
    if number is None or (seed is None and start is None):
        return table
    apart = cells_of(table, seed) if seed is not None else _digits(table, start or 0)
    pairs = zip(cells_of(table, number), apart, strict=True)
    return with_column(table, MADE_ID, [f"lime{one}-{two}" if one.strip() else "" for one, two in pairs], "response_id")


def _started(table: ReadTable) -> int | None:
    return _named(table, "startdate", "datestarted")


def _digits(table: ReadTable, index: int) -> list[str]:
    """Return the times of a column as digits, in whatever format they are written; unreadable ones as they are."""
    stamps = digits_of(pa.array(read_moments(as_text(table.frame[f"c{index}"])).values)).to_pylist()
    return [stamp or cell.strip() for stamp, cell in zip(stamps, cells_of(table, index), strict=True)]


def _timed(table: ReadTable) -> ReadTable:
    """Compute the time spent from start to last action, unless there is a column for it."""
    if any(column.target == "seconds" for column in table.columns):
        return table
    start, end = _started(table), _named(table, "datestamp", "datelastaction")
    return table if start is None or end is None else with_seconds(table, start, end)


def _unfinished(table: ReadTable) -> ReadTable:
    """Mark responses without a time of submission as unfinished."""
    index = _named(table, "submitdate", "datesubmitted")
    return table if index is None else marked(table, index, IssueCode.UNFINISHED, lambda cell: not cell)
