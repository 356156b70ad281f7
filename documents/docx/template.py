"""A document of an organisation as a template: its placeholders, and the types that its styles ask for."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from documents import code_picture
from documents.docx.layout import Layout, Type
from documents.docx.regions import wrap
from documents.docx.text import clean
from documents.placeholders import MARKER, PAGE, named, shown
from documents.places import place
from documents.regions import region
from reports.briefing.blocks import text_of
from reports.briefing.model import Briefing

BODY, PICTURE = "正文", "二维码"
BY_HAND = ("文号", "签字")
"""Placeholders that people go on filling in by hand: they are written once and are no region."""
SIDE = 15.0
"""Size of the picture of the code, in mm."""
FEET = ("header", "footer", "first_page_header", "first_page_footer", "even_page_header", "even_page_footer")


def paragraphs_of(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield every paragraph with its place: of the body, of tables and text boxes in it, of heads and feet of pages."""
    for number, one in enumerate(document.element.body.iter(qn("w:p")), start=1):
        yield place("第 {n} 段", n=number), one
    for at, section in enumerate(document.sections, start=1):
        for name in FEET:
            part = getattr(section, name)
            if not part.is_linked_to_previous:
                where = "页眉" if name.endswith("header") else "页脚"
                for number, one in enumerate(part._element.iter(qn("w:p")), start=1):
                    yield place("第 {n} 节", n=at) + where + place("第 {n} 段", n=number), one


def words_of(paragraph: Any) -> str:
    """Return the words of a paragraph, its runs joined."""
    return "".join(one.text or "" for one in _texts(paragraph))


def _texts(paragraph: Any) -> list[Any]:
    """Return the texts of a paragraph, without those of text boxes in it."""
    inner = {one for box in paragraph.iter(qn("w:txbxContent")) for one in box.iter(qn("w:t"))}
    return [one for one in paragraph.iter(qn("w:t")) if one not in inner]


def open_template(content: bytes) -> Any:
    """Return a template as a document. It must have passed `documents.templates.check`."""
    return Document(io.BytesIO(content))


def layout_of(document: Any, base: Layout) -> Layout:
    """Return a layout with the margins and types of a template; what its styles do not say is that of `base`."""
    section = document.sections[0]
    top, bottom = section.top_margin / Mm(1), section.bottom_margin / Mm(1)
    margins = top, bottom, section.left_margin / Mm(1), section.right_margin / Mm(1)
    body = _type(document, "Normal", base.body)
    pitch = round(base.pitch * body.size / base.body.size, 1)
    return replace(base, margins=margins, body=body, heading=_type(document, "Heading 1", base.heading), pitch=pitch)


def _type(document: Any, name: str, base: Type) -> Type:
    style = next((one for one in document.styles if one.name == name), None)
    if style is None:
        return base
    fonts = style.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    east = fonts.get(qn("w:eastAsia")) if fonts is not None else None
    size = style.font.size.pt if style.font.size else base.size
    return replace(base, east=east or base.east, latin=style.font.name or base.latin, size=size)


def fill(document: Any, found: Briefing, code: str) -> Any:
    """Fill every placeholder but that of the body, whose paragraph is returned."""
    words, body = _words(found, code), None
    for _, paragraph in list(paragraphs_of(document)):
        text = words_of(paragraph)
        names = named(text)
        if BODY in names:
            body = paragraph
        elif MARKER.search(text):
            _fill(document, paragraph, words, code)
    return body


def _words(found: Briefing, code: str) -> Mapping[str, str]:
    head, foot = found.head, found.foot
    texts = {
        "标记": head.mark, "密级": head.secrecy, "红头": head.red, "文号": head.number, "发文": head.left,
        "日期": head.right, "标题": found.title or head.red, "主送": head.addressee, "落款": foot.signature,
        "落款日期": foot.date, "来源": foot.source,
    }  # fmt: skip
    return {name: text.text for name, text in texts.items()} | {
        "签字": "　".join(one.text for one in foot.fields),
        "方法": text_of(foot.method),
        "核验码": code,
        "发送": "\n".join(one.text for one in foot.sent).replace("\t", "　"),
    }


def _fill(document: Any, paragraph: Any, words: Mapping[str, str], code: str) -> None:
    """Replace the placeholders of a paragraph from its end; one that held nothing else and says nothing goes."""
    text = words_of(paragraph)
    only = not MARKER.sub("", text).strip()
    written = False
    for one in reversed(list(MARKER.finditer(text))):
        name = one.group(1).strip()
        new = words[name] if name in words else shown(one.group()) if name not in PAGE else ""
        run = _cut(paragraph, one.start(), one.end(), new)
        if name == PICTURE:
            _picture(document, paragraph, run, code)
        elif new and name in words and name not in BY_HAND:
            wrap([run], region("doc", name))
        written = written or bool(new) or name == PICTURE
    parent = paragraph.getparent()
    if only and not written and len(parent.findall(qn("w:p"))) > 1:
        parent.remove(paragraph)


def _cut(paragraph: Any, start: int, end: int, new: str) -> Any:
    """Put words in place of some characters and return their run, in the style of the first of these characters."""
    at, made = 0, None
    for one in _texts(paragraph):
        text = one.text or ""
        low, high = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if low >= high:
            continue
        run = one.getparent()
        _keep(one, text[:low])
        if text[high:]:
            run.addnext(_like(run, text[high:]))
        if made is None:
            made = _like(run, new)
            run.addnext(made)
    return made


def _like(run: Any, words: str) -> Any:
    """Return a run in the style of another with words; a line break stays one."""
    made = run.makeelement(run.tag, {})
    if (style := run.find(qn("w:rPr"))) is not None:
        made.append(copy.deepcopy(style))
    for number, part in enumerate(clean(words).split("\n")):
        if number:
            made.append(made.makeelement(qn("w:br"), {}))
        text = made.makeelement(qn("w:t"), {qn("xml:space"): "preserve"})
        text.text = part
        made.append(text)
    return made


def _keep(text: Any, words: str) -> None:
    text.text = words
    text.set(qn("xml:space"), "preserve")


def _picture(document: Any, paragraph: Any, run: Any, code: str) -> None:
    """Add the picture of the code in place of a run. The body's part holds it, so it is only for the body."""
    from docx.text.run import Run

    for one in list(run):
        if one.tag != qn("w:rPr"):
            run.remove(one)
    shape = Run(run, document).add_picture(io.BytesIO(code_picture.picture(code)), width=Mm(SIDE))
    shape._inline.docPr.set("descr", code_picture.alternative(code).text)
    shape._inline.docPr.set("name", PICTURE)
