"""Refresh an edited document: the blocks within bookmarks, and the words of the placeholders of a template."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from documents import code_picture
from documents.compare import TITLE
from documents.docx.regions import Span, is_inline, spans, wrap
from documents.docx.render import render
from documents.docx.starter import own_template
from documents.docx.text import clean
from documents.joiners import plain
from documents.refresh.merge import merged
from documents.refresh.outcome import Notes
from documents.regions import PREFIX
from reports.briefing.model import Briefing
from reports.briefing.record import code

BLIP, EMBED = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip", qn("r:embed")
NEAR = 0.4
"""Likeness from which a block counts as a generated one that somebody changed."""
MARGINS = ("header", "footer", "first_page_header", "first_page_footer", "even_page_header", "even_page_footer")


def refresh_page(content: bytes, old: Briefing, new: Briefing, notes: Notes) -> bytes:
    """Return the document with new words and numbers in its generated regions.

    Args:
        content: the edited document.
        old: the content that it was made from.
        new: the content of today.
        notes: takes what people should know.
    """
    document = Document(io.BytesIO(content))
    found = list(spans(document.element.body))
    template = own_template() if any(one.name == TITLE for one in found) else None
    made = Document(io.BytesIO(render(new, template)))
    base = {one.name: one for one in spans(Document(io.BytesIO(render(old, template))).element.body)}
    fresh = {one.name: one for one in spans(made.element.body)}
    for one in found:
        _refresh(one, base.get(one.name, one), fresh.get(one.name), notes)
    _pictures(document, made)
    present = {one.name for one in found}
    for name in base:
        if name not in present and not is_inline(name):
            notes.add("deleted", name.removeprefix(PREFIX))
    for name in fresh:
        if name not in present and name not in base:
            notes.add("left out", name.removeprefix(PREFIX))
    _margins(document, old, new, fresh)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _refresh(span: Span, base: Span, fresh: Span | None, notes: Notes) -> None:
    name = span.name.removeprefix(PREFIX)
    if fresh is None:
        notes.add("removed", name)
        _remove(span)
    elif is_inline(span.name):
        _words(span, _said(fresh))
    else:
        _replace(span, base, fresh, notes)


def _replace(span: Span, base: Span, fresh: Span, notes: Notes) -> None:
    """Put the new blocks in the place of the generated ones; what people wrote between them stands before them."""
    own = _matched(span.elements, base.elements)
    theirs = [one for one in span.elements if one not in own.values()]
    if any(_text(one) != _text(base.elements[at]) for at, one in own.items()):
        notes.add("overwritten", span.name.removeprefix(PREFIX))
    last = len(base.elements) - 1
    new = [merged(base.elements[min(at, last)], own.get(min(at, last), base.elements[min(at, last)]), one)
           for at, one in enumerate(fresh.elements)]  # fmt: skip
    anchor = span.elements[0]
    for one in theirs:
        anchor.addprevious(one) if one is not anchor else None
    anchor = theirs[-1] if anchor in theirs else anchor
    for one in reversed(new):
        anchor.addnext(one)
    for one in (*span.marks, *own.values()):
        if one.getparent() is not None:
            one.getparent().remove(one)
    wrap(new, span.name)


def _matched(now: Sequence[Any], old: Sequence[Any]) -> dict[int, Any]:
    """Return which blocks of an edited region were generated, by number: those that say about the same."""
    found: dict[int, Any] = {}
    for least in (1.0, NEAR):
        for at, one in enumerate(old):
            if at in found:
                continue
            rest = [each for each in now if each.tag == one.tag and each not in found.values()]
            best = max(rest, key=lambda each: _likeness(each, one), default=None)
            if best is not None and _likeness(best, one) >= least:
                found[at] = best
    return found


def _likeness(one: Any, other: Any) -> float:
    return SequenceMatcher(None, _text(one), _text(other), autojunk=False).ratio()


def _text(block: Any) -> str:
    return plain("".join(one.text or "" for one in block.iter(qn("w:t"))))


def _said(span: Span) -> str:
    return "".join(map(_text, span.elements))


def _remove(span: Span) -> None:
    for one in (*span.marks, *span.elements):
        if one.getparent() is not None:
            one.getparent().remove(one)


def _words(span: Span, words: str) -> None:
    """Write words into the first run of a placeholder, in its style."""
    first, *rest = span.elements
    texts = first.findall(qn("w:t"))
    for number, one in enumerate(texts):
        one.text = "" if number else words
    for run in rest:
        run.getparent().remove(run)


def _pictures(document: Any, made: Any) -> None:
    """Take the pictures of new blocks over; those that people added are left alone."""
    blobs = {one.rId: one.target_part.blob for one in made.part.rels.values() if one.reltype.endswith("/image")}
    for span in spans(document.element.body):
        for block in span.elements:
            for blip in block.iter(BLIP):
                blob = blobs.get(blip.get(EMBED))
                if blob is not None:
                    blip.set(EMBED, document.part.get_or_add_image(io.BytesIO(blob))[0])


def _margins(document: Any, old: Briefing, new: Briefing, fresh: Mapping[str, Span]) -> None:
    """Refresh heads and feet of pages: placeholders of a template, the source, and the code with its picture."""
    for part in (getattr(section, name) for section in document.sections for name in MARGINS):
        if part.is_linked_to_previous:
            continue
        for span in list(spans(part._element)):
            if is_inline(span.name) and span.name in fresh:
                _words(span, _said(fresh[span.name]))
        _source(part, old, new)
        _code(part, code(old), code(new))


def _source(part: Any, old: Briefing, new: Briefing) -> None:
    """Replace source and code in the words of a head or a foot."""
    pairs = ((clean(old.foot.source.text), clean(new.foot.source.text)), (code(old), code(new)))
    for text in part._element.iter(qn("w:t")):
        for before, after in pairs:
            text.text = (text.text or "").replace(before, after) if before else text.text


def _code(part: Any, old: str, new: str) -> None:
    """Replace the picture of the code in a head or a foot."""
    for shown in part._element.iter(qn("wp:docPr")):
        if old in shown.get("descr", ""):
            shown.set("descr", code_picture.alternative(new).text)
            for blip in shown.getparent().iter(BLIP):
                blip.set(EMBED, part.part.get_or_add_image(io.BytesIO(code_picture.picture(new)))[0])
