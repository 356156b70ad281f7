"""A mock city as a study folder with its answers imported, as `silu mock` leaves it."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder


def imported_city(root: Path, *, practice: bool = False, **size: Any) -> Path:
    """Draw, write and import a mock city; return the folder.

    A process draws a city once and copies its folder from then on: drawing and importing takes seconds.

    Args:
        root: the folder to create.
        practice: whether to add an empty wave that is always open.
        size: arguments of `MockSpec`.
    """
    return Path(shutil.copytree(_drawn(MockSpec(**size), practice), root, dirs_exist_ok=True))


@cache
def _drawn(spec: MockSpec, practice: bool) -> Path:
    home = tempfile.mkdtemp(prefix="silu-city-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    mock = draw(spec)
    write_folder(mock, root := Path(home) / "city", practice=practice)
    import_folder(root, mock)
    return root
