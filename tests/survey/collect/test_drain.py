"""Drain: every letter reaches the store exactly once, whatever happens in between."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from survey import ingest
from survey.collect.drain import CURSOR, drain
from survey.collect.seals import Pass, Seals, secret_of
from survey.inbox import Letter
from survey.inbox_sqlite import SqliteBackend
from survey.question import BLANK
from survey.store import ResponseStore
from survey.study import Study
from tests.survey.collect.town import answers_of, body_of, make_town, uuid7


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_town(tmp_path / "town")


@pytest.fixture
def backend(study: Study) -> Any:
    made = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    yield made
    made.close()


def place(study: Study) -> int:
    return study.areas.points[0].code


def posted(study: Study, answers: dict[str, Any], mode: str = "online", flags: str = "", **more: Any) -> Letter:
    identity = uuid7()
    body = body_of(study, identity, answers, **more)
    return Letter(
        UUID(identity).bytes, "town", "W1", mode, "v", place(study), 1_790_000_000_000, hashlib.sha256(body).digest(),
        None, "d", "a", flags, body,
    )  # fmt: skip


def stored(study: Study) -> list[dict[str, Any]]:
    return ResponseStore(study.root / "store").read().to_pylist()


def test_answers_arrive_as_they_were_given(study: Study, backend: SqliteBackend) -> None:
    answers = {
        "S1": 2, "S2": 1, "S3": 2, "A1": 1, "A2": 2, "B1": [1, 4, "other"], "B1-Comment": "村口|广播，\n喇叭",
        "C1": 1, "E": {"E1": 2}, "H1": "路灯┋不亮",
    }  # fmt: skip
    letter = posted(study, answers)
    backend.write([letter])
    done = drain(study, backend)
    assert (done.moved, done.known, done.rejected, done.held) == (1, 0, 0, 0)
    row = stored(study)[0]
    assert row["response_id"] == str(UUID(bytes=letter.id))
    assert (row["psu"], row["mode"], row["wave"], row["seconds"]) == (place(study), "online", "W1", 300)
    assert (row["A1"], row["A2"], row["C1"], row["E.E1"], row["E.E2"]) == (1, 2, 1, 2, BLANK)
    assert (row["B1.1"], row["B1.2"], row["B1.4"], row["B1.97"]) == (1, 0, 1, 1)
    assert row["C2.1"] is None
    texts = {text["item"]: text["text"] for text in ResponseStore(study.root / "store").texts().to_pylist()}
    assert texts == {"B1.other": "村口|广播，\n喇叭", "H1": "路灯┋不亮"}


def test_random_answers_all_arrive_and_a_second_drain_moves_nothing(study: Study, backend: SqliteBackend) -> None:
    chance = random.Random(3)
    letters = [posted(study, answers_of(study.questionnaire, chance)) for _ in range(300)]
    backend.write(letters)
    assert drain(study, backend, chunk=120).moved == 300
    assert {row["response_id"] for row in stored(study)} == {str(UUID(bytes=letter.id)) for letter in letters}
    again = drain(study, backend)
    assert (again.moved, again.versions) == (0, [])
    for row, letter in zip(
        sorted(stored(study), key=lambda row: row["response_id"]), sorted(letters, key=lambda one: one.id), strict=True
    ):
        given = json.loads(letter.body)["answers"]
        assert row["C1"] == given.get("C1", BLANK if row["C1"] == BLANK else None)


def test_a_crash_after_the_commit_moves_nothing_twice(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)
    backend.write([posted(study, answers_of(study.questionnaire, chance)) for _ in range(50)])
    remember = backend.remember

    def crash(key: str, value: str, *, once: bool = False) -> str:
        if key == CURSOR:
            raise KeyboardInterrupt
        return remember(key, value, once=once)

    monkeypatch.setattr(backend, "remember", crash)
    with pytest.raises(KeyboardInterrupt):
        drain(study, backend)
    monkeypatch.undo()
    assert len(stored(study)) == 50
    done = drain(study, backend)
    assert (done.moved, done.known) == (0, 50)
    assert len(stored(study)) == 50


def test_a_failed_import_leaves_the_letters_for_the_next_time(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.write([posted(study, {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1})])

    def broken(*args: Any, **more: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ingest, "import_files", broken)
    with pytest.raises(OSError, match="disk full"):
        drain(study, backend)
    monkeypatch.undo()
    assert drain(study, backend).moved == 1


def test_a_filled_honeypot_is_held_and_stays_in_the_inbox(study: Study, backend: SqliteBackend) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1}
    backend.write([posted(study, answers, flags="honeypot,fast"), posted(study, answers, flags="fast")])
    done = drain(study, backend)
    assert (done.moved, done.held) == (1, 1)
    assert len(backend.read(0, 10)) == 2


def test_interviews_keep_their_mode_and_interviewer(study: Study, backend: SqliteBackend) -> None:
    key = Seals(secret_of(backend)).interviewer_pass(Pass("访01", "household"))
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1}
    backend.write([posted(study, answers, mode="household", **{"pass": key}), posted(study, answers)])
    drain(study, backend)
    assert sorted((row["mode"], row["interviewer"] or "") for row in stored(study)) == [
        ("household", "访01"),
        ("online", ""),
    ]


def test_a_withdrawn_answer_leaves_the_newest_version(study: Study, backend: SqliteBackend) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "H1": "我的话"}
    backend.write([posted(study, answers), posted(study, answers)])
    drain(study, backend)
    backend.withdraw(1, at=1)
    done = drain(study, backend)
    assert done.withdrawn == 1
    assert [row["response_id"] for row in stored(study)] == [str(UUID(bytes=backend.read(0, 9)[0].letter.id))]
    assert ResponseStore(study.root / "store").texts().num_rows == 1
    assert drain(study, backend).versions == []
    backend.write([posted(study, answers)])
    assert drain(study, backend).moved == 1
