"""The tile map of a study: cells where it states places, none where it states nothing."""

import shutil
from pathlib import Path

import pytest

from reports.overview.places import tile_map_of
from survey.mock import MockSpec, draw
from survey.mock.folder import write_folder
from survey.study.study import load_study


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mock = draw(MockSpec(districts=6, responses=600, streets_per_district=2, communities_per_street=2, texts=False))
    return write_folder(mock, tmp_path_factory.mktemp("places") / "city")


def test_the_mock_city_has_a_map(city: Path) -> None:
    study = load_study(city)
    found = tile_map_of(study)
    assert set(found.cells) == set(study.areas.districts)
    assert found.notes == ()
    assert found == tile_map_of(load_study(city))


def test_tiles_csv_changes_the_map_and_its_faults_are_noted(city: Path, tmp_path: Path) -> None:
    root = shutil.copytree(city, tmp_path / "city")
    first = load_study(root).areas.districts[0]
    (root / "tiles.csv").write_text(f"区县,行,列\n{first},3,3\n不存在区,1,1\n", encoding="utf-8")
    found = tile_map_of(load_study(root))
    assert found.cells[first] == (3, 3)
    assert len(set(found.cells.values())) == 6
    assert "不存在区" in found.notes[0]


def test_a_frame_without_places_has_no_map(city: Path, tmp_path: Path) -> None:
    root = shutil.copytree(city, tmp_path / "city")
    lines = (root / "frame.csv").read_text(encoding="utf-8-sig").splitlines()
    bare = [line if line.startswith("#") else line.rsplit(",", 2)[0] for line in lines]
    (root / "frame.csv").write_text("\n".join(bare), encoding="utf-8")
    study = load_study(root)
    assert tile_map_of(study).cells == {}
    one, other, *_ = study.areas.districts
    (root / "neighbours.csv").write_text(f"区县,相邻区县\n{one},{other}\n", encoding="utf-8")
    assert len(set(tile_map_of(study).cells.values())) == 6
