"""A mock city as a study folder with its answers imported, as `silu mock` leaves it."""

import hashlib
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from survey.host.disk import locked
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from tests.run_folder import run_folder


def imported_city(root: Path, *, practice: bool = False, **size: Any) -> Path:
    """Draw, write and import a mock city; return the folder.

    A run of tests draws a city once and copies its folder from then on: drawing and importing takes seconds.

    Args:
        root: the folder to create.
        practice: whether to add an empty wave that is always open.
        size: arguments of `MockSpec`.
    """
    return Path(shutil.copytree(_drawn(MockSpec(**size), practice), root, dirs_exist_ok=True))


@cache
def _drawn(spec: MockSpec, practice: bool) -> Path:
    name = hashlib.sha256(repr((spec, practice)).encode()).hexdigest()[:16]
    home = run_folder()
    with locked(home / f"{name}.lock"):
        if not (home / name).is_dir():
            mock, draft = draw(spec), home / f"{name}.draft"
            write_folder(mock, draft, practice=practice)
            import_folder(draft, mock)
            draft.rename(home / name)
    return home / name
