"""The map of 总览 stands where there are boundaries; pictures show tiles unless the map is asked for."""

import shutil
from pathlib import Path

from survey.boundaries.stored import FILE
from survey.study.study import load_study
from tests.views.page_words import Run, bodies, page_text, tiles


def where(found: list[str]) -> str:
    """Return the block 哪里 of a page."""
    return next(one for one in found if "<h2>哪里" in one)


def test_the_map_shows_what_the_tiles_show(city: Path, run: Run) -> None:
    on_map, as_tiles = run(city), run(city, map="tiles")
    assert "silu-map" in where(bodies(on_map))
    assert "silu-map" not in where(bodies(as_tiles))
    assert tiles(on_map) == tiles(as_tiles)
    assert "模拟边界" in page_text(on_map)


def test_all_streets_and_those_of_one_district_are_drawn(city: Path, run: Run) -> None:
    areas = load_study(city).areas
    whole = where(bodies(run(city, map="streets")))
    assert whole.count('class="silu-place"') == 9
    one = where(bodies(run(city, district=areas.districts[0])))
    assert one.count('class="silu-place"') == 3
    assert all(f'aria-label="{name}：' in one for name in areas.children(areas.districts[0]))


def test_pictures_show_tiles_unless_the_map_is_asked_for(city: Path, run: Run) -> None:
    assert "silu-map" not in where(bodies(run(city, shot="16x9")))
    asked = where(bodies(run(city, shot="16x9", map="shapes")))
    assert "silu-map" in asked
    assert "<b>模拟边界</b>" in asked


def test_damaged_boundaries_leave_the_tiles(city: Path, tmp_path: Path, run: Run) -> None:
    root = shutil.copytree(city, tmp_path / "city")
    (root / FILE).write_bytes((root / FILE).read_bytes()[:-100])
    app = run(root)
    assert "边界文件与写入时不同" in where(bodies(app))
    assert len(tiles(app)) == 3
