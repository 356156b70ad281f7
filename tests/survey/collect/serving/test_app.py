"""The application: unusual requests, links, withdrawals at any hour, and access to the metrics."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from survey.collect.links.seals import Invitation
from survey.collect.serving import app as application
from survey.collect.serving.app import App
from survey.collect.serving.clients import forwarded
from survey.collect.serving.web import Response
from survey.collect.settings import CHINA
from survey.study.study import Study
from tests.survey.collect.playing import GOOD, HANGS, ask, piece, play, put, served
from tests.survey.collect.town import body_of, make_town, uuid7


def payload(response: Response) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(response.body)
    return content


def test_a_link_with_many_strangers_behind_it_still_opens_the_form(study: Study) -> None:
    code = study.areas.points[0].code
    query = f"p={code}&".encode() + b"&".join(b"utm%d=x" % number for number in range(40)) + b"&p=1"

    async def scenario(app: App) -> None:
        assert (await ask(app, "GET", "/healthz", query=query)).status == 200
        assert page(await ask(app, "GET", "/", query=query))["place"]["code"] == code
        behind = b"&".join([*(b"utm%d=x" % number for number in range(20)), b"p=%d" % code])
        assert page(await ask(app, "GET", "/", query=behind))["place"] is None

    play(study, scenario)


def test_a_body_that_was_cut_off_is_no_answer_however_whole_it_looks(study: Study) -> None:
    async def scenario(app: App) -> None:
        identity = uuid7()
        body = body_of(study, identity, GOOD)
        path = f"/r/{app.receiver.name}/{identity}"
        cut = await served(app, "PUT", path, piece(body, more=True), {"type": "http.disconnect"})
        assert cut[0]["status"] == 400
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
        long = await ask(app, "POST", f"/w/{app.receiver.name}", b"x" * 70_000)
        assert (long.status, payload(long)["error"]) == (413, "long")
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
            assert b"strict-transport-security" not in headers
        assert b"geolocation=()" in dict(page[0]["headers"])[b"permissions-policy"]
        secure = await ask(app, "GET", "/", scheme="https")
        assert dict(secure.headers)[b"strict-transport-security"] == b"max-age=31536000"
        assert dict(missing[0]["headers"])[b"cache-control"] == b"no-store"
        assert b"'unsafe-inline'" not in dict(page[0]["headers"])[b"content-security-policy"].split(b"style-src")[0]

    play(study, scenario)


async def stored(app: App, study: Study) -> str:
    """The receipt of an answer."""
    identity = uuid7()
    return str(payload(await put(app, identity, body_of(study, identity, GOOD)))["receipt"])


async def withdraw(app: App, receipt: str) -> Response:
    return await ask(app, "POST", f"/w/{app.receiver.name}", receipt.encode())


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
        assert (late.status, payload(late)["error"]) == (410, "closed")
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
        statuses = [(await ask(app, "GET", "/metrics", address=address)).status for address in asked]
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


@pytest.mark.parametrize(
    ("method", "path", "status", "error", "allowed"),
    [
        ("GET", "/etc/passwd", 404, "unknown", ""),
        ("GET", "/healthz/", 404, "unknown", ""),
        ("POST", "/p/other", 404, "unknown", ""),
        ("PUT", "/", 405, "method", "GET, HEAD"),
        ("GET", "/p/silu-default", 405, "method", "POST"),
        ("POST", "/r/silu-default/x", 405, "method", "PUT"),
        ("PUT", "/r/other/x", 404, "unknown", ""),
    ],
)
def test_what_no_route_takes_is_refused_in_our_words(
    study: Study, method: str, path: str, status: int, error: str, allowed: str
) -> None:
    async def scenario(app: App) -> None:
        response = await ask(app, method, path)
        assert (response.status, payload(response)["error"]) == (status, error)
        assert ", ".join(sorted(dict(response.headers).get(b"allow", b"").decode().split(", "))) == allowed
        assert dict(response.headers)[b"content-type"] == b"application/json"

    play(study, scenario)


def test_head_has_the_headers_and_no_body(study: Study) -> None:
    async def scenario(app: App) -> None:
        head, whole = await ask(app, "HEAD", "/"), await ask(app, "GET", "/")
        assert (head.status, head.body, head.headers) == (200, b"", whole.headers)

    play(study, scenario)


def page(response: Response) -> dict[str, Any]:
    """Return the form's configuration."""
    text = gzip.decompress(response.body).decode()
    return json.loads(text.partition('id="config">')[2].partition("</script>")[0])  # type: ignore[no-any-return]


async def opened(app: App, **query: str) -> dict[str, Any]:
    return page(await ask(app, "GET", "/", query=urlencode(query).encode()))


def test_a_used_invitation_is_refused_before_the_first_question(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", 'invitation = "token"')

    async def scenario(app: App) -> None:
        used, fresh = (app.receiver.seals.invitation(Invitation(serial, None)) for serial in (1, 2))
        identity = uuid7()
        body = body_of(study, identity, GOOD, token=used)
        assert (await opened(app, t=used))["closed"] == ""
        assert (await put(app, identity, body)).status == 201
        assert "已经用过" in (await opened(app, t=used))["closed"]
        assert (await opened(app, t=fresh))["closed"] == ""
        assert "无效" in (await opened(app, t=fresh[:-1] + "?"))["closed"]

    play(study, scenario)


def test_a_page_comes_up_while_the_inbox_cannot_be_asked(tmp_path: Path) -> None:
    async def scenario(app: App) -> None:
        token = app.receiver.seals.invitation(Invitation(1, None))
        app.receiver.inbox.bound = 0
        assert (await opened(app, t=token))["token"] == token

    play(make_town(tmp_path / "town"), scenario)


def test_links_that_are_made_up_are_one_page(tmp_path: Path) -> None:
    async def scenario(app: App) -> None:
        pages = {(await ask(app, "GET", "/", query=b"t=x-%d" % at)).body for at in range(20)}
        places = {(await ask(app, "GET", "/", query=b"p=%012d" % at)).body for at in range(20)}
        assert (len(pages), len(places)) == (1, 1)
        assert app.pages._render.cache_info().currsize == 2

    play(make_town(tmp_path / "town"), scenario)


def test_the_log_reports_a_failing_inbox_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        app.receiver.inbox.backend.close()
        for _ in range(3):
            identity = uuid7()
            assert (await put(app, identity, body_of(study, identity, GOOD))).status == 503

    play(study, scenario)
    logged = [record.getMessage() for record in caplog.records if "cannot be written" in record.getMessage()]
    assert logged == ["the inbox cannot be written: ProgrammingError"]
