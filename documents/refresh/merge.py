"""Three-way merge of parts of Office files: the new words and numbers, in the look that people gave them.

What people restyled is what differs between the file as it was issued and the file as it is.
"""

from __future__ import annotations

import copy
from typing import Any

STYLES = frozenset(
    f"{{http://schemas.openxmlformats.org/{space}}}{name}"
    for space, names in (
        ("drawingml/2006/main", "rPr endParaRPr pPr bodyPr lstStyle tcPr tblPr tblGrid"),
        ("presentationml/2006/main", "spPr xfrm"),
        ("wordprocessingml/2006/main", "rPr pPr tblPr tblGrid tcPr trPr"),
    )
    for name in names.split()
)
"""Elements that are taken as a whole: from the edited file where people changed them, else from the new one."""
COLOURS = ("{*}solidFill", "{*}color")
TRACES = frozenset({"dirty", "err", "smtClean", "noProof"})
"""Attributes that Office programs write on their own."""


def merged(base: Any, edited: Any, fresh: Any) -> Any:
    """Return the new part with what people restyled.

    Args:
        base: the part as it was issued.
        edited: the part as it is.
        fresh: the part with new numbers.
    """
    found = copy.deepcopy(fresh)
    _merge(base, edited, found)
    return found


def _merge(base: Any, edited: Any, fresh: Any) -> None:
    seen: dict[str, int] = {}
    for child in list(fresh):
        if not isinstance(child.tag, str):
            continue
        at = seen.get(child.tag, 0)
        seen[child.tag] = at + 1
        old, now = nth(base, child.tag, at), nth(edited, child.tag, at)
        if old is None or now is None:
            continue
        if child.tag not in STYLES:
            _merge(old, now, child)
            _height(old, now, child)
        elif not same(old, now):
            fresh.replace(child, _recoloured(old, now, child))
    for child in edited:
        if child.tag in STYLES and child.tag not in seen and nth(base, child.tag, 0) is None:
            fresh.insert(0, copy.deepcopy(child))


def _height(old: Any, now: Any, child: Any) -> None:
    """Keep the height of a row that people changed."""
    if now.get("h") is not None and now.get("h") != old.get("h"):
        child.set("h", now.get("h"))


def _recoloured(old: Any, now: Any, child: Any) -> Any:
    """Return the style that people chose; the colour of a verdict is the new one where the verdict is another."""
    found = copy.deepcopy(now)
    for tag in COLOURS:
        before, after, chosen = old.find(tag), child.find(tag), found.find(tag)
        if before is not None and after is not None and chosen is not None and not same(before, after):
            found.replace(chosen, copy.deepcopy(after))
    return found


def nth(parent: Any, tag: str, at: int) -> Any:
    """Return the child with a tag and a number among these; None for none."""
    found = parent.findall(tag)
    return found[at] if at < len(found) else None


def same(one: Any, other: Any) -> bool:
    """Return whether two parts say and look the same, apart from traces of the program that saved them."""
    return _plain(one) == _plain(other)


def _plain(part: Any) -> tuple[object, ...]:
    """Return a part as nested tuples, without traces."""
    attributes = sorted((name, value) for name, value in part.attrib.items() if name not in TRACES)
    children = [_plain(one) for one in part if isinstance(one.tag, str) and not one.tag.endswith("}extLst")]
    return (part.tag, *attributes, (part.text or "").strip(), *children)
