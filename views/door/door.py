"""One middleware before everything: nobody passes without a session, over HTTP and websocket.

Streamlit learns who a visitor is when the websocket opens, and never again. So the session is looked up anew at every
message: once it has ended, a message becomes a run of the whole page, which says so and stops (`views.door.visitor`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from streamlit.proto.BackMsg_pb2 import BackMsg

from accounts import sessions
from accounts.entry import Entry
from accounts.sessions import Session, key_of
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.host.person import acting
from views.door import paper
from views.door.peer import VOUCHED, is_private

if TYPE_CHECKING:
    from accounts.oidc import Trip

Scope = MutableMapping[str, Any]
LOGIN, LOGOUT, SETUP, PASSWORD, PROVIDER = "/login", "/logout", "/setup", "/password", "/sso"
BACK = "/sso/back"
"""Where the provider of the office sends the browser back."""
ROUTES = (LOGIN, LOGOUT, SETUP, PASSWORD, PROVIDER, BACK)
SESSION = "x-silu-session"
"""Header with which Streamlit learns the key of the session."""
FRESH = 60.0
"""Seconds after which activity is noted again."""
NO_STORE = {"cache-control": "no-store"}


@dataclass
class Doorway:
    """What the door and its pages share.

    Attributes:
        entry: the accounts.
        study: folder of the study; two dashboards of one machine have different cookies.
        insecure: whether requests without TLS are let in.
        code: one-time code of the first administrator; "" once there are accounts.
        trips: logins under way at the provider of the office, by their state.
    """

    entry: Entry
    study: Path
    insecure: bool = False
    code: str = field(default="", repr=False)
    trips: dict[str, Trip] = field(default_factory=dict, repr=False)

    @property
    def cookie(self) -> str:
        """Return the name of the cookie."""
        return f"silu_{hashlib.sha256(str(self.study.resolve()).encode()).hexdigest()[:8]}"

    def token(self, scope: Scope) -> str:
        """Return the token that a request carries; "" for none."""
        return cookies(scope).get(self.cookie, "")

    def session(self, scope: Scope) -> Session | None:
        """Return the session of a request; a trusted proxy's word begins one where there is none.

        Raises:
            SiluError: the account file is damaged, or the proxy names somebody without an account.
        """
        token = self.token(scope)
        found = self.entry.find(key_of(token)) if token else None
        name, address = scope.get(VOUCHED, ""), (scope.get("client") or ("",))[0]
        if name:
            return self.entry.vouched_session(name, address)
        own = found is not None and found.way != sessions.PROXY
        return found if found and own and self.entry.rules.admits(found.user.role, address) else None


class Door:
    """Middleware that lets in those who have a session."""

    def __init__(self, app: Any, way: Doorway) -> None:
        """Wrap an ASGI application."""
        self.app, self.way = app, way

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Let one request in, send it to the login page, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if not self.way.insecure and not is_private(scope):
            await _answer(HTMLResponse(paper.unencrypted(), 403, NO_STORE), scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"] in ROUTES:
            await self.app(scope, receive, send)
            return
        try:
            session = None if self.way.code else await run_in_threadpool(self.way.session, scope)
        except SiluError as error:
            await _answer(HTMLResponse(paper.refusal(error), 503, NO_STORE), scope, receive, send)
            return
        if session is None or session.stale:
            target = SETUP if self.way.code else LOGIN if session is None else PASSWORD
            await _answer(_elsewhere(target, scope), scope, receive, send)
        else:
            await self._let_in(session, scope, receive, send)

    async def _let_in(self, session: Session, scope: Scope, receive: Any, send: Any) -> None:
        """Pass a request on with the session in its headers; watch the messages of a websocket."""
        passed = {**scope, "headers": [*scope["headers"], (SESSION.encode(), session.key.encode())]}
        if scope["type"] == "http":
            if _is_page(scope):
                await run_in_threadpool(self._note, session)
            with acting(session.user.person(session.address)):
                await self.app(passed, receive, send)
            return

        async def watched() -> Mapping[str, Any]:
            message: Mapping[str, Any] = await receive()
            return await run_in_threadpool(self._checked, session.key, message) if message.get("bytes") else message

        await self.app(passed, watched, send)

    def _checked(self, key: str, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a message as it came, while its session lasts; else as a run of the whole page."""
        try:
            session = self.way.entry.find(key)
            if session is not None and not session.stale:
                if _is_deed(message["bytes"]):
                    self._note(session)
                return message
        except SiluError:
            pass
        return {**message, "bytes": _whole_page(message["bytes"])}

    def _note(self, session: Session) -> None:
        """Note activity, at most once a minute."""
        now = self.way.entry.clock.now()
        if now - session.seen > FRESH:
            sessions.touch(self.way.entry.file, session.key, now)


def cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request; none where they cannot be read or one stands there twice."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    try:
        return {name: one.value for name, one in SimpleCookie("; ".join(lines)).items()}
    except CookieError:
        return {}


def _is_page(scope: Scope) -> bool:
    own = ("/_", "/static", "/media", "/component")
    return scope["method"] in ("GET", "HEAD") and "." not in scope["path"] and not scope["path"].startswith(own)


def _elsewhere(target: str, scope: Scope) -> Response:
    """Send a person to a page of the door, to come back later; refuse everything else."""
    if scope["type"] != "http" or not _is_page(scope):
        return PlainTextResponse(tr("请先登录"), 401, NO_STORE)
    depth = scope.get("raw_path", scope["path"].encode()).partition(b"?")[0].count(b"/")
    query = scope.get("query_string", b"").decode("latin-1")
    back = scope["path"].strip("/") + (f"?{query}" if query else "")
    asked = f"?next={quote(back)}" if back and target == LOGIN else ""
    return RedirectResponse(f"{'../' * (depth - 1)}{target.lstrip('/')}{asked}", 303, NO_STORE)


async def _answer(response: Response, scope: Scope, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await response(scope, receive, send)


def _is_deed(content: bytes) -> bool:
    """Return whether a message comes from something that a person did, not from a page that refreshes itself."""
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return False  # Streamlit closes the connection
    return message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun


def _whole_page(content: bytes) -> bytes:
    """Return the request to run the whole page instead of a part of it, or of anything else."""
    message = BackMsg()
    with suppress(DecodeError):
        message.ParseFromString(content)
    message.rerun_script.fragment_id = ""
    return bytes(message.SerializeToString())
