"""Answer `_silu/picture/PAGE` with a picture of a page, made on the server.

The page is opened at the address at which this server was reached, so that the picture shows what this server shows:
its role, its data version, its suppression. Nothing is written to disk.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from survey.errors import ArgumentError, SiluError
from views.shell.camera import Camera
from views.shell.shots import ROUTE, Order, read_order

Scope = MutableMapping[str, Any]
FOREIGN = (b"cross-site", b"same-site")
"""Values of `Sec-Fetch-Site` with which a page of another origin asks."""
REACHED = "silu.scheme"
"""Key of the scope with the scheme of this server itself, which a proxy in front of it may change for others."""
RATIO = "比"
"""What stands for the colon of 16:9 in the name of a file."""
NO_CACHE = {"cache-control": "no-store"}


class Pictures:
    """Middleware that answers requests for pictures and passes everything else on."""

    def __init__(self, app: Any, camera: Camera | None = None, cookie: str = "") -> None:
        """Wrap an ASGI application, in which a cookie of this name carries the session of a visitor."""
        self.app, self.camera, self.cookie = app, camera or Camera(), cookie

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request; close the browser when the server stops."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            self.camera.close()
            return
        if scope["type"] != "http" or not scope["path"].startswith(f"/{ROUTE}"):
            await self.app(scope, receive, send)
            return
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] != "GET" or dict(scope["headers"]).get(b"sec-fetch-site") in FOREIGN:
            return PlainTextResponse("图片只能从看板的页面上保存", 403)
        query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        try:
            order = read_order(scope["path"].removeprefix(f"/{ROUTE}"), query)
            if self.cookie:
                order = replace(order, cookie=(self.cookie, HTTPConnection(scope).cookies.get(self.cookie, "")))
            made = await run_in_threadpool(self.camera.take, _own_address(scope), order)
        except SiluError as error:
            return PlainTextResponse(str(error), 404 if isinstance(error, ArgumentError) else 503, NO_CACHE)
        name = quote(f"{title_of(order)}.png")
        return Response(
            made,
            media_type="image/png",
            headers={**NO_CACHE, "content-disposition": f"attachment; filename*=UTF-8''{name}"},
        )


def _own_address(scope: Scope) -> str:
    """Return where this server listens, which a proxy in front of it does not change."""
    host, port = scope["server"]
    scheme = scope.get(REACHED, "http")
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def title_of(order: Order) -> str:
    """Return the name of the file without its ending: page, and format or chart."""
    from views.shell.navigation import PAGES

    title = next(title for pages in PAGES.values() for _, title, path in pages if path == order.page)
    return f"{title}-{order.chart or order.format.label.replace(':', RATIO)}"
