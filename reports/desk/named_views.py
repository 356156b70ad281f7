"""Views that a person keeps under a name: a page with all its filters and choices, as in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports.desk.desk import Content, change_desk, read_desk, text_of
from survey.errors import ArgumentError, StoreError

KEY = "views"
LONGEST = 40
"""Characters of a name."""
MOST = 100
"""Views that one person may keep."""


@dataclass(frozen=True, slots=True)
class NamedView:
    """A page under a name.

    Attributes:
        name: its name, unique for the person.
        page: last part of its address.
        query: its query parameters.
        at: when it was kept, ISO 8601.
    """

    name: str
    page: str
    query: Mapping[str, str]
    at: str = ""


def named_views(root: Path, person: str) -> tuple[NamedView, ...]:
    """Return the views of a person, by name.

    Raises:
        StoreError: the file cannot be understood.
    """
    return _of(read_desk(root, person))


def keep_view(root: Path, person: str, view: NamedView) -> None:
    """Keep a view; one of the same name is replaced.

    Raises:
        ArgumentError: no name, one that is too long, or too many views.
        StoreError: it cannot be written.
    """
    name = _checked(view.name)

    def change(content: Content) -> Content:
        others = [one for one in _of(content) if one.name != name]
        if len(others) >= MOST:
            raise ArgumentError("存下的视图太多", got=str(len(others)), expected=f"至多 {MOST} 个", cure="先删去不用的")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return _with(content, [*others, NamedView(name, view.page, view.query, at)])

    change_desk(root, person, change)


def rename_view(root: Path, person: str, old: str, new: str) -> None:
    """Give a view another name.

    Raises:
        ArgumentError: there is no such view, the name is taken, missing or too long.
        StoreError: it cannot be written.
    """
    name = _checked(new)

    def change(content: Content) -> Content:
        known = {one.name: one for one in _of(content)}
        if old not in known:
            raise ArgumentError("没有这个视图", got=old, cure="刷新页面；它可能已在别处删去或改名")
        if name != old and name in known:
            raise ArgumentError("这个名字已经用在别的视图上", got=name, cure="换一个名字")
        found = known.pop(old)
        return _with(content, [*known.values(), NamedView(name, found.page, found.query, found.at)])

    change_desk(root, person, change)


def drop_view(root: Path, person: str, name: str) -> None:
    """Remove a view; nothing happens where there is none of this name.

    Raises:
        StoreError: it cannot be written.
    """
    change_desk(root, person, lambda content: _with(content, [one for one in _of(content) if one.name != name]))


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise ArgumentError("请给视图起个名字", got=name[:LONGEST], expected=f"1 到 {LONGEST} 个字")
    return name


def _of(content: Mapping[str, Any]) -> tuple[NamedView, ...]:
    try:
        found = [_view(one) for one in content.get(KEY, [])]
    except (TypeError, KeyError, AttributeError) as error:
        cure = "删去 desks 里的这个文件；它不含答卷"
        raise StoreError("存下的视图读不出来", got=str(error), cure=cure) from error
    return tuple(sorted(found, key=lambda one: one.name))


def _view(raw: Mapping[str, Any]) -> NamedView:
    query = {str(key): str(value) for key, value in raw["query"].items()}
    return NamedView(text_of(raw, "name"), text_of(raw, "page"), query, text_of(raw, "at"))


def _with(content: Content, views: list[NamedView]) -> Content:
    raw = [{"name": one.name, "page": one.page, "query": dict(one.query), "at": one.at} for one in views]
    return {**content, KEY: raw}
