"""The forms of a document: how each is made and read back. Their libraries are loaded only when used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
        editable: whether its files have generated regions that stay generated when people edit the rest.
        template: a checked template of an organisation; None for ours.
    """

    label: str
    suffix: str
    mime: str
    room: str
    editable: bool = False
    template: bytes | None = None

    def using(self, template: bytes) -> Form:
        """Return the form with a template; only an editable form takes one."""
        return replace(self, template=template)

    def render(self, found: Briefing) -> bytes:
        """Return a document in this form, byte for byte the same for the same content."""
        make: Callable[..., bytes] = import_module(f"documents.{self.room}.render").render
        return make(found) if self.template is None else make(found, self.template)

    def read(self, content: bytes) -> Sequence[Said]:
        """Return what a file says: every piece of text with its place."""
        look: Callable[[bytes], Sequence[Said]] = import_module(f"documents.{self.room}.read").read
        return look(content)

    def parts(self, content: bytes) -> Sequence[tuple[str, str, str]]:
        """Return the same with the region of each piece; "" where it stands in none."""
        if not self.editable:
            return [("", where, text) for where, text in self.read(content)]
        look: Callable[[bytes], Sequence[tuple[str, str, str]]] = import_module(f"documents.{self.room}.read").parts
        return look(content)


OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS: Mapping[str, Form] = {
    "docx": Form("Word 文档", ".docx", f"{OFFICE}.wordprocessingml.document", "docx", editable=True),
    "pptx": Form("演示文稿", ".pptx", f"{OFFICE}.presentationml.presentation", "pptx", editable=True),
    "xlsx": Form("Excel 表格", ".xlsx", f"{OFFICE}.spreadsheetml.sheet", "xlsx"),
    "pdf": Form("PDF（可归档）", ".pdf", "application/pdf", "pdf"),
    "png": Form("图片（一页）", ".png", "image/png", "png"),
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
