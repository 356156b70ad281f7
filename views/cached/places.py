"""The places of districts on the tile map and the boundaries of areas, computed once for the files of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from reports.overview import places
from reports.overview.places import TileMap
from reports.overview.shapes import Shapes, shapes_of
from survey.boundaries import draft_words
from survey.boundaries.stored import FILE, read_boundaries
from survey.study.study import Study
from views.visitor.session import Loaded

if TYPE_CHECKING:
    from survey.boundaries.staging import Draft


def tile_map_of(loaded: Loaded) -> TileMap:
    """Return where the tiles of districts stand; all visitors share the result."""
    folder, stamp, *_ = loaded.key
    return _placed(loaded.study, folder, stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _placed(_study: Study, folder: str, stamp: str) -> TileMap:
    return places.tile_map_of(_study)


def boundaries_of(loaded: Loaded) -> Shapes:
    """Return the boundaries of the study; all visitors share the result."""
    folder, stamp, *_ = loaded.key
    return _shapes(loaded.study, folder, stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _shapes(_study: Study, folder: str, stamp: str) -> Shapes:
    return shapes_of(_study)


def stored_boundaries(study: Study) -> tuple[bool, str]:
    """Return whether a study has boundaries, and what is said of them; the file is read once for its stamp.

    Raises:
        DamagedError: the file is not as it was written.
    """
    path = study.root / FILE
    about = path.stat() if path.is_file() else None
    return _stored(str(path), None if about is None else (about.st_mtime_ns, about.st_size))


@st.cache_resource(max_entries=4, show_spinner=False)
def _stored(path: str, stamp: tuple[int, int] | None) -> tuple[bool, str]:
    found = read_boundaries(Path(path).parent)
    return found is not None, draft_words.stored(found)


def staged(study: Study, paths: tuple[Path, ...], level: str, system: str, approval: str) -> Draft:
    """Return boundaries that could be written; they are made once for the files, the frame and what is stored.

    Raises:
        SiluError: as `survey.boundaries.staging.stage`.
    """
    files = (study.file("frame"), study.root / FILE)
    stamp = tuple(one.stat().st_mtime_ns if one.is_file() else 0 for one in files)
    return _staged(study, (str(study.root), *stamp), paths, level, system, approval)


@st.cache_resource(max_entries=4, show_spinner="正在读取边界……")
def _staged(
    _study: Study, stamp: tuple[str | int, ...], paths: tuple[Path, ...], level: str, system: str, approval: str
) -> Draft:
    from survey.boundaries.staging import stage  # loads shapely, which no other page needs

    return stage(_study, paths, level, system=system, approval=approval)
