"""Routes of the door: log in, log out, the first administrator, a new password.

Each form carries a random token that must equal a cookie of the same browser, so that no other page can send it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from accounts import sessions
from accounts.entry import RefusedError
from reports.sentences.notes.catalogue import tr
from survey.errors import AccountError, SiluError
from views.door import paper
from views.door.door import LOGIN, LOGOUT, NO_STORE, PASSWORD, SETUP, Doorway, cookies
from views.shell.shell import pages

FORM = "silu_form"
"""Cookie with the token of the forms."""
LARGEST = 8_192
"""Bytes of a form."""
STATUS: Mapping[str, int] = {"locked": 429}
"""Reason of a refusal -> status; 401 for all others, 503 where the door cannot work."""
PAGE = re.compile(r"(\w*)(\?[\w%&=.+~*-]*)?")
Answer = Callable[[Doorway, Request], Response]


def routes(way: Doorway) -> list[Route]:
    """Return the routes of the door."""
    table: Mapping[tuple[str, str], Answer] = {
        (LOGIN, "GET"): _ask_login,
        (LOGOUT, "GET"): _ask_logout,
        (SETUP, "GET"): _ask_set_up,
        (PASSWORD, "GET"): _ask_password,
    }
    sent: Mapping[tuple[str, str], Callable[..., Response]] = {
        (LOGIN, "POST"): _log_in,
        (LOGOUT, "POST"): _log_out,
        (SETUP, "POST"): _set_up,
        (PASSWORD, "POST"): _set_password,
    }
    asking = [Route(path, partial(_shown, way, answer), methods=[method]) for (path, method), answer in table.items()]
    return asking + [
        Route(path, partial(_sent, way, answer), methods=[method]) for (path, method), answer in sent.items()
    ]


async def _shown(way: Doorway, answer: Answer, request: Request) -> Response:
    return await run_in_threadpool(_in_words, partial(answer, way, request))


async def _sent(way: Doorway, answer: Callable[..., Response], request: Request) -> Response:
    """Read a form and check that it is ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return words(AccountError("表单太大", cure="刷新页面后重新填写"), 413)
    read = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    form = {name: values[-1] for name, values in read.items()}
    known = cookies(request.scope).get(FORM, "")
    if not known or not hmac.compare_digest(known.encode(), form.get(paper.TOKEN, "").encode()):
        return words(AccountError("这个表单过期了", cure="回到上一页，刷新后重新填写；浏览器要允许 Cookie"), 403)
    return await run_in_threadpool(_in_words, partial(answer, way, request, form))


def _in_words(answer: Callable[[], Response]) -> Response:
    """Return an answer, or the page that says why there is none."""
    try:
        return answer()
    except SiluError as error:
        return words(error, 503)


def words(error: SiluError, status: int) -> Response:
    """Return the page that says why the door does not open."""
    return HTMLResponse(paper.refusal(error), status, NO_STORE)


def _ask_login(way: Doorway, request: Request) -> Response:
    if way.code:
        return _to("setup")
    back = request.query_params.get(paper.NEXT, "")
    session = way.session(request.scope)
    if session is not None:
        return _to("password" if session.stale else _safe(back))
    return _form(request, lambda token: paper.login(token, back, way.entry.rules.provider))


def _log_in(way: Doorway, request: Request, form: Mapping[str, str]) -> Response:
    name, back = form.get(paper.NAME, ""), form.get(paper.NEXT, "")
    try:
        token = way.entry.log_in(name, form.get(paper.PASSWORD, ""), address_of(request))
    except RefusedError as error:
        return _form(
            request, _again(paper.login, back, way.entry.rules.provider, name, error), STATUS.get(error.why, 401)
        )
    _end_here(way, request)
    return enter(way, request, token, _safe(back))


def _ask_logout(way: Doorway, request: Request) -> Response:
    session = way.session(request.scope)
    if session is None:
        return _to("login")
    name = session.user.display or session.user.name
    return _form(request, lambda token: paper.logout(token, name))


def _log_out(way: Doorway, request: Request, form: Mapping[str, str]) -> Response:
    _end_here(way, request)
    response = HTMLResponse(paper.left(), headers=NO_STORE)
    response.delete_cookie(way.cookie, httponly=True, samesite="lax", secure=is_secure(request))
    return response


def _ask_set_up(way: Doorway, request: Request) -> Response:
    return _form(request, paper.set_up) if way.code else _to("login")


def _set_up(way: Doorway, request: Request, form: Mapping[str, str]) -> Response:
    """Make the first administrator, for whoever can read the server's console."""
    if not way.code:
        return _to("login")
    name, password = form.get(paper.NAME, ""), form.get(paper.PASSWORD, "")
    try:
        if not hmac.compare_digest(form.get(paper.CODE, "").strip().encode(), way.code.encode()):
            raise AccountError(tr("开通码不对"), cure=tr("看启动看板的窗口；看不到就重新启动看板，会显示新的"))
        _same(password, form)
        way.entry.set_up(name, password, address_of(request))
    except AccountError as error:
        return _form(request, _again(paper.set_up, name, error), 401)
    way.code = ""
    return enter(way, request, way.entry.log_in(name, password, address_of(request)), "./")


def _ask_password(way: Doorway, request: Request) -> Response:
    session = way.session(request.scope)
    if session is None or session.way != sessions.PASSWORD:
        return _to("login")
    return _form(request, lambda token: paper.new_password(token, stale=session.stale))


def _set_password(way: Doorway, request: Request, form: Mapping[str, str]) -> Response:
    session = way.session(request.scope)
    if session is None or session.way != sessions.PASSWORD:
        return _to("login")
    new = form.get(paper.PASSWORD, "")
    try:
        _same(new, form)
        token = way.entry.set_password(session.user.name, form.get(paper.OLD, ""), new, address_of(request))
    except AccountError as error:
        page = partial(paper.new_password, stale=session.stale, fault=error)
        return _form(request, page, STATUS.get(getattr(error, "why", ""), 401))
    return enter(way, request, token, "./")


def _again(page: Callable[..., str], *arguments: object) -> Callable[[str], str]:
    return lambda token: page(token, *arguments)


def _same(password: str, form: Mapping[str, str]) -> None:
    if password != form.get(paper.AGAIN, ""):
        raise AccountError(tr("两次写的新口令不一样"), cure=tr("重新写两次"))


def _form(request: Request, page: Callable[[str], str], status: int = 200) -> Response:
    """Show a form with the token of this browser."""
    token = cookies(request.scope).get(FORM, "") or secrets.token_urlsafe(32)
    response = HTMLResponse(page(token), status, NO_STORE)
    response.set_cookie(FORM, token, httponly=True, samesite="strict", secure=is_secure(request))
    return response


def enter(way: Doorway, request: Request, token: str, target: str) -> Response:
    """Give the browser its session and send it to a page."""
    response = _to(target)
    response.set_cookie(way.cookie, token, httponly=True, samesite="lax", secure=is_secure(request))
    response.delete_cookie(FORM, httponly=True, samesite="strict", secure=is_secure(request))
    return response


def _end_here(way: Doorway, request: Request) -> None:
    """End the session that this browser brought along."""
    if token := way.token(request.scope):
        way.entry.leave(token, address_of(request))


def _safe(back: str) -> str:
    """Return where to go after the login: a page of ours with its query, else the first page."""
    found = PAGE.fullmatch(back)
    return back if found and found[1] in pages() else "./"


def _to(target: str) -> Response:
    return RedirectResponse(target, 303, NO_STORE)


def address_of(request: Request) -> str:
    """Return the network address of the visitor; "" for unknown."""
    return request.client.host if request.client else ""


def is_secure(request: Request) -> bool:
    """Return whether the browser uses TLS."""
    return request.url.scheme == "https"
