"""The protocol: responses to the phone, in every state of study, inbox and link."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from survey.collect.links.seals import Invitation, Pass
from survey.collect.serving.app import App
from survey.collect.serving.web import Response
from tests.survey.collect.playing import GOOD, ask, play, put
from tests.survey.collect.town import answers_of, body_of, make_town, uuid7


def payload(response: Response) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(response.body)
    return content


def test_stored_then_same_then_different(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        identity = uuid7()
        body = body_of(study, identity, GOOD)
        first = await put(app, identity, body)
        assert first.status == 201
        assert payload(first)["id"] == identity
        again = await put(app, identity, body)
        assert (again.status, payload(again)) == (200, payload(first))
        other = await put(app, identity, body_of(study, identity, {**GOOD, "A1": 2}))
        assert (other.status, payload(other)["error"], payload(other)["id"]) == (409, "different", identity)
        assert len(app.receiver.inbox.backend.read(0, 10)) == 1

    play(study, scenario)


def test_two_hundred_resends_at_once_make_one_record(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "burst = 1000")

    async def scenario(app: App) -> None:
        identity = uuid7()
        body = body_of(study, identity, GOOD)
        answers = await asyncio.gather(*(put(app, identity, body) for _ in range(200)))
        assert sorted(answer.status for answer in answers) == [200] * 199 + [201]
        assert len({payload(answer)["receipt"] for answer in answers}) == 1
        assert len(app.receiver.inbox.backend.read(0, 10)) == 1

    play(study, scenario)


@pytest.mark.parametrize(
    ("change", "question", "reason"),
    [
        ({"A1": 77}, "A1", "code"),
        ({"A1": "1"}, "A1", "code"),
        ({"A1": True}, "A1", "code"),
        ({"A1": None}, "A1", "required"),
        ({"A2": 1, "A1": 3}, "A2", "hidden"),
        ({"A3": 5}, "A3", "hidden"),
        ({"Z9": 1}, "Z9", "unknown"),
        ({"B1": 1}, "B1", "kind"),
        ({"B1": [1, 1]}, "B1", "code"),
        ({"B1": ["other"]}, "B1", "other"),
        ({"B1": [1], "B1-Comment": "x"}, "B1", "hidden"),
        ({"B1": [1, 96]}, "B1", "exclusive"),
        ({"E": {"E1": 1, "E99": 1}}, "E", "unknown"),
        ({"E": {"E1": 77}}, "E", "code"),
        ({"E": [1]}, "E", "kind"),
        ({"F1": [1, 2, 3, 4]}, "F1", "many"),
        ({"H1": "长" * 2001}, "H1", "long"),
        ({"H1": 3}, "H1", "kind"),
        ({"S1": 5}, "A1", "hidden"),
    ],
)
def test_what_the_questionnaire_does_not_allow_is_named(
    tmp_path: Path, change: dict[str, Any], question: str, reason: str
) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        identity = uuid7()
        answer = await put(app, identity, body_of(study, identity, {**GOOD, **change}))
        assert answer.status == 422
        assert (question, reason) in [(one["question"], one["reason"]) for one in payload(answer)["questions"]]
        assert all(one["message"] for one in payload(answer)["questions"])
        assert app.receiver.inbox.backend.read(0, 10) == []

    play(study, scenario)


def test_screened_out_respondents_are_stored_with_their_answers(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        identity = uuid7()
        assert (await put(app, identity, body_of(study, identity, {"S1": 5, "S2": 1, "S3": 2}))).status == 201

    play(study, scenario)


def test_consent_and_the_guardian_of_those_under_fourteen(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")
    cases = (
        ({"agreed": False}, 422),
        ({}, 422),
        ({"agreed": True, "under14": True}, 422),
        ({"agreed": True, "under14": True, "guardian": {"relation": "母亲"}}, 422),
        ({"agreed": True, "under14": True, "guardian": {"relation": "母亲", "agreed": True}}, 201),
    )

    async def scenario(app: App) -> None:
        for consent, status in cases:
            identity = uuid7()
            assert (await put(app, identity, body_of(study, identity, GOOD, consent=consent))).status == status

    play(study, scenario)


def test_under_fourteen_can_be_barred_altogether(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", 'minors = "block"')

    async def scenario(app: App) -> None:
        identity = uuid7()
        consent = {"agreed": True, "under14": True, "guardian": {"relation": "母亲", "agreed": True}}
        answer = await put(app, identity, body_of(study, identity, GOOD, consent=consent))
        assert (answer.status, payload(answer)["questions"][0]["reason"]) == (422, "young")

    play(study, scenario)


def test_after_closing_a_known_answer_still_gets_its_receipt_and_a_new_one_is_gone(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        identity = uuid7()
        body = body_of(study, identity, GOOD)
        first = await put(app, identity, body)
        late = app.receiver.clock() + 10 * 86400
        app.receiver.clock = lambda: late
        again = await put(app, identity, body)
        assert (again.status, payload(again)["receipt"]) == (200, payload(first)["receipt"])
        assert (await put(app, identity, body_of(study, identity, {**GOOD, "A1": 2}))).status == 409
        other = uuid7()
        answer = await put(app, other, body_of(study, other, GOOD))
        assert (answer.status, payload(answer)["error"]) == (410, "closed")

    play(study, scenario)


@pytest.mark.parametrize("hours", ["opens = 00:00:00\ncloses = 00:00:01", "opens = 12:00:00\ncloses = 12:00:01"])
def test_outside_the_daily_hours_nothing_is_taken(tmp_path: Path, hours: str) -> None:
    study = make_town(tmp_path / "town", hours)

    async def scenario(app: App) -> None:
        noon = 1_800_000_000 // 86400 * 86400 + 19 * 3600  # three o'clock at night in Beijing
        app.receiver.clock = lambda: app_noon
        app_noon = float(noon)
        identity = uuid7()
        assert (await put(app, identity, body_of(study, identity, GOOD))).status == 410

    play(study, scenario)


def test_a_form_without_approval_is_not_fielded(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")
    text = (study.root / "study.toml").read_text(encoding="utf-8").replace("2027-12-31", "2020-01-01")
    (study.root / "study.toml").write_text(text, encoding="utf-8")
    from survey.study.study import load_study

    study = load_study(study.root)

    async def scenario(app: App) -> None:
        identity = uuid7()
        answer = await put(app, identity, body_of(study, identity, GOOD))
        assert answer.status == 410
        assert "到期" in payload(answer)["message"]

    play(study, scenario)


def test_a_clock_that_jumps_back_never_reorders_the_submissions(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        real = app.receiver.clock()
        for shift in (0, -7200, 5):
            app.receiver.clock = lambda shift=shift: real + shift
            identity = uuid7()
            assert (await put(app, identity, body_of(study, identity, GOOD))).status == 201
        received = [stored.submission.received for stored in app.receiver.inbox.backend.read(0, 10)]
        assert received == sorted(received)

    play(study, scenario)


def test_an_invitation_opens_once_and_only_at_its_place(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", 'invitation = "token"')
    here, elsewhere = (point.code for point in study.areas.points[:2])

    async def scenario(app: App) -> None:
        token = app.receiver.seals.invitation(Invitation(1, here))
        cases = (("", here, 403), ("forged-1-AAAAAAAAAA", here, 403), (token, elsewhere, 403), (token, here, 201))
        for given, place, status in (*cases, (token, here, 403)):
            identity = uuid7()
            more = {"token": given} if given else {}
            assert (await put(app, identity, body_of(study, identity, GOOD, place=place, **more))).status == status

    play(study, scenario)


def test_an_interviewer_needs_a_pass_made_here_and_sees_more_questions(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        key = app.receiver.seals.interviewer_pass(Pass("访01", "household"))
        here = study.areas.points[0].code
        forged = key[:-1] + ("3" if key.endswith("2") else "2")
        cases = ((key, here, 201), (forged, here, 403), ("x.y", here, 403), (key, None, 422))
        for given, place, status in cases:
            identity = uuid7()
            more = {"pass": given, "place": place, "token": "nobody looks at it"}
            answer = await put(app, identity, body_of(study, identity, {**GOOD, "A3": 5}, **more))
            assert answer.status == status
        (kept,) = app.receiver.inbox.backend.read(0, 9)
        assert (kept.submission.mode, kept.submission.token) == ("household", None)

    play(study, scenario)


def test_one_address_is_slowed_and_a_shared_address_let_through(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "burst = 40\nper_second = 0.01")

    async def scenario(app: App) -> None:
        statuses = []
        for _ in range(42):
            identity = uuid7()
            answer = await put(app, identity, body_of(study, identity, GOOD), "10.9.9.9")
            statuses.append(answer.status)
        assert statuses == [201] * 40 + [429] * 2
        assert dict(answer.headers)[b"retry-after"].isdigit()
        identity = uuid7()
        assert (await put(app, identity, body_of(study, identity, GOOD), "10.9.9.8")).status == 201

    play(study, scenario)


def test_bots_and_speeders_are_flagged_and_kept(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        for more in ({"trap": "http://spam"}, {"seconds": 3}, {}):
            identity = uuid7()
            assert (await put(app, identity, body_of(study, identity, GOOD, **more))).status == 201
        assert [stored.submission.flags for stored in app.receiver.inbox.backend.read(0, 9)] == ["honeypot", "fast", ""]

    play(study, scenario)


def test_no_address_and_no_device_is_kept_in_the_clear(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        for address in ("203.0.113.77", "203.0.113.77", "203.0.113.78"):
            identity = uuid7()
            await put(app, identity, body_of(study, identity, GOOD), address)
        hints = [stored.submission.address for stored in app.receiver.inbox.backend.read(0, 9)]
        assert hints[0] == hints[1] != hints[2]
        assert "203.0.113" not in "".join(hints)

    play(study, scenario)


def test_networks_and_blocks_are_keyed_apart(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")
    addresses = (
        "203.0.113.77",
        "203.0.113.78",
        "203.0.114.77",
        "2001:db8:1:2::1",
        "2001:db8:1:2::2",
        "2001:db8:1:3::1",
    )

    async def scenario(app: App) -> None:
        for address in (*addresses, ""):
            identity = uuid7()
            assert (await put(app, identity, body_of(study, identity, GOOD), address)).status == 201
        *keyed, nobody = (one.address for one in app.receiver.inbox.backend.arrivals(0, 9))
        assert nobody == ""
        network, block = zip(*(one.split(".") for one in keyed), strict=True)
        assert [network.index(one) for one in network] == [0, 1, 2, 3, 3, 5]  # an IPv4 address, 64 bits of an IPv6 one
        assert [block.index(one) for one in block] == [0, 0, 2, 3, 3, 3]  # 24 bits, 48 bits
        assert not set(network) & set(block)

    play(study, scenario)


def test_withdrawal_by_receipt_erases_while_the_wave_is_open(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        identity = uuid7()
        body = body_of(study, identity, {**GOOD, "H1": "我的意见"})
        receipt = payload(await put(app, identity, body))["receipt"]

        async def withdraw(code: str) -> Response:
            path = f"/w/{app.receiver.name}"
            return await ask(app, "POST", path, code.encode())

        assert (await withdraw("2-AAAAA-AAAAA")).status == 404
        assert (await withdraw("回执")).status == 404
        assert (await withdraw(f" {receipt.lower()} ")).status == 200
        assert (await withdraw(receipt)).status == 410
        assert app.receiver.inbox.backend.read(0, 9) == []
        late = await put(app, identity, body)
        assert (late.status, payload(late)["error"]) == (410, "withdrawn")

    play(study, scenario)


def test_random_valid_answers_are_all_taken(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "burst = 1000")
    chance = random.Random(11)

    async def scenario(app: App) -> None:
        for _ in range(300):
            identity = uuid7(chance)
            answer = await put(app, identity, body_of(study, identity, answers_of(study.questionnaire, chance)))
            assert answer.status == 201, answer.body

    play(study, scenario)


@pytest.mark.parametrize("name", ["S1", "A1", "B1", "H1", "Z"])
def test_an_answer_nested_deeper_than_any_writer_goes_is_refused_and_no_error_of_ours(
    tmp_path: Path, name: str
) -> None:
    study = make_town(tmp_path / "town")

    async def scenario(app: App) -> None:
        for depth in (10, 253, 254, 255, 1000):
            identity = uuid7()
            body = body_of(study, identity, {**GOOD, name: "@"}).replace(b'"@"', b"[" * depth + b"]" * depth)
            assert (await put(app, identity, body)).status == 422

    play(study, scenario)
