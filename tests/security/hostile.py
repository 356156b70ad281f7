"""A mock city whose title, districts, streets and communities are named by an attacker."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.city_folder import imported_city

TITLE = '=cmd|"/c calc"!A1 **粗** [点](http://evil.example) <b>x</b> $x$ :red[y] ![图](http://evil.example/a.png)'
DISTRICTS = (
    '=HYPERLINK("http://evil.example","区")',
    "**粗**[点](http://evil.example)区",
    "<b>斜</b>$x$ :red[y] `z`区",
)
STREETS = ("@SUM(1+1)街道", "+1+cmd街道", "-2+3 # 大_街_道", "＝1街道", "![图](http://evil.example/a.png)街道")
COMMUNITIES = ("=1+1社区", "<img src=x onerror=alert(1)>社区", "~~删~~ :material/home: :smile:社区", "| a | b |社区")


def hostile_city(root: Path) -> Path:
    """Draw a city, import it and give its places the names above; answers know places by code and do not change."""
    imported_city(root, districts=3, streets_per_district=3, communities_per_street=2, faults=False)
    heading, rows = _rows(root / "frame.csv")
    districts = dict(zip(dict.fromkeys(row[1] for row in rows), DISTRICTS, strict=True))
    for number, row in enumerate(rows):
        street = sum(map(ord, row[2])) % len(STREETS)
        row[1], row[2], row[3] = districts[row[1]], STREETS[street] + row[2], COMMUNITIES[number % 4] + row[3]
    _write(root / "frame.csv", heading, rows)
    for name, at in (("margins.csv", 0), ("targets.csv", 2)):
        heading, rows = _rows(root / name)
        for row in rows:
            row[at] = districts.get(row[at], row[at])
        if name == "targets.csv":  # no district reaches it: the ledger has an entry to open
            rows.append(["", "A1", DISTRICTS[0], "99.9", *rows[0][4:]])
        _write(root / name, heading, rows)
    settings = (root / "study.toml").read_text(encoding="utf-8").splitlines()
    lines = [
        f"title = '{TITLE}'" if line.startswith("title = ") and at < 8 else line for at, line in enumerate(settings)
    ]
    (root / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    return root


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    text = "".join(line for line in path.read_text(encoding="utf-8-sig").splitlines(True) if not line.startswith("#"))
    heading, *rows = csv.reader(io.StringIO(text))
    return heading, rows


def _write(path: Path, heading: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
