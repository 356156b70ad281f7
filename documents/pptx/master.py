"""The slide master: the one that slides are made with by default, and the places of any other."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from power_pptx import Presentation
from power_pptx.oxml import parse_xml
from power_pptx.oxml.ns import nsdecls, qn
from power_pptx.util import Inches

from documents.archive import same_bytes
from documents.placeholders import SLIDE, named, shown
from documents.pptx.layout import BOTTOM, HEIGHT, LEFT, NAVY, RIGHT, RULE, SOFT, TOP, WIDTH, Box

LAYOUT = "四率页"
FONTS = {"a:latin": "Arial", "a:ea": "微软雅黑"}
TITLE_ONLY = 5
"""Layout of the library's default template from which ours is made."""
EMU = 914400


@dataclass(frozen=True, slots=True)
class Kind:
    """A placeholder of our layout: its place and its type."""

    box: Box
    size: float
    colour: str
    align: str = "l"
    bold: bool = False
    anchor: str = "t"


KINDS: Mapping[str, Kind] = {
    "标题": Kind(Box(LEFT, 0.42, RIGHT - LEFT, 0.68), 28, NAVY, bold=True, anchor="ctr"),
    "内容": Kind(Box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP), 16, SOFT),
    "标记": Kind(Box(7.6, 0.16, RIGHT - 7.6, 0.26), 11, "C8102E", "r"),
    "来源": Kind(Box(LEFT, 7.02, RIGHT - LEFT - 0.9, 0.27), 11, SOFT),
    "页码": Kind(Box(RIGHT - 0.8, 7.02, 0.8, 0.27), 11, SOFT, "r"),
}
RULES = ((1.17, NAVY, 25400), (6.98, RULE, 9525))
"""Lines of our layout: height in inches, colour, width in EMU."""


@cache
def own_master() -> bytes:
    """Return our master as a deck without slides; people change its look and keep its placeholders."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    layout = deck.slide_layouts[TITLE_ONLY]
    for other in [one for one in deck.slide_layouts if one is not layout]:
        deck.slide_layouts.remove(other)
    layout.name = LAYOUT
    for shape in [one for one in layout.placeholders if one.placeholder_format.idx]:
        shape._element.getparent().remove(shape._element)
    _set(layout.placeholders[0]._element, "标题")
    tree = layout.shapes._spTree
    for number, name in enumerate((name for name in KINDS if name != "标题"), start=13):
        tree.append(_placeholder(name, number))
    for number, (top, colour, width) in enumerate(RULES, start=20):
        tree.append(_rule(number, top, colour, width))
    _fonts(deck)
    out = io.BytesIO()
    deck.save(out)
    return same_bytes(out.getvalue())


def _fonts(deck: Any) -> None:
    scheme = deck.slide_master.part.theme._theme_elm.find(f".//{qn('a:fontScheme')}")
    for kind in ("a:majorFont", "a:minorFont"):
        for tag, face in FONTS.items():
            scheme.find(f"{qn(kind)}/{qn(tag)}").set("typeface", face)


def _frame(box: Box) -> str:
    left, top, width, height = (round(EMU * one) for one in (box.left, box.top, box.width, box.height))
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _body(name: str) -> str:
    kind = KINDS[name]
    bold = ' b="1"' if kind.bold else ' b="0"'
    return (
        f'<p:txBody {nsdecls("p", "a")}><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{kind.anchor}">'
        "<a:normAutofit/></a:bodyPr>"
        f'<a:lstStyle><a:lvl1pPr marL="0" indent="0" algn="{kind.align}"><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:buNone/><a:defRPr sz="{round(100 * kind.size)}"{bold}><a:solidFill><a:srgbClr val="{kind.colour}"/>'
        f"</a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>"
        f'<a:p><a:r><a:rPr lang="zh-CN"/><a:t>{{{name}}}</a:t></a:r></a:p></p:txBody>'
    )


def _set(element: Any, name: str) -> None:
    """Give the title of the layout its place, type and name."""
    element.nvSpPr.cNvPr.set("name", name)
    element.spPr.append(parse_xml(_frame(KINDS[name].box).replace("<a:xfrm>", f"<a:xfrm {nsdecls('a')}>")))
    element.replace(element.txBody, parse_xml(_body(name)))


def _placeholder(name: str, number: int) -> Any:
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number + 20}" name="{name}"/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" sz="quarter" idx="{number}"/></p:nvPr>'
        f"</p:nvSpPr><p:spPr>{_frame(KINDS[name].box)}</p:spPr>{_body(name)}</p:sp>"
    )


def _rule(number: int, top: float, colour: str, width: int) -> Any:
    """Return a line over the width of the page, which only decorates it."""
    return parse_xml(
        f'<p:cxnSp {nsdecls("p", "a")}><p:nvCxnSpPr><p:cNvPr id="{number + 20}" name="线"/><p:cNvCxnSpPr/><p:nvPr/>'
        f'</p:nvCxnSpPr><p:spPr>{_frame(Box(LEFT, top, RIGHT - LEFT, 0))}<a:prstGeom prst="line"><a:avLst/>'
        f'</a:prstGeom><a:ln w="{width}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></p:spPr>'
        "</p:cxnSp>"
    )


@dataclass(frozen=True, slots=True)
class Master:
    """A deck without slides and the layout that its slides are made with.

    Attributes:
        deck: the deck.
        layout: the layout with the placeholders.
        indices: name of a placeholder -> its index.
        content: where the blocks of a slide stand.
        size: width and height of its slides, in inches.
    """

    deck: Any
    layout: Any
    indices: Mapping[str, int]
    content: Box
    size: tuple[float, float]


def master(template: bytes) -> Master:
    """Return the master of a deck; its slides are left out. The deck must have passed `documents.templates.check`."""
    deck: Any = Presentation(io.BytesIO(template))
    for entry in list(deck.slides._sldIdLst):
        deck.part.drop_rel(entry.rId)
        deck.slides._sldIdLst.remove(entry)
    layout = next(one for one in deck.slide_layouts if is_complete(one))
    found = dict(places(layout))
    area = found["内容"]
    for part in (layout, layout.slide_master):
        _declare(part)
    content = Box(*(one / EMU for one in (area.left, area.top, area.width, area.height)))
    indices = {name: shape.placeholder_format.idx for name, shape in found.items()}
    return Master(deck, layout, indices, content, (deck.slide_width / EMU, deck.slide_height / EMU))


def _declare(part: Any) -> None:
    """Print declared numbers in the words of a layout or a master, such as {声明:12345}."""
    for paragraph in part.shapes._spTree.iter(qn("a:p")):
        texts = list(paragraph.iter(qn("a:t")))
        words = "".join(one.text or "" for one in texts)
        if (new := shown(words)) != words:
            for number, one in enumerate(texts):
                one.text = "" if number else new


def places(layout: Any) -> Iterator[tuple[str, Any]]:
    """Yield the placeholders of a layout that have one of our names: by the words in them, or by their own name."""
    for shape in layout.placeholders:
        words = shape.text_frame.text if shape.has_text_frame else ""
        name = next((one for one in named(words) if one in SLIDE), shape.name if shape.name in SLIDE else "")
        if name:
            yield name, shape


def is_complete(layout: Any) -> bool:
    """Return whether a layout has every placeholder that a slide needs."""
    found = {name for name, _ in places(layout)}
    return all(name in found for name, one in SLIDE.items() if one.required)
