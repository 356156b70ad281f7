"""The application: odd requests, links, withdrawals at any hour, who reads the metrics."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from survey.collect import app as application
from survey.collect.app import App, forwarded
from survey.collect.settings import CHINA
from survey.collect.web import Request, Response
from survey.study.study import Study
from tests.survey.collect.playing import GOOD, play
from tests.survey.collect.town import body_of, make_town, uuid7

Message = dict[str, Any]
HANGS = object()


async def served(app: App, method: str, path: str, *events: Any, query: bytes = b"") -> list[Message]:
    """What an ASGI server gets for the events of a request."""
    waiting, sent = list(events), []

    async def receive() -> Message:
        event = waiting.pop(0)
        if event is HANGS:
            await asyncio.sleep(60)
        return event  # type: ignore[no-any-return]

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": [], "client": ("a", 1)}
    await app(scope, receive, send)
    return sent


def piece(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def said(response: Response) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(response.body)
    return content


def test_a_link_with_many_strangers_behind_it_still_opens_the_form(study: Study) -> None:
    code = study.areas.points[0].code
    query = f"p={code}&".encode() + b"&".join(b"utm%d=x" % number for number in range(40)) + b"&p=1"

    async def scenario(app: App) -> None:
        for path in ("/", "/healthz"):
            assert (await served(app, "GET", path, piece(b""), query=query))[0]["status"] == 200
        seen = app._request({"method": "GET", "path": "/", "headers": [], "query_string": query}, b"")
        assert (seen.query["p"], len(seen.query)) == (str(code), 20)

    play(study, scenario)


def test_a_body_that_was_cut_off_is_no_answer_however_whole_it_looks(study: Study) -> None:
    async def scenario(app: App) -> None:
        identity = uuid7()
        body = body_of(study, identity, GOOD)
        path = f"/r/{app.receiver.name}/{identity}"
        assert await served(app, "PUT", path, piece(body, more=True), {"type": "http.disconnect"}) == []
        assert app.receiver.inbox.backend.read(0, 9) == []
        whole = await served(app, "PUT", path, piece(body[:9], more=True), piece(body[9:]))
        assert whole[0]["status"] == 201

    play(study, scenario)


def test_a_body_that_takes_for_ever_is_given_up_and_the_connection_closed(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "BODY_SECONDS", 0.05)

    async def scenario(app: App) -> None:
        sent = await served(app, "POST", f"/w/{app.receiver.name}", piece(b"2", more=True), HANGS)
        assert (sent[0]["status"], json.loads(sent[1]["body"])["error"]) == (408, "slow")
        assert (b"connection", b"close") in sent[0]["headers"]
        long = await served(app, "POST", "/", piece(b"x" * 70_000))
        assert long[0]["status"] == 413
        assert (app.receiver.metrics.requests[408], app.receiver.metrics.requests[413]) == (1, 1)

    play(study, scenario)


def test_headers_no_cookie_no_sniffing_no_length_where_there_is_no_body(study: Study) -> None:
    async def scenario(app: App) -> None:
        step = await served(app, "POST", f"/p/{app.receiver.name}", piece(f"{uuid7()} A1".encode()))
        assert step[0]["status"] == 204
        assert b"content-length" not in dict(step[0]["headers"])
        page = await served(app, "GET", "/", piece(b""))
        missing = await served(app, "GET", "/etc/passwd", piece(b""))
        assert (page[0]["status"], missing[0]["status"]) == (200, 404)
        for sent in (step, page, missing):
            headers = dict(sent[0]["headers"])
            assert headers[b"x-content-type-options"] == b"nosniff"
            assert b"set-cookie" not in headers
        assert dict(missing[0]["headers"])[b"cache-control"] == b"no-store"
        assert b"'unsafe-inline'" not in dict(page[0]["headers"])[b"content-security-policy"].split(b"style-src")[0]

    play(study, scenario)


async def stored(app: App, study: Study) -> str:
    """The receipt of an answer."""
    identity = uuid7()
    path = f"/r/{app.receiver.name}/{identity}"
    return str(said(await app.respond(Request("PUT", path, "a", {}, body_of(study, identity, GOOD))))["receipt"])


async def withdraw(app: App, receipt: str) -> Response:
    return await app.respond(Request("POST", f"/w/{app.receiver.name}", "a", {}, receipt.encode()))


def test_a_resident_withdraws_at_night_too_but_not_after_the_wave_of_the_answer(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "opens = 08:00:00\ncloses = 20:00:00")
    noon = datetime.now(CHINA).replace(hour=12, minute=0)

    async def scenario(app: App) -> None:
        app.receiver.clock = noon.timestamp
        first, second = await stored(app, study), await stored(app, study)
        app.receiver.clock = noon.replace(hour=23).timestamp
        assert (await withdraw(app, first)).status == 200
        app.receiver.clock = (noon + timedelta(days=5)).timestamp
        late = await withdraw(app, second)
        assert (late.status, said(late)["error"]) == (410, "closed")
        assert len(app.receiver.inbox.backend.read(0, 9)) == 1

    play(study, scenario)


def test_twenty_withdrawals_at_once_are_one(study: Study) -> None:
    async def scenario(app: App) -> None:
        receipt = await stored(app, study)
        answers = await asyncio.gather(*(withdraw(app, receipt) for _ in range(20)))
        assert sorted(answer.status for answer in answers) == [200] + [410] * 19
        assert len(app.receiver.inbox.backend.withdrawn(0)) == 1

    play(study, scenario)


def test_metrics_are_for_this_machine_and_for_whom_it_names(study: Study) -> None:
    async def scenario(app: App) -> None:
        asked = ("127.0.0.1", "127.8.9.1", "::1", "10.0.0.5", "10.0.0.6", "203.0.113.1", "")
        statuses = [(await app.respond(Request("GET", "/metrics", address))).status for address in asked]
        assert statuses == [200, 200, 200, 200, 403, 403, 403]

    play(study, scenario, frozenset({"10.0.0.5"}))


@pytest.mark.parametrize(
    ("entries", "address"),
    [
        ([b"203.0.113.5"], "203.0.113.5"),
        ([b"6.6.6.6, 203.0.113.5"], "203.0.113.5"),
        ([b"6.6.6.6", b"203.0.113.5"], "203.0.113.5"),
        ([b"203.0.113.5:50123"], "203.0.113.5"),
        ([b"[2001:db8::1]:50123"], "2001:db8::1"),
        ([b"2001:DB8:0::1"], "2001:db8::1"),
        ([b"unknown"], ""),
        ([b"\xff" * 4000], ""),
        ([], ""),
    ],
)
def test_the_client_is_whom_the_nearest_proxy_saw_without_its_port(entries: list[bytes], address: str) -> None:
    assert forwarded([(b"host", b"a"), *((b"x-forwarded-for", entry) for entry in entries)]) == address


def page(response: Response) -> dict[str, Any]:
    """What the form was told."""
    text = gzip.decompress(response.body).decode()
    return json.loads(text.partition('id="config">')[2].partition("</script>")[0])  # type: ignore[no-any-return]


async def opened(app: App, **query: str) -> dict[str, Any]:
    return page(await app.respond(Request("GET", "/", "a", query)))


def test_a_spent_invitation_is_told_before_the_first_question(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", 'invitation = "token"')

    async def scenario(app: App) -> None:
        used, fresh = (app.receiver.seals.invitation(serial, None) for serial in (1, 2))
        identity = uuid7()
        sent = Request(
            "PUT", f"/r/{app.receiver.name}/{identity}", "a", body=body_of(study, identity, GOOD, token=used)
        )
        assert (await opened(app, t=used))["closed"] == ""
        assert (await app.respond(sent)).status == 201
        assert "已经用过" in (await opened(app, t=used))["closed"]
        assert (await opened(app, t=fresh))["closed"] == ""
        assert "无效" in (await opened(app, t=fresh[:-1] + "?"))["closed"]

    play(study, scenario)


def test_a_page_comes_up_while_the_inbox_cannot_be_asked(tmp_path: Path) -> None:
    async def scenario(app: App) -> None:
        token = app.receiver.seals.invitation(1, None)
        app.receiver.inbox.bound = 0
        assert (await opened(app, t=token))["token"] == token

    play(make_town(tmp_path / "town"), scenario)


def test_links_that_are_made_up_are_one_page(tmp_path: Path) -> None:
    async def scenario(app: App) -> None:
        pages = {(await app.respond(Request("GET", "/", "a", {"t": f"x-{at}"}))).body for at in range(20)}
        places = {(await app.respond(Request("GET", "/", "a", {"p": f"{at:012d}"}))).body for at in range(20)}
        assert (len(pages), len(places)) == (1, 1)
        assert app.pages._render.cache_info().currsize == 2

    play(make_town(tmp_path / "town"), scenario)


def test_the_log_says_once_that_nothing_can_be_stored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        app.receiver.inbox.backend.close()
        for _ in range(3):
            identity = uuid7()
            sent = Request("PUT", f"/r/{app.receiver.name}/{identity}", "a", body=body_of(study, identity, GOOD))
            assert (await app.respond(sent)).status == 503

    play(study, scenario)
    told = [record.getMessage() for record in caplog.records if "cannot be written" in record.getMessage()]
    assert told == ["the inbox cannot be written: ProgrammingError"]
