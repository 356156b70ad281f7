"""Write the address at which residents open the form into study.toml, and nothing else of that file."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from survey.collect.settings import public_url_fault
from survey.errors import StudyError
from survey.host.disk import write_whole
from survey.storage.tables import read_toml

FILE, TABLE, KEY = "study.toml", "collect", "public_url"
HEAD = re.compile(rf"^[ \t]*\[{TABLE}\][ \t]*(?:#.*)?$", re.MULTILINE)
NEXT = re.compile(r"^[ \t]*\[", re.MULTILINE)
LINE = re.compile(rf"^[ \t]*{KEY}[ \t]*=.*$", re.MULTILINE)


def save_public_url(root: Path, url: str) -> None:
    """Set `public_url` in the table `[collect]` of a study; comments and all other settings stay as they are.

    Args:
        root: folder of the study.
        url: the address, "" for none.

    Raises:
        StudyError: the address is not one, or study.toml cannot be read or changed safely; it is unchanged then.
        OSError: it cannot be written; it is unchanged then.
    """
    if fault := public_url_fault(url):
        raise StudyError("居民打开问卷的网址不对", got=url, expected=fault)
    path = Path(root) / FILE
    before, text = read_toml(path)
    changed = _with(text, f"{KEY} = {json.dumps(url, ensure_ascii=False)}")
    wanted = {**before, TABLE: {**before.get(TABLE, {}), KEY: url}}
    if _read(changed) != wanted:
        cure = f'在 study.toml 的 [{TABLE}] 下写一行：{KEY} = "{url}"'
        raise StudyError("study.toml 的写法特殊，不能自动修改", where=str(path), cure=cure)
    write_whole(path, lambda copy: copy.write_bytes(changed.encode("utf-8")))


def _read(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _with(text: str, line: str) -> str:
    """Return the text with a line in the table: in place of the old one, after its head, or in a new table."""
    head = HEAD.search(text)
    if head is None:
        return f"{text.rstrip()}\n\n[{TABLE}]\n{line}\n"
    after = NEXT.search(text, head.end())
    end = after.start() if after else len(text)
    body = text[head.end() : end]
    old = LINE.search(body)
    new = body[: old.start()] + line + body[old.end() :] if old else f"\n{line}" + body
    return text[: head.end()] + new + text[end:]
