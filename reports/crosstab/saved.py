"""Tables that analysts keep under a name: the request, who kept it and when, in `crosstabs.json` of the study."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reports.crosstab.request import Adjustment, Marks, Net, Request
from survey.errors import ArgumentError, StoreError
from survey.host.disk import locked
from survey.storage.files import place

FILE = "crosstabs.json"
LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A table kept under a name.

    Attributes:
        name: its name, unique in the study.
        request: what is asked for.
        who: name of the person who kept it.
        at: when, as ISO 8601.
    """

    name: str
    request: Request
    who: str
    at: str


def saved(root: Path) -> Mapping[str, Saved]:
    """Return name -> kept table of a study, in the order of their names.

    Raises:
        StoreError: the file cannot be understood.
    """
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        found = [Saved(one["name"], _request(one["request"]), one["who"], one["at"]) for one in entries]
    except (ValueError, TypeError, KeyError, OSError) as error:
        cure = "删去或改正这个文件；它只记着表的设置，不含答卷"
        raise StoreError("存下的交叉表读不出来", where=str(path), got=str(error), cure=cure) from error
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def keep(root: Path, one: Saved) -> None:
    """Keep a table; one of the same name is replaced.

    Raises:
        ArgumentError: no name, or one that is too long.
        StoreError: the file cannot be written, or another person is writing it.
    """
    name = one.name.strip()
    if not name or len(name) > LONGEST:
        raise ArgumentError("请给这张表起个名字", got=one.name[:LONGEST], expected=f"1 到 {LONGEST} 个字")
    _change(root, lambda kept: {**kept, name: Saved(name, one.request, one.who, one.at)})


def forget(root: Path, name: str) -> None:
    """Remove a kept table; nothing happens where there is none of this name."""
    _change(root, lambda kept: {key: one for key, one in kept.items() if key != name})


def _change(root: Path, change: Any) -> None:
    path = root / FILE
    with locked(path.with_suffix(".lock")):
        entries = [asdict(one) for one in change(saved(root)).values()]
        text = json.dumps(entries, ensure_ascii=False, indent=1)
        place(path, lambda draft: draft.write_text(text + "\n", encoding="utf-8"), "交叉表")


def _request(raw: Mapping[str, Any]) -> Request:
    nets = tuple(Net(one["question"], one["label"], tuple(one["answers"])) for one in raw["nets"])
    return Request(
        rows=tuple(raw["rows"]),
        heads=tuple(map(tuple, raw["heads"])),
        where=str(raw["where"]),
        nets=nets,
        means=bool(raw["means"]),
        everyone=bool(raw["everyone"]),
        marks=Marks(raw["marks"]),
        adjustment=Adjustment(raw["adjustment"]),
        alpha=float(raw["alpha"]),
        spoken=str(raw["spoken"]),
    )
