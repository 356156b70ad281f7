"""Faults of the master of a deck."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from power_pptx import Presentation
from power_pptx.oxml.ns import qn

from documents.placeholders import SLIDE, named
from documents.places import place
from documents.pptx.layout import HEIGHT, WIDTH
from documents.pptx.master import EMU, is_complete, places
from documents.templates.faults import Fault, missing, words_at_fault
from reports.sentences.sentence import Declared, say

NEAR = 0.01
"""Difference of a size that still counts as 16:9 wide, as a share."""
LEAST = (9.0, 4.0)
"""Least width and height of the area of the content, in inches."""
SYSTEM = {"DATE (16)", "FOOTER (15)", "SLIDE_NUMBER (13)"}
"""Placeholders that slides do not take over from a layout."""


def slide_faults(content: bytes) -> Iterator[Fault]:
    """Yield the faults of a deck as a master."""
    deck = Presentation(io.BytesIO(content))
    yield from _size(deck)
    layouts = list(deck.slide_layouts)
    chosen = next((one for one in layouts if is_complete(one)), None)
    if chosen is None:
        yield from _incomplete(layouts)
    else:
        yield from _area(chosen)
    for number, master in enumerate(deck.slide_masters, start=1):
        yield from _static(master, place("母版 {n}", n=number))
    for layout in layouts if chosen is None else [chosen]:
        yield from _static(layout, f"版式“{layout.name}”")


def _size(deck: Any) -> Iterator[Fault]:
    found = deck.slide_width / EMU, deck.slide_height / EMU
    if any(abs(one / wanted - 1) > NEAR for one, wanted in zip(found, (WIDTH, HEIGHT), strict=True)):
        what = say(
            "幻灯片大小是 {wide} × {high} 厘米，不是宽屏的 {w} × {h} 厘米",
            wide=_cm(found[0]), high=_cm(found[1]), w=_cm(WIDTH), h=_cm(HEIGHT),
        )  # fmt: skip
        yield Fault("", what.text, "在“设计”的“幻灯片大小”里选宽屏（16:9）")


def _cm(inches: float) -> Declared:
    return Declared(str(round(inches * 2.54, 1)), "standard")


def _incomplete(layouts: list[Any]) -> Iterator[Fault]:
    """Yield what the layout lacks that comes closest."""
    found = [(one, {name for name, _ in places(one)}) for one in layouts]
    best, names = max(found, key=lambda pair: len(pair[1]), default=(None, set()))
    if best is None:
        yield Fault("", "演示文稿没有版式", "用 silu brief --new-template 做一份，再改样子")
        return
    yield from missing(f"版式“{best.name}”", names, SLIDE)


def _area(layout: Any) -> Iterator[Fault]:
    area = dict(places(layout))["内容"]
    found = (area.width or 0) / EMU, (area.height or 0) / EMU
    if any(one < least for one, least in zip(found, LEAST, strict=True)):
        what = say("“内容”区只有 {wide} × {high} 厘米，容不了图和表", wide=_cm(found[0]), high=_cm(found[1])).text
        cure = say("至少留 {wide} × {high} 厘米", wide=_cm(LEAST[0]), high=_cm(LEAST[1])).text
        yield Fault(f"版式“{layout.name}”", what, cure)


def _static(part: Any, where: str) -> Iterator[Fault]:
    """Yield the faults of the words of a layout or a master: of placeholders only unknown names."""
    ours = {shape._element for _, shape in places(part)} if hasattr(part, "slide_master") else set()
    for shape in part.shapes:
        if not shape.has_text_frame or shape._element in ours:
            continue
        if shape.is_placeholder:
            unknown = [name for name in named(shape.text_frame.text) if name not in SLIDE]
            if unknown and str(shape.placeholder_format.type) not in SYSTEM:
                yield Fault(where, f"没有“{unknown[0]}”这个占位符", f"可用的有：{'、'.join(SLIDE)}")
            continue
        for number, paragraph in enumerate(shape.text_frame._txBody.findall(qn("a:p")), start=1):
            words = "".join(one.text or "" for one in paragraph.iterfind(f"{qn('a:r')}/{qn('a:t')}"))
            at = where + f"“{shape.name}”" + place("第 {n} 段", n=number)
            yield from words_at_fault(at, words, {})
