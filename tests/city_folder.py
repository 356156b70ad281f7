"""A mock city as a study folder with its answers imported, as `silu mock` leaves it."""

from pathlib import Path
from typing import Any

from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder


def imported_city(root: Path, *, practice: bool = False, **size: Any) -> Path:
    """Draw, write and import a mock city; return the folder.

    Args:
        root: the folder to create.
        practice: whether to add an empty wave that is always open.
        size: arguments of `MockSpec`.
    """
    mock = draw(MockSpec(**size))
    write_folder(mock, root, practice=practice)
    import_folder(root, mock)
    return root
