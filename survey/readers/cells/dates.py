"""Parse times and durations of answer files. Times are local times of the survey, to the second."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.readers.cells.day_order import SHORT, Inside, clock, decided, half_day
from survey.readers.cells.keys import key
from survey.readers.cells.missing import is_missing

COMMON = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")
FOREIGN = ("%d-%b-%Y %H:%M:%S",)  # 03-Nov-2026 09:12:05
"""Formats that DuckDB parses in bulk; all others are parsed value by value."""
LONGHAND = re.compile(
    r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[t\s]*(?P<half>上午|下午|早上|晚上|中午|凌晨)?\s*(?P<H>\d{1,2})[:时点](?P<M>\d{1,2})"
    r"(?:[:分](?P<S>\d{1,2})?(?P<f>\.\d+)?)?秒?(?:\s*(?P<after>am|pm|上午|下午))?)?"
    r"\s*(?P<z>z|[+-]\d{2}:?\d{2})?"
)
PLAIN = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2}) ([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2}))?")
"""The formats in COMMON, as every tool writes them."""
FEW = 10_000
"""Up to so many cells, reading one by one takes less time than starting DuckDB."""
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[t\s]?(\d{2})(\d{2})(\d{2})")
FIRST_YEAR = 1900
WITH_YEAR = r"^\s*\d{4}"
"""The beginning of a time with its year first."""
NO_TIMES: Mapping[str, datetime | None] = {}
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
        unsure: mask of the bad cells of which day and month could be exchanged.
    """

    values: npt.NDArray[np.datetime64]
    bad: Mask
    serial: Mask
    unsure: Mask


def read_moments(
    cells: pa.ChunkedArray, inside: Inside | None = None, known: Mapping[str, datetime | None] = NO_TIMES
) -> Moments:
    """Parse a column of times.

    Args:
        cells: text; "" or NULL means no time.
        inside: whether a time lies in the wave, for the order of day and month; None for any.
        known: what short dates stand for where the cells are only a part of the column, see `short_times`.
    """
    few = _few(cells) if len(cells) <= FEW else None
    values = _in_bulk(cells) if few is None else few
    values[values < np.datetime64(f"{FIRST_YEAR}-01-01")] = np.datetime64("NaT")  # 9/8/26 is no day of the year 9
    bad, serial, unsure = (np.zeros(len(values), dtype=bool) for _ in range(3))
    left = np.flatnonzero(np.isnat(values))
    texts = [str(text or "").strip() for text in cells.take(pa.array(left)).to_pylist()]
    given = [not is_missing(text) for text in texts]
    left, texts = left[given], [_plain(text) for text, there in zip(texts, given, strict=True) if there]
    if texts:
        distinct = set(texts)
        short = {text for text in distinct if SHORT.fullmatch(text)}
        found = {**{text: read_moment(text) for text in distinct - short}, **(known or decided(short, inside))}
        values[left] = np.array([found[text] for text in texts], dtype="datetime64[us]")
        serial[left] = [bool(SERIAL.fullmatch(text)) for text in texts]
        bad[left] = np.isnat(values[left])
        unsure[left] = [text in short for text in texts]
    return Moments(values, bad, serial & ~bad, unsure & bad)


def _in_bulk(cells: pa.ChunkedArray) -> npt.NDArray[np.datetime64]:
    """Parse the formats in COMMON and FOREIGN by DuckDB; NaT for anything else."""
    import duckdb  # 15 MB of a dashboard, which only imports need

    with duckdb.connect() as connection:
        table = connection.from_arrow(pa.table({"cell": cells}))
        formats = ", ".join(f"'{form}'" for form in (*COMMON, *FOREIGN))
        read = table.project(f"try_strptime(cell, [{formats}]) AS at").to_arrow_table()["at"]
    return np.asarray(pc.cast(read, pa.timestamp("us")).to_numpy(), dtype="datetime64[us]").copy()


def _few(cells: pa.ChunkedArray) -> npt.NDArray[np.datetime64] | None:
    """Return the same as `_in_bulk` where every cell is empty or a plain time; None where one is neither."""
    texts = cells.to_pylist()
    found = [PLAIN.fullmatch(text) if text else None for text in texts]
    if any(text and not one for text, one in zip(texts, found, strict=True)):
        return None
    try:
        read = [_plainly(one.group(1, 3, 4, 5, 6, 7)) if one else None for one in found]
    except ValueError:  # 30 February, 24:00
        return None
    return np.array(read, dtype="datetime64[us]")


def _plainly(parts: Sequence[str | None]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    return datetime(year, month, day, hour, minute, second)


def short_times(cells: pa.Array | pa.ChunkedArray) -> set[str]:
    """Return the distinct short dates of a column, such as 8/9/2026, as `day_order.decided` takes them."""
    others = pc.unique(cells.filter(pc.invert(pc.match_substring_regex(cells, WITH_YEAR)))).to_pylist()
    return {text for text in (_plain(one) for one in others if one) if SHORT.fullmatch(text)}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def read_moment(text: str) -> datetime | None:
    """Parse a time to the second: 2026年11月3日 10:26, ISO 8601 (zones are converted to China time) or an Excel day.

    下午 3:12, 3:12 PM, 20261103 151200 and 24:00 are times; a year before 1900 is none.
    """
    plain = _plain(text)
    if SERIAL.fullmatch(plain):
        days = float(plain)
        inside = SERIALS[0] <= days < SERIALS[1]
        return _to_second(EPOCH + timedelta(days=days)) if inside else None
    if found := COMPACT.fullmatch(plain):
        return _built([int(part) for part in found.groups()], 0.0)
    long = LONGHAND.fullmatch(plain)
    if not long:
        return None
    parts = [int(long[name] or 0) for name in ("y", "m", "d", "H", "M", "S")]
    parts[3] = half_day(parts[3], long["half"] or long["after"])
    moment = _built(parts, float(long["f"] or 0))
    return _local(moment, long["z"]) if moment and long["z"] else moment


def _built(parts: Sequence[int], fraction: float) -> datetime | None:
    """Return the time of year, month, day, hour, minute and second; None for no such time, and before 1900."""
    try:
        year, month, day, hour, minute, second = parts
        moment = datetime(year, month, day) + clock(hour, minute, second)
    except ValueError:
        return None
    return _to_second(moment + timedelta(seconds=fraction)) if moment.year >= FIRST_YEAR else None


def _to_second(moment: datetime) -> datetime:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _local(moment: datetime, zone: str) -> datetime | None:
    """Return a time in China; None for a zone that is none (+99:00) and beyond the calendar."""
    if zone == "z":
        offset = timedelta(0)
    else:
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    try:
        return moment.replace(tzinfo=timezone(offset)).astimezone(CHINA).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def read_span(text: str) -> int | None:
    """Parse `143秒`, `2分3秒`, `1:23`, `0:02:03`, `143` or an Excel time cell to seconds; None for anything else."""
    plain = key(text)
    if (found := CLOCK.fullmatch(plain)) or (plain and (found := SPAN.fullmatch(plain))):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
    else:
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return total if total <= LONGEST else None


def digits_of(moments: pa.Array) -> pa.Array:
    """Return 20261103091205 for each time, NULL for none; integer arithmetic is ten times as fast as formatting."""
    seconds = np.asarray(moments.to_numpy(zero_copy_only=False), dtype="datetime64[s]")
    days, months = seconds.astype("datetime64[D]"), seconds.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days - months).astype(np.int64) + 1
    clock = (seconds - days).astype(np.int64)
    date_part = (year * 100 + month) * 100 + day
    digits = date_part * 1_000_000 + clock // 3600 * 10_000 + clock % 3600 // 60 * 100 + clock % 60
    return pc.cast(pa.array(digits, mask=np.isnat(seconds)), pa.string())
