"""Attacks on the online form: guessed codes, junk in the consent, and what the server says of itself."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.collect.links.seals import ALPHABET, Invitation
from survey.collect.serving import app as application
from survey.collect.serving.app import App
from survey.collect.serving.limits import Guesses, block
from survey.collect.serving.web import Response
from survey.collect.submission.envelope import MalformedError, read_envelope
from survey.study.study import Study
from tests.security.conftest import Attack
from tests.survey.collect.playing import GOOD, ask, play, put
from tests.survey.collect.town import body_of, make_town, uuid7


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_town(tmp_path / "town", 'invitation = "token"')


def said(response: Response) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(response.body)
    return content


async def sent(app: App, study: Study, address: str, **codes: str) -> Response:
    identity = uuid7()
    return await put(app, identity, body_of(study, identity, GOOD, **codes), address)


def forged(chance: random.Random) -> str:
    return f"3-{'990101001001'}-{''.join(chance.choices(ALPHABET, k=10))}"


def issued(app: App, serial: int, place: int | None = None) -> str:
    return app.receiver.seals.invitation(Invitation(serial, place))


def test_invitations_are_guessed_slowly_and_blindly(study: Study, attack: Attack) -> None:
    chance = random.Random(1)

    async def scenario(app: App) -> None:
        right = issued(app, 1)
        replies = [await sent(app, study, f"203.0.113.{at % 250}", token=forged(chance)) for at in range(300)]
        wrong, held = replies[:30], replies[30:]
        assert {(one.status, one.body) for one in wrong} == {(403, wrong[0].body)}
        assert {(one.status, said(one)["error"]) for one in held} == {(429, "busy")}
        # Over the limit a right one is answered like a wrong one, on every way in.
        assert (await sent(app, study, "203.0.113.9", token=right)).status == 429
        assert (await ask(app, "GET", "/", query=f"t={right}".encode(), address="203.0.113.9")).status == 429
        assert (await ask(app, "PUT", f"/r/{app.receiver.name}/check", b"x", address="203.0.113.9")).status == 429
        assert (
            await ask(app, "POST", f"/w/{app.receiver.name}", b"2-AAAAA-AAAAA", address="203.0.113.9")
        ).status == 429
        assert app.receiver.inbox.backend.read(0, 9) == []
        # Whoever comes from elsewhere, or without a code, is not held up.
        assert (await sent(app, study, "198.51.100.7", token=right)).status == 201
        assert (await ask(app, "GET", "/", address="203.0.113.9")).status == 200

    play(study, scenario)
    attack("invitations guessed from 250 addresses of one block", 300, "30 times 403, then 429")


@pytest.mark.parametrize("way", ["page", "check", "withdrawal"])
def test_every_way_to_try_a_code_counts(way: str, study: Study, attack: Attack) -> None:
    chance = random.Random(2)

    async def attempt(app: App) -> int:
        code = forged(chance)
        if way == "page":
            return (await ask(app, "GET", "/", query=f"k={code}".encode(), address="203.0.113.1")).status
        if way == "check":
            return (await ask(app, "PUT", f"/r/{app.receiver.name}/check", code.encode(), address="203.0.113.1")).status
        return (await ask(app, "POST", f"/w/{app.receiver.name}", code.encode(), address="203.0.113.1")).status

    async def scenario(app: App) -> None:
        statuses = [await attempt(app) for _ in range(60)]
        assert 429 not in statuses[:30]
        assert set(statuses[30:]) == {429}

    play(study, scenario)
    attack(f"codes guessed by {way}", 60, "30 refusals, then 429")


def test_a_forged_invitation_and_one_for_another_place_get_one_reply(study: Study) -> None:
    async def scenario(app: App) -> None:
        first, second = (point.code for point in study.areas.points[:2])
        other = await sent(app, study, "203.0.113.1", token=issued(app, 1, first), place=second)
        none = await sent(app, study, "203.0.113.1", token=forged(random.Random(3)), place=second)
        assert other == none
        assert other.status == 403

    play(study, scenario)


def test_the_allowance_grows_back_and_right_codes_cost_nothing(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]

    class Clock:
        monotonic = staticmethod(lambda: now[0])
        perf_counter = staticmethod(time.perf_counter)

    async def scenario(app: App) -> None:
        monkeypatch.setattr(application, "time", Clock)
        for serial in range(1, 100):
            page = await ask(app, "GET", "/", query=f"t={issued(app, serial)}".encode(), address="203.0.113.1")
            assert page.status == 200
        for _ in range(30):
            await ask(app, "GET", "/", query=b"t=x", address="203.0.113.1")
        assert (await ask(app, "GET", "/", query=b"t=x", address="203.0.113.1")).status == 429
        now[0] += 10.5
        assert (await ask(app, "GET", "/", query=b"t=x", address="203.0.113.1")).status == 200
        assert (await ask(app, "GET", "/", query=b"t=x", address="203.0.113.1")).status == 429

    play(study, scenario)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.254", True),
        ("203.0.113.1", "203.0.114.1", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("::ffff:203.0.113.7", "203.0.113.1", True),
        ("", "", True),
        ("not an address", "x", False),
    ],
)
def test_blocks(one: str, other: str, same: bool) -> None:
    assert (block(one) == block(other)) is same


def test_looking_takes_nothing() -> None:
    guesses = Guesses(most=2)
    assert [guesses.wait("203.0.113.1", 0) for _ in range(9)] == [0.0] * 9
    guesses.missed("203.0.113.1", 0)
    guesses.missed("203.0.113.2", 0)
    assert guesses.wait("203.0.113.3", 0) == 10.0


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
JUNK: list[Any] = [
    {"agreed": True, "x": "y" * 60_000},
    {"agreed": True, "notice": "n" * 201},
    {"agreed": True, "notice": ["n"]},
    {"agreed": "yes"},
    {"agreed": 1},
    {"agreed": True, "under14": "false"},
    {"agreed": True, "guardian": []},
    {"agreed": True, "guardian": {"relation": "父" * 201, "agreed": True}},
    {"agreed": True, "guardian": {"relation": {"a": {"b": {}}}, "agreed": True}},
    {"agreed": True, "guardian": {"relation": "父亲", "agreed": True, "phone": "13800000000"}},
    {"agreed": True, "<script>": 1},
]


@pytest.mark.parametrize("consent", JUNK)
def test_junk_in_the_consent_is_refused(consent: Any, tmp_path: Path, attack: Attack) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        reply = await sent(app, study, "203.0.113.1", consent=consent)
        assert (reply.status, said(reply)["message"]) == (400, "consent 的结构不对")
        assert app.receiver.inbox.backend.read(0, 9) == []

    play(study, scenario)
    attack("junk in the consent", 1, "400, nothing stored")


@given(ANYTHING)
def test_a_consent_that_is_read_is_small(consent: Any) -> None:
    body = json.dumps({"id": "x", "seconds": 1, "answers": {}, "consent": consent}).encode()
    try:
        read = read_envelope(body)
    except MalformedError:
        return
    assert set(read.consent) <= {"agreed", "under14", "notice", "guardian"}
    assert len(json.dumps(read.consent)) < 4000


def test_every_consent_that_the_form_makes_is_read() -> None:
    made: list[Any] = [
        {"agreed": True, "under14": False, "notice": "0123456789abcdef"},
        {"agreed": True, "under14": True, "notice": "n", "guardian": {"relation": "母亲", "agreed": True}},
        {"agreed": True, "under14": False, "notice": "n", "guardian": {"relation": "其他监护人"}},
    ]
    for consent in made:
        body = json.dumps({"id": "x", "seconds": 1, "answers": {}, "consent": consent}).encode()
        assert read_envelope(body).consent == consent


PRIVATE = ("/metrics", "/readyz")
STRANGERS: list[dict[str, Any]] = [
    {"address": "203.0.113.1"},
    {"address": "127.0.0.1", "headers": [(b"host", b"evil.example:8600")]},
    {"address": "127.0.0.1", "headers": [(b"host", b"wj.example.cn"), (b"x-forwarded-for", b"1.2.3.4")]},
    {"address": "127.0.0.1", "headers": [(b"host", b"127.0.0.1"), (b"x-forwarded-prefix", b"/wj")]},
    {"address": "127.0.0.1", "headers": [(b"host", b"127.0.0.1"), (b"forwarded", b"for=1.2.3.4")]},
    {"address": "203.0.113.1", "headers": [(b"host", b"127.0.0.1"), (b"x-forwarded-for", b"127.0.0.1")]},
    {"address": "127.0.0.1", "headers": []},
]


def test_the_server_tells_strangers_nothing_of_itself(study: Study, attack: Attack) -> None:
    async def scenario(app: App) -> None:
        for path in PRIVATE:
            assert (await ask(app, "GET", path, address="127.0.0.1")).status == 200
            for stranger in STRANGERS:
                reply = await ask(app, "GET", path, **stranger)
                assert reply.status == 403
                assert b"silu_" not in reply.body

    play(study, scenario)
    tries = len(PRIVATE) * len(STRANGERS)
    attack("`/metrics` and `/readyz` of the form: LAN, proxy, DNS rebinding, forged header", tries, "403")
