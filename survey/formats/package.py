"""Write coded answers as CSV with a Frictionless data package that describes every column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from survey.formats.codebook import Dataset, ExportVariable
from survey.storage.spreadsheets import GuardedWriter

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES: Mapping[str, str] = {
    "code": "integer",
    "number": "integer",
    "decimal": "number",
    "text": "string",
    "time": "datetime",
}


def write_package(dataset: Dataset, folder: Path, *, name: str = "answers") -> tuple[Path, Path]:
    """Write `<name>.csv` and `datapackage.json`.

    Texts that a spreadsheet would execute as formulas are prefixed with `'` (CWE-1236), as the package documents.

    Args:
        dataset: the answers.
        folder: target folder, created if missing.
        name: name of the CSV file without suffix.

    Returns:
        The CSV file and the package file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data, package = folder / f"{name}.csv", folder / "datapackage.json"
    columns = [dataset.table[variable.name].to_pylist() for variable in dataset.variables]
    with data.open("w", encoding="utf-8-sig", newline="") as file:
        writer = GuardedWriter(file)
        writer.writerow([variable.name for variable in dataset.variables])
        writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    text = json.dumps(describe(dataset, data), ensure_ascii=False, indent=2)
    package.write_text(text + "\n", encoding="utf-8")
    return data, package


def describe(dataset: Dataset, data: Path) -> Mapping[str, Any]:
    """Return the data package of a CSV file that has been written."""
    content = data.read_bytes()
    resource = {
        "name": data.stem.lower(),
        "path": data.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [dict(_field(variable)) for variable in dataset.variables],
            "missingValues": [""],
            "primaryKey": ["wave", "response_id"],
        },
    }
    return {
        "$schema": PROFILE,
        "name": "silu-answers",
        "title": dataset.title,
        "description": "；".join(
            (*dataset.notes, "空值表示没有问到；-2 表示问到而未答；以 = + - @ 开头的文字（数字除外）前加了 '")
        ),
        "resources": [resource],
    }


def _field(variable: ExportVariable) -> Iterator[tuple[str, Any]]:
    yield "name", variable.name
    yield "title", variable.label
    yield "type", TYPES[variable.form]
    if variable.question:
        yield "description", variable.question
    if variable.labels and variable.form == "code":
        yield "categories", [_category(variable, code) for code in sorted(variable.labels)]
        yield "constraints", {"enum": sorted(variable.labels)}
    if variable.missing:
        yield "silu:missing", sorted(variable.missing)


def _category(variable: ExportVariable, code: int) -> Mapping[str, Any]:
    """Return code and label of a choice, with its text name if the questionnaire was made from a form with names."""
    name = variable.names.get(code)
    return {"value": code, "label": variable.labels[code], **({"silu:name": name} if name else {})}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep="T", timespec="seconds")
    return str(value)
