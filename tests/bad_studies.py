"""Studies that lack something that pages count on: each page says what is missing and stays up."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from survey.importing.ingest import import_files
from survey.mock.city import areas
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import write_folder
from survey.study.study import load_study
from tests.city_folder import imported_city

SMALL: Mapping[str, Any] = {"streets_per_district": 2, "communities_per_street": 2}
LONG = [f"{side}{water}江滨海新城经济开发区" for side in "东南西北中上下前后左" for water in "山水云石林田"]
"""Sixty names of twelve characters."""


def one_wave(root: Path) -> Path:
    return imported_city(root, districts=3, waves=1, responses=700, texts=False, **SMALL)


def one_district(root: Path) -> Path:
    return imported_city(root, districts=1, responses=600, texts=False, **SMALL)


def no_text(root: Path) -> Path:
    return imported_city(root, districts=2, responses=600, texts=False, **SMALL)


def no_margins(root: Path) -> Path:
    """Return a city without margins and without targets."""
    imported_city(root, districts=2, responses=600, **SMALL)
    for name in ("margins.csv", "targets.csv"):
        lines = (root / name).read_text(encoding="utf-8-sig").splitlines()
        head = next(line for line in lines if not line.startswith("#"))
        (root / name).write_text(head + "\n", encoding="utf-8")
    return root


def sixty(root: Path) -> Path:
    with patch.object(areas, "district_names", lambda count: LONG[:count]):
        return imported_city(root, districts=60, responses=6000, texts=False, **SMALL)


def suppressed(root: Path) -> Path:
    """Return a city of which no cell may be shown."""
    imported_city(root, districts=2, responses=600, **SMALL)
    settings = (root / "study.toml").read_text(encoding="utf-8")
    assert "suppression = 10\n" in settings
    (root / "study.toml").write_text(settings.replace("suppression = 10\n", "suppression = 5000\n"), encoding="utf-8")
    return root


def placeless(root: Path) -> Path:
    """Return a city with nothing but online answers that name no place."""
    write_folder(draw(MockSpec(districts=2, responses=600, **SMALL)), root)
    path = root / "raw" / "W2_online.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "psu": ""} for row in rows)
    import_files(load_study(root), [path], "W2", mode="online", who="test")
    return root


BAD: Mapping[str, Callable[[Path], Path]] = {
    made.__name__: made for made in (one_wave, one_district, no_text, no_margins, sixty, suppressed, placeless)
}
"""name -> function that makes the study in a folder and returns it."""
