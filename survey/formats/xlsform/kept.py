"""The column `silu`, in which a form that Silu wrote keeps as JSON what XLSForm cannot express.

A cell holds the JSON of the element and the other cells of the row as they were written. A cell that still has that
text stands for the properties it was written from; an edited cell takes precedence over them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey.formats.xlsform.sheets import FormRow

GOVERNED: Mapping[str, frozenset[str]] = {
    "type": frozenset({"type", "inputType"}),
    "label": frozenset({"title", "text", "html"}),
    "hint": frozenset({"description"}),
    "required": frozenset({"isRequired", "isAllRowRequired"}),
    "relevant": frozenset({"visibleIf"}),
    "constraint": frozenset({"min", "max", "maxLength", "maxSelectedChoices"}),
}
"""Column -> properties that an edited cell replaces."""


@dataclass(frozen=True)
class Kept:
    """The content of one cell of the column `silu`.

    Attributes:
        json: JSON of the element, choice or settings; None where the row has none, such as an "other" text.
        cells: column -> text as written.
    """

    json: Any
    cells: Mapping[str, str]

    def same(self, row: FormRow, column: str) -> bool:
        """Return whether a cell still has the text that was written."""
        return row[column] == self.cells.get(column, "").strip()

    def properties(self, row: FormRow) -> dict[str, Any]:
        """Return the properties of the element, without those whose cells were edited."""
        found = dict(self.json) if isinstance(self.json, dict) else {}
        edited = [names for column, names in GOVERNED.items() if not self.same(row, column)]
        return {name: value for name, value in found.items() if not any(name in names for names in edited)}


def written_cell(value: Any, cells: Mapping[str, str]) -> str:
    """Return the cell for an element; `$` is escaped, since pyxform takes `${` for a reference in any column."""
    return json.dumps({"json": value, "cells": cells}, ensure_ascii=False).replace("$", "\\u0024")


def kept_of(row: FormRow) -> Kept | None:
    """Return what the row keeps; None for a row that Silu did not write, or whose cell is damaged."""
    try:
        value = json.loads(row["silu"] or "null")
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("cells"), dict) and "json" in value:
        return Kept(value["json"], {column: str(text) for column, text in value["cells"].items()})
    # forms of earlier versions keep no cells but the condition
    cells = {"type": row["type"], "name": row["name"], "relevant": str(value.get("relevant", ""))}
    return Kept(value.get("props", value), cells)
