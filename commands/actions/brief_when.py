"""`silu brief --when new-version --to FOLDER`: documents once for each data version, for cron and task schedulers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

STATE = "已写版本.json"
"""In the folder of the documents: what was written -> its data version."""


def is_due(args: argparse.Namespace) -> bool:
    """Return whether the folder lacks the documents of the newest data version; looks at no answer."""
    return bool(_state(args.out).get(_key(args)) != _version(args.study))


def note(args: argparse.Namespace, version: int) -> None:
    """Note in the folder that the documents of a version are there, once all of them are."""
    from survey.host.disk import write_whole

    text = json.dumps(_state(args.out) | {_key(args): version}, ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(args.out / STATE, lambda draft: draft.write_text(text + "\n", encoding="utf-8"))


def _key(args: argparse.Namespace) -> str:
    asked = (args.kind, args.area, args.level, args.form, args.wave, args.mode, args.without_excluded)
    return "|".join(map(str, (args.study.resolve().name, *asked)))


def _version(root: Path) -> int | None:
    from reports.data.versions import newest

    return newest(root)


def _state(folder: Path) -> dict[str, int]:
    """Return what was written; a damaged file counts as nothing, so that documents are written again."""
    try:
        found = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
