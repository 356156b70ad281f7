"""A file that is coded in blocks of rows gives what the whole gives: responses, texts, rejected rows and findings."""

from pathlib import Path

import pytest

from survey.host.spilled import drop_pages
from survey.importing.coding import CodedFile, code_table
from survey.importing.mapping_file import guide_of
from survey.readers import registry
from survey.readers.files.opening import open_file
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, answer, make_study, wm_study, write_csv

KINDS = {".csv", ".xlsx", ".sav", ".dta"}
FILES = sorted(one.name for one in EXPORTS.iterdir() if one.suffix in KINDS and not one.name.startswith("trap"))


def coded(study: Study, path: Path, block: int) -> CodedFile:
    table = registry.read(open_file(path), guide_of(study))
    return code_table(table, study, study.waves[0], mode=study.waves[0].modes[0], block=block)


def same(one: CodedFile, other: CodedFile) -> None:
    assert one.responses.equals(other.responses)
    assert one.texts.equals(other.texts)
    assert one.text_rows.tolist() == other.text_rows.tolist()
    assert one.rejected.equals(other.rejected)
    assert one.refused == other.refused
    assert one.issues.count() == other.issues.count()
    assert one.issues.first(10_000) == other.issues.first(10_000)


@pytest.fixture(scope="module")
def wm(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return wm_study(tmp_path_factory.mktemp("blocks") / "study")


@pytest.mark.parametrize("name", FILES)
def test_exports_of_all_tools(name: str, wm: Study) -> None:
    table, wave = registry.read(open_file(EXPORTS / name), guide_of(wm)), wm.waves[0]
    same(*(code_table(table, wm, wave, mode=wave.modes[0], block=rows) for rows in (3, 10**6)))


@pytest.mark.parametrize("block", [1, 2, 5])
def test_what_only_the_whole_column_decides(block: int, tmp_path: Path) -> None:
    rows = [answer(number) for number in range(1, 12)]
    for number, row in enumerate(rows):
        row["submitted"] = f"11/{9 + number % 2 * 8}/2026 9:00"  # 11/17 decides the order for 11/9
        row["A1"] = ("没有这一项", row["A1"], "1.5")[number % 3]
    study, path = make_study(tmp_path / "study"), write_csv(tmp_path / "a.csv", rows)
    whole = coded(study, path, 10**6)
    assert whole.issues.count()
    same(coded(study, path, block), whole)


def test_a_file_on_disk_reads_as_one_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [answer(number) for number in range(1, 40)]
    study, path = make_study(tmp_path / "study"), write_csv(tmp_path / "a.csv", rows)
    whole = coded(study, path, 10**6)
    monkeypatch.setattr("survey.host.spilled.ROOM", 100)
    spilled = coded(study, path, 7)
    assert spilled.read.frame.num_rows == 39
    drop_pages()
    same(spilled, whole)
