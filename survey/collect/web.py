"""Requests and responses, as plain values: the receiver knows no server and no framework."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

NO_STORE = (b"cache-control", b"no-store")
JSON_HEADERS = ((b"content-type", b"application/json"), NO_STORE, (b"x-content-type-options", b"nosniff"))


NOTHING: Mapping[str, str] = MappingProxyType({})


class Request(NamedTuple):
    """One HTTP request whose body is complete.

    Attributes:
        method, path: as sent; the path is decoded.
        address: of the client, only used for limits and as a keyed hash.
        query: first value of each parameter.
        body: complete.
    """

    method: str
    path: str
    address: str
    query: Mapping[str, str] = NOTHING
    body: bytes = b""


class Response(NamedTuple):
    """One HTTP response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = JSON_HEADERS


def told(status: int, content: Mapping[str, Any], *, retry_after: float | None = None) -> Response:
    """A JSON response.

    Args:
        status: HTTP status.
        content: the object.
        retry_after: seconds until the client should try again.
    """
    body = orjson.dumps(content)
    if retry_after is None:
        return Response(status, body)
    return Response(status, body, (*JSON_HEADERS, (b"retry-after", b"%d" % max(1, round(retry_after + 0.5)))))


def refused(status: int, error: str, message: str, *, retry_after: float | None = None) -> Response:
    """A JSON refusal: a short code for the form and a sentence for the resident."""
    return told(status, {"error": error, "message": message}, retry_after=retry_after)
