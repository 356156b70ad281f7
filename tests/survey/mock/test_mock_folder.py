import csv
import hashlib
import json
from pathlib import Path

import pyarrow.compute as pc
import pytest

from survey.errors import StudyError
from survey.mock import MockCity, MockSpec, draw
from survey.mock.folder import import_folder, write_folder
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from survey.study.template.new_study import init_study

DEMO = Path(__file__).parents[3] / "data" / "demo"
COMMITTED = ("study.toml", "frame.csv", "margins.csv", "targets.csv")


def _digests(root: Path) -> dict[str, str]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def folder(mock: MockCity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(mock, tmp_path_factory.mktemp("mock") / "city", practice=True)


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = write_folder(draw(MockSpec()), tmp_path / "again", practice=True)
    assert _digests(again) == _digests(folder)
    assert len(_digests(folder)) == 6 + 3 + 7


@pytest.mark.parametrize("name", COMMITTED)
def test_committed_demonstration_city_is_that_of_seed_1(folder: Path, name: str) -> None:
    assert (DEMO / name).read_bytes() == (folder / name).read_bytes()


def test_study_can_be_loaded_and_is_mock(folder: Path, mock: MockCity) -> None:
    study = load_study(folder)
    assert study.mock
    assert "模拟" in study.title
    assert all("模拟" in wave.title for wave in study.waves)
    assert study.areas.points == mock.city.areas.points
    assert study.margins.to_dict("list") == mock.margins.to_dict("list")
    assert study.targets.to_dict("list") == mock.targets.to_dict("list")
    assert {threshold.source for threshold in study.thresholds} == {"模拟"}
    assert [wave.modes for wave in study.waves] == [("online",), ("household",), ("household", "online")]
    assert [wave.name for wave in study.waves] == ["P", "W1", "W2"]


def test_every_file_is_marked_as_mock(folder: Path) -> None:
    for name in COMMITTED:
        assert "模拟数据" in (folder / name).read_text(encoding="utf-8-sig").splitlines()[0]
    assert json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))["notice"].startswith("模拟数据")


def test_answer_files_are_plain_csv_with_bom(folder: Path, mock: MockCity) -> None:
    path = folder / "raw" / "W1_household.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2880
    assert {"response_id", "psu", "weight", "interviewer", "E.E1", "B1", "B1.other", "H1"} <= set(rows[0])
    assert set(rows[0]["B1"].replace("|", "")) <= set("0123456789")


def test_truth_names_what_was_planted(folder: Path, mock: MockCity) -> None:
    truth = json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert {(entry["district"], entry["measure"]) for entry in truth["weak"]} == {
        (entry.district, entry.measure) for entry in mock.truth.plan.weak
    }
    assert all(8 < entry["target"] - entry["true"] < 12.01 for entry in truth["weak"])
    assert {change["direction"] for change in truth["changes"]} == {"improved", "worsened"}
    assert len(truth["unchanged"]) == 6
    assert truth["faults"]["fabricated/W1/household"] > 30
    assert len(truth["planted"]) == 3
    assert len(truth["sampled_communities"]["W1"]) == 160


def test_imported_answers_are_those_that_were_drawn(tmp_path: Path) -> None:
    city = draw(MockSpec(seed=4, districts=2, responses=1500))
    root = write_folder(city, tmp_path / "city")
    done = import_folder(root, city)
    assert [len(one.preview.coded) for one in done] == [1, 1, 1]
    assert sum(one.preview.new for one in done) == 1500
    assert sum(one.preview.rejected for one in done) == 0
    store = ResponseStore(root / "store")
    stored, drawn = (table.sort_by("response_id") for table in (store.read(), city.responses()))
    for name in drawn.column_names:
        if name not in ("import_id", "source_row", "row_hash", "ip_key", "device_key"):  # made by the import
            same = pc.equal(stored[name], drawn[name])
            both_null = pc.and_(pc.is_null(stored[name]), pc.is_null(drawn[name]))
            assert pc.all(pc.or_(pc.fill_null(same, False), both_null)).as_py(), name
    order = [("item", "ascending"), ("response_id", "ascending")]
    names = ["response_id", "wave", "item", "text"]
    assert store.texts().sort_by(order).select(names).equals(city.texts().sort_by(order).select(names))


def test_a_real_study_is_never_modified(tmp_path: Path, mock: MockCity) -> None:
    root = init_study(tmp_path / "real")
    before = _digests(root)
    with pytest.raises(StudyError, match="真实调查"):
        write_folder(mock, root, overwrite=True)
    assert _digests(root) == before


def test_foreign_folders_and_stores_are_refused(tmp_path: Path, mock: MockCity) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StudyError, match="不是模拟调查"):
        write_folder(mock, tmp_path)
    with pytest.raises(StudyError, match="不是文件夹"):
        write_folder(mock, tmp_path / "notes.txt")
    root = write_folder(mock, tmp_path / "city")
    (root / "store").mkdir()
    with pytest.raises(StudyError, match="--overwrite"):
        write_folder(mock, root)
    write_folder(mock, root, overwrite=True)
    assert not (root / "store").exists()
