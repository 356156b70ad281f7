"""The web server of the dashboard: Streamlit inside, compression and a content policy around it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import socket
from collections.abc import Iterable, MutableMapping
from importlib import resources
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from survey.errors import ArgumentError
from views.session import STUDY_VARIABLE

APP = Path(__file__).parent.parent / "app.py"
LOCAL = "127.0.0.1"


class ContentPolicy:
    """Tell the browser to load nothing from, and send nothing to, any other machine (rule R-21)."""

    def __init__(self, app: Any) -> None:
        """Wrap an ASGI application."""
        self.app, self.scripts = app, " ".join(_inline_scripts())

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Pass everything on; answers to HTTP requests get the policy."""
        host = dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1")
        policy = self._policy(host if re.fullmatch(r"[\w.:\[\]-]+", host) else "")

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [(b"content-security-policy", policy.encode()), (b"x-content-type-options", b"nosniff")]
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)

    def _policy(self, host: str) -> str:
        sockets = f" ws://{host} wss://{host}" if host else ""
        return (
            f"default-src 'self'; script-src 'self' {self.scripts}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
            f"connect-src 'self'{sockets}; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
        )


def _inline_scripts() -> Iterable[str]:
    """The hashes of the few inline scripts in Streamlit's own page, so that these alone may run."""
    page = (resources.files("streamlit") / "static" / "index.html").read_text(encoding="utf-8")
    for script in re.findall(r"<script>(.*?)</script>", page, re.DOTALL):
        yield f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def application(study: Path) -> st.App:
    """The dashboard of one study as an ASGI application."""
    os.environ[STUDY_VARIABLE] = str(study.resolve())
    os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
    # Streamlit serves its scripts uncompressed: 10 MB for a first view, 3 MB with this.
    compression = Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    return st.App(APP, middleware=[Middleware(ContentPolicy), compression])


def listen(host: str, port: int) -> socket.socket:
    """Take a port (0: any free one), so that it is known to be ours before the address is told.

    Raises:
        ArgumentError: the port is taken or not allowed.
    """
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except (OSError, OverflowError) as error:
        door.close()
        raise ArgumentError(
            "端口不能使用", where="--port", got=f"{host}:{port}", cure="用 --port 换一个端口，或先停掉占用它的程序"
        ) from error
    door.listen(128)
    return door


def serve(study: Path, door: socket.socket) -> None:
    """Serve the dashboard of a study on a port of `listen` until the process is told to stop."""
    host = door.getsockname()[0]
    if host != LOCAL:
        # Without it Streamlit asks a server on the internet for the address of this machine.
        os.environ["STREAMLIT_BROWSER_SERVER_ADDRESS"] = host
    settings = uvicorn.Config(application(study), log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    uvicorn.Server(settings).run(sockets=[door])
