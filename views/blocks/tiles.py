"""Tiles of districts: the worst verdict of each over its rates, coloured and marked; a click opens the district."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.areas.tile_grid import FEW, Cell, shape
from analysis.areas.verdict import Reason, Verdict
from analysis.integrity.lights import MARK
from analysis.numerals import count, whole
from reports.labels import HEADINGS
from reports.sentences.notes.catalogue import tr
from reports.sentences.weak import readable
from views.blocks.html import class_of, entry, mark, text
from views.charts.parts import style

ORDER: Sequence[str] = (
    *Verdict,
    Reason.RED_LIGHT,
    Reason.NO_LINE,
    Reason.OPINION,
    Reason.HIDDEN,
    Reason.EMPTY,
)
"""Verdicts and reasons for none, the one that decides the colour of a district first."""
NAMED = 60
"""With more tiles, only weak and watched districts keep their names."""
TALL, LOW, SHALLOW = 5.2, 3.2, 2.8
"""Heights of tiles in rem: for few districts, for many, and for more than `SHALLOW_FROM`."""
SHALLOW_FROM = 50
BEYOND = (10_000, 0)
"""Order of areas without a cell: after all others, which are read row by row."""


def tile_map(
    judged: pd.DataFrame,
    area: str,
    order: Sequence[str],
    address: Callable[[str, str], str],
    *,
    cells: Mapping[str, Cell] | None = None,
) -> str:
    """Return one tile per area and the legend with its counts.

    Args:
        judged: one row per area and rate, from `reports.verdicts.judged`; names may bear the mark of a red light.
        area: the column that names the areas.
        order: names of the areas in the order of their places, row by row.
        address: (area, label of its worst rate) -> where a click leads.
        cells: area -> row and column, from `reports.overview.places`; without any, tiles follow one another.
    """
    worst = worst_of(judged, area)
    known = [name for name in order if name in worst] + [name for name in worst if name not in set(order)]
    placed = _from_first({name: cell for name, cell in (cells or {}).items() if name in worst})
    known.sort(key=lambda name: placed.get(name, BEYOND))
    many = len(known) > FEW
    columns = max([column for _, column in placed.values()], default=min(shape(len(known))[1], len(known)))
    items = "".join(f"<li{_style(placed, name)}>{_tile(name, worst[name], len(known), address)}</li>" for name in known)
    sizes = f"--columns:{columns};--tile:{_height(len(known))}rem"
    box = f'<ul class="silu-tiles{" silu-many" if many else ""}" style="{sizes}">{items}</ul>'
    return box + legend_of(worst, area)


def faults(notes: Sequence[str]) -> str:
    """Return notes on faulty rows of the files that lay out the map; "" without any."""
    return "".join(f'<p class="silu-faults">{text(note)}</p>' for note in notes)


def _from_first(cells: Mapping[str, Cell]) -> Mapping[str, Cell]:
    """Return cells without the empty rows above and the empty columns at the left."""
    top = min((row for row, _ in cells.values()), default=1) - 1
    left = min((column for _, column in cells.values()), default=1) - 1
    return {name: (row - top, column - left) for name, (row, column) in cells.items()}


def _style(cells: Mapping[str, Cell], name: str) -> str:
    return f' style="grid-row:{cells[name][0]};grid-column:{cells[name][1]}"' if name in cells else ""


def _height(number: int) -> float:
    return TALL if number <= FEW else LOW if number <= SHALLOW_FROM else SHALLOW


def worst_of(judged: pd.DataFrame, area: str) -> Mapping[str, Any]:
    """Return the row that decides the colour of each area: the worst verdict, the largest shortfall of several."""
    place = {state: at for at, state in enumerate(ORDER)}
    states = [style.state(row) for row in judged[["verdict", "reason"]].to_dict("records")]
    rows = judged.assign(_state=states, _place=[place[one] for one in states], _gap=judged["gap"].astype(float))
    rows = rows.sort_values(["_place", "_gap"], kind="stable")
    met = (rows["_state"] == Verdict.MET).groupby(rows[area].astype(str)).all()
    first = rows.drop_duplicates(area)
    first = first.assign(_all_met=first[area].astype(str).map(met))
    return {str(row[area]).removesuffix(MARK): row for row in first.to_dict("records")}


def _tile(name: str, row: Any, number: int, address: Callable[[str, str], str]) -> str:
    state = str(row["_state"])
    short = number <= NAMED or state in (Verdict.WEAK, Verdict.WATCH)
    shown = (name if number <= FEW else name.rstrip(tr("区县市街道"))[:3] or name[:3]) if short else ""
    found = found_of(row, state)
    words = f"{name}：{found}，{state}" if found != state else f"{name}：{state}"  # begins as the tile does
    below = shown_of(row, state) if number <= FEW else ""
    return (
        f'<a class="silu-tile {class_of(state)}" href="{address(name, str(row["label"]))}" '
        f'title="{text(words)}" aria-label="{text(words)}"><b>{text(shown)}</b>'
        f"<span>{mark(state)} {text(below)}</span></a>"
    )


def shown_of(row: Any, state: str) -> str:
    """Return what stands beside the sign: `found_of`; nothing where the verdict cannot be read from the number."""
    plain = row["_all_met"] or state not in tuple(Verdict) or readable(row)
    return found_of(row, state) if plain else ""


def found_of(row: Any, state: str) -> str:
    """Return what a tile says when pointed at: the deciding rate, or why there is none."""
    if row["_all_met"]:
        return tr("各率达标")
    if state in tuple(Verdict) or state in (Reason.OPINION, Reason.NO_LINE):
        return f"{row['label']} {whole(float(row['estimate']))}"
    return state


def legend_of(worst: Mapping[str, Any], area: str) -> str:
    """Return the signs that occur, each with its number of areas."""
    states = [str(row["_state"]) for row in worst.values()]
    entries = "".join(f"<li>{entry(one, count(states.count(one)))}</li>" for one in ORDER if one in states)
    return f'<ul class="silu-legend"><li>{text(HEADINGS.get(area, ""))}{tr("数")}</li>{entries}</ul>'
