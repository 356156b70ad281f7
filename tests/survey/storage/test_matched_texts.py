"""Matched texts: those of responses of the version, found once for the same files."""

from pathlib import Path

import pyarrow as pa
import pytest

from survey.storage import matched_texts
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch
from survey.storage.store import ResponseStore


def commit(store: ResponseStore, wave: str, rows: list[tuple[str, str, str]], import_id: str) -> None:
    """Commit responses with id, mode and text."""
    ids, modes, texts = zip(*rows, strict=True)
    many = [import_id] * len(ids)
    responses = pa.table({"response_id": ids, "wave": [wave] * len(ids), "mode": modes, "import_id": many, "psu": ids})
    said = [
        {"response_id": one, "wave": wave, "item": item, "text": text, "import_id": import_id}
        for one, text in zip(ids, texts, strict=True)
        for item in ("H1", "H2")
    ]
    batch = ImportBatch(wave, responses, pa.Table.from_pylist(said, TEXTS), REJECTED.empty_table())
    store.commit(batch, expected=store.version)


def said(store: ResponseStore, **asked: object) -> set[tuple[str, ...]]:
    rows = store.texts(**asked, described=True).to_pylist()  # type: ignore[arg-type]
    return {(row["response_id"], row["item"], row["text"], row["mode"], row["import_id"]) for row in rows}


def test_texts_come_with_the_mode_and_import_of_their_responses(tmp_path: Path) -> None:
    store = ResponseStore(tmp_path / "store")
    commit(store, "W1", [("a", "household", "一"), ("b", "online", "二")], "one")
    commit(store, "W2", [("a", "online", "三")], "two")
    first = {("a", "H1", "一", "household", "one"), ("b", "H1", "二", "online", "one")}
    assert said(store, item="H1") == first | {("a", "H1", "三", "online", "two")}
    assert said(store, item="H1", version=1) == said(store, item="H1", waves=["W1"]) == first
    store.undo(who="甲", why="测试")  # the texts stay in the table, and count no more
    assert said(store, item="H1") == first
    assert set(store.texts().column_names) == {"response_id", "wave", "item", "text"}


def test_texts_are_matched_once_for_all_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ResponseStore(tmp_path / "store")
    commit(store, "W1", [("a", "household", "一"), ("b", "online", "二")], "one")
    both = said(store, item="H1") | said(store, item="H2")
    assert both == said(store)
    with monkeypatch.context() as patched:
        patched.setattr(matched_texts, "_key", lambda *_: pytest.fail("matched again"))
        assert said(store, item="H1") | said(store, item="H2") == both
    commit(store, "W1", [("c", "online", "四")], "two")
    assert said(store, item="H1") - both == {("c", "H1", "四", "online", "two")}
