"""Kept answers: what a new process loads equals what reading gives, and is left once anything behind it changes."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from reports.selection import Selection
from reports.voices import reading
from reports.voices.asked import TextSelection
from reports.voices.finding import finding
from reports.voices.gathered import gathered
from reports.voices.kept import made
from reports.voices.kept.answer_files import KEPT, WHOLE
from reports.voices.open_answers import OpenAnswers, load_answers
from survey.quality.exclusions import decisions_of
from survey.storage.files import remove_caches
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.coding_sheet import HumanCode, keep_codes
from survey.study.study import load_study

ITEM, FOLDER = "H1", "textcache"


@pytest.fixture(scope="module")
def read(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study whose answers are read and kept."""
    root = Path(shutil.copytree(city, tmp_path_factory.mktemp("kept") / "city"))
    ahead(root)
    return root


@pytest.fixture
def own(read: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(read, tmp_path / "city"))


def ahead(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "LARGE", 0)
        version = ResponseStore(root / "store").version
        assert version is not None
        reading.read_ahead(load_study(root), version)


def loads(root: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the answers are loaded without reading any."""
    with monkeypatch.context() as patched:
        calls: list[object] = []
        before = made._coded
        patched.setattr(made, "_coded", lambda *all_of: calls.append(all_of) or before(*all_of))
        assert load_answers(load_study(root), ITEM).table.num_rows
        return not calls


def same(one: OpenAnswers, other: OpenAnswers) -> None:
    assert one.table.schema == other.table.schema
    assert one.table.to_pydict() == other.table.to_pydict()
    assert (one.digests, one.by_people) == (other.digests, other.by_people)
    for name in ("assigned", "primary", "margin"):
        mine, theirs = getattr(one.coded, name), getattr(other.coded, name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
    for name in ("group", "size", "first"):
        np.testing.assert_array_equal(getattr(one.copies, name), getattr(other.copies, name))


def test_kept_equals_read(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(own)
    assert loads(own, monkeypatch)
    kept = [load_answers(study, ITEM), load_answers(study, ITEM, waves=("W2",))]
    asked = TextSelection(Selection(waves=("W2",), mode="household"), ITEM)
    found = finding(study, kept[0], asked)
    remove_caches(own / "store")
    assert not loads(own, monkeypatch)
    remove_caches(own / "store")
    made = [load_answers(study, ITEM), load_answers(study, ITEM, waves=("W2",))]
    for one, other in zip(kept, made, strict=True):
        same(one, other)
    again = finding(study, made[0], asked)
    assert found is not None
    assert again is not None
    assert (str(found.headline), str(found.lead)) == (str(again.headline), str(again.lead))
    assert found.tested.equals(again.tested)


def more(root: Path, change: Callable[[pa.Table, int], tuple[pa.Table, pa.Table]]) -> None:
    """Commit the first responses of W2 once more as other people; `change` returns them and their texts."""
    store = ResponseStore(root / "store")
    rows, texts = change(store.read(waves=["W2"]).slice(0, 5), store.version or 0)
    store.commit(ImportBatch("W2", rows, texts, pa.table({})), expected=store.version)


def silent(rows: pa.Table, version: int) -> tuple[pa.Table, pa.Table]:
    names = pa.array([f"more-{version}-{at}" for at in range(len(rows))])
    return rows.set_column(rows.schema.get_field_index("response_id"), "response_id", names), TEXTS.empty_table()


def speaking(rows: pa.Table, version: int) -> tuple[pa.Table, pa.Table]:
    rows, _ = silent(rows, version)
    own = {"wave": "W2", "item": ITEM, "text": f"楼下路灯坏了 {version} 次"}
    said = [own | each for each in rows.select(["response_id", "import_id"]).to_pylist()]
    return rows, pa.Table.from_pylist(said, TEXTS)


def test_answers_are_named_anew_after_an_import_without_texts(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for change, unchanged in ((silent, True), (speaking, False), (silent, True)):
        more(own, change)
        assert loads(own, monkeypatch) == unchanged
        ahead(own)
        kept = load_answers(load_study(own), ITEM)
        assert len(list((own / "store" / FOLDER).glob("*.arrow"))) <= KEPT[WHOLE]
        rebuilt = Path(shutil.copytree(own, own.with_name("rebuilt"), dirs_exist_ok=True))
        remove_caches(rebuilt / "store")
        same(kept, load_answers(load_study(rebuilt), ITEM))


def damage(root: Path) -> None:
    for path in (root / "store" / FOLDER).glob("*.arrow"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


def cut(root: Path) -> None:
    for path in (root / "store" / FOLDER).glob("*.arrow"):
        path.write_bytes(path.read_bytes()[:100])


def more_words(root: Path) -> None:
    (root / "lexicon").mkdir()
    (root / "lexicon" / "words.txt").write_text("澄岚新词\t9\n", encoding="utf-8")


def code_one(root: Path) -> None:
    answers = load_answers(load_study(root), ITEM)
    keep_codes(root, [HumanCode(answers.digests[0], answers.codebook.codes[:1], "甲")])


@pytest.mark.parametrize("change", [damage, cut, more_words, code_one])
def test_what_changes_is_read_again(own: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    change(own)
    assert not loads(own, monkeypatch)
    made = load_answers(load_study(own), ITEM)
    assert made.by_people == (change is code_one)


def test_an_excluded_response_is_not_loaded(own: Path) -> None:
    study = replace(load_study(own), without_excluded=True)
    before = load_answers(study, ITEM)
    name, wave = (before.table[column][0].as_py() for column in ("response_id", "wave"))
    decisions_of(study).exclude([name], wave=wave, who="甲", why="复访不符")
    after = load_answers(study, ITEM)
    assert name not in after.table["response_id"].to_pylist()
    assert name in load_answers(replace(study, without_excluded=False), ITEM).table["response_id"].to_pylist()


def test_copies_are_found_once_for_several_selections(read: Path) -> None:
    study = load_study(read)
    answers = load_answers(study, ITEM)
    calls: list[int] = []
    read = replace(answers.reading, find=lambda: calls.append(1) or answers.copies)
    counted = replace(answers, read=lambda: read, cache={})
    asked = TextSelection(Selection(waves=("W2",)), ITEM)
    for wave in ("W2", "W1", "W2"):
        gathered(study, counted, asked.in_wave(wave))
        assert len(counted.copies.group) == len(answers.table)
    assert len(calls) == 1
