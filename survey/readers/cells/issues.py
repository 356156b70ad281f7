"""Issue: a problem in an answer file, located by row and column as Excel shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

import numpy as np
import numpy.typing as npt

from survey.readers.cells.personal import masked

NOTES = 3  # examples shown per note, so that notes do not crowd out the rejected rows
Positions = npt.NDArray[np.int64]


class Severity(StrEnum):
    """The effect of an issue on its row."""

    REJECT = "reject"  # the row is not stored, but set aside for correction
    CELL = "cell"  # the row is rejected, or with --keep-partial stored without this cell
    NOTE = "note"  # the row is stored, and the note shown to the user


class IssueCode(StrEnum):
    """The kind of problem. Values are stable: documents and tests refer to them."""

    BROKEN_ROW = "broken_row"
    NO_ID = "no_id"
    NO_TIME = "no_time"
    ROUNDED_ID = "rounded_id"
    DUPLICATE_ID = "duplicate_id"
    REPEATED_ROW = "repeated_row"
    UNKNOWN_PSU = "unknown_psu"
    UNKNOWN_PLACE = "unknown_place"
    SEVERAL_PLACES = "several_places"
    NO_PSU = "no_psu"
    OTHER_WAVE = "other_wave"
    UNKNOWN_MODE = "unknown_mode"
    OTHER_MODE = "other_mode"
    BAD_WEIGHT = "bad_weight"
    UNKNOWN_CODE = "unknown_code"
    NO_VALUE = "no_value"
    UNLABELLED = "unlabelled"
    FLAG_CODING = "flag_coding"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    BAD_DATE = "bad_date"
    DAY_ORDER = "day_order"
    BAD_DURATION = "bad_duration"
    NOT_ASKED = "not_asked"
    OUTSIDE_WAVE = "outside_wave"
    EMPTY_MODE = "empty_mode"
    SERIAL_DATE = "serial_date"
    EXCLUSIVE = "exclusive"
    UNUSED_COLUMN = "unused_column"
    MISSING_COLUMN = "missing_column"
    NO_PSU_COLUMN = "no_psu_column"
    SUMMARY_ROW = "summary_row"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_ROWS = "hidden_rows"
    HIDDEN_COLUMNS = "hidden_columns"
    MERGED_DOWN = "merged_down"
    MERGED_ACROSS = "merged_across"
    OTHER_SHEET = "other_sheet"
    PREVIEW_ROW = "preview_row"
    NOT_ACCEPTED = "not_accepted"
    UNFINISHED = "unfinished"
    GIVEN_UP = "given_up"
    PERSONAL = "personal"
    MADE_ID = "made_id"
    LOST_TEXT = "lost_text"
    GARBLED = "garbled"
    BY_ORDER = "by_order"


KINDS: Mapping[IssueCode, tuple[str, Severity]] = {
    IssueCode.BROKEN_ROW: ("这一行的列数与表头不同", Severity.REJECT),
    IssueCode.NO_ID: ("没有答卷编号", Severity.REJECT),
    IssueCode.NO_TIME: ("没有提交时间，编不成答卷编号", Severity.REJECT),
    IssueCode.ROUNDED_ID: ("编号被当成数字，后面几位已经丢失", Severity.REJECT),
    IssueCode.DUPLICATE_ID: ("答卷编号重复而内容不同", Severity.REJECT),
    IssueCode.REPEATED_ROW: ("与前面的一行完全相同，只算一份", Severity.NOTE),
    IssueCode.UNKNOWN_PSU: ("社区编码不在抽样框内", Severity.REJECT),
    IssueCode.UNKNOWN_PLACE: ("社区名称不在抽样框内", Severity.REJECT),
    IssueCode.SEVERAL_PLACES: ("有几个社区同名，看不出是哪一个", Severity.REJECT),
    IssueCode.NO_PSU: ("没有社区编码", Severity.REJECT),
    IssueCode.OTHER_WAVE: ("这份答卷属于另一期", Severity.REJECT),
    IssueCode.UNKNOWN_MODE: ("调查方式不认识", Severity.REJECT),
    IssueCode.OTHER_MODE: ("这一期没有这种调查方式", Severity.REJECT),
    IssueCode.BAD_WEIGHT: ("权重不是正数", Severity.REJECT),
    IssueCode.UNKNOWN_CODE: ("答案不在选项之内", Severity.CELL),
    IssueCode.NO_VALUE: ("单元格是公式，文件里没有存下算出的值", Severity.CELL),
    IssueCode.UNLABELLED: ("这一列的标签与问卷的代码不一致，没有标签的数字不知道是哪一项", Severity.CELL),
    IssueCode.FLAG_CODING: ("选项列用 1 和 2 表示，不知道哪个是选中", Severity.CELL),
    IssueCode.NOT_A_NUMBER: ("不是整数", Severity.CELL),
    IssueCode.OUT_OF_RANGE: ("数值超出范围", Severity.CELL),
    IssueCode.BAD_DATE: ("日期时间读不懂", Severity.CELL),
    IssueCode.DAY_ORDER: ("日期里月和日的先后看不出来", Severity.CELL),
    IssueCode.BAD_DURATION: ("答题用时读不懂", Severity.CELL),
    IssueCode.NOT_ASKED: ("按跳转规则不该问却有答案，该答案不计入", Severity.NOTE),
    IssueCode.OUTSIDE_WAVE: ("提交日期不在本期调查日期之内", Severity.NOTE),
    IssueCode.EMPTY_MODE: ("调查方式是空的，按导入时选择的方式算", Severity.NOTE),
    IssueCode.SERIAL_DATE: ("日期是 Excel 序号，已换算", Severity.NOTE),
    IssueCode.EXCLUSIVE: ("互斥选项与其他选项同时选中", Severity.NOTE),
    IssueCode.UNUSED_COLUMN: ("这一列与问卷对不上，没有用到", Severity.NOTE),
    IssueCode.MISSING_COLUMN: ("文件里没有这道题", Severity.NOTE),
    IssueCode.NO_PSU_COLUMN: ("文件里没有社区编码，这些答卷不能用于分区县、街道的统计", Severity.NOTE),
    IssueCode.SUMMARY_ROW: ("合计行，不是答卷", Severity.NOTE),
    IssueCode.HIDDEN_SHEET: ("隐藏的工作表，没有读取", Severity.NOTE),
    IssueCode.HIDDEN_ROWS: ("隐藏或被筛选掉的行，同样读取", Severity.NOTE),
    IssueCode.HIDDEN_COLUMNS: ("隐藏的列，同样读取", Severity.NOTE),
    IssueCode.MERGED_DOWN: ("合并的单元格，已把同一个值填到每一行", Severity.NOTE),
    IssueCode.MERGED_ACROSS: ("横向合并的单元格，只有最左边一格有值，其余按空白读取", Severity.NOTE),
    IssueCode.OTHER_SHEET: ("另一张工作表没有读取，一个文件只读一张表", Severity.NOTE),
    IssueCode.PREVIEW_ROW: ("预览或测试时填写的，不是答卷", Severity.REJECT),
    IssueCode.NOT_ACCEPTED: ("审核没有通过，或者标为无效、作废、删除，不写入", Severity.REJECT),
    IssueCode.UNFINISHED: ("没有答完，没有提交：后面的空题按没有问到处理，不计入比例", Severity.NOTE),
    IssueCode.GIVEN_UP: ("没有答完：后面的题全空（含必答题），按没有问到处理，不计入比例", Severity.NOTE),
    IssueCode.PERSONAL: ("这一列有手机号或身份证号；预览里已遮盖，原始文件会照原样保存", Severity.NOTE),
    IssueCode.MADE_ID: ("文件没有答卷编号，已用文件名加行号编成；更正后重新导入时文件名和行序不要变", Severity.NOTE),
    IssueCode.LOST_TEXT: ("这种导出方式不含“其他”的填写内容，需要时请另导出“按文本”的文件", Severity.NOTE),
    IssueCode.GARBLED: ("文字像是乱码，请向对方要原始文件", Severity.NOTE),
    IssueCode.BY_ORDER: ("文件没有题目文字，已按题目顺序对应，并用答案核对过", Severity.NOTE),
}
"""code -> (Chinese title, severity)."""


LONGEST_SHOWN = 40  # characters of a cell shown in a message; the cell itself is kept whole


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue, ready for display.

    Args:
        code: the kind of problem.
        file: file name.
        row: row number as Excel shows it; None for an issue of the whole file.
        column: heading of the column; "" where no column applies.
        value: the cell as found.
        expected: what a valid cell holds.
        cure: how to correct it.
        count: number of rows with the same issue and cell; `row` is the first of them.
    """

    code: IssueCode
    file: str
    row: int | None
    column: str
    value: str
    expected: str = ""
    cure: str = ""
    count: int = 1

    @property
    def title(self) -> str:
        """The Chinese title of the issue."""
        return KINDS[self.code][0]

    def __str__(self) -> str:
        """Return one line for a list."""
        more = f"等 {self.count:,} 行" if self.count > 1 else ""
        place = self.file if self.row is None else f"{self.file} 第 {self.row} 行{more}"
        parts = [f"{place}{f'「{self.column}」' if self.column else ''}：{self.title}"]
        shown = self.value if len(self.value) <= LONGEST_SHOWN else f"{self.value[:LONGEST_SHOWN]}…"
        parts += [f"读到「{shown}」"] if self.value else []
        parts += [f"应为{self.expected}"] if self.expected else []
        return "，".join(parts) + (f"。{self.cure}" if self.cure else "")


@dataclass(frozen=True, slots=True)
class CellIssue:
    """One kind of issue in many rows of one column, so that a million faults take a handful of objects.

    Args:
        code: the kind of problem.
        column: heading.
        positions: row positions in the frame, from 0; empty for an issue of the whole file.
        values: the cell at each position, or one value for all.
        expected: what a valid cell holds.
        cure: how to correct it.
    """

    code: IssueCode
    column: str
    positions: Positions
    values: Sequence[str] = ()
    expected: str = ""
    cure: str = ""

    @property
    def count(self) -> int:
        """The number of issues: one per position, one for a whole file."""
        return len(self.positions) or 1

    def value(self, index: int) -> str:
        """Return the cell at the index-th position."""
        if not self.values:
            return ""
        return self.values[index] if len(self.values) > 1 else self.values[0]


@dataclass(frozen=True)
class Issues:
    """All issues of one file.

    Args:
        file: file name.
        rows: Excel row of every row of the frame.
        findings: the issues found.
    """

    file: str
    rows: npt.NDArray[np.int32]
    findings: tuple[CellIssue, ...] = field(default=())

    def count(self) -> Mapping[IssueCode, int]:
        """Return the number of issues of each code."""
        total: Counter[IssueCode] = Counter()
        for finding in self.findings:
            total[finding.code] += finding.count
        return dict(total)

    def first(self, limit: int = 20) -> tuple[Issue, ...]:
        """Return the first issues in the order of the file, equal ones once; those that reject rows precede notes."""
        order = {severity: rank for rank, severity in enumerate((Severity.REJECT, Severity.CELL, Severity.NOTE))}
        found = [issue for finding in self.findings for issue in self._expand(finding, limit)]
        found.sort(key=lambda issue: (order[KINDS[issue.code][1]] // 2, issue.row or 0))
        return tuple(found[:limit])

    def _expand(self, finding: CellIssue, limit: int) -> Iterator[Issue]:
        if not len(finding.positions):
            yield self._issue(finding, None, 0)
        if KINDS[finding.code][1] is Severity.NOTE:
            limit = min(limit, NOTES)
        for index, count in islice(_first_and_count(finding), limit):
            yield self._issue(finding, int(self.rows[finding.positions[index]]), index, count)

    def _issue(self, finding: CellIssue, row: int | None, index: int, count: int = 1) -> Issue:
        return Issue(
            code=finding.code,
            file=self.file,
            row=row,
            column=finding.column,
            value=masked(finding.value(index)),
            expected=finding.expected,
            cure=finding.cure,
            count=count,
        )

    def rejecting(self, *, keep_partial: bool) -> tuple[CellIssue, ...]:
        """Return the findings whose rows are not stored."""
        stops = {Severity.REJECT} if keep_partial else {Severity.REJECT, Severity.CELL}
        return tuple(finding for finding in self.findings if KINDS[finding.code][1] in stops)

    def reasons(self, *, keep_partial: bool) -> Mapping[int, str]:
        """Return position of each rejected row -> reasons in Chinese."""
        why: dict[int, list[str]] = {}
        for finding in self.rejecting(keep_partial=keep_partial):
            for index, position in enumerate(finding.positions.tolist()):
                value = finding.value(index)
                text = f"{finding.column}：{KINDS[finding.code][0]}" if finding.column else KINDS[finding.code][0]
                why.setdefault(position, []).append(f"{text}（{value}）" if value else text)
        return {position: "；".join(texts) for position, texts in why.items()}


def _first_and_count(finding: CellIssue) -> Iterator[tuple[int, int]]:
    """Yield the index of the first row and the number of rows of each distinct cell of a finding."""
    if len(finding.values) <= 1:
        if len(finding.positions):
            yield 0, len(finding.positions)
        return
    last = len(finding.values) - 1
    first = dict(zip(reversed(finding.values), range(last, -1, -1), strict=True))  # an earlier row replaces a later one
    for value, count in Counter(finding.values).items():
        yield first[value], count
