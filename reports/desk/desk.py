"""The desk of one person: one file beside the store, changed by one process at a time.

`desks/` lies in the folder of the study and holds no answers. A file is named by a hash of the name of its person, so
that any name makes a valid file name; the name itself stands inside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from survey.errors import StoreError
from survey.host.disk import locked, make_folder
from survey.host.person import name_of_person, who_acts
from survey.storage.files import place

FOLDER = "desks"
Content = dict[str, Any]


def owner() -> str:
    """Return the name of the account that acts; that of the local user where nobody logs in."""
    person = who_acts()
    return name_of_person() if person is None else person.name


def read_desk(root: Path, person: str) -> Content:
    """Return what is kept for a person; empty where nothing is.

    Raises:
        StoreError: the file cannot be understood.
    """
    path = _path(root, person)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return dict(found["content"])
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, OSError) as error:
        cure = "删去这个文件就能重新开始；它只记着一个人存下的视图和上次看到的状态，不含答卷"
        raise StoreError("存下的视图读不出来", where=str(path), got=str(error), cure=cure) from error


def change_desk(root: Path, person: str, change: Callable[[Content], Content]) -> Content:
    """Change what is kept for a person, and return it; two processes take turns.

    Args:
        root: folder of the study.
        person: name of the account.
        change: returns the new content from the present one; what it raises leaves the file as it was.

    Raises:
        StoreError: the file cannot be understood or written.
    """
    path = _path(root, person)
    try:
        make_folder(path.parent)
        with locked(path.with_suffix(".lock")):
            content = change(read_desk(root, person))
            text = json.dumps({"person": person, "content": content}, ensure_ascii=False, indent=1)
            place(path, lambda draft: draft.write_text(f"{text}\n", encoding="utf-8"), "存下的视图")
    except OSError as error:
        raise StoreError(
            "存下的视图不能写入", where=str(path.parent), got=str(error), cure="检查写权限和磁盘空间"
        ) from error
    return content


def _path(root: Path, person: str) -> Path:
    return root / FOLDER / f"{hashlib.sha256(person.encode()).hexdigest()[:24]}.json"


def text_of(entry: Mapping[str, Any], name: str) -> str:
    """Return a text of an entry of a desk.

    Raises:
        TypeError: it is something else.
    """
    found = entry[name]
    if not isinstance(found, str):
        raise TypeError(name)
    return found
