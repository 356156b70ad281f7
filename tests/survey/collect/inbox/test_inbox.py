"""The contract of every inbox backend, and the writer in front of it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.collect.inbox.inbox import Backend, CommitTotals, Inbox, Receipt, State, Step
from survey.collect.inbox.sqlite import SqliteBackend
from survey.errors import CollectError
from survey.storage.integrity.resting import is_as_sealed
from tests.survey.collect.inbox import expiry_contract
from tests.survey.collect.inbox.expiry_contract import BODY, CLEARED
from tests.survey.collect.inbox.inbox_submissions import submission


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[SqliteBackend]:
    made = SqliteBackend(tmp_path / "inbox" / "inbox.sqlite")
    yield made
    made.close()


def test_first_submission_is_stored_and_identical_resend_recognised(backend: Backend) -> None:
    assert backend.write([submission(1)]) == [Receipt(1, State.STORED)]
    assert backend.write([submission(1)]) == [Receipt(1, State.SAME)]
    assert backend.write([submission(1, b"{}")]) == [Receipt(1, State.DIFFERENT)]
    assert [stored.submission for stored in backend.read(0, 10)] == [submission(1)]


def test_same_id_twice_in_one_batch_is_stored_once(backend: Backend) -> None:
    states = [
        receipt.state for receipt in backend.write([submission(1), submission(1), submission(1, b"{}"), submission(2)])
    ]
    assert states == [State.STORED, State.SAME, State.DIFFERENT, State.STORED]
    assert [stored.number for stored in backend.read(0, 10)] == [1, 2]


def test_token_opens_once(backend: Backend) -> None:
    first = backend.write([submission(1, token="t"), submission(2, token="t")])
    assert [receipt.state for receipt in first] == [State.STORED, State.SPENT]
    assert backend.write([submission(3, token="t")])[0].state is State.SPENT
    assert backend.write([submission(1, token="t")])[0].state is State.SAME


def test_withdrawal_erases_the_body_and_keeps_the_envelope(backend: SqliteBackend) -> None:
    backend.write([submission(1, "我的答案".encode()), submission(2)])
    assert backend.withdraw(1, at=5)
    assert not backend.withdraw(1, at=6)
    assert not backend.withdraw(9, at=6)
    assert [stored.number for stored in backend.read(0, 10)] == [2]
    assert backend.withdrawn(0) == [(1, submission(1).id)]
    assert backend.write([submission(1, "我的答案".encode())])[0].state is State.WITHDRAWN
    backend.close()
    assert "我的答案".encode() not in backend.path.read_bytes()


def test_submissions_can_be_neither_changed_nor_deleted(backend: SqliteBackend) -> None:
    backend.write([submission(1)])
    with sqlite3.connect(backend.path) as other:
        for attack in (
            "DELETE FROM letter",
            "UPDATE letter SET body = '{}'",
            "UPDATE letter SET body = X''",
            "UPDATE letter SET sha256 = X'00'",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="letters"):
                other.execute(attack)
    other.close()


def test_contacts_go_first_and_bodies_when_their_time_is_over(backend: SqliteBackend) -> None:
    expiry_contract.contract(backend)
    assert backend.scrub()
    backend.close()
    content = backend.path.read_bytes()
    assert BODY not in content
    assert CLEARED not in content


def test_the_server_knows_when_a_form_was_opened(backend: SqliteBackend) -> None:
    expiry_contract.openings(backend)


def test_a_withdrawn_submission_loses_its_invitation_too(backend: SqliteBackend) -> None:
    expiry_contract.erased_tokens(backend)


def test_only_what_was_announced_may_take_the_place_of_a_submission(backend: SqliteBackend) -> None:
    backend.write([submission(1, BODY, token="t")])
    backend.clear([expiry_contract.without(one) for one in backend.contacts("W1", 0, 9)], at=1)
    with sqlite3.connect(backend.path) as other:
        for attack in (
            "UPDATE letter SET body = '{}', sha256 = X'00'",
            "UPDATE letter SET device = 'd'",
            "UPDATE letter SET token = 't'",
            "UPDATE letter SET n = 7",
            "DELETE FROM letter",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="letters"):
                other.execute(attack)
    other.close()


def test_an_inbox_of_the_version_before_learns_to_let_go(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    made = SqliteBackend(path)
    made.write([submission(1, BODY)])
    made.close()
    with sqlite3.connect(path) as old:
        old.executescript("DROP TRIGGER letter_holds; DROP TABLE cleared; DROP TABLE expired;")
        old.execute("CREATE TRIGGER letter_stays BEFORE UPDATE ON letter BEGIN SELECT RAISE(ABORT, 'no'); END")
    old.close()
    made = SqliteBackend(path)
    assert made.expire("W1", 1, 9) == 1
    made.close()


def test_numbers_follow_the_order_of_commits_and_reading_resumes(backend: Backend) -> None:
    for start in range(0, 300, 100):
        backend.write([submission(start + offset) for offset in range(1, 101)])
    first = backend.read(0, 120)
    rest = backend.read(first[-1].number, 1000)
    assert [stored.number for stored in first + rest] == list(range(1, 301))


def test_two_writers_on_one_file_share_one_row_of_numbers(tmp_path: Path) -> None:
    first, second = SqliteBackend(tmp_path / "i.sqlite"), SqliteBackend(tmp_path / "i.sqlite")
    numbers = [
        receipt.number
        for start in range(0, 40, 4)
        for writer, offset in ((first, 1), (second, 3))
        for receipt in writer.write([submission(start + offset), submission(start + offset + 1)])
    ]
    kept = [stored.submission.id for stored in second.read(0, 100)]
    first.close()
    second.close()
    assert numbers == list(range(1, 41))
    assert kept == [submission(number).id for number in range(1, 41)]


def test_a_submission_that_clashes_takes_no_other_of_its_batch_along(backend: Backend) -> None:
    backend.write([submission(1, token="t")])
    receipts = backend.write([submission(2), submission(3, token="t"), submission(1, b"{}"), submission(4)])
    assert [receipt.state for receipt in receipts] == [State.STORED, State.SPENT, State.DIFFERENT, State.STORED]
    assert [stored.number for stored in backend.read(0, 10)] == [1, 2, 3]


def test_steps_keep_the_latest_only(backend: SqliteBackend) -> None:
    backend.write([], [Step(b"1", "demo", "A2", 20), Step(b"1", "demo", "A1", 10)])
    with sqlite3.connect(backend.path) as other:
        assert other.execute("SELECT question, at FROM step").fetchall() == [("A2", 20)]
    other.close()


def test_settings_with_once_keep_the_first_value(backend: Backend) -> None:
    assert backend.recall("secret") is None
    assert backend.remember("secret", "a", once=True) == "a"
    assert backend.remember("secret", "b", once=True) == "a"
    assert backend.remember("cursor", "1") == "1"
    assert backend.remember("cursor", "2") == "2"


def test_settings_are_found_by_their_beginning_and_dropped(backend: Backend) -> None:
    for key in ("a/访01", "a/%_", "a", "b/访01"):
        backend.remember(key, key.upper())
    assert backend.recalled("a/") == {"访01": "A/访01", "%_": "A/%_"}
    backend.forget("a/%_")
    backend.forget("nothing")
    assert backend.recalled("a/") == {"访01": "A/访01"}


def test_a_file_that_is_no_database_is_refused_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "inbox.sqlite").write_bytes(b"not a database, certainly" * 100)
    with pytest.raises(CollectError, match="收件箱打不开"):
        SqliteBackend(tmp_path / "inbox.sqlite")


@given(st.lists(st.lists(st.tuples(st.integers(1, 12), st.sampled_from([b"1", b"2"])), max_size=6), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_resends_keeps_the_first_of_each_id(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, bytes]]]
) -> None:
    backend = SqliteBackend(tmp_path_factory.mktemp("inbox") / "i.sqlite")
    model: dict[int, bytes] = {}
    for batch in batches:
        receipts = backend.write([submission(number, body) for number, body in batch])
        for (number, body), receipt in zip(batch, receipts, strict=True):
            expected = State.STORED if number not in model else State.SAME
            if model.setdefault(number, body) != body:
                expected = State.DIFFERENT
            assert receipt.state is expected
    kept = {stored.submission.id: stored.submission.body for stored in backend.read(0, 100)}
    backend.close()
    assert kept == {submission(number).id: body for number, body in model.items()}


def test_many_waiting_submissions_share_commits_and_each_gets_its_own_receipt(tmp_path: Path) -> None:
    async def scenario() -> tuple[list[Receipt], CommitTotals]:
        inbox = Inbox(SqliteBackend(tmp_path / "i.sqlite"))
        inbox.start()
        receipts = await asyncio.gather(*(inbox.submit(submission(number)) for number in range(1, 401)))
        inbox.close()
        return list(receipts), inbox.totals

    receipts, totals = asyncio.run(scenario())
    assert [receipt.number for receipt in receipts] == list(range(1, 401))
    assert 0 < totals.commits < 40
    assert (totals.submissions, totals.failed) == (400, 0)
    assert totals.seconds > 0


def test_a_failing_store_acknowledges_nothing_and_recovers(tmp_path: Path) -> None:
    class Full(SqliteBackend):
        broken = True

        def write(self, submissions: Any, steps: Any = ()) -> list[Receipt]:
            if self.broken:
                raise sqlite3.OperationalError("database or disk is full")
            return super().write(submissions, steps)

    async def scenario() -> None:
        store = Full(tmp_path / "i.sqlite")
        inbox = Inbox(store)
        inbox.start()
        with pytest.raises(CollectError, match="full"):
            await inbox.submit(submission(1))
        assert not inbox.healthy
        assert (inbox.totals.commits, inbox.totals.failed) == (1, 1)
        store.broken = False
        assert (await inbox.submit(submission(1))).state is State.STORED
        assert inbox.healthy
        inbox.close()

    asyncio.run(scenario())


def test_a_full_queue_refuses_instead_of_growing(tmp_path: Path) -> None:
    async def scenario() -> None:
        gate = threading.Event()

        class Slow(SqliteBackend):
            def write(self, submissions: Any, steps: Any = ()) -> list[Receipt]:
                gate.wait(10)
                return super().write(submissions, steps)

        inbox = Inbox(Slow(tmp_path / "i.sqlite"), bound=8)
        inbox.start()
        first = inbox.submit(submission(1))
        while inbox.waiting:
            await asyncio.sleep(0.001)
        waiting = [inbox.submit(submission(number)) for number in range(2, 10)]
        with pytest.raises(CollectError, match="繁忙"):
            inbox.submit(submission(99))
        gate.set()
        assert len(await asyncio.gather(first, *waiting)) == 9
        inbox.close()

    asyncio.run(scenario())


def test_questions_run_between_commits_in_the_writer_thread(tmp_path: Path) -> None:
    async def scenario() -> None:
        inbox = Inbox(SqliteBackend(tmp_path / "i.sqlite"))
        inbox.start()
        await inbox.submit(submission(1))
        found = await inbox.ask(lambda backend: backend.find(submission(1).id))
        assert found == (Receipt(1, State.SAME), submission(1).sha256)
        name = await inbox.ask(lambda backend: threading.current_thread().name)
        assert name == "inbox-writer"
        with pytest.raises(CollectError, match="no such thing"):
            await inbox.ask(lambda backend: (_ for _ in ()).throw(ValueError("no such thing")))
        inbox.close()

    asyncio.run(scenario())


def test_a_backup_that_locks_the_database_delays_but_never_lies(tmp_path: Path) -> None:
    async def scenario() -> None:
        inbox = Inbox(SqliteBackend(tmp_path / "i.sqlite"))
        inbox.start()
        other = sqlite3.connect(tmp_path / "i.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        answer = inbox.submit(submission(1))
        await asyncio.sleep(0.3)
        assert not answer.done()
        other.execute("ROLLBACK")
        other.close()
        assert (await answer).state is State.STORED
        inbox.close()

    asyncio.run(scenario())


def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("root writes to a read-only folder all the same")
    with pytest.raises(CollectError, match="收件箱打不开"):
        SqliteBackend(tmp_path / "inbox" / "i.sqlite")


def test_what_was_asked_before_closing_is_answered_however_busy_the_writer_is(tmp_path: Path) -> None:
    async def scenario() -> int:
        inbox = Inbox(SqliteBackend(tmp_path / "i.sqlite"))
        begun, go_on = threading.Event(), threading.Event()

        def hold(backend: Backend) -> None:
            begun.set()
            go_on.wait(20)

        inbox.start()
        held = inbox.ask(hold)
        await asyncio.to_thread(begun.wait, 20)
        stored = inbox.submit(submission(1))
        asked = inbox.ask(lambda backend: len(backend.read(0, 10)))
        threading.Timer(0.2, go_on.set).start()
        inbox.close()
        await asyncio.wait_for(asyncio.gather(held, stored), 20)
        return await asyncio.wait_for(asked, 20)

    assert asyncio.run(scenario()) == 1


def test_a_file_that_was_moved_away_takes_no_acknowledged_submission_along(tmp_path: Path) -> None:
    path, away = tmp_path / "i.sqlite", tmp_path / "away.sqlite"
    backend = SqliteBackend(path)
    assert backend.write([submission(1)])[0].state is State.STORED

    def refuses() -> None:
        with pytest.raises(CollectError, match="移走或换掉"):
            backend.write([submission(2)])
        with pytest.raises(CollectError, match="移走或换掉"):
            backend.withdraw(1, at=1)

    path.rename(away)
    refuses()
    away.rename(path)
    assert backend.write([submission(3)])[0].state is State.STORED
    assert [stored.number for stored in backend.read(0, 9)] == [1, 2]
    path.unlink()
    path.write_bytes(b"")
    refuses()
    backend.close()


def test_an_inbox_of_a_newer_version_is_refused_and_left_alone(backend: SqliteBackend) -> None:
    backend._connection.execute("PRAGMA user_version = 99")
    backend.close()
    with pytest.raises(CollectError, match="升级本程序"):
        SqliteBackend(backend.path)


def test_the_file_has_a_checksum_while_nobody_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    first = SqliteBackend(path)
    first.write([submission(1)])
    assert is_as_sealed(path) is None
    second = SqliteBackend(path)
    second.write([submission(2)])
    second.close()
    assert is_as_sealed(path) is None  # the first one still has it open
    first.close()
    assert is_as_sealed(path)
    reader = SqliteBackend(path)
    assert len(reader.read(0, 10)) == 2
    reader.close()
    assert is_as_sealed(path)
    reader = SqliteBackend(path)
    reader.withdraw(1, 5)
    assert is_as_sealed(path) is None
    reader.close()
    assert is_as_sealed(path)


def test_submissions_of_a_damaged_page_are_lost_by_number_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    backend = SqliteBackend(path)
    backend.write([submission(number, b"x" * 900) for number in range(1, 61)])
    backend.close()
    content = bytearray(path.read_bytes())
    page = 8192 * (content.index(b"x" * 900) // 8192)
    content[page] = 0xFF  # the kind of the page: no such kind
    path.write_bytes(content)
    backend = SqliteBackend(path)
    found = backend.read(0, 100)
    assert [one.number for one in found] == list(range(1, 61))
    lost = [one for one in found if not one.intact]
    assert 0 < len(lost) < 12
    assert backend.faults()
    backend.close()


def test_a_submission_under_another_number_is_not_intact(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    backend = SqliteBackend(path)
    backend.write([submission(number) for number in range(1, 4)])
    backend.close()
    content = bytearray(path.read_bytes())
    at = content.index(submission(2).id)
    row = next(place for place in range(at - 1, at - 40, -1) if content[place] == 2 and content[place + 1] >= 15)
    content[row] ^= 8  # the row number stands before the header of the row, whose length follows
    path.write_bytes(content)
    backend = SqliteBackend(path)
    found = {one.number: one.intact for one in backend.read(0, 10)}
    backend.close()
    assert found.pop(10) is False
    assert [number for number, intact in found.items() if intact] == [1, 3]
