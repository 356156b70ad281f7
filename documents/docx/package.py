"""The package of a DOCX: an empty document with page, styles, fonts with fall-backs, properties and page numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents import code_picture
from documents.docx.code_mark import add_code
from documents.docx.layout import FALLBACKS, PAGE, Layout, Type
from documents.docx.text import add_run, clean, shape, solid, write
from reports.briefing.model import Briefing

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def new_document(found: Briefing, layout: Layout) -> Any:
    """Return an empty document of A4 with the margins of a layout."""
    document = Document()
    prepare(document, layout)
    set_properties(document, found)
    return document


def prepare(document: Any, layout: Layout) -> None:
    """Give an empty document the page, the styles and the fonts of a layout."""
    _leave_out(document, "stylesWithEffects")
    _name_fonts(document)
    _speak_chinese(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    top, bottom, left, right = map(Mm, layout.margins)
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right
    section.header_distance, section.footer_distance = Mm(8), Mm(5 if not layout.outer else 13)
    _style(document.styles["Normal"], layout.body)
    solid(document.styles["Normal"].element.get_or_add_pPr())
    _style(document.styles["Title"], layout.title)
    _style(document.styles["Heading 1"], layout.heading)
    for name in ("Title", "Heading 1"):
        _plain(document.styles[name])


def _speak_chinese(document: Any) -> None:
    """Set the language of Chinese text, by which a program without our fonts chooses glyphs and punctuation."""
    for part in (document.styles.element, document.settings.element):
        for one in part.iter(qn("w:lang"), qn("w:themeFontLang")):
            one.set(qn("w:eastAsia"), "zh-CN")


def _style(style: Any, kind: Type) -> None:
    style.font.name, style.font.size = kind.latin, Pt(kind.size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), kind.east)


def _plain(style: Any) -> None:
    """Remove rules, colours and theme fonts of a style of the default template."""
    properties = style.element.pPr
    for edges in properties.findall(qn("w:pBdr")) if properties is not None else ():
        properties.remove(edges)
    run = style.element.rPr
    for name in ("w:color", "w:kern", "w:spacing", "w:b", "w:bCs"):
        for part in run.findall(qn(name)):
            run.remove(part)
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        run.rFonts.attrib.pop(qn(f"w:{name}"), None)


def _leave_out(document: Any, name: str) -> None:
    """Remove a part of the default template that the schema of today does not know."""
    relations = document.part.rels
    for key in [key for key, one in relations.items() if name in one.reltype]:
        del relations[key]


def _name_fonts(document: Any) -> None:
    """Write the table of fonts: each with the fonts that stand in for it."""
    part = next(one.target_part for one in document.part.rels.values() if one.reltype.endswith("/fontTable"))
    rows = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(others)}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    part._blob = f'{head}<w:fonts xmlns:w="{W}">{rows}</w:fonts>'.encode()


def set_properties(document: Any, found: Briefing) -> None:
    """Set title, author, language and the day of the document in place of the computer's clock."""
    known = document.core_properties
    day = datetime.fromisoformat(found.day)
    known.title, known.subject = clean(found.title.text or found.head.red.text)[:255], str(found.kind)
    known.author = known.last_modified_by = clean(found.foot.signature.text or found.head.left.text)[:255]
    known.comments, known.keywords, known.language = "", "", "zh-CN"
    known.created = known.modified = day
    known.revision = 1


def number_pages(document: Any, layout: Layout, source: str, code: str) -> None:
    """Number the pages as — 1 —, at the outer side or in the middle, above the source of the numbers and the code.

    Every page carries the picture of the code as well.

    Args:
        document: the document.
        layout: its layout.
        source: the source of the numbers; "" for none.
        code: the verification code.
    """
    section = document.sections[0]
    if layout.outer:
        document.settings.odd_and_even_pages_header_footer = True
        _footer(section.even_page_footer, layout, "left", source, code)
    _footer(section.footer, layout, "right" if layout.outer else "center", source, code)


def _footer(footer: Any, layout: Layout, align: str, source: str, code: str) -> None:
    footer.is_linked_to_previous = False
    line = shape(footer.paragraphs[0], pitch=layout.foot.size * 1.4, align=align)
    if align != "center":
        room = Pt(layout.body.size)
        line.paragraph_format.left_indent = room if align == "left" else None
        line.paragraph_format.right_indent = room if align == "right" else None
    write(line, "— ", layout.foot)
    _field(line, "PAGE", layout.foot)
    write(line, " —", layout.foot)
    caption = code_picture.caption(code).text
    if source:
        add_run(shape(footer.add_paragraph(), pitch=10), clean(f"{source}　{caption}"), layout.small)
    else:
        write(line, f"　{caption}", layout.small)
    add_code(line.add_run(), code, int(align == "left"))


def _field(paragraph: Any, name: str, kind: Type) -> None:
    """Add a field with its last result "1"."""
    for mark in ("begin", name, "separate", "1", "end"):
        run = write(paragraph, "1" if mark == "1" else "", kind)
        if mark == "1":
            continue
        part = OxmlElement("w:instrText" if mark == name else "w:fldChar")
        if mark == name:
            part.set(qn("xml:space"), "preserve")
            part.text = f" {name} "
        else:
            part.set(qn("w:fldCharType"), mark)
        run._element.append(part)
