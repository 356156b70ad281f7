"""Layout of a sheet: find the heading row, drop total rows, reject two columns for the same question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from survey.errors import CodingError, ReadError
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import heading_key, key
from survey.readers.files.sheet import Body, Opened, Sheet, kept
from survey.readers.tables.read_table import Column, Form, Provenance, ReadTable, Remark

TOTALS = frozenset({"合计", "总计", "小计", "共计", "平均", "平均值", "平均分", "总数", "合計"})

CLOSED = frozenset({Form.SINGLE, Form.NUMBER, Form.OPTIONS, Form.FLAG})
FEW = frozenset(
    {
        *("wave", "mode", "psu", "district", "street", "community"),
        *("link", "seconds", "interviewer", "weight", "device"),
    }
)
"""CLOSED forms and FEW META targets: their columns have few distinct texts."""

META_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "response_id": ("response_id", "编号", "答卷编号", "问卷编号", "样本编号", "id"),
    "wave": ("wave", "期次", "轮次", "波次"),
    "mode": ("mode", "调查方式", "访问方式"),
    "psu": ("psu", "社区编码", "社区代码", "统计用区划代码", "抽样点", "抽样点编码", "居委会代码", "社区（村）编码"),
    "district": ("district", "区县", "所在区县", "县区", "县（市、区）", "区县名称"),
    "street": ("street", "街道", "乡镇", "街道（乡镇）", "街道（镇）", "镇街", "所在街道", "街道名称"),
    "community": ("community", "社区", "社区（村）", "村（社区）", "居委会", "村居", "所在社区", "社区名称"),
    "submitted": ("submitted", "提交时间", "提交答卷时间", "完成时间", "访问时间", "答题时间"),
    "seconds": ("seconds", "用时", "所用时间", "答题用时", "答题时长", "时长"),
    "interviewer": ("interviewer", "访问员", "访员", "调查员", "访问员编号"),
    "weight": ("weight", "权重", "基础权重", "设计权重"),
    "ip": ("ip", "来自ip", "ip地址"),
    "device": ("device", "设备", "设备编号"),
}
"""META target -> its headings in native files, and its link parameters in other tools."""
META_KEYS: Mapping[str, str] = {heading_key(name): target for target, names in META_HEADINGS.items() for name in names}
FEW_NAMED = 5
"""Hidden columns that are named in a remark; the rest are counted."""
PLACE_NAMES = frozenset({"district", "street", "community"})
"""META targets whose headings may also be titles of questions, which take precedence."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The row chosen as heading.

    Args:
        sheet: its sheet.
        row: row number, from 1.
        score: score given by the reader.
    """

    sheet: Sheet
    row: int
    score: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The headings as written in the file."""
        return self.sheet.head[self.row - 1]


def find_heading(opened: Opened, score: Callable[[Sequence[str]], float]) -> Heading | None:
    """Return the row with the highest score among the first rows of all visible sheets; None if none scores above 0.

    Titles, merged bands and notes above the heading score 0 and are skipped.
    """
    best: Heading | None = None
    for sheet in opened.sheets:
        for number, cells in enumerate(sheet.head, start=1):
            found = score(cells)
            if found > (best.score if best else 0):
                best = Heading(sheet, number, found)
    return best


def read_below(
    opened: Opened, heading: Heading, columns: Sequence[Column], dialect: Dialect, *, reader: str, deep: int = 1
) -> ReadTable:
    """Return the ReadTable below a heading.

    Args:
        opened: the file.
        heading: first row of the heading.
        columns: the used columns with their targets.
        dialect: conventions of the tool.
        reader: name of the tool.
        deep: number of heading rows.

    Raises:
        CodingError: two columns have the same target.
        ReadError: no rows below the heading.
    """
    refuse_twins(opened.name, columns)
    below = heading.sheet.head[heading.row : heading.row + deep - 1]
    if len(below) < deep - 1 or any(len(cells) != len(heading.cells) for cells in below):
        raise ReadError(
            f"表头应有 {deep} 行，列数相同", where=f"{opened.name} 第 {heading.row} 行起", cure="重新导出，不要改动表头"
        )
    repeated = {column.index for column in columns if column.form in CLOSED or column.target in FEW}
    body = heading.sheet.load(heading.row + deep - 1, repeated)
    body, ignored = without_totals(body, columns)
    if not body.frame.num_rows and not body.broken:
        raise ReadError(
            "文件只有表头，没有答卷", where=f"{opened.name} 第 {heading.row} 行以下", cure="确认导出时选择了全部答卷"
        )
    used = {column.index for column in columns}
    return ReadTable(
        provenance=Provenance(
            file=opened.name,
            sha256=opened.sha256,
            sheet=heading.sheet.name,
            reader=reader,
            encoding=opened.encoding,
            header_row=heading.row,
        ),
        frame=body.frame,
        rows=body.rows,
        headings=heading.cells,
        columns=tuple(columns),
        dialect=dialect,
        unused=tuple(cell.strip() for i, cell in enumerate(heading.cells) if i not in used and cell.strip()),
        broken=body.broken,
        hidden=tuple(sheet.name for sheet in opened.sheets if sheet.hidden),
        ignored=ignored,
        passed=tuple(sheet.name for sheet in opened.sheets if sheet is not heading.sheet and len(sheet.head) > 1),
        remarks=tuple(_structure(heading, heading.row + deep - 1)),
    )


def _structure(heading: Heading, after: int) -> Iterator[Remark]:
    """Yield remarks on hidden rows and columns, and on merged cells below the heading."""
    sheet = heading.sheet
    if sheet.hidden_columns:
        names = (f"{sheet.letters(at)} {heading.cells[at].strip()}".strip() for at in sheet.hidden_columns[:FEW_NAMED])
        more = "……" if len(sheet.hidden_columns) > FEW_NAMED else ""
        yield Remark(IssueCode.HIDDEN_COLUMNS, "", f"{len(sheet.hidden_columns):,} 列：{'、'.join(names)}{more}")
    if sheet.hidden_rows:
        yield Remark(IssueCode.HIDDEN_ROWS, "", f"{sheet.hidden_rows:,} 行")
    merged = [cells for cells in sheet.merged if cells.bottom >= after]
    for problem, ranges in (
        (IssueCode.MERGED_DOWN, [cells for cells in merged if cells.bottom > cells.top]),
        (IssueCode.MERGED_ACROSS, [cells for cells in merged if cells.right > cells.left]),
    ):
        if ranges:
            down = sum(cells.bottom - cells.top for cells in ranges)
            count = f"，填了 {down:,} 格" if problem is IssueCode.MERGED_DOWN else ""
            yield Remark(problem, ranges[0].name, f"{len(ranges):,} 处{count}")


def refuse_twins(file: str, columns: Sequence[Column]) -> None:
    """Raise CodingError if two columns have the same target."""
    seen: dict[str, Column] = {}
    for column in columns:
        twin = seen.setdefault(column.target, column)
        if twin is not column:
            raise CodingError(
                "两列对应同一道题，不知道该用哪一列",
                where=f"{file} 第 {twin.letters} 列和第 {column.letters} 列",
                got=f"{twin.heading}；{column.heading}",
                cure="删去或改名其中一列后重新导入",
            )


def without_totals(body: Body, columns: Sequence[Column]) -> tuple[Body, tuple[int, ...]]:
    """Return the body without total rows, and their row numbers.

    Total rows are recognised by a word such as 合计 in the id column, or in the first column if there is none.
    """
    names = [f"c{column.index}" for column in columns if column.target in ("response_id", "serial")] or ["c0"]
    cells = body.frame[names[0]] if body.frame.num_rows else pa.chunked_array([[]], pa.string())
    tail = cells.slice(max(len(cells) - 50, 0)).to_pylist()  # totals come last
    marked = {len(cells) - len(tail) + i for i, cell in enumerate(tail) if cell and key(cell) in TOTALS}
    if not marked:
        return body, ()
    keep = np.ones(body.frame.num_rows, dtype=bool)
    keep[list(marked)] = False
    return kept(body, keep), tuple(int(row) for row in body.rows[~keep])


def column(heading: Heading, index: int, form: Form, target: str) -> Column:
    """Return the column at an index of the heading row."""
    return Column(
        index=index,
        heading=heading.cells[index].strip(),
        letters=heading.sheet.letters(index),
        form=form,
        target=target,
    )
