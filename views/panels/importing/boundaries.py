"""地图边界: choose boundary files, look at the map and at what matched, confirm; or remove what is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from accounts.audit.changes import change
from accounts.audit.log import Act
from survey.boundaries import draft_words
from survey.boundaries.names import DISTRICT, STREET
from survey.boundaries.stored import remove_boundaries
from survey.boundaries.systems import CHOICES
from survey.errors import DamagedError, SiluError
from survey.study.areas import LEVELS
from survey.study.study import Study
from views.blocks.maps.shapes import plain_map
from views.cached import imports
from views.cached.imports import Uploaded
from views.cached.places import staged, stored_boundaries
from views.panels import page
from views.panels.importing.preview import DONE
from views.shell.markup import plain

if TYPE_CHECKING:
    from survey.boundaries.staging import Draft

SEEN = "boundaries.seen"
"""The draft on the screen when the button was pressed; another person may have written since."""
ROUND = "boundaries.round"
"""Number of imports of this visit; the next one begins with no files chosen."""
TITLE = "地图边界：把总览的格子图换成真实的地图"
FILES = "选择边界文件：GeoJSON（DataV.GeoAtlas 等）、Shapefile（.shp、.dbf、.prj 一起选，或打成 zip）、KML、KMZ"
LEVEL, SYSTEM, APPROVAL = "文件里是哪一级", "坐标系", "审图号（印在导出的地图上）"
BY_FILE = "按文件写明的"
WRITE, REMOVE, SURE = "写入边界", "删去边界", "确实删去，总览改回格子图"
REMOVED = "已删去边界，总览用格子图"
SHOWN = 12
"""So many lines of each list stand on the page; the rest are counted."""


def boundaries(study: Study, who: str) -> None:
    """Draw the import of boundaries, folded, below the import of answers.

    Args:
        study: the study.
        who: the person who imports.
    """
    with st.expander(TITLE):
        if not _stored(study):
            return
        files = _files()
        boxes = st.columns(3)
        level = boxes[0].selectbox(LEVEL, (DISTRICT, STREET), format_func=LEVELS.__getitem__, key="boundaries.level")
        system = boxes[1].selectbox(SYSTEM, ("", *CHOICES), format_func=_system, key="boundaries.system")
        approval = boxes[2].text_input(APPROVAL, key="boundaries.approval")
        if not files:
            return
        paths = imports.saved(files)
        try:
            _preview(study, staged(study, paths, level, system, approval.strip()), who, paths)
        except SiluError as error:
            page.problem(error)


def _files() -> Sequence[Uploaded]:
    """Draw the box for the files of one import."""
    key = f"boundaries.files.{st.session_state.get(ROUND, 0)}"
    return st.file_uploader(FILES, accept_multiple_files=True, key=key)


def _system(key: str) -> str:
    return CHOICES[key].title if key else BY_FILE


def _stored(study: Study) -> bool:
    """Say what there is, and offer to remove it; return whether more can be imported beside it."""
    intact = True
    try:
        there, said = stored_boundaries(study)
        st.caption(plain(said))
        if not there:
            return True
    except DamagedError as error:
        intact = False
        page.problem(error)
    left, right, _ = st.columns([2, 3, 3], vertical_alignment="center")
    sure = right.checkbox(SURE, key="boundaries.sure")
    if left.button(REMOVE, disabled=not sure, key="boundaries.remove"):
        with change(study.root, REMOVE, act=Act.SETTING):
            remove_boundaries(study.root)
        _done(REMOVED)
    return intact


def _preview(study: Study, draft: Draft, who: str, paths: tuple[Path, ...]) -> None:
    """Draw the map and the lists, and the button that writes."""
    from survey.boundaries.staging import commit

    left, right = st.columns([2, 3], gap="medium")
    shapes = {f"{one.code}": one for one in draft.map.of(draft.level)}
    left.html(plain_map(shapes, metres=draft.map.system.metres))
    with right:
        st.markdown(f"**{plain(draft_words.summary(draft))}**")
        for line in draft_words.details(draft):
            st.caption(plain(line))
        for one in draft_words.lists(draft):
            st.markdown(
                f"**{plain(one.title)}**\n\n"
                + "\n".join(f"- {plain(x)}" for x in draft_words.shortened(one.lines, SHOWN))
            )
        pressed = st.button(
            WRITE,
            type="primary",
            disabled=not who,
            key="boundaries.commit",
            on_click=st.session_state.__setitem__,
            args=(SEEN, draft),
        )
        if pressed:
            facts = {"level": draft.level, "files": [path.name for path in paths], "areas": len(shapes)}
            with change(study.root, WRITE, facts, act=Act.SETTING):
                done = commit(study, st.session_state.pop(SEEN), who=who)
            imports.forget(paths)
            _done(draft_words.written(done))


def _done(words: str) -> None:
    st.session_state[DONE] = words
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()
