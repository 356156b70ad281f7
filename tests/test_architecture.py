"""docs/architecture.md is true: its files exist, and the picture shows every room with no arrow upward."""

import re
from pathlib import Path

from benchmarks.house import PICTURE, draw, plan_of

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = re.compile(r"`((?:[\w]+/)*[\w.]+\.(?:py|js|toml|txt|json))`")


def changes() -> dict[str, list[str]]:
    """Everyday change -> the files to open."""
    table = PAGE.split("| change | files |")[1]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| ")]
    return {change.strip(): FILES.findall(files) for change, files in rows}


def test_every_file_that_the_page_names_exists() -> None:
    named = {name for name in FILES.findall(PAGE) if "/" in name or name in {"app.py", "cli.py", "pyproject.toml"}}
    assert len(named) > 30
    assert not [name for name in sorted(named) if not (ROOT / name).is_file()]


def test_an_everyday_change_needs_at_most_four_files() -> None:
    found = changes()
    assert len(found) >= 12
    assert {change: len(files) for change, files in found.items() if not 1 <= len(files) <= 4} == {}


def test_the_picture_shows_every_room_and_no_arrow_points_up() -> None:
    plan = plan_of(ROOT / "pyproject.toml")
    fresh, upward = draw(plan)
    assert upward == []
    kept = PICTURE.read_text(encoding="utf-8")
    rooms = [name for _, layers in plan for names in layers for name in names if name]
    assert len(rooms) > 25
    assert [name for name in rooms if f">{name}<" not in kept] == []
    assert [name for name in rooms if f">{name}<" not in fresh] == []
