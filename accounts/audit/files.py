"""Changes of the files that define a study, noticed by their hash wherever they were made, in an editor too.

`log/files.json` keeps the hashes that were logged last; `silu audit verify` compares them with the chain, so that a
change cannot be hidden by writing that file.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accounts.audit.chain import AUDIT, every_line
from accounts.audit.log import Act, record
from survey.host.disk import locked, make_folder, sha256_of, write_whole

KEPT = AUDIT.with_name("files.json")
DEFINING = ("*.toml", "*.json", "*.csv", "lexicon/*.t*", "accounts/login.toml")
"""Patterns of the files: settings, questionnaire, frame, margins, targets, own words, rules of the login."""
OUTSIDE = "四率之外"
Hashes = Mapping[str, Mapping[str, str]]
"""File -> "" with the hash of the whole file, and the short hash of each key of a TOML file."""
_SEEN: dict[Path, object] = {}


def note_files(root: Path, by: str = OUTSIDE) -> None:
    """Log what was added, changed or removed since the last look; a look without a change costs a few `stat`.

    Args:
        root: folder of the study.
        by: command or page that changed them; outside of Silu where nothing of ours ran in between.

    Raises:
        StoreError: it cannot be logged and the role is not analyst.
    """
    stamp = _stamp(root)
    if _SEEN.get(root) == stamp or not (root / "study.toml").is_file():
        return
    now = {name: _hashes(root / name) for name, _, _ in stamp}
    try:
        make_folder((root / KEPT).parent)
        with locked(root / KEPT.with_suffix(".lock")):
            _log(root, _kept(root), now, by)
            text = json.dumps(now, ensure_ascii=False)
            write_whole(root / KEPT, lambda draft: draft.write_text(text, encoding="utf-8"))
    except OSError:  # a read-only or full disk, where only analysts may go on
        _log(root, _kept(root), now, by)
        return
    _SEEN[root] = stamp


def unlogged_files(root: Path) -> Iterator[str]:
    """Yield the files whose content is another one than the log says, in Chinese."""
    said: dict[str, str] = {}
    for line in every_line(root):
        said |= line.get("files") or {}
    for name, digest in sorted(said.items()):
        path = root / name
        if (sha256_of(path)[:32] if path.is_file() else "") != digest:
            yield f"{name} 和记录里最后记下的不一样，改动没有记下"


def _log(root: Path, before: Hashes, now: Hashes, by: str) -> None:
    """Log the differences of two looks in one line."""
    changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if not changed:
        return
    facts: dict[str, Any] = {"what": "调查文件被改动" if before else "第一次记下调查文件"}
    facts["files"] = {name: now.get(name, {}).get("", "") for name in changed}
    if before:
        facts["by"] = by
        facts["keys"] = [f"{name} {key}" for name in changed for key in _keys(before.get(name, {}), now.get(name, {}))]
        facts["modified"] = {name: _modified(root / name) for name in changed}
    record(root, Act.SETTING, facts, durable=True)


def _keys(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [key for key in sorted({*before, *now}) if key and before.get(key) != now.get(key)]


def _modified(path: Path) -> str:
    if not path.is_file():
        return "没有了"
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")


def _stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of each file."""
    found = sorted({path for pattern in DEFINING for path in root.glob(pattern) if path.is_file()})
    return tuple((path.relative_to(root).as_posix(), path.stat().st_mtime_ns, path.stat().st_size) for path in found)


def _kept(root: Path) -> Hashes:
    """Return the hashes of the last look; none where there was no look, or its file cannot be read."""
    try:
        found = json.loads((root / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _hashes(path: Path) -> Mapping[str, str]:
    found = {"": sha256_of(path)[:32]}
    if path.suffix == ".toml":
        with suppress(tomllib.TOMLDecodeError, UnicodeDecodeError):
            found |= _flat(tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def _flat(table: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return key with its tables -> short hash of its value."""
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{above}{key}"
        inner = _flat(value, f"{name}.") if isinstance(value, dict) else {}
        found |= inner or {name: hashlib.sha256(repr(value).encode()).hexdigest()[:12]}
    return found
