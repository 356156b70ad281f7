"""The places of districts on the tile map, computed once for the files of a study."""

from __future__ import annotations

import streamlit as st

from reports.overview import places
from reports.overview.places import TileMap
from survey.study.study import Study
from views.visitor.session import Loaded


def tile_map_of(loaded: Loaded) -> TileMap:
    """Return where the tiles of districts stand; all visitors share the result."""
    folder, stamp, *_ = loaded.key
    return _placed(loaded.study, folder, stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _placed(_study: Study, folder: str, stamp: str) -> TileMap:
    return places.tile_map_of(_study)
