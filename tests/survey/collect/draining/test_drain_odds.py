"""Drain under faults: unusual answers, an edited questionnaire, several stores, killed and concurrent drains."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import cli
from survey.collect.draining.drain import drain
from survey.collect.inbox.drain_state import workplace
from survey.collect.inbox.inbox import Submission
from survey.collect.inbox.sqlite import SqliteBackend
from survey.importing import ingest
from survey.storage.store import ResponseStore, StaleVersionError
from survey.study.study import Study, load_study
from tests.survey.collect.draining.test_drain import posted, stored, traces
from tests.survey.collect.town import answers_of, make_town

PLAIN = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1}


def nested(submission: Submission, depth: int) -> Submission:
    """The same submission with something deep in its consent, which nobody looks at."""
    body = submission.body.replace(b'"agreed": true', b'"agreed": true, "x": ' + b"[" * depth + b"]" * depth)
    return submission._replace(body=body, sha256=hashlib.sha256(body).digest())


def test_no_acknowledged_body_blocks_the_others(study: Study, backend: SqliteBackend) -> None:
    odd = [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "a\0b",
        "a\r\nb\u2028\x85\x1a\ufffe",
        "  a  ",
        '"',
        "\U0010ffff",
    ]
    submissions = [
        nested(posted(study, PLAIN), 1000),
        posted(study, PLAIN, seconds=2**31),
        posted(study, PLAIN, seconds=10**18),
        *(posted(study, {**PLAIN, "H1": text}) for text in odd),
    ]
    backend.write(submissions)
    done = drain(study, backend)
    assert (done.moved, done.rejected) == (len(submissions), 0)
    rows = {row["response_id"]: row for row in stored(study)}
    assert rows[str(UUID(bytes=submissions[2].id))]["seconds"] == 7 * 24 * 3600
    texts = {row["response_id"]: row["text"] for row in ResponseStore(study.root / "store").texts().to_pylist()}
    assert [texts[str(UUID(bytes=submission.id))] for submission in submissions[3:]] == odd


def test_every_store_of_one_inbox_gets_every_answer(study: Study, backend: SqliteBackend, tmp_path: Path) -> None:
    other = make_town(tmp_path / "other")
    backend.write([posted(study, PLAIN), posted(study, {**PLAIN, "H1": "我的话"})])
    assert drain(study, backend).moved == 2
    shutil.copytree(study.root / "secrets", other.root / "secrets")  # as every further host of one inbox needs them
    assert drain(other, backend).moved == 2
    backend.withdraw(2, at=1)
    for each in (study, other):
        assert drain(each, backend).withdrawn == 1
        assert traces(each.root, "我的话") == set()
        assert drain(each, backend).purged is None


def test_a_deleted_or_restored_store_is_completed(study: Study, backend: SqliteBackend) -> None:
    folder, copy = study.root / "store", study.root / "copy"
    backend.write([posted(study, PLAIN), posted(study, PLAIN)])
    drain(study, backend)
    shutil.copytree(folder, copy)
    backend.write([posted(study, PLAIN)])
    backend.withdraw(1, at=1)
    drain(study, backend)
    shutil.rmtree(folder)
    copy.rename(folder)
    done = drain(study, backend)
    assert (done.moved, done.known, done.withdrawn) == (1, 1, 1)
    shutil.rmtree(folder)
    assert drain(study, backend).moved == 2
    assert {row["response_id"] for row in stored(study)} == {
        str(UUID(bytes=one.submission.id)) for one in backend.read(0, 9)
    }


def test_a_text_cannot_pass_for_another_separator(study: Study, backend: SqliteBackend) -> None:
    texts = ["\n".join([f"路灯{sign}坏"] * 40) for sign in "|;\t,"]
    for text in texts:
        backend.write([posted(study, {**PLAIN, "H1": text})])
        assert drain(study, backend).moved == 1
    assert {row["text"] for row in ResponseStore(study.root / "store").texts().to_pylist()} == set(texts)


def test_submissions_of_a_removed_wave_wait_and_block_no_other(
    study: Study, backend: SqliteBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    backend.write([posted(study, PLAIN)._replace(wave="W9"), posted(study, PLAIN, mode="phone"), posted(study, PLAIN)])
    assert cli.main(["drain", str(study.root)]) == 1
    assert "退回的原因：W9：没有这个调查轮次" in capsys.readouterr().out
    assert len(stored(study)) == 1
    path = study.root / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("W1", "W9"), encoding="utf-8")
    assert drain(load_study(study.root), backend).moved == 1


def test_the_raw_file_repeats_the_import(study: Study, backend: SqliteBackend, tmp_path: Path) -> None:
    chance = random.Random(8)
    odd = ["a\r\nb\u2028\x85", "  a  ", '"', "a;b\tc|d", "=1+1", "\ufeff路灯"]
    submissions = [posted(study, answers_of(study.questionnaire, chance)) for _ in range(40)]
    backend.write([*submissions, *(posted(study, {**PLAIN, "H1": text}) for text in odd)])
    drain(study, backend)
    (version,) = [one for one in ResponseStore(study.root / "store").lineage() if one.meta.get("wave")]
    (file,) = version.meta["files"]
    raw = study.root / "raw" / f"{file['sha256']}.csv"
    assert hashlib.sha256(raw.read_bytes()).hexdigest() == file["sha256"]
    assert (file["name"], file["rows"], file["reader"]) == ("online-W1-online-1-46.csv", 46, "native")
    other = make_town(tmp_path / "other")
    done = ingest.import_files(other, [raw], "W1", mode="online")
    assert (done.preview.new, done.preview.rejected) == (46, 0)
    stores = [ResponseStore(each.root / "store") for each in (study, other)]
    rows = [
        sorted(store.read().drop_columns(["import_id"]).to_pylist(), key=lambda row: row["response_id"])
        for store in stores
    ]
    assert rows[0] == rows[1]
    texts = [{(row["response_id"], row["item"], row["text"]) for row in store.texts().to_pylist()} for store in stores]
    assert texts[0] == texts[1]


def test_an_answer_in_another_form_waits_and_blocks_no_other(study: Study, backend: SqliteBackend) -> None:
    original = (study.root / "questionnaire.json").read_text(encoding="utf-8")

    def into_matrix(raw: dict[str, Any]) -> None:
        for element in (element for page in raw["pages"] for element in page["elements"]):
            if element["name"] == "H1":
                element.clear()
                element |= {"type": "matrix", "name": "H1", "title": "矩阵", "rows": [{"value": "R1", "text": "一"}]}
                element["columns"] = [{"value": 1, "text": "好"}, {"value": 2, "text": "坏"}]

    backend.write([posted(study, {**PLAIN, "H1": "我的话"}), posted(study, PLAIN)])
    done = drain(edited(study, into_matrix), backend)
    assert (done.moved, done.rejected, done.foreign) == (2, 0, {"H1": 1})
    (study.root / "questionnaire.json").write_text(original, encoding="utf-8")
    # The text is added to the first; the second gave up before the matrix: nothing was stored, nothing changes.
    assert drain(load_study(study.root), backend).completed == 1
    assert [row["text"] for row in ResponseStore(study.root / "store").texts().to_pylist()] == ["我的话"]


def edited(study: Study, change: Callable[[dict[str, Any]], None]) -> Study:
    """The study after somebody changed its questionnaire."""
    path = study.root / "questionnaire.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return load_study(study.root)


def test_answers_to_a_removed_question_are_reported_and_stored_once_it_is_back(
    study: Study, backend: SqliteBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    original = (study.root / "questionnaire.json").read_text(encoding="utf-8")

    def without(raw: dict[str, Any]) -> None:
        for page in raw["pages"]:
            page["elements"] = [element for element in page["elements"] if element["name"] != "H1"]

    backend.write([posted(study, PLAIN), posted(study, {**PLAIN, "H1": "我的话", "H2": "好"})])
    later = edited(study, without)
    assert cli.main(["drain", str(later.root)]) == 1
    assert "没有的题：H1（1 份）" in capsys.readouterr().out
    assert drain(later, backend).versions == []
    (study.root / "questionnaire.json").write_text(original, encoding="utf-8")
    assert drain(load_study(study.root), backend).completed == 1
    texts = {row["text"] for row in ResponseStore(study.root / "store").texts().to_pylist()}
    assert texts == {"我的话", "好"}


def test_answers_that_the_questionnaire_refuses_wait_until_it_is_mended(study: Study, backend: SqliteBackend) -> None:
    original = (study.root / "questionnaire.json").read_text(encoding="utf-8")

    def another_kind(raw: dict[str, Any]) -> None:
        for element in (element for page in raw["pages"] for element in page["elements"]):
            if element["name"] == "H1":
                element.clear()
                element |= {"type": "radiogroup", "name": "H1", "title": "单选"}
                element["choices"] = [{"value": 1, "text": "一"}, {"value": 2, "text": "二"}]

    backend.write([posted(study, PLAIN)])
    assert drain(study, backend).moved == 1
    backend.write([posted(study, {**PLAIN, "H1": "我的话"})])
    later = edited(study, another_kind)
    assert (drain(later, backend).rejected, drain(later, backend).rejected) == (1, 0)
    (study.root / "questionnaire.json").write_text(original, encoding="utf-8")
    assert drain(load_study(study.root), backend).moved == 1
    assert len(stored(study)) == 2


def test_a_withdrawal_is_done_although_an_import_was_faster(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.write([posted(study, PLAIN), posted(study, PLAIN)])
    drain(study, backend)
    backend.withdraw(1, at=1)
    commit, faster = ResponseStore.commit, [1, 2]

    def late(store: ResponseStore, *args: Any, **more: Any) -> int:
        if faster:
            faster.pop()
            raise StaleVersionError("别人刚刚提交了新的数据")
        return commit(store, *args, **more)

    monkeypatch.setattr(ResponseStore, "commit", late)
    assert drain(study, backend).withdrawn == 1
    assert len(stored(study)) == 1


def test_a_second_drain_waits_for_the_first(study: Study, backend: SqliteBackend) -> None:
    backend.write([posted(study, PLAIN)])
    with workplace(study.root, lambda: None):
        command = [sys.executable, "-m", "cli", "drain", str(study.root)]
        second = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(cli.__file__).parent)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(3)
        assert ResponseStore(study.root / "store").version is None
    assert "移入 1 份" in second.communicate()[0]


def test_leftovers_of_a_killed_drain_are_removed(study: Study, backend: SqliteBackend) -> None:
    left = study.root / "inbox" / "drain" / "tmpabc"
    left.mkdir(parents=True)
    (left / "online-W1-online-1-1.csv").write_text("我的话", encoding="utf-8")
    (study.root / "raw").mkdir(exist_ok=True)
    submission = posted(study, {**PLAIN, "H1": "我的话"})
    (study.root / "raw" / ".copy-1").write_text(str(UUID(bytes=submission.id)) + "我的话", encoding="utf-8")
    (study.root / "raw" / ".copy-2").write_text("别人的", encoding="utf-8")
    backend.write([submission])
    drain(study, backend)
    backend.withdraw(1, at=1)
    drain(study, backend)
    assert traces(study.root, "我的话") == set()
    assert (study.root / "raw" / ".copy-2").exists()


def test_a_drain_opens_no_answer_file_and_leaves_no_other(
    study: Study, backend: SqliteBackend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refused(*args: Any, **more: Any) -> Any:
        raise AssertionError("a drain reads no file")

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(ingest, "open_file", refused)
    monkeypatch.setattr(ingest, "private_copy", refused)
    backend.write([posted(study, {**PLAIN, "H1": "我的话"})])
    assert drain(study, backend).moved == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert list((study.root / "inbox" / "drain").iterdir()) == []
    assert {name.split("/")[0] for name in traces(study.root, "我的话")} == {"inbox", "raw", "store"}


def test_an_unreadable_inbox_is_reported(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    SqliteBackend(study.root / "inbox" / "inbox.sqlite").close()
    with (study.root / "inbox" / "inbox.sqlite").open("r+b") as file:
        file.seek(0, 2)
        size = file.tell()
        file.seek(8192)
        file.write(b"\xff" * (size - 8192))
    assert cli.main(["drain", str(study.root)]) == 2
    assert "收件箱" in capsys.readouterr().err
