"""The log of what was deleted because its time was over, and of legal holds: log/retention.jsonl, never deleted itself.

Each line: when, who, why, and what (`purge`, `hold`, `release`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from survey.host.sealed_lines import append_line, read_lines

FILE = Path("log") / "retention.jsonl"
PURGE, HOLD, RELEASE = "purge", "hold", "release"


def note(root: Path, what: str, who: str, why: str, **facts: Any) -> None:
    """Add a line; on return it is on the disk.

    Raises:
        OSError: it cannot be written; nothing may be deleted then.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    append_line(root / FILE, {"at": at, "who": who, "why": why, "what": what, **facts}, durable=True)


def lines(root: Path) -> list[dict[str, Any]]:
    """Every line, oldest first."""
    return read_lines(root / FILE)


def held(root: Path, setting: str = "") -> str:
    """Why nothing may be deleted at present; "" where it may.

    Args:
        root: folder of the study.
        setting: [retention] hold of study.toml, which counts besides the log.
    """
    said = [line for line in lines(root) if line.get("what") in (HOLD, RELEASE)]
    logged = str(said[-1].get("why", "")) if said and said[-1]["what"] == HOLD else ""
    return "；".join(filter(None, (setting.strip(), logged)))
