"""Drain: every submission reaches the store exactly once, whatever happens in between."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest

import cli
from survey.collect.draining.drain import drain
from survey.collect.draining.submission_rows import columns
from survey.collect.inbox.drain_state import KEY
from survey.collect.inbox.inbox import Submission
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import seals_of
from survey.collect.links.seals import Pass
from survey.collect.monitoring.arrivals import Arrivals
from survey.collect.monitoring.monitor import live
from survey.errors import StoreError
from survey.importing import ingest
from survey.instrument.question import BLANK
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.collect.town import answers_of, body_of, uuid7


def place(study: Study) -> int:
    return study.areas.points[0].code


def posted(study: Study, answers: dict[str, Any], mode: str = "online", flags: str = "", **more: Any) -> Submission:
    identity = uuid7()
    body = body_of(study, identity, answers, **more)
    return Submission(
        UUID(identity).bytes, "town", "W1", mode, "v", place(study), 1_790_000_000_000, hashlib.sha256(body).digest(),
        None, "d", "a", flags, body,
    )  # fmt: skip


def stored(study: Study) -> list[dict[str, Any]]:
    return ResponseStore(study.root / "store").read().to_pylist()


def import_weighted(study: Study, path: Path, mode: str) -> None:
    """Import two answers with base weights."""
    names = [name for question in study.questionnaire.questions for name in columns(question)]
    rows = [f"w{n},{place(study)},{weight}" + "," * len(names) for n, weight in enumerate((850.5, 790.25))]
    path.write_text("\n".join([",".join(["response_id", "psu", "weight", *names]), *rows]) + "\n", encoding="utf-8")
    assert ingest.import_files(study, [path], "W1", mode=mode).preview.new == 2


def test_answers_arrive_as_they_were_given(study: Study, backend: SqliteBackend) -> None:
    answers = {
        "S1": 2, "S2": 1, "S3": 2, "A1": 1, "A2": 2, "B1": [1, 4, "other"], "B1-Comment": "村口|广播，\n喇叭",
        "C1": 1, "E": {"E1": 2}, "H1": "路灯┋不亮",
    }  # fmt: skip
    submission = posted(study, answers)
    backend.write([submission])
    done = drain(study, backend)
    assert (done.moved, done.known, done.rejected, done.held) == (1, 0, 0, 0)
    row = stored(study)[0]
    assert row["response_id"] == str(UUID(bytes=submission.id))
    assert (row["psu"], row["mode"], row["wave"], row["seconds"]) == (place(study), "online", "W1", 300)
    assert (row["A1"], row["A2"], row["C1"], row["E.E1"], row["E.E2"]) == (1, 2, 1, 2, BLANK)
    assert (row["B1.1"], row["B1.2"], row["B1.4"], row["B1.97"]) == (1, 0, 1, 1)
    assert row["C2.1"] is None
    texts = {text["item"]: text["text"] for text in ResponseStore(study.root / "store").texts().to_pylist()}
    assert texts == {"B1.other": "村口|广播，\n喇叭", "H1": "路灯┋不亮"}


def test_after_new_answers_what_large_waves_lack_is_derived(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.write([posted(study, {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1})])
    started: list[Path] = []
    monkeypatch.setattr("reports.fieldwork.background.start_after_commit", lambda one: started.append(one.root))
    for _ in range(2):  # the second drain brings nothing new
        assert cli.main(["drain", str(study.root)]) == 0
        assert started == [study.root]


def test_random_answers_all_arrive_and_a_second_drain_moves_nothing(study: Study, backend: SqliteBackend) -> None:
    chance = random.Random(3)
    submissions = [posted(study, answers_of(study.questionnaire, chance)) for _ in range(300)]
    backend.write(submissions)
    assert drain(study, backend, chunk=120).moved == 300
    assert {row["response_id"] for row in stored(study)} == {
        str(UUID(bytes=submission.id)) for submission in submissions
    }
    again = drain(study, backend)
    assert (again.moved, again.versions) == (0, [])
    for row, submission in zip(
        sorted(stored(study), key=lambda row: row["response_id"]),
        sorted(submissions, key=lambda one: one.id),
        strict=True,
    ):
        given = json.loads(submission.body)["answers"]
        assert row["C1"] == given.get("C1", BLANK if row["C1"] == BLANK else None)


def test_answers_wait_where_the_wave_has_weights_until_a_person_confirms(
    study: Study, backend: SqliteBackend, tmp_path: Path
) -> None:
    import_weighted(study, tmp_path / "a.csv", "online")
    answers = {"S1": 2, "S2": 1, "A1": 1}
    backend.write([posted(study, answers), posted(study, answers)])
    for _ in range(2):  # every drain tries again
        done = drain(study, backend)
        assert (done.moved, done.rejected, len(stored(study))) == (0, 2, 2)
        assert "有的答卷带权重，有的不带" in done.reasons[0]
        assert "--confirm weighted" in done.reasons[0]
    assert drain(study, backend, confirmed=["weighted"]).moved == 2
    backend.write([posted(study, answers)])
    done = drain(study, backend)  # the answer holds for the wave
    assert (done.moved, done.rejected, len(stored(study))) == (1, 0, 5)


def test_weights_of_another_mode_do_not_matter(study: Study, backend: SqliteBackend, tmp_path: Path) -> None:
    import_weighted(study, tmp_path / "a.csv", "household")
    backend.write([posted(study, {"S1": 2, "S2": 1, "A1": 1}, mode="online")])
    assert drain(study, backend).moved == 1


def test_a_crash_after_the_commit_moves_nothing_twice(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)
    backend.write([posted(study, answers_of(study.questionnaire, chance)) for _ in range(50)])
    remember = backend.remember

    def crash(key: str, value: str, *, once: bool = False) -> str:
        if key.startswith(KEY):
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


def test_a_failed_import_leaves_the_submissions_for_the_next_time(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.write([posted(study, {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1})])

    def broken(*args: Any, **more: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ingest, "import_rows", broken)
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
    key = seals_of(study, backend).interviewer_pass(Pass("访01", "household"))
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
    assert [row["response_id"] for row in stored(study)] == [str(UUID(bytes=backend.read(0, 9)[0].submission.id))]
    assert ResponseStore(study.root / "store").texts().num_rows == 1
    assert drain(study, backend).versions == []
    backend.write([posted(study, answers)])
    assert drain(study, backend).moved == 1


def traces(root: Path, *words: str) -> set[str]:
    """Files of a study in which one of the words can still be read, also inside Parquet."""
    found = set()
    for path in root.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += str(pq.read_table(path, partitioning=None).to_pydict()).encode()
        if any(word.encode() in content for word in words):
            found.add(path.relative_to(root).as_posix())
    return found


def test_a_withdrawn_response_is_erased_and_its_versions_are_reported_unreadable(
    study: Study, backend: SqliteBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "H1": "我家门口的路灯"}
    kept, gone = posted(study, {**answers, "H1": "留下的话，\n两行"}), posted(study, answers)
    store = ResponseStore(study.root / "store")
    backend.write([kept])
    drain(study, backend)
    backend.write([gone, posted(study, {**answers, "H1": "后来的话"})])
    before = drain(study, backend).versions[-1]
    wanted = (str(UUID(bytes=gone.id)), "我家门口的路灯")
    assert {name.split("/")[0] for name in traces(study.root, *wanted)} == {"inbox", "raw", "store"}

    assert backend.withdraw(2, at=1)
    done = drain(study, backend)
    assert done.withdrawn == 1
    assert done.purged is not None
    assert (done.purged.raw, done.purged.lost) == (1, (before,))
    assert traces(study.root, *wanted) == set()
    assert len(traces(study.root, "留下的话")) >= 3
    texts = {row["text"] for row in store.texts().to_pylist()}
    assert texts == {"留下的话，\n两行", "后来的话"}

    assert store.read(version=before - 1).num_rows == 1
    with pytest.raises(StoreError, match="居民撤回"):
        store.read(version=before)
    with pytest.raises(StoreError, match="居民撤回"):
        store.undo(who="张三", why="试", to=before)
    assert [row.kind for row in store.history()] == ["withdrawal", "import", "import", "create"]
    assert cli.main(["history", "--study", str(study.root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [("不能再打开" in line) for line in lines] == [False, True, False, False]
    assert "居民撤回 1 份" in lines[0]
    assert store.undo(who="张三", why="试", to=before - 1) == done.versions[-1] + 1


def test_the_next_drain_completes_an_interrupted_purge(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "H1": "我家门口的路灯"}
    backend.write([posted(study, answers), posted(study, {**answers, "H1": "别的"})])
    drain(study, backend)
    backend.withdraw(1, at=1)
    unlink = Path.unlink

    def fails(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".parquet":
            raise PermissionError("read-only")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", fails)
    with pytest.raises(StoreError, match="没有全部从硬盘清除"):
        drain(study, backend)
    monkeypatch.undo()
    assert traces(study.root, "我家门口的路灯")
    assert drain(study, backend).purged is not None
    assert traces(study.root, "我家门口的路灯") == set()
    assert drain(study, backend).purged is None
    again = drain(study, backend, again=True).purged
    assert again is not None
    assert (again.parts, again.raw, again.lost) == (0, 0, ())


def damage(backend: SqliteBackend, statement: str) -> None:
    """Change the table behind the back of the backend, as a flipped bit does."""
    connection = sqlite3.connect(backend.path)
    connection.executescript(f"DROP TRIGGER letter_holds; DROP TRIGGER letter_keeps; {statement}")
    connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "body = replace(CAST(body AS TEXT), 'agreed', 'agreee')",
        "sha256 = zeroblob(32)",
        "place = place + 1",
        "wave = 'W2'",
        "mode = 'household'",
        "received = received + 1",
        "flags = 'x'",
        "place = 'here'",
    ],
)
def test_a_damaged_submission_is_set_apart_and_the_others_are_moved(
    study: Study, backend: SqliteBackend, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1}
    backend.write([posted(study, answers) for _ in range(5)])
    right = backend.read(1, 1)[0]
    damage(backend, f"UPDATE letter SET {change} WHERE n = 2")
    done = drain(study, backend)
    assert (done.moved, done.damaged) == (4, (2,))
    assert len(stored(study)) == 4
    assert drain(study, backend).damaged == (2,)
    assert cli.main(["drain", str(study.root)]) == 3
    assert "第 2 份" in capsys.readouterr().out
    assert live(study, backend, Arrivals().look(backend)).damaged == 1
    names = ", ".join(f"{name} = ?" for name in Submission._fields)
    connection = sqlite3.connect(backend.path)
    connection.execute("DROP TRIGGER letter_holds")
    connection.execute(f"UPDATE letter SET {names} WHERE n = 2", right.submission)
    connection.commit()
    connection.close()
    mended = drain(study, backend)
    assert (mended.moved, mended.damaged) == (1, ())
    assert len(stored(study)) == 5
    assert cli.main(["drain", str(study.root)]) == 0


def test_a_lost_submission_is_known_by_its_number(study: Study, backend: SqliteBackend) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1}
    backend.write([posted(study, answers) for _ in range(5)])
    backend.withdraw(2, at=1)
    damage(backend, "DELETE FROM letter WHERE n = 4")
    done = drain(study, backend, chunk=2)
    assert (done.moved, done.damaged) == (3, (4,))


def test_a_damaged_position_starts_over_and_skips_nothing(study: Study, backend: SqliteBackend) -> None:
    answers = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1}
    backend.write([posted(study, answers) for _ in range(3)])
    drain(study, backend)
    for wrong in ('"number": 7', '"number": "3"', '"numbe": 3', '"number": 3 }'):
        backend._connection.execute(
            f"UPDATE setting SET value = replace(value, '\"number\": 3', '{wrong}') WHERE key LIKE '{KEY} %'"
        )
        done = drain(study, backend)
        assert (done.moved, done.known) == (0, 3)
    assert drain(study, backend).known == 0
