"""What fuzzing found (`make fuzz`): bytes that broke a parser or a reader once, refused or read for ever after."""

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
        "endless_rows.xlsx",  # one row number damaged: the parser asks for 495 GB and aborts
        "endless_strings.xls",  # a damaged count: the parser takes all memory there is
        "segfault.sav",  # a damaged header: the parser reads where nothing is
    ],
)
def test_a_parser_that_dies_takes_only_its_own_process(name: str, tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    with pytest.raises(ReadError, match="损坏"):
        ingest.import_files(study, [FOUND / name], "W1")
    assert ResponseStore(study.root / "store").version is None


def test_the_fuzzer_knows_a_told_error_from_one_that_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An input that killed its own process is tried once more as users would."""
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
