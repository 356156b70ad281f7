"""Who sends a request, and by which way: directly, through a proxy, under a path."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

FORWARDING = (b"forwarded", b"via", b"x-real-ip", b"x-forwarded-")
"""Headers that proxies add."""


def forwarded(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the client seen by the nearest proxy: the last entry, because a client can forge the others.

    Returns:
        The address without its port, "" where the entry is no address.
    """
    values = [value for name, value in headers if name == b"x-forwarded-for"]
    return _address(values[-1].rpartition(b",")[2].strip()) if values else ""


@lru_cache(maxsize=4096)
def _address(entry: bytes) -> str:
    text = entry.decode("latin-1")
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def within(scope: MutableMapping[str, Any], base: str) -> MutableMapping[str, Any]:
    """Return the scope of a request without the path under which a proxy offers the form, where it was left on."""
    path = scope.get("path", "")
    if not base or not (path == base or path.startswith(f"{base}/")):
        return scope
    return {**scope, "path": path[len(base) :] or "/"}


def from_this_machine(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request was made on this machine, by its own address or name, and not passed on by a proxy."""
    address = (scope.get("client") or ("",))[0]
    names = [name for name, _ in scope["headers"]]
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    host = hosts[0].rpartition(":")[0] if hosts and not hosts[0].endswith("]") and ":" in hosts[0] else "".join(hosts)
    passed_on = any(name.startswith(FORWARDING) for name in names)
    return is_loopback(address) and not passed_on and (host == "localhost" or is_loopback(host))


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
