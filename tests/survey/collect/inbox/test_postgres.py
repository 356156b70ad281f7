"""The PostgreSQL inbox against a real server: the contract, several writers, a crash."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from survey.collect.inbox.inbox import Receipt, State, Step, Submission
from survey.collect.inbox.postgres import LOCK, PostgresBackend
from survey.collect.serving.server import open_inbox
from survey.collect.settings import collect_settings
from survey.errors import CollectError
from survey.study.study import load_study
from tests.survey.collect.inbox import expiry_contract
from tests.survey.collect.inbox.inbox_submissions import submission
from tests.survey.collect.inbox.postgres import Postgres, needs_postgres, running
from tests.survey.collect.town import make_town

pytestmark = [pytest.mark.server, needs_postgres]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as started:
        yield started


@pytest.fixture
def backend(server: Postgres) -> Iterator[PostgresBackend]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    made = PostgresBackend(server.url)
    yield made
    made.close()


def states(receipts: list[Receipt]) -> list[State]:
    return [receipt.state for receipt in receipts]


def test_the_contract_of_an_inbox(backend: PostgresBackend) -> None:
    assert backend.write([submission(1)]) == [Receipt(1, State.STORED)]
    assert backend.write([submission(1), submission(1, b"{}")]) == [Receipt(1, State.SAME), Receipt(1, State.DIFFERENT)]
    assert states(backend.write([submission(2), submission(2), submission(2, b"{}")])) == [
        State.STORED,
        State.SAME,
        State.DIFFERENT,
    ]
    assert states(backend.write([submission(3, token="t"), submission(4, token="t")])) == [State.STORED, State.SPENT]
    assert states(backend.write([submission(5, token="t"), submission(3, token="t")])) == [State.SPENT, State.SAME]
    assert [stored.submission for stored in backend.read(0, 10)] == [
        submission(1),
        submission(2),
        submission(3, token="t"),
    ]
    assert backend.find(submission(1).id) == (Receipt(1, State.SAME), submission(1).sha256)
    assert backend.find(submission(9).id) is None
    assert backend.remember("a", "1", once=True) == backend.remember("a", "2", once=True) == "1"
    assert backend.remember("b/%访", "3") == "3"
    assert backend.recalled("b/") == {"%访": "3"}
    backend.forget("b/%访")
    assert backend.recalled("b/") == {}
    backend.write([], [Step(b"1", "demo", "A2", 20), Step(b"1", "demo", "A1", 10)])


def test_contacts_go_first_and_bodies_when_their_time_is_over(backend: PostgresBackend) -> None:
    expiry_contract.contract(backend)


def test_the_server_knows_when_a_form_was_opened(backend: PostgresBackend) -> None:
    expiry_contract.openings(backend)


def test_a_withdrawn_submission_loses_its_invitation_too(backend: PostgresBackend) -> None:
    expiry_contract.erased_tokens(backend)


def test_withdrawal_erases_and_nothing_else_may_change(backend: PostgresBackend, server: Postgres) -> None:
    backend.write([submission(1), submission(2)])
    assert backend.withdraw(1, at=5)
    assert not backend.withdraw(1, at=5)
    assert [stored.number for stored in backend.read(0, 10)] == [2]
    assert backend.withdrawn(0) == [(1, submission(1).id)]
    assert backend.scrub()
    assert states(backend.write([submission(1)])) == [State.WITHDRAWN]
    with psycopg.connect(server.url) as other:
        for attack in ("DELETE FROM letter", "UPDATE letter SET body = '{}'", "UPDATE letter SET body = ''"):
            with pytest.raises(psycopg.errors.RaiseException, match="never change"):
                other.execute(attack)
            other.rollback()


def test_several_hosts_write_the_same_submissions_and_each_is_stored_once(
    backend: PostgresBackend, server: Postgres
) -> None:
    stored: list[State] = []

    def host(submissions: list[Submission]) -> None:
        mine = PostgresBackend(server.url)
        for start in range(0, len(submissions), 10):
            stored.extend(states(mine.write(submissions[start : start + 10])))
        mine.close()

    submissions = [submission(number) for number in range(1, 301)]
    hosts = [
        threading.Thread(target=host, args=(submissions[shift:] + submissions[:shift],)) for shift in (0, 100, 200)
    ]
    for thread in hosts:
        thread.start()
    for thread in hosts:
        thread.join()
    assert (stored.count(State.STORED), stored.count(State.SAME)) == (300, 600)
    assert {one.submission.id for one in backend.read(0, 1000)} == {one.id for one in submissions}


def test_a_reader_never_steps_over_a_submission_that_is_committed_late(
    backend: PostgresBackend, server: Postgres
) -> None:
    seen: list[int] = []
    ending = threading.Event()

    def reader() -> None:
        mine = PostgresBackend(server.url)
        last = 0
        while not ending.is_set() or mine.read(last, 1):
            found = [one.number for one in mine.read(last, 50)]
            seen.extend(found)
            last = found[-1] if found else last
        mine.close()

    def writer(first: int) -> None:
        mine = PostgresBackend(server.url)
        for number in range(first, first + 100):
            mine.write([submission(number)])
        mine.close()

    watching = threading.Thread(target=reader)
    writing = [threading.Thread(target=writer, args=(first,)) for first in (1, 1001, 2001)]
    for thread in (watching, *writing):
        thread.start()
    for thread in writing:
        thread.join()
    ending.set()
    watching.join()
    assert len(seen) == len(set(seen)) == 300


def test_what_was_acknowledged_survives_a_crash_and_the_writer_connects_again(
    backend: PostgresBackend, server: Postgres
) -> None:
    backend.write([submission(number) for number in range(1, 101)])
    server.stop(crash=True)
    with pytest.raises(psycopg.Error):
        backend.write([submission(101)])
    server.start()
    assert states(backend.write([submission(100), submission(101)])) == [State.SAME, State.STORED]
    assert len(backend.read(0, 1000)) == 101


def test_a_missing_database_is_reported_without_its_password() -> None:
    with pytest.raises(CollectError, match="连不上") as caught:
        PostgresBackend("postgresql://user:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_a_submission_that_postgresql_cannot_keep_does_not_hold_up_its_batch(backend: PostgresBackend) -> None:
    odd = submission(2, token="t\0")._replace(version="a\0b")
    assert states(backend.write([submission(1), odd, submission(3)])) == [State.STORED] * 3
    kept = backend.read(1, 1)[0].submission
    assert (kept.version, kept.token, kept.body) == ("a\ufffdb", "t\ufffd", odd.body)
    assert states(backend.write([odd, submission(4, token="t\0")])) == [State.SAME, State.SPENT]


def test_a_host_that_hangs_inside_a_batch_does_not_hold_up_the_others_for_ever(
    backend: PostgresBackend, server: Postgres
) -> None:
    limits = [backend._rows(f"SHOW {name}")[0][0] for name in ("lock_timeout", "idle_in_transaction_session_timeout")]
    assert limits == ["10s", "30s"]
    with psycopg.connect(server.url) as hung:
        hung.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        backend._rows("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            backend.write([submission(1)])
    assert states(backend.write([submission(1)])) == [State.STORED]


def test_a_drain_reports_an_unavailable_database(backend: PostgresBackend, server: Postgres) -> None:
    backend.write([submission(1)])
    server.stop(crash=True)
    for question in (lambda: backend.read(0, 9), lambda: backend.recall("a"), lambda: backend.withdrawn(0)):
        with pytest.raises(CollectError, match="暂时不能读写"):
            question()
    server.start()
    assert [stored.number for stored in backend.read(0, 9)] == [1]


def test_two_surveys_do_not_share_a_database(backend: PostgresBackend, server: Postgres, tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", f'database = "{server.url}"')
    settings = collect_settings(study)
    open_inbox(study, settings).close()
    open_inbox(study, settings).close()
    path = study.root / "questionnaire.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**raw, "instrumentId": "another"}, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(CollectError, match="另一项调查"):
        open_inbox(load_study(study.root), settings)
