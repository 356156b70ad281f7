"""What a phone asks before the first question and reports when answers do not arrive; who may look at the server."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from survey.collect.links.seals import Pass
from survey.collect.monitoring.arrivals import Arrivals
from survey.collect.monitoring.monitor import live
from survey.collect.serving.app import App
from survey.collect.serving.clients import from_this_machine, within
from survey.collect.settings import CHINA, collect_settings
from survey.errors import StudyError
from survey.study.study import Study
from tests.survey.collect.playing import GOOD, ask, play, put
from tests.survey.collect.town import body_of, make_town, uuid7


async def check(app: App, body: bytes = b"") -> dict[str, object]:
    response = await ask(app, "PUT", f"/r/{app.receiver.name}/check", body)
    assert response.status == 200
    return json.loads(response.body)  # type: ignore[no-any-return]


def test_a_phone_learns_that_answers_arrive_and_whether_they_are_taken_now(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", modes='["online"]')

    async def scenario(app: App) -> None:
        assert await check(app) == {"alive": True, "study": app.receiver.name, "closed": ""}
        interviewer = app.receiver.seals.interviewer_pass(Pass("访01", "household")).encode()
        assert "没有“入户面访”" in str((await check(app, interviewer))["closed"])
        app.receiver.clock = (datetime.now(CHINA) + timedelta(days=9)).timestamp
        assert "结束" in str((await check(app))["closed"])
        other = await ask(app, "PUT", "/r/other/check")
        assert other.status == 404
        assert app.receiver.metrics.answers[200] == 0

    play(study, scenario)


def state(study: Study, app: App) -> dict[int, int]:
    backend = app.receiver.inbox.backend
    return dict(live(study, backend, Arrivals().look(backend)).faults)


async def settled(app: App) -> None:
    """Steps are written with the next batch."""
    await app.receiver.inbox.ask(lambda backend: None)


def test_an_answer_that_did_not_arrive_is_counted_once_whoever_reports_it(study: Study) -> None:
    async def scenario(app: App) -> None:
        first, second, third = uuid7(), uuid7(), uuid7()
        for _ in range(3):
            await ask(app, "GET", "/healthz", query=f"put=405&id={first}".encode())
        assert (await ask(app, "PUT", f"/wj/r/{app.receiver.name}/{second}")).status == 404
        await ask(app, "GET", "/healthz", query=f"put=404&id={second}".encode())
        assert (await ask(app, "PUT", "/")).status == 405
        for odd in ("put=200&id=" + third, "put=405&id=x", "put=x&id=" + third, "put=4051&id=", "put=%00"):
            assert (await ask(app, "GET", "/healthz", query=odd.encode())).status == 200
        assert (await put(app, third, body_of(study, third, GOOD))).status == 201
        await settled(app)
        assert state(study, app) == {404: 1, 405: 1}
        backend = app.receiver.inbox.backend
        later = datetime.now(CHINA) + timedelta(days=1, minutes=1)
        assert live(study, backend, Arrivals().look(backend), later).faults == {}

    play(study, scenario)


def test_reports_are_limited(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "burst = 5\nper_second = 0.001")

    async def scenario(app: App) -> None:
        for _ in range(50):
            await ask(app, "GET", "/healthz", query=f"put=405&id={uuid7()}".encode())
        await settled(app)
        assert state(study, app) == {405: 5}

    play(study, scenario)


@pytest.mark.parametrize("path", ["/wj/", "/wj"])
def test_a_proxy_may_leave_its_path_on_where_it_is_known(path: str, tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", 'public_url = "https://a.example.cn/wj/"')

    async def scenario(app: App) -> None:
        identity = uuid7()
        assert (await ask(app, "GET", path)).status == 200
        sent = await ask(app, "PUT", f"/wj/r/{app.receiver.name}/{identity}", body_of(study, identity, GOOD))
        assert sent.status == 201
        assert (await ask(app, "GET", "/")).status == 200
        assert (await ask(app, "GET", "/wjx/")).status == 404

    play(study, scenario)


def test_the_path_of_a_scope() -> None:
    assert within({"path": "/wj/r/x"}, "/wj")["path"] == "/r/x"
    assert within({"path": "/wj"}, "/wj")["path"] == "/"
    assert within({"path": "/wjr"}, "/wj")["path"] == "/wjr"
    assert within({"type": "lifespan"}, "/wj") == {"type": "lifespan"}


@pytest.mark.parametrize(
    ("address", "headers", "here"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8600"}, True),
        ("127.0.0.1", {"host": "localhost:8600"}, True),
        ("127.0.0.1", {"host": "localhost"}, True),
        ("127.8.9.1", {"host": "127.8.9.1"}, True),
        ("::1", {"host": "[::1]:8600"}, True),
        ("::1", {"host": "[::1]"}, True),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"host": "evil.example:8600"}, False),
        ("127.0.0.1", {"host": "wj.example.cn"}, False),
        ("127.0.0.1", {"host": "localhost.evil.example"}, False),
        ("127.0.0.1", {"host": "127.0.0.1", "x-forwarded-for": "1.2.3.4"}, False),
        ("127.0.0.1", {"host": "127.0.0.1", "x-forwarded-prefix": "/wj"}, False),
        ("127.0.0.1", {"host": "127.0.0.1", "forwarded": "for=1.2.3.4"}, False),
        ("127.0.0.1", {"host": "127.0.0.1", "via": "1.1 proxy"}, False),
        ("10.0.0.5", {"host": "127.0.0.1:8600"}, False),
        ("", {"host": "127.0.0.1:8600"}, False),
    ],
)
def test_who_asks_from_this_machine(address: str, headers: dict[str, str], here: bool) -> None:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"client": (address, 1) if address else None, "headers": sent}
    assert from_this_machine(scope) is here


@pytest.mark.parametrize("url", ["wj.example.cn", "ftp://a", "https://", "https://a/?x=1", "https://a/#x", 5])
def test_an_address_of_the_form_that_is_none(url: object, tmp_path: Path) -> None:
    written = f'"{url}"' if isinstance(url, str) else str(url)
    with pytest.raises(StudyError, match="public_url"):
        collect_settings(make_town(tmp_path / "town", f"public_url = {written}"))
