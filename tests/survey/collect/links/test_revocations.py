"""Invitations and passes end: by their date, by hand, and those of version 0.1.0 with the wave they were made for."""

from __future__ import annotations

import asyncio
import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.issuing import BEYOND, last_day, make_pass
from survey.collect.links.keys import seals_of
from survey.collect.links.revocations import (
    UNDATED,
    Revocations,
    current_end,
    fix_undated,
    read_revocations,
    revoke,
)
from survey.collect.links.seals import Invitation, Pass, Seals
from survey.collect.serving import app as application
from survey.collect.serving.app import App
from survey.collect.serving.server import build
from survey.collect.settings import CHINA
from survey.errors import ArgumentError
from survey.study.study import Study
from survey.study.terms import Wave
from tests.survey.collect.playing import ask, play, put
from tests.survey.collect.serving.test_app import opened
from tests.survey.collect.serving.test_receiver import GOOD
from tests.survey.collect.town import body_of, make_town, uuid7

DAYS = st.dates(date(2020, 1, 1), date(2120, 12, 31))
SPANS = st.lists(st.tuples(DAYS, st.integers(0, 60)), min_size=1, max_size=5)
WAVES = SPANS.map(lambda spans: [wave(day, day + timedelta(days=length)) for day, length in spans])


def wave(start: date, end: date) -> Wave:
    return Wave(start.isoformat(), "轮", start, end, ("online",))


def today() -> date:
    return datetime.now(CHINA).date()


@given(WAVES, DAYS)
def test_the_end_is_of_the_open_wave_else_of_the_next_else_of_the_last(waves: list[Wave], day: date) -> None:
    end = current_end(waves, day)
    running = [one.end for one in waves if one.start <= day <= one.end]
    coming = sorted((one for one in waves if one.start > day), key=lambda one: one.start)
    if running:
        assert end == max(running) >= day
    elif coming:
        assert end == coming[0].end
    else:
        assert end == max(one.end for one in waves) < day


@given(DAYS)
def test_a_day_that_is_asked_for_is_taken_unless_it_is_past_or_far_off(wanted: date) -> None:
    study = Study.__new__(Study)
    object.__setattr__(study, "waves", (wave(date(2027, 3, 1), date(2027, 3, 14)),))
    day = date(2027, 3, 10)
    if day <= wanted <= date(2027, 3, 14) + BEYOND:
        assert last_day(study, "online", day, wanted) == wanted
    else:
        with pytest.raises(ArgumentError, match="有效期不对"):
            last_day(study, "online", day, wanted)


def test_after_all_waves_nothing_is_made_that_ends_at_once(study: Study) -> None:
    after = study.waves[-1].end + timedelta(days=1)
    with pytest.raises(ArgumentError, match="各轮调查都已结束"):
        last_day(study, "online", after, None)
    assert last_day(study, "online", after, after) == after


def test_codes_without_a_date_end_with_the_wave_open_at_the_first_start(study: Study, backend: SqliteBackend) -> None:
    fix_undated(backend, study.waves, today())
    later = [wave(today(), today() + timedelta(days=90))]
    fix_undated(backend, later, today())
    assert read_revocations(backend) == Revocations(study.waves[0].end)


def test_a_revoked_invitation_and_a_revoked_interviewer_are_remembered(study: Study, backend: SqliteBackend) -> None:
    seals = seals_of(study, backend)
    fix_undated(backend, study.waves, today())
    token = seals.invitation(Invitation(17, None, today()))
    assert "已作废邀请码" in revoke(backend, seals, token)
    make_pass(backend, seals, "访01", "household", today())
    assert "核对编号" not in revoke(backend, seals, " 访01 ")
    assert "核对编号" in revoke(backend, seals, "访02")
    found = read_revocations(backend)
    assert (found.invitations, found.issues) == (frozenset({17}), {"访01": 1, "访02": 1})
    fresh = seals.interviewer(make_pass(backend, seals, "访01", "household", today()))
    assert fresh == Pass("访01", "household", today(), 1)


def test_an_impossible_revocation_is_reported(study: Study, backend: SqliteBackend) -> None:
    seals = seals_of(study, backend)
    theirs = Seals(b"b" * 32).invitation(Invitation(1, 990101001001, today()))
    with pytest.raises(ArgumentError, match="邀请码无效，没有作废"):
        revoke(backend, seals, theirs)
    with pytest.raises(ArgumentError, match="没有写要作废什么"):
        revoke(backend, seals, " ")
    with pytest.raises(ArgumentError, match="编号不能用"):
        make_pass(backend, seals, "访" * 60, "household", today())
    assert read_revocations(backend).issues == {}


YESTERDAY, TOMORROW = today() - timedelta(days=1), today() + timedelta(days=1)


@pytest.mark.parametrize(
    ("expires", "undated", "error"),
    [
        (TOMORROW, TOMORROW, ""),
        (today(), TOMORROW, ""),
        (YESTERDAY, TOMORROW, "expired"),
        (None, TOMORROW, ""),
        (None, YESTERDAY, "expired"),
    ],
)
def test_the_last_day_counts_for_residents_and_interviewers(
    tmp_path: Path, expires: date | None, undated: date, error: str
) -> None:
    study = make_town(tmp_path / "town", 'contact = "0990-1234567"')
    here = study.areas.points[0].code

    async def scenario(app: App) -> None:
        app.receiver.admission.revoked = Revocations(undated)
        seals = app.receiver.seals
        token = seals.invitation(Invitation(1, None, expires))
        key = seals.interviewer_pass(Pass("访01", "household", expires))
        for more, query in (({"token": token}, {"t": token}), ({"pass": key, "place": here}, {"k": key})):
            identity = uuid7()
            answer = await put(app, identity, body_of(study, identity, GOOD, **more))
            assert answer.status == (403 if error else 201)
            assert f'"error":"{error}"'.encode() in answer.body if error else b"receipt" in answer.body
            assert ("到期" in (await opened(app, **query))["closed"]) == bool(error)

    play(study, scenario)


def test_a_revoked_link_is_refused_and_an_answer_that_came_before_keeps_its_receipt(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", 'contact = "0990-1234567"')
    here = study.areas.points[0].code

    async def scenario(app: App) -> None:
        seals, admission = app.receiver.seals, app.receiver.admission
        token = seals.invitation(Invitation(5, None, TOMORROW))
        key = seals.interviewer_pass(Pass("访01", "household", TOMORROW))
        sent = []
        for more in ({"token": token}, {"pass": key, "place": here}):
            identity = uuid7()
            sent.append((identity, body_of(study, identity, GOOD, **more)))
            assert (await put(app, *sent[-1])).status == 201
        admission.revoked = Revocations(TOMORROW, frozenset({5}), {"访01": 1})
        for identity, body in sent:
            assert (await put(app, identity, body)).status == 200, "it is here already"
        other = uuid7()
        expected = await put(app, other, body_of(study, other, GOOD, token=token))
        assert expected.status == 403
        assert "作废" in expected.body.decode()
        assert "0990-1234567" in expected.body.decode()
        expected = await put(app, other, body_of(study, other, GOOD, place=here, **{"pass": key}))
        assert "索取新链接" in expected.body.decode()
        new = seals.interviewer_pass(Pass("访01", "household", TOMORROW, 1))
        assert (await put(app, other, body_of(study, other, GOOD, place=here, **{"pass": new}))).status == 201

    play(study, scenario)


def test_the_receiver_learns_what_another_process_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "RENEW", 0.02)
    study = make_town(tmp_path / "town")

    async def scenario() -> None:
        app = build(study)
        token = app.receiver.seals.invitation(Invitation(9, None, TOMORROW))
        async with app.router.lifespan_context(app):
            assert (await opened(app, t=token))["closed"] == ""
            assert main(["field", str(study.root), "--revoke", token]) == 0
            for _ in range(500):
                await asyncio.sleep(0.02)
                if app.receiver.admission.revoked.invitations:
                    break
            assert "作废" in (await opened(app, t=token))["closed"]
            assert (await ask(app, "GET", "/healthz")).status == 200

    asyncio.run(scenario())


def made(path: Path) -> str:
    (row,) = csv.DictReader((path / "访问员链接.csv").read_text(encoding="utf-8-sig").splitlines())
    return parse_qs(urlparse(row["链接"]).query)["k"][0]


def test_field_makes_revokes_and_makes_again(
    study: Study, backend: SqliteBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = ["field", str(study.root), "--url", "https://x", "--out", str(tmp_path), "--interviewer", "访01"]
    assert main([*url, "--expires", TOMORROW.isoformat()]) == 0
    seals = seals_of(study, backend)
    assert seals.interviewer(made(tmp_path)) == Pass("访01", "household", TOMORROW)
    assert main(["field", str(study.root), "--revoke", "访01"]) == 0
    assert "几秒内生效" in capsys.readouterr().out
    assert main(url) == 0
    assert seals.interviewer(made(tmp_path)) == Pass("访01", "household", study.waves[0].end, 1)
    assert backend.recall(UNDATED) == study.waves[0].end.isoformat()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--url", "https://x", "--interviewer", "甲", "--expires", "明天"], "日期不对"),
        (["--url", "https://x", "--interviewer", "甲", "--expires", "2020-01-01"], "有效期不对"),
        (["--url", "https://x", "--invitations", "1", "--expires", "2999-01-01"], "有效期不对"),
        (["--revoke", "甲", "--interviewer", "甲"], "作废和制作要分开"),
        (["--interviewer", "甲"], "没有写居民打开问卷的网址"),
    ],
)
def test_invalid_uses_of_field_are_reported(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    assert main(["field", str(study.root), "--out", str(tmp_path), *words]) == 2
    assert expected in capsys.readouterr().err
