"""The ASGI application: a dozen routes in a dictionary, each a small function of a request.

Written on plain ASGI because the one hot route must cost tens of microseconds (see docs/collect.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl

from survey.collect.inbox.inbox import Backend, Step
from survey.collect.limits import Limits
from survey.collect.metrics import CONTENT_TYPE
from survey.collect.pages import Pages
from survey.collect.receiver import Receiver
from survey.collect.settings import CHINA
from survey.collect.submission.envelope import read_identity
from survey.collect.web import Request, Response, refused, told
from survey.errors import CollectError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[Request], Awaitable[Response]]

PLAIN = ((b"content-type", CONTENT_TYPE.encode()), (b"cache-control", b"no-store"))
STEP_LIMIT = 256
FIELDS = 20
"""Parameters of a link at most that are looked at; whoever passes a link on may have added theirs behind ours."""
BODY_SECONDS = 30.0
"""A body that is not complete by then is given up: the phone sends it anew, and its connection serves others."""
CLOSE = (b"connection", b"close")


class GoneError(Exception):
    """The client hung up before its request was complete."""


class App:
    """ASGI application of one study.

    Args:
        receiver: takes the answers.
        pages: the form and its files.
        trusted: addresses of reverse proxies whose X-Forwarded-For is believed.
        watchers: addresses besides this machine that may read /metrics.
    """

    def __init__(
        self,
        receiver: Receiver,
        pages: Pages,
        trusted: frozenset[str] = frozenset(),
        watchers: frozenset[str] = frozenset(),
    ) -> None:
        """Set up the routes."""
        self.receiver, self.pages, self.trusted, self.watchers = receiver, pages, trusted, watchers
        self.draining = False
        settings = receiver.settings
        self._steps, self._withdrawals = (Limits(settings.burst, settings.per_second) for _ in range(2))
        self._prefix = f"/r/{receiver.name}/"
        self._routes: Mapping[tuple[str, str], Handler] = {
            ("GET", "/"): self._form,
            ("GET", "/sw.js"): self._worker,
            ("GET", "/openapi.json"): self._openapi,
            ("GET", "/healthz"): self._health,
            ("GET", "/readyz"): self._ready,
            ("GET", "/metrics"): self._metrics,
            ("POST", f"/p/{receiver.name}"): self._step,
            ("POST", f"/w/{receiver.name}"): self._withdraw,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _body(receive, self.receiver.settings.body_limit)
        except GoneError:
            return
        except TimeoutError:
            response = self._counted(refused(408, "slow", "内容没有传完，稍后自动重试", retry_after=2), CLOSE)
        else:
            if body is None:
                # The connection stays: closed while more is coming, it would take the answer along.
                response = self._counted(refused(413, "long", "内容太长"))
            else:
                response = await self.respond(self._request(scope, body))
        await send({"type": "http.response.start", "status": response.status, "headers": _headers(response)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else response.body})

    def _counted(self, response: Response, *headers: tuple[bytes, bytes]) -> Response:
        """A response as it is sent, counted."""
        self.receiver.metrics.requests[response.status] += 1
        return response._replace(headers=(*response.headers, *headers))

    def _request(self, scope: Scope, body: bytes) -> Request:
        client = scope.get("client")
        address = client[0] if client else ""
        if address in self.trusted:
            address = forwarded(scope["headers"]) or address
        query = scope.get("query_string", b"")
        return Request(scope["method"], scope["path"], address, _parameters(query) if query else {}, body)

    async def respond(self, request: Request) -> Response:
        """The response to a request."""
        path = request.path
        if request.method == "PUT" and path.startswith("/r/"):
            name, _, identity = path[3:].partition("/")
            return await self.receiver.put(request, name, identity)
        method = "GET" if request.method == "HEAD" else request.method
        handler = self._routes.get((method, path))
        if handler is None:
            response = self._elsewhere(path)
        else:
            try:
                response = await handler(request)
            except CollectError as error:
                response = refused(503, "busy", error.what, retry_after=2)
        return self._counted(response)

    def _elsewhere(self, path: str) -> Response:
        allowed = [method for method, known in self._routes if known == path]
        if path.startswith(self._prefix):
            allowed.append("PUT")
        if not allowed:
            return refused(404, "unknown", "没有这个页面")
        response = refused(405, "method", "不支持的请求方式")
        return Response(405, response.body, (*response.headers, (b"allow", ", ".join(allowed).encode())))

    async def _form(self, request: Request) -> Response:
        return self.pages.form(request.query, spent=await self._spent(request.query.get("t", "")))

    async def _spent(self, token: str) -> bool:
        """Whether an invitation was used, as far as the inbox can say just now; the page comes up all the same."""
        if not token or not self.receiver.seals.invited(token)[0]:
            return False
        try:
            return await self.receiver.inbox.ask(lambda backend: backend.spent(token))
        except CollectError:
            return False

    async def _worker(self, request: Request) -> Response:
        return self.pages.worker

    async def _openapi(self, request: Request) -> Response:
        return self.pages.protocol

    async def _health(self, request: Request) -> Response:
        return told(200, {"alive": True})

    async def _ready(self, request: Request) -> Response:
        inbox = self.receiver.inbox
        ready = inbox.healthy and not self.draining and inbox.waiting < inbox.bound // 2
        content = {"ready": ready, "waiting": inbox.waiting, "storing": inbox.healthy, "stopping": self.draining}
        return told(200 if ready else 503, content, retry_after=None if ready else 2)

    async def _metrics(self, request: Request) -> Response:
        if not (request.address in self.watchers or _local(request.address)):
            return refused(403, "metrics", "指标只给本机看；要从别处读取，启动时写 --monitor 地址")
        return Response(200, self.receiver.metrics.text(self.receiver.inbox), PLAIN)

    async def _step(self, request: Request) -> Response:
        """POST /p/{study}, body `id question`: how far someone has come."""
        words = request.body[:STEP_LIMIT].decode("utf-8", "replace").split()
        identity = read_identity(words[0]) if len(words) == 2 else None
        if identity is None or not self.pages.asks(words[1]):
            return refused(400, "malformed", "内容的结构不对")
        if not self._steps.wait(request.address, time.monotonic()):
            at = int(self.receiver.clock() * 1000)
            self.receiver.inbox.note(Step(identity, self.receiver.name, words[1], at))
        return Response(204)

    async def _withdraw(self, request: Request) -> Response:
        """POST /w/{study}, body a receipt: erase the answer while its wave is open, at any hour of the day."""
        if self._withdrawals.wait(request.address, time.monotonic()):
            return refused(429, "busy", "请稍后再试", retry_after=10)
        number = self.receiver.seals.number(request.body[:STEP_LIMIT].decode("utf-8", "replace"))
        if number is None:
            return refused(404, "unknown", "没有这个回执码，请检查后重新输入")
        now = self.receiver.clock()
        today = datetime.fromtimestamp(now, CHINA).date()
        ended = frozenset(wave.name for wave in self.receiver.study.waves if wave.end < today)

        def erase(backend: Backend) -> bool | None:
            """None when the wave of the answer has ended."""
            found = backend.read(number - 1, 1)
            if found and found[0].number == number and found[0].letter.wave in ended:
                return None
            return backend.withdraw(number, int(now * 1000))

        erased = await self.receiver.inbox.ask(erase)
        if erased is None:
            return refused(410, "closed", "调查已经结束，答卷已去除标识并进入汇总，不能再撤回")
        if erased:
            return told(200, {"message": "答卷已撤回，内容已删除"})
        return refused(410, "withdrawn", "这份答卷已经撤回过")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.receiver.inbox.start()
            else:
                self.draining = True
                self.receiver.inbox.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


async def _body(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None when it is longer than the limit: then the rest is read and dropped.

    Raises:
        TimeoutError: it did not come in time.
        GoneError: the client hung up; what came is no request, even where it looks like one.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        return body if len(body) <= limit else None
    parts, size = [body], len(body)
    async with asyncio.timeout(BODY_SECONDS):
        while message.get("more_body") and size <= 64 * limit:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size <= limit:
                parts.append(part)
    if message["type"] != "http.request":
        raise GoneError
    return b"".join(parts) if size <= limit else None


def forwarded(headers: list[tuple[bytes, bytes]]) -> str:
    """The client that the nearest proxy saw: the last entry, for a client can write the others itself.

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


@lru_cache(maxsize=64)
def _local(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _parameters(query: bytes) -> Mapping[str, str]:
    """The first value of each parameter."""
    first = b"&".join(query.split(b"&", FIELDS)[:FIELDS]).decode("latin-1")
    return dict(reversed(parse_qsl(first)))


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    """The headers; a 204 has no body and may not tell its length (RFC 9110, 8.6)."""
    length = () if response.status == 204 else ((b"content-length", b"%d" % len(response.body)),)
    return [*response.headers, *length]
