"""Parse times and durations of answer files. Times are local times of the survey, to the second."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.readers.cells.keys import key
from survey.readers.cells.missing import is_missing

COMMON = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")
FOREIGN = ("%d-%b-%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")  # 03-Nov-2026 09:12:05, 11/03/2026 09:12:05 AM
"""Formats that DuckDB parses in bulk; all others are parsed value by value."""
LONGHAND = re.compile(
    r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[t\s]*(?P<H>\d{1,2})[:时点](?P<M>\d{1,2})(?:[:分](?P<S>\d{1,2})?(?P<f>\.\d+)?)?秒?)?"
    r"(?P<z>z|[+-]\d{2}:?\d{2})?"
)
SERIAL = re.compile(r"\d{5}(\.\d+)?")
SERIALS = (36526, 73051)  # 2000-01-01 to 2100-01-01, counted from EPOCH
EPOCH = datetime(1899, 12, 30)
CHINA = timezone(timedelta(hours=8))
SPAN = re.compile(r"(?:(\d+)(?:小时|时|h))?(?:(\d+)(?:分钟|分|m|'))?(?:(\d+)(?:\.\d+)?(?:秒钟|秒|s|\")?)?")
CLOCK = re.compile(r"(?:1899-12-3[01]|1900-01-0[01])?(?:(\d+):)?(\d{1,2}):(\d{2})(?:\.\d+)?")
LONGEST = 30 * 86_400
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Moments:
    """The times of a column.

    Args:
        values: datetime64[us], NaT for an empty or unreadable cell.
        bad: mask of the cells that are neither empty nor a time.
        serial: mask of the cells that held an Excel day number.
    """

    values: npt.NDArray[np.datetime64]
    bad: Mask
    serial: Mask


def read_moments(cells: pa.ChunkedArray) -> Moments:
    """Parse a column of times.

    Args:
        cells: text; "" or NULL means no time.
    """
    with duckdb.connect() as connection:
        table = connection.from_arrow(pa.table({"cell": cells}))
        formats = ", ".join(f"'{form}'" for form in (*COMMON, *FOREIGN))
        read = table.project(f"try_strptime(cell, [{formats}]) AS at").to_arrow_table()["at"]
    values = np.asarray(pc.cast(read, pa.timestamp("us")).to_numpy(), dtype="datetime64[us]").copy()
    bad, serial = np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    left = np.flatnonzero(np.isnat(values))
    texts = [str(text or "").strip() for text in cells.take(pa.array(left)).to_pylist()]
    given = [not is_missing(text) for text in texts]
    left, texts = left[given], [text for text, there in zip(texts, given, strict=True) if there]
    if texts:
        found = {text: read_moment(text) for text in set(texts)}
        values[left] = np.array([found[text] for text in texts], dtype="datetime64[us]")
        serial[left] = [bool(SERIAL.fullmatch(text)) for text in texts]
        bad[left] = np.isnat(values[left])
    return Moments(values, bad, serial & ~bad)


def read_moment(text: str) -> datetime | None:
    """Parse a time to the second: 2026年11月3日 10:26, ISO 8601 (zones are converted to China time) or an Excel day."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    if SERIAL.fullmatch(plain):
        days = float(plain)
        inside = SERIALS[0] <= days < SERIALS[1]
        return _to_second(EPOCH + timedelta(days=days)) if inside else None
    found = LONGHAND.fullmatch(plain)
    if not found:
        return None
    parts = [int(found[name] or 0) for name in ("y", "m", "d", "H", "M", "S")]
    try:
        moment = datetime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
    except ValueError:
        return None
    moment = _to_second(moment + timedelta(seconds=float(found["f"] or 0)))
    return _local(moment, found["z"]) if found["z"] else moment


def _to_second(moment: datetime) -> datetime:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _local(moment: datetime, zone: str) -> datetime:
    if zone == "z":
        offset = timedelta(0)
    else:
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    return moment.replace(tzinfo=timezone(offset)).astimezone(CHINA).replace(tzinfo=None)


def read_span(text: str) -> int | None:
    """Parse `143秒`, `2分3秒`, `1:23`, `0:02:03`, `143` or an Excel time cell to seconds; None for anything else."""
    plain = key(text)
    if (found := CLOCK.fullmatch(plain)) or (plain and (found := SPAN.fullmatch(plain))):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
    else:
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return total if total <= LONGEST else None
