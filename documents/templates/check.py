"""Check a template, and load one that is without fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from documents.forms import Form, form_of
from documents.templates.faults import Fault
from documents.templates.package import kind_of, package_faults
from survey.errors import ArgumentError

SHOWN = 8
"""Faults that an error names."""


def check(name: str, content: bytes) -> tuple[Fault, ...]:
    """Return every fault of a template, in order; none where it can be used.

    Args:
        name: name of the file.
        content: the file.

    Raises:
        ArgumentError: no kind of file that can be a template.
    """
    suffix = kind_of(name)
    if broken := tuple(package_faults(content, suffix)):
        return broken
    try:
        return tuple(INSIDE[suffix](content))
    except Exception:  # noqa: BLE001 - the libraries have many errors of their own for a damaged part
        return (Fault("", "里面有一部分读不出来", "重新从 PowerPoint、Word 或 WPS 里另存一份"),)


def _slides(content: bytes) -> Iterator[Fault]:
    from documents.templates.slides import slide_faults

    return slide_faults(content)


def _pages(content: bytes) -> Iterator[Fault]:
    from documents.templates.pages import page_faults

    return page_faults(content)


INSIDE: Mapping[str, Callable[[bytes], Iterator[Fault]]] = {".pptx": _slides, ".docx": _pages}


def read_template(path: Path) -> bytes:
    """Return the content of a file that may be a template.

    Raises:
        ArgumentError: there is no such file, or it cannot be read.
    """
    kind_of(path.name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArgumentError("模板打不开", got=str(path), cure="检查文件名，或关掉正在用它的程序") from error


def templated(path: Path) -> Form:
    """Return the form of a template, which makes documents with it.

    Raises:
        ArgumentError: the template has faults.
    """
    content = read_template(path)
    if faults := check(path.name, content):
        rest = "；".join(map(str, faults[:SHOWN]))
        raise ArgumentError(f"模板不能用：{rest}", got=path.name, cure="改好后用 silu brief --check-template 再查一遍")
    return form_of(path.name).using(content)
