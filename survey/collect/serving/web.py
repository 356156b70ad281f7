"""Requests and responses as plain values, so that the receiver depends on no server or framework."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

NO_STORE = (b"cache-control", b"no-store")
JSON_HEADERS = ((b"content-type", b"application/json"), NO_STORE, (b"x-content-type-options", b"nosniff"))


NOTHING: Mapping[str, str] = MappingProxyType({})
Message = MutableMapping[str, Any]


class Request(NamedTuple):
    """One routed HTTP request with a complete body.

    Attributes:
        address: address of the client, used only for limits and as a keyed hash.
        body: the complete body.
        query: first value of each parameter.
    """

    address: str
    body: bytes = b""
    query: Mapping[str, str] = NOTHING


class Response(NamedTuple):
    """One HTTP response, which is also the ASGI application that sends it."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = JSON_HEADERS

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Send the response; a 204 has no body and may not state its length (RFC 9110, 8.6)."""
        length = () if self.status == 204 else ((b"content-length", b"%d" % len(self.body)),)
        headers = [*self.headers, *length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


def json_response(status: int, content: Mapping[str, Any], *, retry_after: float | None = None) -> Response:
    """Return a JSON response.

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
    """Return a JSON refusal: a short code for the form and a sentence for the resident."""
    return json_response(status, {"error": error, "message": message}, retry_after=retry_after)
