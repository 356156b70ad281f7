"""Maps: seconds to import the boundaries of 320 streets, bytes kept, and seconds until a browser shows them.

    python -m benchmarks.maps
    python -m benchmarks.maps --no-browser

The mock city of 40 districts has 8 streets each; their invented borders are written as GeoJSON with many more corners
than a page needs. "first drawn" counts from the request of an address until the map of all streets, or of all
districts, stands on the page, in a server that has answered the page once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping

from benchmarks.__main__ import machine
from survey.boundaries.staging import commit, stage
from survey.boundaries.stored import FILE, Shape, read_boundaries, remove_boundaries
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from survey.study.study import load_study

DISTRICTS, STREETS = 40, 8
TIMES = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--corners", type=int, default=150_000, help="corners of all streets in the file")
    asked = parser.parse_args(arguments)
    print(machine())
    with tempfile.TemporaryDirectory(prefix="silu-maps-") as scratch:
        root = city(Path(scratch) / "city")
        file = written(root, Path(scratch) / "streets.geojson", asked.corners)
        remove_boundaries(root)
        imported(root, file)
        if not asked.no_browser:
            seen(root)


def city(root: Path) -> Path:
    """Write and import a mock city of 320 streets."""
    size = {"districts": DISTRICTS, "streets_per_district": STREETS, "communities_per_street": 2, "responses": 20_000}
    mock = draw(MockSpec(**size, texts=False))
    write_folder(mock, root)
    import_folder(root, mock)
    return root


def written(root: Path, path: Path, corners: int) -> Path:
    """Write the streets with about so many corners."""
    found = read_boundaries(root)
    assert found is not None
    shapes = [(one, polygon(one)) for one in found.of("street")]
    length = sum(shape.length for _, shape in shapes)
    features = [
        {
            "type": "Feature",
            "properties": {"name": one.name, "adcode": one.code, "district": one.district},
            "geometry": mapping(shapely.segmentize(shape, length / corners)),
        }
        for one, shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    print(f"{path.name}: {len(features)} streets, {path.stat().st_size / 1e6:.1f} MB")
    return path


def polygon(one: Shape) -> MultiPolygon:
    """Return a stored shape as a geometry."""
    return MultiPolygon([Polygon(part[0], part[1:]) for part in one.parts])


def imported(root: Path, file: Path) -> None:
    """Time reading, repair, matching and simplification, and print the size kept."""
    study = load_study(root)
    clock, cpu = time.perf_counter(), time.process_time()
    draft = stage(study, [file], "street", system="wgs84")
    print(f"import: {time.perf_counter() - clock:.2f} s, {time.process_time() - cpu:.2f} CPU s; ", end="")
    print(f"matched {len(draft.matches.found)} of {DISTRICTS * STREETS}, {len(draft.notes)} notes")
    commit(study, draft, who="benchmark")
    print(f"kept: {(root / FILE).stat().st_size / 1000:.0f} kB")


def seen(root: Path) -> None:
    """Time how long a browser waits for the map."""
    from playwright.sync_api import sync_playwright

    from benchmarks.dashboards.servers import dashboard
    from survey.host import browsers

    with dashboard(root) as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browsers.installed(), args=["--no-sandbox"])
        for query, title in (("?map=streets", "320 streets"), ("", "40 districts")):
            waits = []
            for _ in range(TIMES + 1):
                page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
                start = time.perf_counter()
                page.goto(f"http://127.0.0.1:{server.port}/{query}", timeout=180_000)
                page.locator(".silu-map").wait_for(timeout=180_000)
                waits.append(time.perf_counter() - start)
                page.close()
            print(f"first drawn, {title}: {sorted(waits[1:])[TIMES // 2]:.2f} s (cold {waits[0]:.1f} s)")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
