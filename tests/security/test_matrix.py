"""Every role asks for every page over the websocket, under every forged claim, and for pictures: no escalation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.sessions import key_of
from accounts.users import User, add_users
from survey.host.access import Role
from survey.study.template.new_study import init_study
from tests.accounts.conftest import CHEAP, RIGHT
from tests.accounts.test_roles import PAGES_OF
from tests.security.conftest import Attack
from tests.security.dashboards import Served, serving
from views.shell.navigation import all_pages

pytestmark = pytest.mark.server
PAGES = [path for rows in all_pages().values() for _, _, path in rows]
OFFICE: Mapping[Role, set[str]] = {Role.SYSTEM: {"system"}, Role.SECURITY: {"people"}, Role.AUDIT: {"audit"}}
NOBODY = "nobody"
"""Account without a role."""
CLAIMS: Sequence[Mapping[str, str]] = (
    {},
    {"X-Silu-Session": "{key}"},
    {"X_Silu_Session": "{key}"},
    {"X-Silu-Session": "{key}", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"},
    {"X-Remote-User": "analyst", "Remote-User": "analyst", "X-Forwarded-User": "analyst"},
    {"Authorization": "Bearer {key}"},
    {"Cookie": "{cookie}={key}"},
    {"Cookie": "silu_role=analyst; role=analyst; _streamlit_user=analyst"},
)
"""What a client claims beside its own session, with the key of the analyst's session."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard with an account for each role, named as the role, and one without a role."""
    study = init_study(tmp_path_factory.mktemp("matrix") / "study")
    entry = Entry(account_file(study), hasher=Hasher(CHEAP))
    entry.file.make()
    now, hashed = entry.clock.now(), entry.hasher.hash(RIGHT)
    roles = {**{str(role): role for role in Role}, NOBODY: None}
    add_users(entry.file, [(User(name, name, role, made=now, changed=now), hashed) for name, role in roles.items()])
    with serving(study) as found:
        yield found


def allowed(role: Role | None) -> set[str]:
    """Return the pages of a role, from a second table, not from the product's."""
    return {"overview"} if role is None else PAGES_OF.get(role, set()) | OFFICE.get(role, set()) | {"me"}


async def opened(link: ClientConnection, page: str) -> tuple[set[str], str]:
    """Ask for a page; return the pages that the server offers, and the one that it runs."""
    message = BackMsg()
    message.rerun_script.page_name = page
    await link.send(message.SerializeToString())
    offered: set[str] = set()
    current = ""
    while True:
        answer = ForwardMsg.FromString(await asyncio.wait_for(link.recv(), 60))
        kind = answer.WhichOneof("type")
        if kind == "navigation":
            paths = {one.page_script_hash: one.url_pathname or "" for one in answer.navigation.app_pages}
            offered, current = set(paths.values()), paths.get(answer.navigation.page_script_hash, "?")
        elif kind == "script_finished":
            return offered, current


async def escalations(served: Served, browser: httpx.Client, role: Role | None, claim: Mapping[str, str]) -> list[str]:
    """Return what a role got beyond its own, of all pages, under a claim."""
    own = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {**claim, "Cookie": "; ".join([own, *([claim["Cookie"]] if "Cookie" in claim else [])])}
    mine, found = allowed(role), []
    async with served.socket(headers) as link:
        for page in PAGES:
            offered, current = await opened(link, page)
            found += [f"{page}: offered {one}" for one in offered - mine - {""}]
            found += [f"{page}: ran {current}"] if current not in {*mine, ""} else []
            found += [f"{page} did not run"] if page in mine and current not in (page, "") else []
    return found


def asked(served: Served, name: str, claims: Sequence[Mapping[str, str]]) -> tuple[list[str], int]:
    """Return the escalations of an account under some claims, and the number of tries."""
    role = None if name == NOBODY else Role(name)
    browser, _ = served.logged_in(name)
    (cookie, token), *_ = served.logged_in("analyst")[0].cookies.items()
    facts = {"key": key_of(token), "cookie": cookie}
    filled = [{key: value.format(**facts) for key, value in claim.items()} for claim in claims]
    found = []
    for claim in filled:
        # A second cookie of the same name is refused as a whole: it is no claim but no session either.
        with suppress(InvalidStatus) if "Cookie" in claim else nullcontext():
            found += asyncio.run(escalations(served, browser, role, claim))
    for page in PAGES:
        if page not in allowed(role):
            answers = [browser.get(f"/_silu/picture/{page}", params={"shot": "16x9"}, headers=one) for one in filled]
            found += [f"picture of {page}" for answer in answers if answer.status_code == 200]
            answers = [browser.get(f"/{page}", headers=one) for one in filled]
            found += [f"address of {page}" for answer in answers if answer.status_code == 200]
    return found, len(filled) * (3 * len(PAGES) - 2 * len(allowed(role)))


@pytest.mark.parametrize("name", [Role.UNIT, Role.SECURITY])
def test_no_page_of_another_role_opens(served: Served, name: str) -> None:
    found, _ = asked(served, name, CLAIMS[1:2])
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*Role, NOBODY])
def test_no_role_gets_beyond_its_own_under_any_claim(served: Served, name: str, attack: Attack) -> None:
    found, tries = asked(served, name, CLAIMS)
    assert found == []
    attack("roles x pages x forged claims: websocket, addresses, pictures", tries, "the pages of the role only")
