"""Read the small CSV tables and TOML files of a study; report faults in Chinese with their line.

Problems of a CSV table are collected with their rows and raised together.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from survey.errors import StudyError

SHOWN = 10
"""Maximum number of problems listed; the rest are counted."""

LONGEST_INTEGER = 18
"""Characters of the longest number that is read."""


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file.

    Attributes:
        name: file name for error texts.
        columns: canonical column names, in file order.
        rows: line number in the file (the heading is 1), and column -> stripped text.
        headings: canonical name -> heading in the file, for error texts.
        problems: problems found so far; `close` raises when there are any.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Iterate over line numbers and rows."""
        return iter(self.rows)

    def problem(self, line: int, column: str, *, got: str, expected: str) -> None:
        """Record one problem; name the column as in the file."""
        self.problems.append(f"第 {line} 行 {self.headings.get(column, column)} 列：读到“{got}”，应为{expected}")

    def note(self, text: str) -> None:
        """Record a problem of the whole table."""
        self.problems.append(text)

    def integer(self, line: int, column: str, text: str, *, minimum: int = 0) -> int:
        """Return an integer of at least `minimum`; otherwise record a problem and return `minimum`."""
        plain = text.replace(",", "").removesuffix(".0")
        short = len(plain) <= LONGEST_INTEGER and plain.isascii()
        if short and plain.removeprefix("-").isdecimal() and int(plain) >= minimum:
            return int(plain)
        self.problem(line, column, got=text, expected=f"不小于 {minimum} 的整数")
        return minimum

    def close(self) -> None:
        """Raise all problems at once.

        Raises:
            StudyError: at least one problem was recorded.
        """
        if self.problems:
            more = [f"……另有 {len(self.problems) - SHOWN} 处"] if len(self.problems) > SHOWN else []
            listing = "\n  ".join(["", *self.problems[:SHOWN], *more])
            raise StudyError(f"{self.name} 有 {len(self.problems)} 处问题", where=listing, cure="改好这些行后重试")


def decode(raw: bytes, name: str) -> str:
    """Return the text of a file in UTF-8 (with or without BOM) or GB18030, detected on the whole file."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StudyError(f"{name} 的编码无法识别", where=name, expected="UTF-8 或 GB18030", cure="另存为 CSV UTF-8")


def read_table(
    path: Path,
    aliases: Mapping[str, str],
    required: Sequence[str],
    *,
    may_be_empty: bool = False,
    others: bool = False,
) -> Table:
    """Read a CSV file.

    Args:
        path: the file.
        aliases: Chinese heading -> canonical column name; canonical names are accepted as well.
        required: canonical columns that must be present.
        may_be_empty: accept a heading without rows.
        others: keep further columns under their headings.

    Raises:
        StudyError: no file, no rows, an unknown, duplicate or missing column, or a row of the wrong width.
    """
    try:
        text = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise StudyError(f"{path.name} 打不开", where=str(path), got=error.strerror or "") from error
    try:
        lines = _trimmed([(number, row) for number, row in _records(text) if any(cell.strip() for cell in row)])
    except csv.Error as error:
        raise StudyError(f"{path.name} 不是 CSV 文件", where=str(path), got=str(error)) from error
    if not lines:
        raise StudyError(f"{path.name} 是空文件", where=str(path), expected="第一行为列名")
    columns = _columns(path, lines[0][1], aliases, required, others=others)
    if len(lines) == 1 and not may_be_empty:
        cure = "至少写一行；不知道的格子可以空着（见 silu init 新建的示例）"
        raise StudyError(f"{path.name} 只有列名，没有数据", where=str(path), cure=cure)
    headings = {column: cell.strip() for column, cell in zip(columns, lines[0][1], strict=True)}
    table = Table(path.name, columns, tuple((number, _named(columns, row)) for number, row in lines[1:]), headings)
    for number, row in lines[1:]:
        if len(row) != len(columns):
            table.problem(number, "全部", got=f"{len(row)} 格", expected=f"{len(columns)} 格")
    table.close()
    return table


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    for row in reader:
        if row and not row[0].lstrip().startswith("#"):
            yield reader.line_num, row


def _trimmed(lines: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Drop empty cells to the right of the last heading, which spreadsheets write for columns once used."""
    width = max((at for at, cell in enumerate(lines[0][1], 1) if cell.strip()), default=0) if lines else 0
    return [(number, row if any(cell.strip() for cell in row[width:]) else row[:width]) for number, row in lines]


def _named(columns: Sequence[str], row: Sequence[str]) -> Mapping[str, str]:
    return {column: cell.strip() for column, cell in zip(columns, row, strict=False)}


def _columns(
    path: Path, head: Sequence[str], aliases: Mapping[str, str], required: Sequence[str], *, others: bool
) -> tuple[str, ...]:
    known = {**{name: name for name in aliases.values()}, **aliases}
    columns = tuple(known.get(cell.strip(), cell.strip() if others else "") for cell in head)
    for cell, column in zip(head, columns, strict=True):
        if not column or columns.count(column) > 1:
            what = "有两列同名" if column else "有一列没有列名" if others else "有不认识的列"
            raise StudyError(f"{path.name} {what}", where=str(path), got=cell, expected="、".join(known))
    if missing := [name for name in required if name not in columns]:
        chinese = {column: heading for heading, column in aliases.items()}
        labels = [f"{chinese[name]}（{name}）" if name in chinese else name for name in missing]
        raise StudyError(f"{path.name} 缺少列", where=str(path), expected="、".join(labels))
    return columns


AT = re.compile(r"\(at line (\d+), column (\d+)\)")
FAULTS: Mapping[str, str] = {
    "Cannot declare": "同一节写了两次",
    "Cannot overwrite": "同一个设置写了两次",
    "Duplicate": "同一个设置写了两次",
    "Expected '='": "设置的名称后面缺少等号（要用英文的 =）",
    "Expected newline": "一行只能写一个设置，值后面有多余的内容",
    "Expected ']": "节的名称缺少右方括号",
    "Unterminated string": "引号没有成对",
    "Unclosed array": "方括号没有成对",
    "Unescaped": "引号里有反斜杠，要写成两个 \\\\",
    "Invalid value": "值的写法不对",
    "Invalid date": "日期的写法不对",
}
"""Beginning of a message of tomllib -> its meaning."""
CURE = '文字写在英文双引号里，如 title = "调查"；日期不加引号，如 2026-11-03；说明以 # 开头'
LINE_SHOWN = 60


def read_toml(path: Path) -> tuple[Mapping[str, Any], str]:
    """Return the tables of a TOML file, and its text.

    Raises:
        StudyError: the file cannot be opened, is not UTF-8, or is not valid TOML.
        FileNotFoundError: there is none.
    """
    text = _text(path)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        fault = next((chinese for start, chinese in FAULTS.items() if message.startswith(start)), "写法不对")
        place, line = _place(message, text)
        raise StudyError(
            f"{path.name} 不符合 TOML 格式：{fault}", where=f"{path}{place}", got=line, cure=CURE
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise StudyError(
            f"{path.name} 不是 UTF-8 编码",
            where=f"{path} 第 {line} 行",
            cure="用记事本打开，选“另存为”，编码选 UTF-8，再试一次",
        ) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StudyError(
            f"{path.name} 打不开：没有权限，或正被别的程序占用", where=str(path), cure="关闭编辑它的程序后重试"
        ) from error


def _place(message: str, text: str) -> tuple[str, str]:
    """Return line and column of a fault in Chinese, and the text there; the end of the file without a position."""
    lines = text.splitlines() or [""]
    found = AT.search(message)
    number, column = (int(found[1]), int(found[2])) if found else (len(lines), 0)
    place = f" 第 {number} 行" + (f"第 {column} 个字附近" if column else "（文件末尾）")
    return place, lines[min(number, len(lines)) - 1].strip()[:LINE_SHOWN]
