"""Open an answer file; its kind is determined by its bytes, never by its name."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from survey.errors import ReadError
from survey.readers.files.delimited import open_delimited
from survey.readers.files.excel import open_workbook
from survey.readers.files.sheet import Opened, Sheet

SAS = bytes(12) + b"\xc2\xea\x81\x60"
Sheets = tuple[tuple[Sheet, ...], str]


def open_file(path: Path | str) -> Opened:
    """Open an answer file.

    Raises:
        ReadError: missing, empty, locked, broken, or of a kind that holds no answers.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise not_opened(path, error) from error
    if not start.strip():
        raise ReadError("文件是空的", where=path.name, cure="确认导出是否成功，再重新导出一次")
    kind = kind_of(path, start)
    sheets, encoding = OPENERS.get(kind, _no_sheets)(path)
    return Opened(path=path, name=path.name, sha256=digest, kind=kind, sheets=sheets, encoding=encoding)


def kind_of(path: Path, start: bytes) -> str:
    """Return xlsx, xls, csv, json, sav or dta, by the first bytes.

    Raises:
        ReadError: any other kind, with advice.
    """
    for foreign in FOREIGN:
        if foreign.marks(start):
            raise ReadError(
                f"这是{foreign.title}，本系统不读这种格式", where=path.name, expected=READABLE, cure=foreign.cure
            )
    for mark, kind in MAGIC.items():
        if start.startswith(mark):
            return CLOSER[kind](path, kind) if kind in CLOSER else kind
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise ReadError(
            "这是网页或 XML，不是真正的 Excel 文件", where=path.name, cure="用 Excel 打开后另存为 xlsx 再导入"
        )
    return "json" if re.match(rb"\{|\[\s*\{", head) else "csv"


def _office(path: Path, kind: str) -> str:
    """Return the kind of a zip that is a workbook; raise ReadError for any other zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise ReadError(
            "Excel 文件已损坏或不完整（可能下载或拷贝时中断）", where=path.name, cure="重新下载或请对方重新导出"
        ) from error
    if "mimetype" in names and "content.xml" in names:
        raise ReadError(
            "这是 OpenDocument 表格（ods），本系统不读这种格式",
            where=path.name,
            expected=READABLE,
            cure="用 Excel、WPS 或 LibreOffice 打开，另存为 xlsx 再导入",
        )
    if not any(name.startswith("xl/workbook") for name in names):
        raise ReadError(
            "这是压缩包，不是 Excel 文件", where=path.name, got="、".join(sorted(names)[:3]), cure="解压后逐个导入"
        )
    return kind


def _compound(path: Path, kind: str) -> str:
    """Return the kind of an old workbook; raise ReadError for an encrypted new one, which has the same first bytes."""
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes()[: 2**22]:
        raise ReadError("Excel 文件设有打开密码", where=path.name, cure="在 Excel 里去掉密码，另存后再导入")
    return kind


def _pdf(path: Path, kind: str) -> str:
    raise ReadError("这不是答卷数据文件", where=path.name, got=kind, expected="xlsx、xls 或 csv")


READABLE = "xlsx、xls（Excel 97 起）、csv、sav、dta（Stata 13 起）"


@dataclass(frozen=True, slots=True)
class ForeignFormat:
    """A format of answers that is recognised, but not read.

    Attributes:
        title: its name.
        marks: whether the first bytes of a file are of this format.
        cure: how to save it in a format that is read.
    """

    title: str
    marks: Callable[[bytes], bool]
    cure: str


FOREIGN = (
    ForeignFormat(
        "旧版 Stata 文件（Stata 12 或更早）",
        lambda start: 102 <= start[0] <= 115 and start[1:2] in (b"\1", b"\2") and start[2:4] == b"\1\0",
        "在 Stata 13 或更新的版本里打开，另存为 dta；或用 export delimited 导出 csv",
    ),
    ForeignFormat(
        " SPSS 便携文件（por）",
        lambda start: b"SPSS PORT FILE" in start or b"SPSSPORT" in start,
        "在 SPSS 里打开，另存为 sav 再导入",
    ),
    ForeignFormat(
        "加了密码的 SPSS 文件",
        lambda start: b"ENCRYPTED" in start[:40],
        "在 SPSS 里用密码打开，另存为不加密的 sav 再导入",
    ),
    ForeignFormat(
        "非常旧的 Excel 文件（Excel 2 至 4）",
        lambda start: start[:4] in (b"\x09\0\x04\0", b"\x09\2\6\0", b"\x09\4\6\0"),
        "用 Excel 打开，另存为 xlsx 再导入",
    ),
    ForeignFormat(
        " SAS 文件",
        lambda start: start.startswith((SAS, b"HEADER RECORD*******LIB")),
        "在 SAS 里导出为 csv 或 sav 再导入",
    ),
)

MAGIC: Mapping[bytes, str] = {
    b"PK\x03\x04": "xlsx",
    b"PK\x05\x06": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"$FL2": "sav",
    b"$FL3": "sav",
    b"<stata_dta>": "dta",
    b"%PDF": "PDF",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"\x1f\x8b": "压缩包",
}
"""First bytes -> kind."""
CLOSER: Mapping[str, Callable[[Path, str], str]] = {
    "xlsx": _office,
    "xls": _compound,
    "PDF": _pdf,
    "图片": _pdf,
    "压缩包": _pdf,
}
"""kind -> check for kinds that the first bytes do not settle."""


def _workbook(path: Path) -> Sheets:
    return open_workbook(path), ""


def _delimited(path: Path) -> Sheets:
    sheet, encoding = open_delimited(path)
    return (sheet,), encoding


def _no_sheets(path: Path) -> Sheets:
    return (), ""


OPENERS: Mapping[str, Callable[[Path], Sheets]] = {"xlsx": _workbook, "xls": _workbook, "csv": _delimited}
"""kind -> function that returns its sheets and encoding; other kinds are opened by their own readers."""


def not_opened(path: Path, error: OSError) -> ReadError:
    """Return the Chinese error for a file that the system cannot open."""
    if isinstance(error, FileNotFoundError):
        return ReadError("找不到文件", where=str(path), cure="检查路径和文件名")
    if isinstance(error, IsADirectoryError):
        return ReadError("这是文件夹，不是文件", where=str(path), cure="写出里面的文件名")
    if isinstance(error, PermissionError):
        return ReadError("文件打不开：没有权限，或正被别的程序占用", where=str(path), cure="关闭 Excel 后重试")
    return ReadError("文件打不开", where=str(path), got=error.strerror or str(error), cure="关闭占用它的程序后重试")
