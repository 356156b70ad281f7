"""Serve Streamlit's first page in Chinese, redirect unknown addresses, and set the content security policy.

Every address is relative to the page, so a reverse proxy may serve the dashboard under any path.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, MutableMapping
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse

from reports.sentences.notes.catalogue import tr
from views.shell.pages_by_role import NEEDS, OF_ACCOUNTS, home, offered

Scope = MutableMapping[str, Any]
OWN_ROUTES = ("/_stcore", "/static", "/media", "/component", "/app", "/auth", "/oauth2callback")
NOWHERE = "nopage"
"""Query parameter that carries an unknown address to the page that reports it."""
POLICIES = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
POLICIES_OF_TLS = (
    (b"strict-transport-security", b"max-age=31536000"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""Headers sent only under TLS: HTTPS only for a year (HSTS), and a header that browsers honour only there."""
SCRIPTS = ("opening.js", "copying.js", "finding.js")
"""Scripts of ours that run on every page."""
NO_SCRIPT = "<p>看板需要 JavaScript：请在浏览器设置中允许本网站运行脚本。</p>"


@lru_cache(maxsize=1)
def first_page() -> str:
    """Return Streamlit's first page in Chinese, titled 四率, with the address of its server."""
    page = (resources.files("streamlit") / "static" / "index.html").read_text(encoding="utf-8")
    page = page.replace('<html lang="en">', '<html lang="zh-CN">').replace(
        "<title>Streamlit</title>", tr("<title>四率</title>")
    )
    page = re.sub(r"<noscript>.*?</noscript>", f"<noscript>{NO_SCRIPT}</noscript>", page, flags=re.DOTALL)
    texts = [(resources.files("views.shell") / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return page.replace("<head>", f"<head>{''.join(f'<script>{text}</script>' for text in texts)}", 1)


def pages() -> frozenset[str]:
    """Return the last part of each page address, which is the name of its file."""
    return frozenset((*NEEDS, *OF_ACCOUNTS))


def elsewhere(path: str, query: str, depth: int | None = None) -> str | None:
    """Return where to redirect a request for an unknown address; None for a page.

    Streamlit itself would show a dialog in English.

    Args:
        path: requested path, decoded.
        query: its query string.
        depth: slashes of the path as the browser wrote it; those of `path` when None.

    Returns:
        An address relative to the requested one.
    """
    name = path.strip("/")
    there = name in pages() and offered(name)
    first = home()
    if path == "/" or (there and name != first and not path.endswith("/")):
        return None
    note = "" if there else f"{NOWHERE}={quote(name)}"
    asked = "&".join(part for part in (query, note) if part)
    up = "../" * ((path.count("/") if depth is None else depth) - 1) or "./"
    return f"{up}{name if there and name != first else ''}{'?' if asked else ''}{asked}"


NO_STORE = {"cache-control": "no-store"}
"""The button 返回 of a browser asks the server again, which sends whoever has logged out to the login."""


class FirstPage:
    """Middleware that serves the first page for every page address; other routes pass through."""

    def __init__(self, app: Any, routes: Iterable[str] = ()) -> None:
        """Wrap an ASGI application with more routes of its own."""
        self.app, self.routes = app, (*OWN_ROUTES, *routes)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Treat an address without a dot that is none of Streamlit's routes as a page."""
        path = scope.get("path", "")
        is_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and "." not in path
        if is_page and not path.startswith(self.routes):
            depth = scope.get("raw_path", path.encode()).partition(b"?")[0].count(b"/")
            if target := elsewhere(path, scope.get("query_string", b"").decode("latin-1"), depth):
                await RedirectResponse(target, status_code=302)(scope, receive, send)
                return
            await HTMLResponse(first_page(), headers=NO_STORE)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class ContentPolicy:
    """Middleware that sets a policy: no requests to other machines (rule R-21), no framing, no referrer.

    The host has been checked by `views.shell.hosts`.
    """

    def __init__(self, app: Any) -> None:
        """Wrap an ASGI application."""
        self.app, self.scripts = app, " ".join(inline_hashes(first_page()))

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass everything on and add the policy to HTTP responses."""
        host = dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1")
        policy = self._policy(host if re.fullmatch(r"[\w.:\[\]-]+", host) else "")
        own = [(b"content-security-policy", policy.encode()), *POLICIES]
        own += POLICIES_OF_TLS if scope.get("scheme") == "https" else ()
        names = {name for name, _ in own}

        async def answer(message: Scope) -> None:
            if message["type"] == "http.response.start":
                theirs = [header for header in message.get("headers", ()) if header[0].lower() not in names]
                message["headers"] = [*theirs, *own]
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)

    def _policy(self, host: str) -> str:
        sockets = f" ws://{host} wss://{host}" if host else ""
        return (
            f"default-src 'self'; script-src 'self' {self.scripts}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
            f"connect-src 'self'{sockets}; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
        )


def inline_hashes(page: str) -> list[str]:
    """Return the SHA-256 of each inline script of a page, so that the policy allows only these."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return [f"'sha256-{digest}'" for digest in digests]
