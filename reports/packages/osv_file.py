"""Read a file of vulnerabilities in OSV format; treat it as untrusted, since it comes from outside."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from survey.errors import ReadError

Record: TypeAlias = Mapping[str, Any]

MIB = 2**20
LARGEST_FILE, LARGEST_RECORD, LARGEST_ALL = 512 * MIB, 16 * MIB, 2048 * MIB
"""Bytes, inflated: of a plain JSON file, of one record in a zip, and of all of them."""
MOST = 1_000_000
"""Maximum number of files in a zip."""
ECOSYSTEM = "PyPI"
KEPT = ("id", "aliases", "summary", "withdrawn", "affected")
"""Keys of a record that are used; details, references and credits are not read."""
CURE = "从 OSV 下载 PyPI 的清单（all.zip 或单个 JSON），原样使用"


def read_records(path: Path) -> list[Record]:
    """Read the records that concern Python packages.

    Args:
        path: one JSON object, a JSON list, or a zip of JSON files.

    Raises:
        ReadError: the file is missing, not JSON, without records, too large when inflated, or of other ecosystems.
    """
    met: Counter[str] = Counter()
    ours: list[Record] = []
    count = 0
    try:
        for record in _zipped(path) if zipfile.is_zipfile(path) else _plain(path):
            count += 1
            named = _ecosystems(record)
            met.update(named)
            if ECOSYSTEM in named:
                ours.append({key: record[key] for key in KEPT if key in record})
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ReadError("漏洞清单读不出来", where=str(path), got=str(error), cure=CURE) from error
    if not count:
        raise ReadError("漏洞清单是空的，里面没有一条记录", where=str(path), cure=CURE)
    if not ours:
        got = "、".join(name for name, _ in met.most_common(5)) or "没有写生态"
        raise ReadError("漏洞清单不是 Python 软件包的", where=str(path), got=got, expected=ECOSYSTEM, cure=CURE)
    return ours


def _plain(path: Path) -> Iterator[Record]:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise _too_large(path.name, size)
    yield from _records(path.read_bytes(), path.name)


def _zipped(path: Path) -> Iterator[Record]:
    total = 0
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if one.filename.endswith(".json")]
        if len(members) > MOST:
            got, expected = f"{len(members):,}", f"不超过 {MOST:,} 个"
            raise ReadError("漏洞清单的文件太多", where=path.name, got=got, expected=expected)
        for one in members:
            with archive.open(one) as file:  # the sizes declared in the zip may be false
                content = file.read(LARGEST_RECORD + 1)
            total += len(content)
            if len(content) > LARGEST_RECORD or total > LARGEST_ALL:
                raise _too_large(f"{path.name} 中的 {one.filename}", max(one.file_size, total))
            yield from _records(content, f"{path.name} 中的 {one.filename}")


def _records(content: bytes, where: str) -> Iterator[Record]:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReadError("漏洞清单不是 JSON", where=where, got=str(error)[:100], cure=CURE) from error
    for record in parsed if isinstance(parsed, list) else [parsed]:
        if not _is_record(record):
            got, expected = str(record)[:60], "OSV 格式：有 id 和 affected 的对象"
            raise ReadError("漏洞清单里有一条不是 OSV 记录", where=where, got=got, expected=expected, cure=CURE)
        yield {"affected": [], **record}


def _is_record(record: Any) -> bool:
    """Return whether the parts used here are well-formed; a withdrawn record may list nothing."""
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        return False
    affected = record.get("affected", [])
    return isinstance(affected, list) and all(map(_is_affected, affected))


def _is_affected(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("package", {}), dict):
        return False
    ranges, versions = one.get("ranges") or [], one.get("versions") or []
    named = all(isinstance(one.get("package", {}).get(key, ""), str) for key in ("ecosystem", "name"))
    return named and _are(ranges, dict) and _are(versions, str) and all(_are_events(each) for each in ranges)


def _are_events(one: Mapping[str, Any]) -> bool:
    events = one.get("events") or []
    return _are(events, dict) and all(isinstance(text, str) for event in events for text in event.values())


def _are(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)


def _ecosystems(record: Record) -> set[str]:
    """Return the ecosystems of the packages of a record, without their suffix (Debian:12)."""
    names = (str(one.get("package", {}).get("ecosystem", "")) for one in record["affected"])
    return {name.partition(":")[0] for name in names if name}


def _too_large(where: str, size: int) -> ReadError:
    got = f"解开后 {size / MIB:,.0f} MB 以上"
    return ReadError("漏洞清单大得不正常，没有读取", where=where, got=got, cure=CURE)
