"""Refresh an edited deck: the generated regions by their names, wherever people moved or copied them."""

from __future__ import annotations

import copy
import io
from difflib import SequenceMatcher
from typing import Any

from power_pptx import Presentation

from documents.docx.text import clean
from documents.places import place
from documents.pptx.master import is_complete
from documents.pptx.read import page_number, shapes_of
from documents.pptx.render import render
from documents.refresh.chart import refresh_chart
from documents.refresh.merge import merged, same
from documents.refresh.outcome import Notes
from documents.regions import PREFIX, group_of, is_region
from reports.briefing.blocks import text_of
from reports.briefing.model import Briefing

PAGE = ":页码"
NEAR = 0.6
"""Likeness from which a paragraph of notes counts as the generated one, although somebody changed it."""


def refresh_deck(content: bytes, old: Briefing, new: Briefing, notes: Notes) -> bytes:
    """Return the deck with new numbers in its generated regions.

    Args:
        content: the edited deck.
        old: the content that it was made from.
        new: the content of today.
        notes: takes what people should know.
    """
    deck = Presentation(io.BytesIO(content))
    template = content if any(is_complete(one) for one in deck.slide_layouts) else None
    base, fresh = (_shapes(render(one, template)) for one in (old, new))
    found = [shape for slide in deck.slides for shape in shapes_of(slide.shapes) if is_region(shape.name)]
    present = {shape.name for shape in found}
    for shape in found:
        _refresh(shape, base.get(shape.name), fresh.get(shape.name), notes)
    _missing(deck, present, base, fresh, notes)
    _slides(deck, clean(text_of(old.foot.method)), clean(text_of(new.foot.method)), notes)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _shapes(content: bytes) -> dict[str, Any]:
    deck = Presentation(io.BytesIO(content))
    return {shape.name: shape for slide in deck.slides for shape in slide.shapes if is_region(shape.name)}


def _refresh(shape: Any, base: Any, fresh: Any, notes: Notes) -> None:
    element, name = shape._element, shape.name.removeprefix(PREFIX)
    if fresh is None:
        element.getparent().remove(element)
        notes.add("removed", name)
        return
    base = base if base is not None else shape
    if element.tag != fresh._element.tag or element.tag != base._element.tag:
        notes.add("kept", name)
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        if not refresh_chart(shape.chart, base.chart, fresh.chart):
            notes.add("kept", name)
        _describe(element, fresh._element)
        _move(element, base._element, fresh._element)
    else:
        if _said(shape) != _said(base):
            notes.add("overwritten", name)
        _replace(element, base._element, fresh._element)


def _said(shape: Any) -> str:
    return "".join(shape._element.itertext())


def _replace(element: Any, base: Any, fresh: Any) -> None:
    """Put the new shape in the place of the edited one, with its own number, name and placeholder."""
    new = merged(base, element, fresh)
    head = copy.deepcopy(element[0])
    new.replace(new[0], head)
    _describe(new, fresh)
    element.getparent().replace(element, new)


def _describe(element: Any, fresh: Any) -> None:
    """Set the new alternative text."""
    described = fresh[0].find("{*}cNvPr").get("descr")
    if described is not None:
        element[0].find("{*}cNvPr").set("descr", described)


def _move(element: Any, base: Any, fresh: Any) -> None:
    """Put a chart in its new place, unless people moved it."""
    now, old, new = (one.find("{*}xfrm") for one in (element, base, fresh))
    if same(now, old):
        element.replace(now, copy.deepcopy(new))


def _missing(deck: Any, present: set[str], base: dict[str, Any], fresh: dict[str, Any], notes: Notes) -> None:
    """Name what people deleted, which stays deleted, and add what is new to the slide that it belongs to."""
    for name in base:
        if name not in present:
            notes.add("deleted", name.removeprefix(PREFIX))
    for name, shape in fresh.items():
        if name in present or name in base:
            continue
        slide = next((one for one in deck.slides if group_of(name) in _groups(one)), None)
        if slide is None or (getattr(shape, "has_chart", False) and shape.has_chart):
            notes.add("left out", name.removeprefix(PREFIX))
        else:
            slide.shapes._spTree.append(copy.deepcopy(shape._element))
            notes.add("added", name.removeprefix(PREFIX))


def _groups(slide: Any) -> set[str]:
    return {group_of(shape.name) for shape in shapes_of(slide.shapes) if is_region(shape.name)}


def _slides(deck: Any, old: str, new: str, notes: Notes) -> None:
    """Number the slides, give new shapes numbers of their own, and replace the method in the notes."""
    total = len(deck.slides)
    for number, slide in enumerate(deck.slides, start=1):
        _number(slide)
        for shape in shapes_of(slide.shapes):
            if is_region(shape.name) and shape.name.endswith(PAGE):
                runs = shape.text_frame.paragraphs[0].runs
                runs[0].text = page_number(number, total)
        told = slide.notes_slide.notes_text_frame.paragraphs if _groups(slide) and slide.has_notes_slide else ()
        if told and not any(_note(one, old, new) for one in told):
            notes.add("notes", place("第 {n} 页", n=number))


def _number(slide: Any) -> None:
    seen: set[str] = set()
    for one in slide.shapes._spTree.iter("{*}cNvPr"):
        if one.get("id") in seen:
            one.set("id", str(max(map(int, seen)) + 1))
        seen.add(one.get("id"))


def _note(paragraph: Any, old: str, new: str) -> bool:
    said = paragraph.text
    if said != old and SequenceMatcher(None, said, old, autojunk=False).ratio() < NEAR:
        return False
    for run in paragraph.runs[1:]:
        run._r.getparent().remove(run._r)
    paragraph.runs[0].text = new
    return True
