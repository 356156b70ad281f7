"""Patch Streamlit scripts as they are served, where no option exists: Chinese texts, and CSV export of tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache, partial
from importlib import resources
from typing import Any

from starlette.responses import Response

from reports.sentences.notes.catalogue import tr

Scope = MutableMapping[str, Any]
SCRIPT = re.compile(r"/static/js/((\w+)\.[\w-]+\.js)")
WORDS: Mapping[str, Mapping[str, str]] = {
    "FileUploader": {
        "`Upload`": "`选择文件`",
        "`Upload directories`": "`选择文件夹`",
        "`Add files`": "`继续添加文件`",
        "`Drag and drop a file here`": "`把文件拖到这里`",
        "`Drag and drop files here`": "`把文件拖到这里`",
        "`Drag and drop directories here`": "`把文件夹拖到这里`",
        "${e.type} files are not allowed.": "不能选 ${e.type} 文件。",
    },
    "Multiselect": {
        "`Select all`": "`全选`",
        "`No results`": "`没有符合的`",
        "`Clear all`": "`全部去掉`",
    },
    "Selectbox": {"`No results`": "`没有符合的`", "`Clear value`": "`去掉`"},
}
"""Prefix of a script's file name -> English string -> Chinese string."""
MATCHES = re.compile(r"`Select \$\{([\w.]+)\} matches`")
LIMIT = re.compile(r"`\$\{([^`]*?)\} per file`")
CELL = re.compile(r"let (\w)=([\w$]+)\(\w\);(?=return [\w$]+\.test\(\1\)\?)")
"""Code of the table export that converts a cell to CSV."""
GUARD = (
    r"""let \1=\2(e);/^[=+\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20]/.test(\1)&&"""
    r"""!/^[+-]?[\\d.,]+%?$/.test(\1)&&(\1="'"+\1);"""
)
"""The rule of `survey.storage.spreadsheets.guarded` in the browser."""


def chinese(kind: str, text: str) -> str:
    """Translate a script of this kind into Chinese."""
    for english, translated in WORDS[kind].items():
        text = text.replace(english, translated)
    return MATCHES.sub(tr(r"`选中这 ${\1} 项`"), LIMIT.sub(tr(r"`每个文件不超过 ${\1}`"), text))


def guarded_export(text: str) -> str:
    """Escape formulas in the CSV that the toolbar of a table exports."""
    return CELL.sub(GUARD, text)


CHANGES: Mapping[str, Callable[[str], str]] = {
    **{kind: partial(chinese, kind) for kind in WORDS},
    "DataFrame": guarded_export,
}
"""Prefix of a script's file name -> patch."""


@lru_cache(maxsize=8)
def script(name: str) -> str | None:
    """Return a patched script; None where Streamlit has no such file or no patch applies.

    Args:
        name: its file name, which carries a hash of its content.
    """
    change = CHANGES.get(name.partition(".")[0])
    file = resources.files("streamlit") / "static" / "static" / "js" / name
    return change(file.read_text(encoding="utf-8")) if change is not None and file.is_file() else None


class OwnScripts:
    """Middleware that serves patched scripts and passes everything else on."""

    def __init__(self, app: Any) -> None:
        """Wrap an ASGI application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        found = SCRIPT.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        text = script(found[1]) if found else None
        if text is None:
            await self.app(scope, receive, send)
            return
        await Response(text, media_type="text/javascript")(scope, receive, send)
