"""What a draft of boundaries says to whoever imports it, on the page and on the command line alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey.boundaries.names import DISTRICT, STREET
from survey.boundaries.places import Place
from survey.boundaries.stored import BoundaryMap
from survey.study.areas import LEVELS

if TYPE_CHECKING:
    from survey.boundaries.staging import Draft


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of the preview: its title with the count, and its lines in Chinese."""

    title: str
    lines: tuple[str, ...]


def summary(draft: Draft) -> str:
    """Return how many areas have a boundary, in one sentence."""
    found, missing = len(draft.matches.found), len(draft.matches.missing)
    level = LEVELS[draft.level]
    lacking = f"，缺 {missing} 个" if missing else "，一个不缺"
    unused = f"；{len(draft.matches.unused)} 个图形不在抽样框里，不导入" if draft.matches.unused else ""
    return f"抽样框里 {found + missing} 个{level}，{found} 个对上了边界{lacking}{unused}"


def details(draft: Draft) -> list[str]:
    """Return what was read and how, one line each."""
    lines = [f"{one.name}：{one.kind}，{one.encoding}，{len(one.features)} 个图形" for one in draft.sources]
    lines.append(f"{draft.matches.by or '没有可用的属性'}；坐标系 {draft.map.system.title}")
    lines.append(f"简化后 {max(1, round(draft.size / 1000))} kB，审图号 {draft.map.approval or '没有填'}")
    return [*lines, *_replaced(draft)]


def _replaced(draft: Draft) -> list[str]:
    """Return what writing replaces: the boundaries of the same level, whose import it was and when."""
    earlier = draft.earlier
    if earlier is None or not (known := earlier.imported(draft.level)):
        return []
    last = " ".join(one for one in (earlier.who, earlier.at[:10]) if one)
    return [f"写入会替换已有的 {len(known)} 个{LEVELS[draft.level]}边界（上次导入：{last}）"]


def lists(draft: Draft) -> list[Listed]:
    """Return the lists that a person should read before confirming; empty ones are left out."""
    every = (
        ("抽样框里有、文件里没有的", [_place(one) for one in draft.matches.missing]),
        ("文件里有、抽样框里没有的（不导入）", draft.matches.unused),
        ("请核对", draft.notes),
    )
    return [Listed(f"{title}：{len(lines)} 个", tuple(lines)) for title, lines in every if lines]


def written(done: BoundaryMap) -> str:
    """Return what a study has now."""
    return f"已写入边界：{_counts(done)}。总览的“哪里”现在画成地图，随时可以换回格子图。"


def stored(map_: BoundaryMap | None) -> str:
    """Return what a study has, and from where."""
    if map_ is None:
        return "这个调查还没有边界，总览用格子图。"
    files = "、".join(name for _, name, _ in map_.sources)
    number = f"，审图号 {map_.approval}" if map_.approval else "，没有审图号"
    when = f"，{map_.at[:10]} 由{map_.who}导入" if map_.at else ""
    return f"已有边界：{_counts(map_)}；{files}；坐标系 {map_.system.title}{number}{when}"


def _counts(map_: BoundaryMap) -> str:
    parts = [f"{len(map_.of(level))} 个{LEVELS[level]}" for level in (DISTRICT, STREET) if map_.of(level)]
    derived = sum(one.derived for one in map_.shapes)
    return "、".join(parts) + (f"（其中 {derived} 个区县由街道拼成）" if derived else "")


def _place(one: Place) -> str:
    return f"{one.name} {one.code}" if one.name == one.district else f"{one.district} {one.name} {one.code}"


def shortened(lines: Sequence[str], most: int) -> Iterable[str]:
    """Return the first lines, and how many there are besides."""
    return [*lines[:most], *([f"……另有 {len(lines) - most} 个"] if len(lines) > most else [])]
