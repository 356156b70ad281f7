"""The box for files in Chinese: Streamlit has no option for its words, so they change on the way to the browser."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import lru_cache
from importlib import resources
from typing import Any

from starlette.responses import Response

Scope = MutableMapping[str, Any]
SCRIPT = re.compile(r"/static/js/(FileUploader\.[\w-]+\.js)")
WORDS = {
    "`Upload`": "`选择文件`",
    "`Upload directories`": "`选择文件夹`",
    "`Add files`": "`继续添加文件`",
    "`Drag and drop a file here`": "`把文件拖到这里`",
    "`Drag and drop files here`": "`把文件拖到这里`",
    "`Drag and drop directories here`": "`把文件夹拖到这里`",
    "${e.type} files are not allowed.": "不能选 ${e.type} 文件。",
}
"""A string of the script -> what is shown."""
LIMIT = re.compile(r"`\$\{([^`]*?)\} per file`")


@lru_cache(maxsize=4)
def script(name: str) -> str | None:
    """The script in Chinese; None where Streamlit has no such file.

    Args:
        name: its file name, which carries a hash of its content.
    """
    file = resources.files("streamlit") / "static" / "static" / "js" / name
    if not file.is_file():
        return None
    text = file.read_text(encoding="utf-8")
    for english, chinese in WORDS.items():
        text = text.replace(english, chinese)
    return LIMIT.sub(r"`每个文件不超过 ${\1}`", text)


class ChineseUploader:
    """Serve the script of the box in Chinese and pass everything else on."""

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
