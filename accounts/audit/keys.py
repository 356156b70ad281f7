"""The key of the audit log; it lies outside every study, so that a changed log does not get a new chain with it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from survey.host.disk import make_folder

KEY = Path("audit.key")
HEADS = Path("heads")
BYTES = 32


def state_folder() -> Path:
    """Return the folder of the local user for what programs keep: `$XDG_STATE_HOME/silu`, `~/.local/state/silu`."""
    named = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(named) if named else Path.home() / ".local" / "state") / "silu"


def audit_key() -> bytes:
    """Return the key of the local user; make it, readable by the owner only, where there is none.

    Raises:
        OSError: it cannot be read or made.
    """
    path = state_folder() / KEY
    if not path.exists():
        make_folder(path.parent)
        path.parent.chmod(0o700)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(BYTES))
        try:
            os.link(draft, path)  # never replaces a key that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii"))


def key_name(key: bytes) -> str:
    """Return the name of a key, which reveals nothing about it."""
    return hashlib.sha256(b"silu audit key" + key).hexdigest()[:8]


def head_path(root: Path) -> Path:
    """Return the file that keeps the head of a study's log, beside the key."""
    return state_folder() / HEADS / f"{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24]}.json"
