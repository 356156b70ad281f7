"""Convert SPSS and Stata files to text in a separate process.

Usage: `python -P statistics_child.py FILE KIND FOLDER MEMORY SECONDS`. Imports nothing of Silu. Writes FOLDER/0.arrow
(text columns c0..) and prints one JSON object.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

KINDS = ("sav", "dta")
DTA_END = b"</stata_dta>"
Values = Any
SPSS, STATA = datetime(1582, 10, 14), datetime(1960, 1, 1)
UNITS: Mapping[str, tuple[datetime, float]] = {
    **dict.fromkeys(("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "YMDHMS"), (SPSS, 1.0)),
    "%TD": (STATA, 86_400.0),
    "%D": (STATA, 86_400.0),
    "%TC": (STATA, 0.001),
}
"""Start of a format -> what its numbers count, and seconds per unit. DATE covers DATETIME."""


def cell(value: Any) -> str:
    """Return a value as text: 3.0 as 3, system-missing as "", Stata's extended missing .a as its letter."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def load(path: Path, kind: str) -> tuple[Mapping[str, Values], Any]:
    """Return columns and metadata; files that fail in their declared encoding are read as GB18030."""
    import pyreadstat

    if kind == "dta" and not path.read_bytes().rstrip().endswith(DTA_END):
        raise ValueError("cut off")  # the parser would silently drop the value labels, which come last
    read: Callable[..., Any] = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}[kind]
    plain = {"user_missing": True, "output_format": "dict"}
    for options in ({}, {"encoding": "GB18030"}):
        try:
            return read(str(path), **plain, **options)  # type: ignore[no-any-return]
        except (pyreadstat.ReadstatError, UnicodeDecodeError):
            if options:
                raise
        except (OverflowError, ValueError, pyreadstat.PyreadstatError):  # one date outside the years 1 to 9999
            columns, meta = read(str(path), **plain, **options, disable_datetime_conversion=True)
            return with_dates(columns, meta), meta
    raise AssertionError("unreachable")


def with_dates(columns: Mapping[str, Values], meta: Any) -> Mapping[str, Values]:
    """Return the columns with dates and times; a date outside the years 1 to 9999 remains a number."""
    made = dict(columns)
    for name, form in meta.original_variable_types.items():
        unit = next((unit for start, unit in UNITS.items() if str(form).upper().startswith(start)), None)
        if unit and name in made:
            made[name] = [moment(value, *unit) for value in made[name]]
    return made


def moment(value: Any, origin: datetime, seconds: float) -> Any:
    """Return the time that a number stands for, the number itself where there is no such time."""
    try:
        return origin + timedelta(seconds=value * seconds)
    except (OverflowError, ValueError, TypeError):
        return value


def facts(meta: Any) -> list[dict[str, Any]]:
    """Return name, label, whether it is text, and value labels of every variable."""
    variables = []
    for name, label in zip(meta.column_names, meta.column_labels, strict=True):
        labels = meta.variable_value_labels.get(name, {})
        variables.append(
            {
                "name": name or "",  # damaged files can have variables without a name
                "label": label or "",
                "text": meta.readstat_variable_types.get(name) == "string",
                "labels": {cell(value): text or "" for value, text in labels.items()},
            }
        )
    return variables


def limit(memory: int, seconds: int) -> None:
    """Limit address space (bytes) and CPU time where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main(arguments: list[str]) -> int:
    """Read one file and print JSON with either `variables` or `error`."""
    path, kind, folder = Path(arguments[0]), arguments[1], Path(arguments[2])
    limit(int(arguments[3]), int(arguments[4]))
    try:
        import pyarrow as pa

        columns, meta = load(path, kind)
        cells = [pa.array([cell(value) for value in columns[name]], pa.string()) for name in meta.column_names]
        table = pa.table(cells, names=[f"c{i}" for i in range(len(cells))])
        with pa.OSFile(str(folder / "0.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        report: dict[str, Any] = {"variables": facts(meta), "encoding": meta.file_encoding or ""}
    except MemoryError as error:
        report = {"error": "memory", "detail": str(error)}
    except Exception as error:  # noqa: BLE001 - a broken file may raise anything; the parent reports it in Chinese
        report = {"error": "unreadable", "detail": f"{type(error).__name__}: {error}"[:500]}
    json.dump(report, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
