"""The head of the audit log that each commit notes, so that a log that is cut off later is found (`silu audit`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from survey.host.sealed_lines import last_line

LOG = Path("log") / "audit.jsonl"
ANCHOR = "audit"
"""Key in the metadata of a commit: number, HMAC and seal of the last line, with colons between."""


def audit_anchor(root: Path) -> Mapping[str, str]:
    """Return the metadata for a commit of a study; empty where its log is empty or cannot be read."""
    try:
        line = last_line(root / LOG)
    except OSError:
        return {}
    if not line or not {"number", "mac", "seal"} <= set(line):
        return {}
    return {ANCHOR: f"{line['number']}:{line['mac']}:{line['seal']}"}
