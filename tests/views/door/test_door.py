"""The door without a server: plain HTTP and TLS, trusted proxies, the first administrator, a password of one's own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.rules import Proxies, Rules
from accounts.users import User, add_users, all_users, disable, grant
from survey.host.access import Role
from survey.host.person import who_acts
from tests.accounts.conftest import CHEAP, RIGHT
from views.door import forms
from views.door.door import Door, Doorway
from views.door.peer import Peer

LAN, PROXY = "10.0.0.7", "10.9.9.9"
TLS = {"x-forwarded-proto": "https", "x-forwarded-for": LAN}
Headers = Mapping[str, str] | httpx.Headers | None
PROXIES = Proxies((PROXY,), "x-remote-user")


@dataclass
class Desk:
    """A browser at an address, in front of a small application behind the door."""

    way: Doorway
    address: str = LAN
    host: str = "silu.lan"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, headers: Headers = None, form: Mapping[str, str] | None = None) -> httpx.Response:
        """Return one answer; cookies are kept and sent, whatever their attributes say."""

        def inside(request: Request) -> PlainTextResponse:
            person = who_acts()
            session = request.headers.getlist("x-silu-session")
            return PlainTextResponse(f"{person.name if person else ''} {len(session)} {request.url.scheme}")

        around = [Middleware(Peer, proxies=self.way.entry.rules.proxies), Middleware(Door, way=self.way)]
        app = Starlette(routes=[*forms.routes(self.way), Route("/{path:path}", inside)], middleware=around)
        sent = [*httpx.Headers(headers).multi_items()]
        sent += [("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))]

        async def local(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "server": ("127.0.0.1", 8501)}, receive, send)

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(local, client=(self.address, 1234))
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{self.host}") as web:
                return await web.request("GET" if form is None else "POST", path, headers=sent, data=form)

        answer = asyncio.run(once())
        for line in answer.headers.get_list("set-cookie"):
            name, value = line.partition(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def send(self, path: str, headers: Headers = None, **fields: str) -> httpx.Response:
        """Open a form and send it."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.ask(path, headers).text))
        return self.ask(path, headers, {**hidden, **fields})


@pytest.fixture
def way(tmp_path: Path) -> Doorway:
    """A door with an analyst, to which a proxy at PROXY names users."""
    entry = Entry(account_file(tmp_path), Rules(proxies=PROXIES), Hasher(CHEAP))
    entry.file.make()
    now = entry.clock.now()
    add_users(entry.file, [(User("ana", "安", Role.ANALYST, made=now, changed=now), entry.hasher.hash(RIGHT))])
    return Doorway(entry, tmp_path)


@pytest.mark.parametrize(
    ("address", "host", "headers", "opened"),
    [
        ("127.0.0.1", "127.0.0.1:8501", {}, True),
        ("127.0.0.1", "localhost", {}, True),
        (LAN, "silu.lan", {}, False),
        (LAN, "127.0.0.1", {}, False),
        ("127.0.0.1", "silu.example.cn", {}, False),  # a proxy that says nothing
        (LAN, "silu.lan", TLS, False),  # said by whoever asks
        (LAN, "silu.lan", {"x-forwarded-for": "127.0.0.1"}, False),
        (PROXY, "silu.lan", {"x-forwarded-for": LAN}, False),
        (PROXY, "silu.lan", {**TLS, "x-forwarded-proto": "http"}, False),
        (PROXY, "silu.lan", TLS, True),
    ],
)
def test_without_encryption_only_this_machine_is_let_in(
    way: Doorway, address: str, host: str, headers: dict[str, str], opened: bool
) -> None:
    desk = Desk(way, address, host)
    for path in ("/", "/login"):
        answer = desk.ask(path, headers)
        assert (answer.status_code == 403) is not opened
        assert ("没有加密" in answer.text) is not opened
    assert Desk(replace(way, insecure=True), address, host).ask("/login", headers).status_code == 200


def test_cookies_are_secure_under_tls(way: Doorway) -> None:
    plain, closed = Desk(way, "127.0.0.1", "localhost"), Desk(way, PROXY)
    here = plain.send("/login", name="ana", password=RIGHT)
    there = closed.send("/login", TLS, name="ana", password=RIGHT)
    assert (here.status_code, there.status_code) == (303, 303)
    assert "Secure" not in here.headers["set-cookie"]
    assert all("Secure" in one for one in there.headers.get_list("set-cookie"))
    assert plain.ask("/").text == "ana 1 http"


def test_two_dashboards_of_one_machine_have_cookies_of_their_own(way: Doorway, tmp_path: Path) -> None:
    assert way.cookie != replace(way, study=tmp_path / "other").cookie


def test_a_trusted_proxy_names_the_user(way: Doorway) -> None:
    named = {**TLS, "x-remote-user": "ana"}
    assert Desk(way, PROXY).ask("/", named).text == "ana 1 https"
    assert Desk(way, PROXY).ask("/", {**named, "x-silu-session": "forged"}).text == "ana 1 https"
    with way.entry.file.reading() as found:
        assert found.execute("SELECT count(*), min(address) FROM sessions").fetchone() == (1, LAN)
    assert Desk(way, PROXY).ask("/", TLS).headers["location"] == "login"  # the proxy names nobody
    both = httpx.Headers([*TLS.items(), ("x-remote-user", "bob"), ("x-remote-user", "ana")])
    assert Desk(way, PROXY).ask("/", both).headers["location"] == "login"
    for other in ("127.0.0.1", "10.9.9.8"):
        assert Desk(replace(way, insecure=True), other).ask("/", named).headers["location"] == "login"
    refused = Desk(way, PROXY).ask("/", {**TLS, "x-remote-user": "nobody"})
    assert (refused.status_code, "还没有可用的账户" in refused.text) == (503, True)
    disable(way.entry.file, "ana")
    assert Desk(way, PROXY).ask("/", named).status_code == 503


def test_a_session_that_a_proxy_began_opens_nothing_without_it(way: Doorway) -> None:
    token = way.entry.vouched("ana", LAN, "proxy")
    desk = Desk(replace(way, insecure=True), cookies={way.cookie: token})
    assert desk.ask("/").headers["location"] == "login"


def test_administrators_work_from_their_addresses_only(way: Doorway) -> None:
    bound = replace(way.entry, rules=Rules(administrators=("10.0.0.0/30",)))
    way = replace(way, entry=bound, insecure=True)
    near, far = Desk(way, "10.0.0.1"), Desk(way, "10.0.0.9")
    for desk in (near, far):
        assert desk.send("/login", name="ana", password=RIGHT).status_code == 303
    grant(bound.file, "ana", Role.SECURITY)  # while both are logged in
    assert near.ask("/").text == "ana 1 http"
    assert far.ask("/").headers["location"] == "login"
    assert "管理员只能从指定的地址登录" in far.send("/login", name="ana", password=RIGHT).text
    stolen = Desk(way, "10.0.0.9", cookies=dict(near.cookies))
    assert stolen.ask("/").headers["location"] == "login"


def test_the_first_administrator_needs_the_code_of_the_console(tmp_path: Path) -> None:
    entry = Entry(account_file(tmp_path), hasher=Hasher(CHEAP))
    way = Doorway(entry, tmp_path, code="Ab2c-De3f-Gh4j")
    desk = Desk(way, "127.0.0.1", "localhost")
    assert desk.ask("/ledger").headers["location"] == "setup"
    assert desk.ask("/login").headers["location"] == "setup"
    assert desk.ask("/_stcore/health").status_code == 401
    assert desk.send("/login", name="admin", password="admin").status_code in (303, 401, 403, 503)
    words = {"name": "Chef", "password": "Erst-2027-Wort", "again": "Erst-2027-Wort"}
    for wrong, said in (
        ({"code": "Ab2c-De3f-Gh4k"}, "开通码不对"),
        ({"code": ""}, "开通码不对"),
        ({"code": way.code, "again": "anders"}, "两次写的新口令不一样"),
        ({"code": way.code, "password": "admin", "again": "admin"}, "口令太简单"),
    ):
        answer = desk.send("/setup", **{**words, **wrong})
        assert (answer.status_code, said in answer.text) == (401, True)
        assert not entry.file.exists
    assert desk.send("/setup", **words, code="Ab2c-De3f-Gh4j").status_code == 303
    assert [(user.name, user.role) for user in all_users(entry.file)] == [("chef", Role.SECURITY)]
    assert desk.ask("/").text == "chef 1 http"
    assert way.code == ""
    assert Desk(way, "127.0.0.1", "localhost").send("/setup", **words, code="Ab2c-De3f-Gh4j").status_code in (303, 403)
    assert len(all_users(entry.file)) == 1


def test_a_one_time_password_opens_one_page_only(way: Doorway) -> None:
    way.entry.put_password("ana", way.entry.hasher.hash("Once-2027-x"), once=True)
    desk = Desk(way, "127.0.0.1", "localhost")
    desk.send("/login", name="ana", password="Once-2027-x")
    assert desk.ask("/ledger").headers["location"] == "password"
    assert desk.ask("/_stcore/health").status_code == 401
    refused = desk.send("/password", old="Once-2027-x", password="Once-2027-x", again="Once-2027-x")
    assert "和原来的一样" in refused.text
    assert desk.send("/password", old="falsch", password="Neu-2027-Wort", again="Neu-2027-Wort").status_code == 401
    before = dict(desk.cookies)
    assert desk.send("/password", old="Once-2027-x", password="Neu-2027-Wort", again="Neu-2027-Wort").status_code == 303
    assert desk.ask("/").text == "ana 1 http"
    assert desk.cookies != before
    desk.cookies = before
    assert desk.ask("/").headers["location"] == "login"


def test_pages_of_the_door_need_nothing_else(way: Doorway) -> None:
    """No script, no other file, and every field has a label."""
    desk = Desk(way, "127.0.0.1", "localhost")
    text = desk.ask("/login").text
    assert "<script" not in text
    assert not re.findall(r'(?:src|href)="(?!data:,|sso)[^"]*"', text)
    fields = re.findall(r'<input id="(\w+)"', text)
    assert fields == re.findall(r'<label for="(\w+)"', text) == ["name", "password"]
    answer = desk.send("/login", name='"><b>x', password="x")
    assert '"><b>x' not in answer.text
    assert answer.headers["cache-control"] == "no-store"
