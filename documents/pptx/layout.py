"""Sizes and types of slides, and the words on them: text boxes, runs with Chinese fonts, marks of verdicts."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from power_pptx.dml.color import RGBColor
from power_pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from power_pptx.oxml.ns import qn
from power_pptx.oxml.xmlchemy import OxmlElement
from power_pptx.text.text import _Run
from power_pptx.util import Inches, Pt

from documents.docx.text import clean
from documents.joiners import LANGUAGE, SIZE, pieces
from documents.marks import PALE, mark_of
from reports.briefing.blocks import Text

WIDTH, HEIGHT = 13.333, 7.5
LEFT, RIGHT = 0.67, 12.66
TOP, BOTTOM = 1.35, 6.75
"""Edges of the content of a slide, in inches."""
NAVY, INK, SOFT, CARD, RULE = "16324F", "1F2328", "5F6670", "F5F7FA", "B4BAC1"
EAST, LATIN, SIGNS = "+mn-ea", "+mn-lt", "Segoe UI Symbol"
"""Fonts of the theme, so that those of any master apply, and the font of marks."""
ALIGN = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def emu(self) -> tuple[Any, Any, Any, Any]:
        """Return left, top, width, height as the library takes them."""
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


def rgb(colour: str) -> Any:
    """Return a colour of six hexadecimal digits as the library takes it."""
    return RGBColor.from_hex(colour)


@dataclass(frozen=True, slots=True)
class Type:
    """A type: size in points, colour, weight."""

    size: float
    colour: str = INK
    bold: bool = False


TITLE = Type(28, NAVY, bold=True)
BODY, SMALL = Type(16), Type(12, SOFT)


def add_text(slide: Any, box: Box, runs: Text, kind: Type, *, align: str = "left", name: str = "") -> Any:
    """Add a text box with one paragraph and return it."""
    shape = slide.shapes.add_textbox(*box.emu)
    if name:
        shape.name = name
    fit(shape.text_frame)
    fill(shape.text_frame.paragraphs[0], runs, kind, align=align)
    return shape


def fit(frame: Any) -> None:
    """Let a frame wrap its words, without margins."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.TOP


def fill(paragraph: Any, runs: Text, kind: Type, *, align: str = "left") -> None:
    """Write a line into a paragraph; the mark of a verdict stands before its words."""
    paragraph.alignment = ALIGN[align]
    for number, run in enumerate(runs, start=1):
        if mark := mark_of(run.mark):
            write(paragraph, f"{mark.sign} ", Type(kind.size, mark.colour), latin=SIGNS)
        colour = PALE if run.pale else kind.colour
        part = Type(kind.size, colour, bold=kind.bold or run.strong)
        write(paragraph, run.text.text, part, last=number == len(runs))


def fill_inherited(paragraph: Any, runs: Text, size: float | None = None) -> None:
    """Write a line into a placeholder: its type is that of the master, but for the size where one is given."""
    for run in runs:
        words = clean(run.text.text).replace("\n", " ")
        for part, joins, whole in pieces(words, last=run is runs[-1]):
            _inherited(paragraph, part, SIZE if joins else size, whole=whole)


def _inherited(paragraph: Any, text: str, size: float | None, *, whole: bool) -> None:
    part = paragraph.add_run()
    part.text = text
    part._r.get_or_add_rPr().set("lang", LANGUAGE if whole else "zh-CN")
    if size:
        part.font.size = Pt(size)


def write(paragraph: Any, words: str, kind: Type, *, latin: str = LATIN, last: bool = False) -> None:
    """Add words to a paragraph; a line break stays one; `last` where the paragraph ends with them."""
    for number, line in enumerate(clean(words).split("\n")):
        if number:
            paragraph.add_line_break()
        for part, joins, whole in pieces(line, last=last):
            _write(paragraph, part, replace(kind, size=SIZE) if joins else kind, latin, whole=whole)


def _write(paragraph: Any, part: str, kind: Type, latin: str, *, whole: bool) -> None:
    if part:
        run = paragraph.add_run()
        run.text = part
        run._r.insert(0, deepcopy(_properties(kind, latin, whole)))


@lru_cache(maxsize=512)
def _properties(kind: Type, latin: str, whole: bool) -> Any:
    """Return the properties of a run, made once and copied: to set them takes most of the time of a deck."""
    run: Any = _Run(OxmlElement("a:r"), None)  # type: ignore[arg-type]
    run.font.size, run.font.bold = Pt(kind.size), kind.bold
    run.font.name = latin
    run.font.color.rgb = rgb(kind.colour)
    properties = run._r.get_or_add_rPr()
    properties.set("lang", LANGUAGE if whole else "zh-CN")
    east = properties.makeelement(qn("a:ea"), {"typeface": EAST})
    properties.find(qn("a:latin")).addnext(east)
    return properties
