"""Read Excel workbooks (xlsx, xls) into Sheets, in a child process with memory and time limits."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from survey.errors import ReadError
from survey.host.scratch import scratch_folder
from survey.readers.files.excel_child import MAX_BYTES
from survey.readers.files.limits import SECONDS, SMALL, allowance
from survey.readers.files.sheet import HEAD_ROWS, Body, MergedCells, Sheet, without_blank_rows

MAX_RATIO = 100  # ordinary answer files have a ratio of about 12
WORKBOOK = Path(__file__).with_name("excel_child.py")

ERRORS = {
    "bomb": (
        "文件解压后大得不正常，已拒绝读取",
        "如果确实是答卷文件，请分成几个文件，或导出为 CSV",
    ),
    "large": (
        "工作簿太大，已拒绝读取",
        "在 Excel 里另存为“CSV UTF-8”再导入（CSV 不受这个限制），或者分成几个文件",
    ),
    "memory": ("文件太大，读取时内存不够", "请分成几个文件，或导出为 CSV"),
    "unreadable": (
        "Excel 文件已损坏或不完整",
        "用 Excel 打开后另存为新的 xlsx；打不开就请对方重新导出",
    ),
    "encrypted": ("Excel 文件设有打开密码", "在 Excel 里去掉密码，另存后再导入"),
    "killed": (
        "这个文件没有读完：文件已损坏，或者太大、内存不够",
        "用 Excel 打开后另存为新的 xlsx；确实很大就分成几个文件，或导出为 CSV",
    ),
    "time": ("读取这个文件用时过长，已停止", "请分成几个文件，或导出为 CSV"),
    "strained": (
        "Excel 文件已损坏：文件不大，却读不完",
        "用 Excel 打开后另存为新的 xlsx；打不开就请对方重新导出",
    ),
}
EXHAUSTED = frozenset({"memory", "killed", "time"})
"""Errors that a small file causes only if it is damaged."""


def open_workbook(path: Path) -> tuple[Sheet, ...]:
    """Return all sheets of a workbook; of hidden sheets only the names.

    Raises:
        ReadError: broken, truncated, password-protected, or a zip bomb.
    """
    size = check_zip(path) if zipfile.is_zipfile(path) else path.stat().st_size
    with scratch_folder() as folder:
        report = _parse(path, folder, size)
        if "error" in report:
            strained = size < SMALL and report["error"] in EXHAUSTED
            what, cure = ERRORS["strained" if strained else report["error"]]
            raise ReadError(what, where=path.name, cure=cure)
        return tuple(_sheet(folder / f"{number}.arrow", facts) for number, facts in enumerate(report["sheets"]))


def check_zip(path: Path) -> int:
    """Return the size that the zip directory declares, in bytes; raise ReadError if it is too large or too dense.

    Nothing is inflated.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    dense = declared > SMALL and declared / packed > MAX_RATIO
    if dense or declared > MAX_BYTES:
        what, cure = ERRORS["bomb" if dense else "large"]
        raise ReadError(
            what,
            where=path.name,
            got=f"解压后 {declared / 2**20:.0f} MB，压缩比 {declared / packed:.0f}",
            expected=f"解压后不超过 {MAX_BYTES // 2**20} MB（20 列的整张工作表），压缩比不超过 {MAX_RATIO}",
            cure=cure,
        )
    return declared


def _parse(path: Path, folder: Path, size: int) -> dict[str, Any]:
    memory, seconds = allowance(size)
    command = [sys.executable, "-P", str(WORKBOOK), str(path), str(folder), str(memory), str(seconds)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"error": "time"}
    try:
        report = json.loads(done.stdout)
    except ValueError:
        # no output: killed by a limit or aborted by the parser
        return {"error": "killed"}
    return report if isinstance(report, dict) else {"error": "unreadable"}


def _sheet(path: Path, facts: dict[str, Any]) -> Sheet:
    """Return one sheet; its cells are read into memory, because the folder is temporary."""
    if facts["hidden"] or not facts["rows"]:
        return Sheet(name=facts["name"], head=(), hidden=facts["hidden"], load=_empty)
    with pa.OSFile(str(path), "rb") as source:
        table = pa.ipc.open_file(source).read_all()
    columns = [cells.to_pylist() for cells in table.slice(0, HEAD_ROWS).columns]
    head = tuple(tuple(cell or "" for cell in row) for row in zip(*columns, strict=True))

    def load(after: int, repeated: Collection[int] = ()) -> Body:
        rows = np.arange(after + 1, table.num_rows + 1, dtype=np.int32)
        return without_blank_rows(Body(table.slice(after), rows))

    return Sheet(
        name=facts["name"],
        head=head,
        hidden=False,
        load=load,
        first_column=facts["first_column"],
        merged=tuple(MergedCells(*corners) for corners in facts.get("merged", ())),
        hidden_rows=facts.get("hidden_rows", 0),
        hidden_columns=tuple(facts.get("hidden_columns", ())),
    )


def _empty(after: int, repeated: Collection[int] = ()) -> Body:
    return Body(pa.table({}), np.array([], dtype=np.int32))
