"""Rejected rows are outstanding until a response with their id is stored; `silu rejects` lists only these."""

from pathlib import Path

import openpyxl
import pytest

import cli
from survey.importing.ingest import import_files
from survey.importing.rejects import outstanding
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, answer, make_study, wm_study, write_csv

WAVE = "W1"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = make_study(tmp_path / "study")
    rows = [answer(1), answer(2, A1="别的"), answer(3, S1="三十"), answer(4, response_id="", A1="别的")]
    import_files(made, [write_csv(tmp_path / "a.csv", rows)], made.waves[0].name, mode="household")
    return made


def names(study: Study) -> list[int]:
    return outstanding(study)["row"].to_pylist()


def test_corrected_rows_are_no_longer_outstanding(study: Study, tmp_path: Path) -> None:
    assert names(study) == [3, 4, 5]
    wave = study.waves[0].name
    import_files(study, [write_csv(tmp_path / "b.csv", [answer(2)])], wave, mode="household")
    assert names(study) == [4, 5]
    assert ResponseStore(study.root / "store").rejected().num_rows == 3
    import_files(study, [write_csv(tmp_path / "c.csv", [answer(3), answer(6)])], wave, mode="household")
    assert names(study) == [5]  # a row without an id cannot be recognised


def test_an_undone_correction_is_outstanding_again(study: Study, tmp_path: Path) -> None:
    import_files(study, [write_csv(tmp_path / "b.csv", [answer(2)])], study.waves[0].name, mode="household")
    ResponseStore(study.root / "store").undo(who="张三", why="试")
    assert names(study) == [3, 4, 5]


def test_a_row_rejected_twice_is_listed_once(study: Study, tmp_path: Path) -> None:
    rows = [answer(7), answer(2, A1="又一个"), answer(3, S1="三十")]
    import_files(study, [write_csv(tmp_path / "a.csv", rows)], study.waves[0].name, mode="household")
    assert len(names(study)) == 3
    assert ResponseStore(study.root / "store").rejected().num_rows == 5


def test_contradictory_rows_are_both_listed_until_resolved(tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    wave = study.waves[0].name
    both = [answer(1), answer(2), answer(2, seconds="130")]
    for _ in range(2):  # still two after a second import
        import_files(study, [write_csv(tmp_path / "a.csv", both)], wave, mode="household")
        assert names(study) == [3, 4]
    import_files(study, [write_csv(tmp_path / "b.csv", [answer(2)])], wave, mode="household")
    assert names(study) == []


def test_ids_formed_by_a_reader_are_recognised(tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    text = (EXPORTS / "wjx_text_utf8bom.csv").read_text(encoding="utf-8-sig")
    spoilt = tmp_path / "wjx.csv"
    lines = text.splitlines(keepends=True)
    spoilt.write_text("".join([lines[0], lines[1].replace("男", "男女", 1), *lines[2:]]), encoding="utf-8-sig")
    done = import_files(study, [spoilt], WAVE)
    assert done.preview.rejected == outstanding(study).num_rows > 0
    import_files(study, [EXPORTS / "wjx_text_utf8bom.csv"], WAVE)
    assert outstanding(study).num_rows == 0


def test_the_command_lists_open_rows_and_all(study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(study.root)
    rows = [answer(2), answer(3)]
    import_files(study, [write_csv(tmp_path / "b.csv", rows)], study.waves[0].name, mode="household")
    assert cli.main(["rejects", "--study", root, "--out", str(tmp_path / "open")]) == 0
    assert "共 1 行" in capsys.readouterr().out
    (path,) = (tmp_path / "open").glob("*.xlsx")
    assert openpyxl.load_workbook(path).active.max_row == 2
    assert cli.main(["rejects", "--study", root, "--all", "--out", str(tmp_path / "all")]) == 0
    assert "共 3 行" in capsys.readouterr().out
