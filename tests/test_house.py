"""Repository rules that no other tool checks: sizes of files and functions, and forbidden content."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("survey", "analysis", "accounts", "reports", "documents", "views", "commands", "release")
SOURCES = sorted([*ROOT.glob("*.py"), *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))])
MAX_FILE, MAX_FUNCTION, MAX_ROOM = 300, 40, 15
# Spelled in pieces so that this file does not find itself.
FORBIDDEN = re.compile(
    r"py" r"pi\.org|python" r"hosted\.org|registry\.npm" r"js|deb\.deb" r"ian\.org|/wo" r"rk/(main|shared)"
)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = ast.get_docstring(node, clean=False)
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return lines - (docstring.count("\n") + 1 if docstring else 0)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    too_long = {node.name: _length(node) for node in functions if _length(node) > MAX_FUNCTION}
    assert not too_long


def test_a_room_holds_about_a_dozen_files() -> None:
    rooms = {path.parent for path in SOURCES}
    files = {room.relative_to(ROOT).as_posix(): len([*room.glob("*.py")]) - 1 for room in rooms}
    assert {room: count for room, count in files.items() if count > MAX_ROOM} == {}


def test_no_file_is_called_utils() -> None:
    assert not [path for path in SOURCES if path.stem in {"utils", "util", "helpers", "manager", "common", "misc"}]


def test_tracked_files_name_no_registry_and_no_path_of_one_machine() -> None:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    hits = []
    for name in filter(None, listing.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".xlsx", ".xls", ".sav", ".dta", ".gz", ".parquet"}:
            text = path.read_text(encoding="utf-8", errors="ignore")
            hits += [f"{name}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert not hits
