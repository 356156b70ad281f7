"""Open the package of a template: no broken archive, no macros, no password, nothing that swells, no entities."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from documents.templates.faults import Fault
from survey.errors import ArgumentError

OLD = b"\xd0\xcf\x11\xe0"
"""Start of files of Office 97 and of files with a password."""
LARGEST = 200 * 1024 * 1024
"""Largest size of the parts of a template, in bytes."""
MAIN = {".pptx": "ppt/presentation.xml", ".docx": "word/document.xml"}
MACROS = (".pptm", ".potm", ".docm", ".dotm")
TEMPLATES = (".potx", ".dotx", ".ppt", ".doc", ".pot", ".dot")
RESAVE = "在 PowerPoint、Word 或 WPS 里另存为 .pptx 或 .docx"


def kind_of(name: str) -> str:
    """Return the suffix of a template.

    Raises:
        ArgumentError: no template that we can use.
    """
    suffix = f".{name.lower().rpartition('.')[2]}"
    if suffix in MACROS:
        raise ArgumentError("模板带宏，不能用", got=name, cure=RESAVE)
    if suffix in TEMPLATES:
        raise ArgumentError("模板的格式不能直接用", got=name, cure=RESAVE)
    if suffix not in MAIN:
        raise ArgumentError("模板只能是演示文稿或 Word 文档", got=name, expected=".pptx、.docx")
    return suffix


def package_faults(content: bytes, suffix: str) -> Iterator[Fault]:
    """Yield what is wrong with the package; where it is sound, its parts can be opened."""
    if content.startswith(OLD):
        yield Fault("", "文件加了密码，或是旧格式", f"去掉密码，{RESAVE}")
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        broken = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        yield Fault("", "文件已损坏，打不开", "重新从 PowerPoint、Word 或 WPS 里另存一份")
        return
    if broken is not None:
        yield Fault(broken, "这一部分已损坏", "重新从 PowerPoint、Word 或 WPS 里另存一份")
        return
    yield from _parts(archive, suffix)


def _parts(archive: zipfile.ZipFile, suffix: str) -> Iterator[Fault]:
    entries = archive.infolist()
    names = {one.filename for one in entries}
    if MAIN[suffix] not in names or "[Content_Types].xml" not in names:
        yield Fault("", f"里面不是 {suffix} 的内容", "检查文件名的后缀，或重新另存一份")
        return
    if any("vbaProject" in name for name in names):
        yield Fault("", "模板带宏", RESAVE)
    if sum(one.file_size for one in entries) > LARGEST:
        yield Fault("", "模板太大", "压缩或删去里面的图片")
        return
    for name in sorted(names):
        if name.endswith((".xml", ".rels")) and b"<!ENTITY" in archive.read(name):
            yield Fault(name, "里面有实体声明", RESAVE)
