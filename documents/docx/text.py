"""Words in DOCX: runs with Chinese and Latin fonts, marks of verdicts, paragraphs with an exact pitch."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.run import Run

from documents.docx.layout import Type
from documents.joiners import LANGUAGE, SIZE, pieces
from documents.marks import PALE, mark_of
from reports.briefing.blocks import Text

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
SIGN_FONT = "Segoe UI Symbol"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return a text without the characters that XML forbids."""
    return CONTROL.sub("", text)


def write(paragraph: Any, text: str, kind: Type, *, bold: bool = False, colour: str = "", last: bool = False) -> Any:
    """Add words to a paragraph and return their last run; `last` where the paragraph ends with them."""
    run = None
    for words, joins, whole in pieces(clean(text), last=last):
        if joins:
            add_run(paragraph, words, replace(kind, size=SIZE), whole=whole)
        else:
            run = add_run(paragraph, words, kind, bold=bold, colour=colour, whole=whole)
    return run


def add_run(paragraph: Any, text: str, kind: Type, *, bold: bool = False, colour: str = "", whole: bool = False) -> Any:
    """Add words that may break anywhere, or as a `whole` nowhere, and return their run."""
    run = paragraph.add_run(text)
    run._element.insert(0, deepcopy(_properties(kind, bold, colour, whole)))
    return run


@lru_cache(maxsize=512)
def _properties(kind: Type, bold: bool, colour: str, whole: bool) -> Any:
    """Return the properties of a run, made once and copied: to set them takes most of the time of a document."""
    run: Any = Run(OxmlElement("w:r"), None)  # type: ignore[arg-type]
    run.font.size, run.font.bold = Pt(kind.size), (kind.bold or bold) or None
    run.font.name = kind.latin
    fonts = run._element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), kind.east)
    fonts.set(qn("w:cs"), kind.latin)
    if colour or kind.colour:
        run.font.color.rgb = RGBColor.from_string(colour or kind.colour)
    if kind.spread:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(round(kind.spread * 20)))
        run._element.rPr.insert_element_before(
            spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:bdr"
        )
    if whole:
        language = OxmlElement("w:lang")
        language.set(qn("w:eastAsia"), LANGUAGE)
        run._element.rPr.append(language)
    return run._element.rPr


def write_runs(paragraph: Any, runs: Text, kind: Type) -> None:
    """Add a line with its styles; the mark of a verdict stands before its words."""
    for number, run in enumerate(runs, start=1):
        mark = mark_of(run.mark)
        if mark is not None:
            write(paragraph, f"{mark.sign} ", Type(kind.east, kind.size, latin=SIGN_FONT), colour=mark.colour)
        colour, last = PALE if run.pale else "", number == len(runs)
        write(paragraph, run.text.text, kind, bold=run.strong, colour=colour, last=last)


def shape(paragraph: Any, *, pitch: float = 0, align: str = "left", before: float = 0, after: float = 0) -> Any:
    """Set the pitch (exact, in points; 0 for single), alignment and space of a paragraph, and return it."""
    solid(paragraph._element.get_or_add_pPr())
    form = paragraph.paragraph_format
    form.alignment = ALIGN[align]
    form.space_before, form.space_after = Pt(before), Pt(after)
    if pitch:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    else:
        form.line_spacing = 1.0
    return paragraph


def solid(properties: Any) -> None:
    """Leave no blank between Chinese characters and figures."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        if properties.find(qn(name)) is None:
            part = OxmlElement(name)
            part.set(qn("w:val"), "0")
            properties.insert_element_before(part, *AFTER_BORDERS[AFTER_BORDERS.index(name) + 1 :])


def indent(paragraph: Any, size: float, characters: int = 2) -> None:
    """Begin a paragraph some characters in; `size` is theirs in points, for programs that cannot count characters."""
    properties = paragraph._element.get_or_add_pPr()
    found = properties.get_or_add_ind()
    found.set(qn("w:firstLineChars"), str(100 * characters))
    found.set(qn("w:firstLine"), str(round(20 * size * characters)))


def border(paragraph: Any, *, top: str = "", bottom: str = "", size: float = 1, colour: str = "000000") -> None:
    """Draw a rule above or below a paragraph, `size` in points."""
    properties = paragraph._element.get_or_add_pPr()
    edges = OxmlElement("w:pBdr")
    for side, wanted in (("top", top), ("bottom", bottom)):
        if wanted:
            edge = OxmlElement(f"w:{side}")
            for name, value in (("val", wanted), ("sz", str(round(size * 8))), ("space", "2"), ("color", colour)):
                edge.set(qn(f"w:{name}"), value)
            edges.append(edge)
    properties.insert_element_before(edges, *AFTER_BORDERS)


AFTER_BORDERS = tuple(
    f"w:{name}"
    for name in (
        "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE",
        "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents",
        "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId",
        "cnfStyle", "rPr", "sectPr", "pPrChange",
    )
)  # fmt: skip


def frame(run: Any, colour: str) -> None:
    """Draw a frame around words."""
    box = OxmlElement("w:bdr")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "2"), ("color", colour)):
        box.set(qn(f"w:{name}"), value)
    run._element.rPr.append(box)
