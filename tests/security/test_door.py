"""A real dashboard with accounts: nobody passes without a session, whatever they claim to be."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest
from google.protobuf.text_format import MessageToString
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.rules import FILE as SETTINGS
from accounts.sessions import key_of
from accounts.users import User, add_users, disable, grant
from survey.host.access import Role
from survey.study.template.new_study import init_study
from tests.accounts.conftest import CHEAP, RIGHT, WRONG
from tests.security.conftest import Attack
from tests.security.dashboards import Served, serving

pytestmark = pytest.mark.server
PEOPLE = {"boss": Role.LEADER, "ana": Role.ANALYST, "sec": Role.SECURITY}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    study = init_study(tmp_path_factory.mktemp("door") / "study")
    entry = Entry(account_file(study), hasher=Hasher(CHEAP))
    entry.file.make()
    (study / SETTINGS).write_text('[proxy]\naddresses = ["10.9.9.9"]\nuser = "X-Remote-User"\n')
    now, hashed = entry.clock.now(), entry.hasher.hash(RIGHT)
    add_users(entry.file, [(User(name, name, role, made=now, changed=now), hashed) for name, role in PEOPLE.items()])
    with serving(study) as found:
        yield found


def cookie_of(browser: httpx.Client) -> dict[str, str]:
    """Return the cookies of a browser as a header."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


async def handshake(served: Served, headers: dict[str, str]) -> int:
    """Return the status of a websocket handshake."""
    try:
        async with served.socket(headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


FORGED = [
    {},
    {"X-Silu-Session": "{key}"},
    {"X_Silu_Session": "{key}"},
    {"X-Silu-Session": "{key}", "X-Forwarded-For": "127.0.0.1"},
    {"X-Remote-User": "ana"},
    {"X-Remote-User": "ana", "X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-User": "ana", "Remote-User": "ana", "X-Auth-Request-User": "ana"},
    {"Authorization": "Basic YW5hOktwN3gtV20zcQ=="},
    {"Cookie": "{cookie}={key}"},
    {"Cookie": "{cookie}="},
    {"Cookie": "{cookie}=' OR 1=1 --"},
    {"Cookie": "_streamlit_user=ana; silu=ana; user=ana"},
    {"Cookie": '{cookie}="unended; {cookie}=\\303'},
]
"""What a client may claim, with the key of a session of the analyst and the name of the cookie."""
PATHS = ["/_stcore/health", "/_stcore/host-config", "/static/js/index.js", "/media/x.png", "/_silu/picture/overview"]
PATHS += ["/_stcore/upload_file/x/y", "/component/x/y.js", "/app/static/x.png", "/favicon.png", "/vendor.js"]


def test_forged_claims_open_nothing(served: Served, attack: Attack) -> None:
    ana, _ = served.logged_in("ana")
    (cookie, token), *_ = ana.cookies.items()
    facts = {"key": key_of(token), "cookie": cookie}
    tries = 0
    for claim in FORGED:
        headers = {name: value.format(**facts) for name, value in claim.items()}
        with served.browser() as browser:
            for path in PATHS:
                assert browser.get(path, headers=headers).status_code == 401
            assert browser.get("/ledger", headers=headers).headers["location"] == "login?next=ledger"
            assert browser.get("/ledger/?wave=W1").headers["location"] == "../login?next=ledger%3Fwave%3DW1"
            assert browser.put("/_stcore/upload_file/x/y", headers=headers, content=b"x").status_code == 401
        assert asyncio.run(handshake(served, headers)) == 403
        tries += len(PATHS) + 3
    attack(
        "forged identity: headers of proxies and of ours, cookies, HTTP and websocket", tries, "401, 403, login page"
    )
    assert asyncio.run(handshake(served, {"Cookie": f"{cookie}={token}"})) == 101
    assert ana.get("/_stcore/health").status_code == 200


def test_a_claim_beside_a_session_does_not_change_who_one_is(served: Served) -> None:
    boss, _ = served.logged_in("boss")
    ana, _ = served.logged_in("ana")
    (_, token), *_ = ana.cookies.items()
    assert boss.get("/expert", headers={"X-Silu-Session": key_of(token)}).headers["location"] == "./?nopage=expert"
    seen = asyncio.run(words(served, boss, {"X-Silu-Session": key_of(token)}))
    assert "总览" in seen
    assert "专家分析" not in seen
    assert "专家分析" in asyncio.run(words(served, ana))


def test_a_stolen_cookie_ends_with_the_logout(served: Served, attack: Attack) -> None:
    boss, answer = served.logged_in("boss")
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    set_cookie = answer.headers.get_list("set-cookie")[0]
    assert all(word in set_cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    thief = served.browser()
    thief.cookies.update(boss.cookies)
    stolen = cookie_of(boss)
    assert thief.get("/").status_code == 200
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', boss.get("/logout").text))
    assert "已经退出" in boss.post("/logout", data=form).text
    assert thief.get("/").headers["location"] == "login"
    assert thief.get("/_stcore/health").status_code == 401
    assert asyncio.run(handshake(served, stolen)) == 403
    attack("a stolen cookie after the logout, HTTP and websocket", 3, "401, 403, login page")


def test_forms_come_from_our_own_pages(served: Served) -> None:
    with served.browser() as browser:
        right = {"name": "boss", "password": RIGHT}
        assert browser.post("/login", data=right).status_code == 403
        browser.get("/login")
        assert browser.post("/login", data={**right, "form": "guessed"}).status_code == 403
        assert browser.post("/login", data={**right, "form": "x" * 9000}).status_code == 413
        assert browser.post("/login", content=b"\xff\xfe=%zz&&&;;").status_code == 403
        foreign = {"Origin": "http://evil.example"}
        assert browser.post("/login", data=right, headers=foreign).status_code == 403
        assert browser.get("/setup").headers["location"] == "login"


def test_the_login_leads_to_our_pages_only(served: Served) -> None:
    foreign = ["//evil.example", "https://evil.example", "/\\evil.example", "nothing", "a:b", "%0d%0aX:y", "ledger\n"]
    own = "weak_areas?wave=W1&sex=%E5%A5%B3"
    for asked, target in [(own, own), *((back, "./") for back in foreign)]:
        browser = served.browser()
        text = browser.get("/login", params={"next": asked}).text
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text.replace("&amp;", "&")))
        answer = browser.post("/login", data={**form, "name": "boss", "password": RIGHT})
        assert answer.headers["location"] == target


def test_wrong_passwords_without_end(served: Served, attack: Attack) -> None:
    with served.browser() as browser:
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get("/login").text))
        for name in ("sec", "nobody-of-this-name"):
            answers = [
                browser.post("/login", data={**form, "name": name, "password": f"{WRONG}{at}"}) for at in range(20)
            ]
            assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 15
            assert {answer.text.replace(name, "") for answer in answers[:5]} == {answers[0].text.replace(name, "")}
    assert served.logged_in("sec")[1].status_code == 429
    assert served.logged_in("boss")[1].status_code == 303  # others from the same address are not locked out
    attack("passwords guessed, for a name that exists and one that does not", 40, "5 times 401, then 429; same words")


async def run_page(link: ClientConnection, fragment: str = "") -> str:
    """Run the page once and return all its words."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    message.rerun_script.fragment_id = fragment
    await link.send(message.SerializeToString())
    found: list[str] = []
    while True:
        answer = ForwardMsg.FromString(await asyncio.wait_for(link.recv(), 60))
        # A new run begins with the pages of the last one.
        found += [MessageToString(answer, as_utf8=True)] if answer.WhichOneof("type") != "new_session" else []
        if answer.WhichOneof("type") == "script_finished":
            return "".join(found)


async def words(served: Served, browser: httpx.Client, headers: dict[str, str] | None = None) -> str:
    """Open the websocket of a browser, run the page, and return its words."""
    async with served.socket({**cookie_of(browser), **(headers or {})}) as link:
        return await run_page(link)


def test_what_is_taken_away_is_gone_at_the_next_run(served: Served) -> None:
    async def watch() -> list[str]:
        browser, _ = served.logged_in("ana")
        async with served.socket(cookie_of(browser)) as link:
            seen = [await run_page(link)]
            grant(served.entry.file, "ana", Role.LEADER)
            seen.append(await run_page(link))
            disable(served.entry.file, "ana")
            # Asked for a part of the page alone, the server runs the whole page and says why it stops.
            seen.append(await run_page(link, "some-fragment"))
            seen.append(await run_page(link))
            return seen

    try:
        analyst, leader, *ended = asyncio.run(watch())
    finally:
        disable(served.entry.file, "ana", disabled=False)
        grant(served.entry.file, "ana", Role.ANALYST)
    assert "专家分析" in analyst
    assert "专家分析" not in leader
    assert "总览" in leader
    for text in ended:
        assert "您的登录已经结束" in text
        assert "总览" not in text


def test_a_damaged_account_file_opens_no_door(served: Served) -> None:
    ana, _ = served.logged_in("ana")
    cookie = cookie_of(ana)
    path, stranger = served.entry.file.path, served.browser()
    whole = path.read_bytes()
    try:
        for content in (b"", whole[: len(whole) // 2], None):
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            for browser in (ana, stranger):
                browser.cookies.set("silu_form", "x")
                assert browser.get("/setup").headers["location"] == "login"
                assert browser.get("/_stcore/health").status_code in (401, 503)
                answer = browser.post("/login", data={"form": "x", "name": "ana", "password": RIGHT})
                assert (answer.status_code, "账户文件损坏或丢失" in answer.text) == (503, True)
            assert "账户文件损坏或丢失" in ana.get("/").text
            assert stranger.get("/").status_code == 303
            assert asyncio.run(handshake(served, cookie)) == 403
    finally:
        path.write_bytes(whole)
    assert ana.get("/").status_code == 200
