"""Believe the headers of trusted proxies, and those of nobody else.

Names that start with `x-silu-` are given by this server alone; a client's copies are removed, as is the header in which
a trusted proxy names the user, where it comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from ipaddress import ip_address
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from accounts.rules import Proxies
from views.shell.hosts import read_authority
from views.shell.pictures import REACHED

Scope = MutableMapping[str, Any]
OWN = b"x-silu-"
VOUCHED = "silu.vouched"
"""Key of the scope with the name that a trusted proxy vouches for."""


class Peer:
    """Middleware that sets client and scheme from a trusted proxy, and removes forged headers."""

    def __init__(self, app: Any, proxies: Proxies) -> None:
        """Wrap an ASGI application."""
        self.app, self.proxies = app, proxies
        self._believing: Any = ProxyHeadersMiddleware(app, list(proxies.addresses))

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass everything on, HTTP and websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        trusted = self.proxies.trusts((scope.get("client") or ("",))[0])
        user = self.proxies.user.encode()
        names = [value for name, value in scope["headers"] if user and name == user]
        # Servers behind CGI-like gateways take `_` for `-`.
        headers = [(name, value) for name, value in scope["headers"] if not _own(name.replace(b"_", b"-"), user)]
        vouched = names[0].decode("latin-1") if trusted and len(names) == 1 else ""
        passed = {**scope, "headers": headers, VOUCHED: vouched, REACHED: scope["scheme"]}
        await (self._believing if trusted else self.app)(passed, receive, send)


def is_private(scope: Scope) -> bool:
    """Return whether nobody on the network can read along: TLS, or a browser on the same machine."""
    if scope["scheme"] in ("https", "wss"):
        return True
    own = (scope.get("server") or ("",))[0]
    host = read_authority(dict(scope["headers"]).get(b"host", b"").decode("latin-1"))
    client = (scope.get("client") or ("",))[0]
    return host is not None and all(_is_here(one, own) for one in (client, host.host))


def _is_here(address: str, own: str) -> bool:
    try:
        return address in ("localhost", own) or ip_address(address).is_loopback
    except ValueError:
        return False


def _own(name: bytes, user: bytes) -> bool:
    return name.startswith(OWN) or (bool(user) and name == user.replace(b"_", b"-"))
