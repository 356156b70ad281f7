"""Names of generated regions: what a refresh replaces and a check compares, and nothing else in an edited file.

A shape of a slide carries its region as its name, a block of a DOCX as the tag of its content control. Office programs
keep both when people move, resize, restyle or copy the thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports.briefing.blocks import Actions, Block, Chart, Table

PREFIX = "四率:"
KEYED = (Actions, Chart, Table)


def region(*parts: object) -> str:
    """Return the name of a region, such as 四率:districts:title."""
    return PREFIX + ":".join(map(str, parts))


def is_region(name: str | None) -> bool:
    """Return whether a name is that of a generated region."""
    return bool(name) and str(name).startswith(PREFIX)


def group_of(name: str) -> str:
    """Return the group of a region: the slide that it was made for."""
    return name.removeprefix(PREFIX).partition(":")[0]


def key_of(blocks: Sequence[Block], number: int) -> str:
    """Return the name of a group of blocks: that of its first table or chart, else by its number."""
    return next((block.key for block in blocks if isinstance(block, KEYED)), f"part{number}")


def instance(name: str, seen: Counter[str]) -> str:
    """Return the name of a region that a file has several times, such as on a copied slide, with the number of each."""
    if not name:
        return ""
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}#{seen[name]}"


def plain_name(name: str) -> str:
    """Return the name of a region without the number of its copy."""
    return name.partition("#")[0]
