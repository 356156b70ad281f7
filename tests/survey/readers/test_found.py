"""Regressions found by fuzzing (`make fuzz`): bytes that once crashed a parser or a reader."""

from pathlib import Path

import pytest

from benchmarks import fuzz_readers
from survey.errors import ReadError, StudyError
from survey.importing import ingest
from survey.importing.mapping_file import read_mapping
from survey.storage.store import ResponseStore
from tests.survey.small_study import wm_study

FOUND = Path(__file__).parent.parent / "data" / "found"


@pytest.mark.parametrize(
    "name",
    [
        "endless_rows.xlsx",  # a damaged row number: the parser requests 495 GB and aborts
        "endless_strings.xls",  # a damaged count: the parser takes all memory
        "segfault.sav",  # a damaged header: the parser reads outside its memory
    ],
)
def test_a_crashing_parser_affects_only_its_own_process(name: str, tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    with pytest.raises(ReadError, match="损坏"):
        ingest.import_files(study, [FOUND / name], "W1")
    assert ResponseStore(study.root / "store").version is None


def test_the_fuzzer_distinguishes_reported_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input that crashed its process is tried again through the child process."""
    monkeypatch.setattr(fuzz_readers, "KEPT", tmp_path)
    assert fuzz_readers.survived("sav", FOUND / "segfault.sav")
    assert not fuzz_readers.survived("sav", tmp_path / "gone.sav")
    assert "FileNotFoundError" in (tmp_path / "sav.log").read_text(encoding="utf-8")


def test_a_variable_without_a_name_is_not_used(tmp_path: Path) -> None:
    preview = ingest.stage(wm_study(tmp_path / "study"), [FOUND / "nameless.sav"], "W1")
    assert preview.rows_in == 14
    assert preview.new + preview.rejected == 14


@pytest.mark.parametrize(
    "text",
    [
        'headings = "x"',
        "answers = 3",
        "[headings]\nfield_1 = {a = 1}",
        '[headings]\n"field_1".A = "S1"',
        "[answers]\nA1 = 3",
        "[answers.A1]\nx = [1]",
    ],
)
def test_a_mapping_of_another_shape_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError):
        read_mapping(tmp_path / "mapping.toml", wm_study(tmp_path / "study").questionnaire)
