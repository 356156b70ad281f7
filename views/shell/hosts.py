"""Check `Host` and `Origin`: refuse requests under a foreign host name or from a page of another origin.

With DNS rebinding, a page on the internet points its own name to this machine and acts as same-origin; its requests
carry that name in `Host`. A page of another origin, including another port of this machine, names itself in `Origin`.
Both are refused over HTTP and websocket, without looking up this machine's addresses elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.responses import PlainTextResponse

from reports.sentences.notes.catalogue import tr
from survey.errors import ArgumentError

Scope = MutableMapping[str, Any]
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
"""Streamlit's machine routes; nothing here uses them, and its metrics would expose what is kept in memory."""
PROBE = "/_silu/socket"
"""Route with which the first page checks access: by websocket, and by GET for the reason of a refusal."""
PORTS = {"http": 80, "https": 443}
REFUSED = "看板不认识这个地址：{asked}。如果它就是看板的地址（例如反向代理的地址），启动时加上：--name {asked}"
NO_SOCKET = (
    "看板连不上服务器：中间的反向代理没有转发 WebSocket。请系统维护人员在代理的设置里转发 Upgrade 和 Connection "
    "两个请求头，写法见 deploy/nginx.conf。"
)
LOG = logging.getLogger("silu")


@dataclass(frozen=True, slots=True)
class Authority:
    """Host name or address in lower case without brackets, and port; None where none is written."""

    host: str
    port: int | None = None

    def on(self, scheme: str) -> Authority:
        """Return the same authority with the default port of a scheme."""
        return self if self.port is not None else Authority(self.host, PORTS.get(scheme))


def read_authority(text: str) -> Authority | None:
    """Read `name`, `name:port` or `[::1]:port`; None for anything else, such as a path or a user name."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.path or parts.query or parts.fragment or "@" in text or not text.isascii() or " " in text:
        return None
    return Authority(host.rstrip("."), port)


def read_name(text: str) -> Authority:
    """Read a value of `--name`: a name or address, with a port unless 80 or 443; a whole URL is accepted too.

    Raises:
        ArgumentError: the value is not a host name or address.
    """
    known = read_authority(urlsplit(text).netloc if "://" in text else text)
    if known is None:
        raise ArgumentError(
            tr("名称写法不对"), where="--name", got=text, expected=tr("silu.example.cn 或 192.168.1.20:8080")
        )
    return known


class KnownHosts:
    """Middleware that refuses foreign hosts and origins, and routes that no client needs.

    Args:
        app: the wrapped ASGI application.
        names: from `--name`; addresses at which the server is reached directly need none.
    """

    def __init__(self, app: Any, names: Iterable[Authority] = ()) -> None:
        """Wrap an ASGI application."""
        self.app, self.names = app, frozenset(names)
        self._hosts = frozenset(name.host for name in self.names)
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request, or pass it on without the checked `Origin` header.

        Streamlit would query the internet for the address of this machine to check an unknown origin.
        """
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        foreign = self._foreign(scope)
        if foreign is not None:
            self._log_once(foreign)
            await _refuse(403, REFUSED.format(asked=foreign), scope, receive, send)
        elif scope["path"].startswith(CLOSED):
            await _refuse(404, "没有这个页面", scope, receive, send)
        elif scope["path"] == PROBE:
            await self._probe(scope, receive, send)
        elif scope["type"] == "websocket":
            checked = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            await self.app({**scope, "headers": checked}, receive, send)
        else:
            await self.app(scope, receive, send)

    def _foreign(self, scope: Scope) -> str | None:
        """Return the foreign host or origin as written; None where both are ours."""
        hosts, origins = (_values(scope, name) for name in (b"host", b"origin"))
        host = read_authority(hosts[0]) if len(hosts) == 1 else None
        if host is None or not self._is_host(host, scope):
            return ", ".join(hosts)
        return next((_without_scheme(origin) for origin in origins if not self._is_origin(origin, host)), None)

    def _is_host(self, host: Authority, scope: Scope) -> bool:
        """Return whether a host is ours: one of `--name`, or the local address of this connection."""
        reached = (scope.get("server") or ("", None))[0]
        if host.host in self._hosts or host.host == reached:
            return True
        try:
            return host.host == "localhost" and ip_address(reached).is_loopback
        except ValueError:
            return False

    def _is_origin(self, origin: str, host: Authority) -> bool:
        """Return whether an origin is ours: name and port of the requested host, or one of `--name`."""
        scheme, _, rest = origin.partition("://")
        page = read_authority(rest)
        if scheme not in PORTS or page is None:
            return False
        page = page.on(scheme)
        return page == host.on(scheme) or any(page == name.on(scheme) for name in self.names)

    def _log_once(self, foreign: str) -> None:
        """Log each foreign name once, up to a limit, since an attacker may send any number of names."""
        if foreign not in self._told and len(self._told) < 1000:
            self._told.add(foreign)
            LOG.warning(REFUSED.format(asked=foreign[:200]))

    async def _probe(self, scope: Scope, receive: Any, send: Any) -> None:
        """Open and close a websocket; over HTTP, report why a page of the origin `of` could not open it."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1000})
            return
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("of", [""])[0]
        host = read_authority(_values(scope, b"host")[0])
        good = host is not None and self._is_origin(asked, host)
        text = NO_SOCKET if good else REFUSED.format(asked=_without_scheme(asked)[:200])
        await PlainTextResponse(text)(scope, receive, send)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _without_scheme(origin: str) -> str:
    return origin.partition("://")[2] or origin


async def _refuse(status: int, text: str, scope: Scope, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(text, status)(scope, receive, send)
