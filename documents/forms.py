"""The forms of a document: how each is made and read back. Their libraries are loaded only when used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from reports.briefing.model import Briefing
from survey.errors import ArgumentError

Said = tuple[str, str]
"""Place in Chinese, and the text found there."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a document.

    Attributes:
        label: its name on screen.
        suffix: of its files, with the dot.
        mime: its media type.
        room: the package under `documents` with `render.render` and `read.read`.
    """

    label: str
    suffix: str
    mime: str
    room: str

    def render(self, found: Briefing) -> bytes:
        """Return a document in this form, byte for byte the same for the same content."""
        make: Callable[[Briefing], bytes] = import_module(f"documents.{self.room}.render").render
        return make(found)

    def read(self, content: bytes) -> Sequence[Said]:
        """Return what a file says: every piece of text with its place."""
        look: Callable[[bytes], Sequence[Said]] = import_module(f"documents.{self.room}.read").read
        return look(content)


OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS: Mapping[str, Form] = {
    "docx": Form("Word 文档", ".docx", f"{OFFICE}.wordprocessingml.document", "docx"),
    "pptx": Form("演示文稿", ".pptx", f"{OFFICE}.presentationml.presentation", "pptx"),
    "xlsx": Form("Excel 表格", ".xlsx", f"{OFFICE}.spreadsheetml.sheet", "xlsx"),
    "pdf": Form("PDF（可归档）", ".pdf", "application/pdf", "pdf"),
    "html": Form("网页（一个文件）", ".html", "text/html", "html"),
}
"""Name of an option -> form."""


def form_of(name: str) -> Form:
    """Return the form with a name or of a file.

    Args:
        name: such as "docx", or the name of a file.

    Raises:
        ArgumentError: there is no such form.
    """
    known = name.lower().rpartition(".")[2]
    if known not in FORMS:
        raise ArgumentError("没有这种格式", got=name, expected="、".join(FORMS))
    return FORMS[known]
