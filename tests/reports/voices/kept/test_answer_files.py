"""Files of answers: an import with texts writes what has changed, which is loaded like a file of all answers."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from reports.voices.kept import made, readings
from reports.voices.kept.answer_files import CHANGED, WHOLE
from reports.voices.kept.answers import kept_columns
from reports.voices.open_answers import load_answers
from survey.storage.files import remove_caches
from survey.storage.stored_parts import StoredPart
from survey.study.study import load_study
from tests.reports.voices.kept.test_answers import ITEM, ahead, loads, more, same, silent, speaking

Change = Callable[[pa.Table, int], tuple[pa.Table, pa.Table]]


def of_its_own(change: Change) -> Change:
    """Return a change whose answers and texts have an import of their own."""

    def changed(rows: pa.Table, version: int) -> tuple[pa.Table, pa.Table]:
        name = pa.array([f"import-{version}"] * len(rows))
        return change(rows.set_column(rows.schema.get_field_index("import_id"), "import_id", name), version)

    return changed


def folder(root: Path) -> Path:
    return root / "store" / "textcache"


def key(root: Path) -> str:
    answers = load_answers(load_study(root), ITEM)
    return made.Question(load_study(root), ITEM, None, answers.lexicon, answers.engine, answers.codes).key


@pytest.fixture(scope="module")
def changed(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study whose answers are kept, with what two imports have changed."""
    root = Path(shutil.copytree(city, tmp_path_factory.mktemp("changed") / "city"))
    ahead(root)
    for change in (speaking, silent, speaking):
        more(root, of_its_own(change))
        ahead(root)
    return root


@pytest.fixture
def own(changed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(changed, tmp_path / "city"))


def rebuilt(root: Path) -> Path:
    found = Path(shutil.copytree(root, root.with_name("rebuilt"), dirs_exist_ok=True))
    remove_caches(found / "store")
    return found


def test_changes_are_loaded_like_all_answers(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = [path.name for path in folder(own).glob(f"{key(own)}-*")]
    assert [Path(name).suffix for name in there] == [CHANGED]
    assert loads(own, monkeypatch)
    same(load_answers(load_study(own), ITEM), load_answers(load_study(rebuilt(own)), ITEM))


@pytest.mark.parametrize("columns", [["group"], ["text", "wave"], ["themes"], ["trains", "digest", "import"]])
def test_some_columns_equal_those_of_a_rebuild(own: Path, columns: list[str]) -> None:
    study, other = load_study(own), rebuilt(own)
    ahead(other)
    found, again = (kept_columns(one, key(own), columns) for one in (study, load_study(other)))
    assert found is not None
    assert again is not None
    assert sorted(found.column_names) == sorted(columns)
    assert found.to_pydict() == again.to_pydict()


@pytest.mark.parametrize("suffix", [WHOLE, CHANGED])
def test_without_one_of_the_files_the_same_is_made_again(
    own: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_answers(load_study(own), ITEM)
    before.copies  # noqa: B018 - loads them before the files are gone
    for path in folder(own).glob(f"*{suffix}"):
        path.unlink()
    assert not loads(own, monkeypatch)
    ahead(own)
    assert loads(own, monkeypatch)
    same(before, load_answers(load_study(own), ITEM))


def test_an_import_reads_only_its_own_texts(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more(own, of_its_own(speaking))
    asked: list[list[str]] = []
    before = readings.kept_readings

    def seen(*given: Any) -> pa.Table:
        asked.append(given[2].to_pylist())
        return before(*given)

    monkeypatch.setattr(made, "kept_readings", seen)
    ahead(own)
    (texts,) = [one for one in asked if one]
    assert len(set(texts)) == 1
    assert texts[0].startswith("楼下路灯坏了")


def test_parts_without_checksums_are_read_again(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(shutil.copytree(city, tmp_path / "city"))
    monkeypatch.setattr(StoredPart, "identity", "")
    ahead(root)
    more(root, of_its_own(speaking))
    ahead(root)
    found = load_answers(load_study(root), ITEM)
    assert len(found.table) > len(load_answers(load_study(city), ITEM).table)
    same(found, load_answers(load_study(rebuilt(root)), ITEM))
