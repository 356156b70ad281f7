"""The ASGI application: a dozen routes, each a small function of a request with a complete body.

A plain submission takes a faster path through the server (`express.py`) and gets the same response as here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from survey.collect.inbox.inbox import Backend, Step
from survey.collect.links.revocations import read_revocations
from survey.collect.serving.clients import forwarded, from_this_machine, within
from survey.collect.serving.limits import Limits
from survey.collect.serving.metrics import CONTENT_TYPE
from survey.collect.serving.pages import Pages
from survey.collect.serving.reach import CHECK, fault_step
from survey.collect.serving.receiver import Receiver
from survey.collect.serving.web import Request, Response, json_response, refused
from survey.collect.settings import CHINA
from survey.collect.submission.envelope import read_identity
from survey.errors import CollectError

Handler = Callable[[Request], Awaitable[Response]]

PLAIN = ((b"content-type", CONTENT_TYPE.encode()), (b"cache-control", b"no-store"))
STEP_LIMIT = 256
FIELDS = 20
"""Maximum number of query parameters parsed; services that share a link may append their own."""
BODY_SECONDS = 30.0
"""Seconds after which an incomplete body is aborted; the phone resends it."""
CLOSE = (b"connection", b"close")
RENEW = 5.0
"""Seconds between refreshes of the revocations."""
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


class App(Starlette):
    """ASGI application of one study.

    Args:
        receiver: accepts the submissions.
        pages: the form and its files.
        trusted: addresses of reverse proxies whose X-Forwarded-For is trusted.
        watchers: addresses that may read /metrics and /readyz, in addition to this machine.
    """

    def __init__(
        self,
        receiver: Receiver,
        pages: Pages,
        trusted: frozenset[str] = frozenset(),
        watchers: frozenset[str] = frozenset(),
    ) -> None:
        """Set up the routes, the busiest first."""
        self.receiver, self.pages, self.trusted, self.watchers = receiver, pages, trusted, watchers
        self.draining = False
        settings = receiver.settings
        self._steps, self._withdrawals = (Limits(settings.burst, settings.per_second) for _ in range(2))
        routes = [
            self._route(f"/p/{receiver.name}", self._step, "POST"),
            self._route(f"/r/{receiver.name}/{CHECK}", self._check, "PUT"),
            Route("/r/{study}/{identity:path}", self._put, methods=["PUT"]),
            self._route("/", self._form),
            self._route("/sw.js", self._worker),
            self._route("/openapi.json", self._openapi),
            self._route("/healthz", self._health),
            self._route("/readyz", self._ready, private=True),
            self._route("/metrics", self._metrics, private=True),
            self._route(f"/w/{receiver.name}", self._withdraw, "POST"),
        ]
        refusals = {HTTPException: self._refuse, CollectError: self._busy}
        super().__init__(routes=routes, exception_handlers=refusals, lifespan=self._alive)
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        await super().__call__(within(scope, self.receiver.settings.base_path), receive, send)

    def _route(self, path: str, handler: Handler, method: str = "GET", *, private: bool = False) -> Route:
        async def endpoint(incoming: Incoming) -> Response:
            asked = await self._read(incoming)
            if private and isinstance(asked, Request) and not self._watches(asked, incoming):
                asked = refused(403, "private", "只给本机看；要从别处读取，启动时写 --monitor 地址")
            response = self._counted(await handler(asked) if isinstance(asked, Request) else asked)
            secure = (STRICT_TRANSPORT,) if incoming.scope.get("scheme") == "https" else ()
            return response._replace(headers=(*response.headers, *secure))

        return Route(path, endpoint, methods=[method])

    async def _put(self, incoming: Incoming) -> Response:
        """Handle PUT /r/{study}/{id} when it is not plain; the receiver counts it as a submission."""
        asked = await self._read(incoming)
        if isinstance(asked, Response):
            return self._counted(asked)
        return await self.receiver.put(asked, incoming.path_params["study"], incoming.path_params["identity"])

    async def _read(self, incoming: Incoming) -> Request | Response:
        """Return the request once its body is complete, or a refusal where it is too long or times out."""
        try:
            body = await _body(incoming.receive, self.receiver.settings.body_limit)
        except TimeoutError:
            slow = refused(408, "slow", "内容没有传完，稍后自动重试", retry_after=2)
            return slow._replace(headers=(*slow.headers, CLOSE))
        except ClientDisconnect:  # no client reads this
            return refused(400, "malformed", "内容没有传完")
        if body is None:
            # Keep the connection open: closing it during the upload would lose the response.
            return refused(413, "long", "内容太长")
        scope = incoming.scope
        address = scope["client"][0] if scope.get("client") else ""
        if address in self.trusted:
            address = forwarded(scope["headers"]) or address
        query = scope["query_string"]
        return Request(address, body, _parameters(query) if query else {})

    def _watches(self, asked: Request, incoming: Incoming) -> bool:
        """Whether somebody may read how the server is: this machine, and whom `--monitor` names."""
        return asked.address in self.watchers or from_this_machine(incoming.scope)

    def _counted(self, response: Response) -> Response:
        self.receiver.metrics.requests[response.status] += 1
        return response

    async def _refuse(self, incoming: Incoming, error: Exception) -> Any:
        """Return our own refusal for requests without a route."""
        assert isinstance(error, HTTPException)
        if incoming.method == "PUT":
            self._note_fault(incoming.url.path.rpartition("/")[2], error.status_code, "")
        if error.status_code == 405:
            response = refused(405, "method", "不支持的请求方式")
            allowed = (error.headers or {}).get("Allow", "").encode()
            return self._counted(response._replace(headers=(*response.headers, (b"allow", allowed))))
        return self._counted(refused(404, "unknown", "没有这个页面"))

    async def _busy(self, incoming: Incoming, error: Exception) -> Any:
        assert isinstance(error, CollectError)
        return self._counted(refused(503, "busy", error.what, retry_after=2))

    @asynccontextmanager
    async def _alive(self, _: Starlette) -> AsyncIterator[None]:
        """Run the inbox writer and refresh revocations while the server runs; store waiting submissions at the end."""
        self.receiver.inbox.start()
        renewing = asyncio.create_task(self._renew())
        yield
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        self.draining = True
        self.receiver.inbox.close()

    async def _renew(self) -> None:
        """Refresh every few seconds the revocations made by `silu field` or another host."""
        while True:
            await asyncio.sleep(RENEW)
            with suppress(CollectError):  # known revocations stay in force
                self.receiver.admission.revoked = await self.receiver.inbox.ask(read_revocations)

    async def _form(self, request: Request) -> Response:
        """GET /: the form. Wrong codes in links are limited; over the limit none is checked."""
        query, now = request.query, time.monotonic()
        coded = bool(query.get("t") or query.get("k"))
        if coded and (wait := self.receiver.guesses.wait(request.address, now)):
            return self.pages.held(wait)
        page, wrong = self.pages.form(query, spent=await self._spent(query.get("t", "")))
        if coded and wrong:
            self.receiver.guesses.missed(request.address, now)
        return page

    async def _spent(self, token: str) -> bool:
        """Return whether an invitation was used; False where the inbox is unavailable, so that the page still loads."""
        if not token or self.receiver.seals.invited(token) is None:
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
        """GET /healthz; with `put` and `id` a phone reports that its answer did not arrive, and the status it got."""
        status = request.query.get("put", "")
        if status.isascii() and status.isdecimal():
            self._note_fault(request.query.get("id", ""), int(status[:3]), request.address)
        return json_response(200, {"alive": True})

    def _note_fault(self, identity_text: str, status: int, address: str) -> None:
        step = fault_step(identity_text, status, self.receiver.name, int(self.receiver.clock() * 1000))
        if step is not None and not self._steps.wait(address, time.monotonic()):
            self.receiver.inbox.note(step)

    async def _check(self, request: Request) -> Response:
        """PUT /r/{study}/check, body an interviewer's pass or nothing: whether answers arrive and are taken now."""
        text = request.body[:STEP_LIMIT].decode("utf-8", "replace")
        if text and (held := self.receiver.held(request.address)) is not None:
            return held
        given = self.receiver.admission.pass_of(text)
        if text and given is None:
            self.receiver.guesses.missed(request.address, time.monotonic())
        opened = self.receiver.open_for(given.mode if given is not None else "online")
        return json_response(200, {"alive": True, "study": self.receiver.name, "closed": opened.reason})

    async def _ready(self, request: Request) -> Response:
        inbox = self.receiver.inbox
        ready = inbox.healthy and not self.draining and inbox.waiting < inbox.bound // 2
        content = {"ready": ready, "waiting": inbox.waiting, "storing": inbox.healthy, "stopping": self.draining}
        return json_response(200 if ready else 503, content, retry_after=None if ready else 2)

    async def _metrics(self, request: Request) -> Response:
        return Response(200, self.receiver.metrics.text(self.receiver.inbox), PLAIN)

    async def _step(self, request: Request) -> Response:
        """Handle POST /p/{study}, body `id question`: progress of a respondent."""
        words = request.body[:STEP_LIMIT].decode("utf-8", "replace").split()
        identity = read_identity(words[0]) if len(words) == 2 else None
        if identity is None or not self.pages.asks(words[1]):
            return refused(400, "malformed", "内容的结构不对")
        if not self._steps.wait(request.address, time.monotonic()):
            at = int(self.receiver.clock() * 1000)
            self.receiver.inbox.note(Step(identity, self.receiver.name, words[1], at))
        return Response(204)

    async def _withdraw(self, request: Request) -> Response:
        """Handle POST /w/{study}, body a receipt: erase the submission while its wave is open, at any hour."""
        begun = time.monotonic()
        if self._withdrawals.wait(request.address, begun) or self.receiver.guesses.wait(request.address, begun):
            return refused(429, "busy", "请稍后再试", retry_after=10)
        number = self.receiver.seals.number(request.body[:STEP_LIMIT].decode("utf-8", "replace"))
        if number is None:
            self.receiver.guesses.missed(request.address, begun)
            return refused(404, "unknown", "没有这个回执码，请检查后重新输入")
        now = self.receiver.clock()
        today = datetime.fromtimestamp(now, CHINA).date()
        ended = frozenset(wave.name for wave in self.receiver.study.waves if wave.end < today)

        def erase(backend: Backend) -> bool | None:
            """Erase the submission; return None when its wave has ended."""
            found = backend.read(number - 1, 1)
            if found and found[0].number == number and found[0].submission.wave in ended:
                return None
            return backend.withdraw(number, int(now * 1000))

        erased = await self.receiver.inbox.ask(erase)
        if erased is None:
            return refused(410, "closed", "调查已经结束，答卷已去除标识并进入汇总，不能再撤回")
        if erased:
            return json_response(200, {"message": "答卷已撤回，内容已删除"})
        return refused(410, "withdrawn", "这份答卷已经撤回过")


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None when it exceeds the limit; then read and discard the rest.

    Starlette's own limit and a timer per request would add half of the total cost of a request.

    Raises:
        TimeoutError: the body did not arrive in time.
        ClientDisconnect: the client disconnected; a partial body is discarded even where it looks complete.
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
        raise ClientDisconnect
    return b"".join(parts) if size <= limit else None


def _parameters(query: bytes) -> Mapping[str, str]:
    """Return the first value of each parameter."""
    first = b"&".join(query.split(b"&", FIELDS)[:FIELDS]).decode("latin-1")
    return dict(reversed(parse_qsl(first)))
