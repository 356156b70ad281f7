"""A file that changes while it is read: consistent content is imported, or none."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.errors import ReadError, SiluError, StoreError
from survey.importing import ingest, mapping
from survey.importing.preview import Imported
from survey.instrument.questionnaire import Questionnaire
from survey.readers import registry
from survey.readers.files import opening, private_copy
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, write_csv, write_xlsx

MANY, FEW = 400, 100
Write = Callable[[Path, int], Path]


def as_csv(path: Path, count: int) -> Path:
    return write_csv(path, [answer(number) for number in range(1, count + 1)])


def as_xlsx(path: Path, count: int) -> Path:
    rows = [[answer(number)[name] for name in HEADING] for number in range(1, count + 1)]
    return write_xlsx(path, [HEADING, *rows])


WRITERS: dict[str, Write] = {"a.csv": as_csv, "a.xlsx": as_xlsx}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def stored(study: Study) -> ResponseStore:
    return ResponseStore(study.root / "store")


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more\n" * 50)


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes())


def removed(path: Path) -> None:
    path.unlink()


CHANGES = (truncated, appended, rewritten, removed)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", WRITERS)
def test_changed_while_it_is_copied(
    name: str, change: Callable[[Path], None], study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rewrite with the same bytes counts too, because some may have been missing for a moment."""
    path = WRITERS[name](tmp_path / name, FEW)
    copyfile = shutil.copyfile

    def copied(source: Path, target: Path) -> None:
        copyfile(source, target)
        os.utime(path, ns=(1, 1))
        change(path)

    monkeypatch.setattr(private_copy.shutil, "copyfile", copied)
    with pytest.raises(ReadError, match=r"正在被改动|找不到文件") as caught:
        ingest.import_files(study, [path], "W1")
    assert caught.value.cure
    assert stored(study).version is None


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", WRITERS)
def test_changed_while_it_is_parsed(
    name: str, change: Callable[[Path], None], study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content read is that of the sha256; content that is gone is not stored."""
    path = WRITERS[name](tmp_path / name, FEW)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    opened_by = registry.read

    def read(opened: opening.Opened, guide: registry.Guide) -> registry.ReadTable:
        change(path)
        return opened_by(opened, guide)

    monkeypatch.setattr(registry, "read", read)
    preview = ingest.stage(study, [path], "W1")
    assert (preview.new, preview.rejected) == (FEW, 0)
    if change is rewritten:
        assert ingest.commit(preview).version is not None
        assert stored(study).history()[0].meta["files"][0]["sha256"] == before
        return
    with pytest.raises(StoreError):
        ingest.commit(preview)
    assert stored(study).version is None


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", WRITERS)
def test_a_proposal_uses_consistent_content(
    name: str, change: Callable[[Path], None], study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file may change or disappear between opening it and reading its cells."""
    path = WRITERS[name](tmp_path / name, FEW)
    expected, proposed = mapping.propose_for(path, study.questionnaire), mapping.propose

    def propose(opened: opening.Opened, questionnaire: Questionnaire) -> mapping.Proposal:
        change(path)
        return proposed(opened, questionnaire)

    monkeypatch.setattr(mapping, "propose", propose)
    assert mapping.propose_for(path, study.questionnaire) == expected
    assert expected.file == name


@pytest.mark.parametrize("name", WRITERS)
def test_another_content_between_preview_and_commit(name: str, study: Study, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, FEW)
    preview = ingest.stage(study, [path], "W1")
    WRITERS[name](path, FEW + 1)
    with pytest.raises(StoreError, match="被改动，没有写入任何数据") as caught:
        ingest.commit(preview)
    assert caught.value.cure
    assert stored(study).version is None


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_written_continuously(name: str, study: Study, tmp_path: Path) -> None:
    """Alternate two contents in place: the import is rejected in Chinese, or has all rows of one of them."""
    contents = [WRITERS[name](tmp_path / f"{count}{name}", count).read_bytes() for count in (FEW, MANY)]
    sums = {hashlib.sha256(content).hexdigest(): rows for content, rows in zip(contents, (FEW, MANY), strict=True)}
    path, stop = tmp_path / name, threading.Event()
    path.write_bytes(contents[0])

    def write() -> None:
        turn = 0
        while not stop.wait(0.002):
            turn += 1
            with path.open("wb", buffering=0) as file:
                half = len(contents[turn % 2]) // 2
                file.write(contents[turn % 2][:half])
                file.write(contents[turn % 2][half:])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(6):
            _imported_whole(study, path, sums)
    finally:
        stop.set()
        writer.join()
    path.write_bytes(contents[1])
    _imported(study, path)
    assert stored(study).read(["response_id"]).num_rows == MANY


def _imported(study: Study, path: Path) -> Imported:
    # The answers repeat after a few hundred rows under other ids, which a person must confirm.
    return ingest.commit(ingest.stage(study, [path], "W1"), confirmed=["same-answers"])


def _imported_whole(study: Study, path: Path, sums: dict[str, int]) -> None:
    try:
        done = _imported(study, path)
    except SiluError:
        return
    if done.version is not None:
        (file,) = done.preview.files
        assert done.preview.rows_in == sums[str(file["sha256"])]
        assert done.preview.rejected == 0
