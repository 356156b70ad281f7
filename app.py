"""The web interface: the pages of the visitor's role, in the bar at the top.

A new page needs a file in `views/pages/` and a row in `views/shell/navigation.py`; `views/shell/pages_by_role.py` lists
the roles other than the analyst that see it.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from accounts.audit.files import note_files
from survey.errors import SiluError
from views.blocks.html import AsItIs, stylesheet
from views.door.visitor import entered
from views.panels.desk.navigation_bar import navigation_bar
from views.panels.office.seen_as import switch
from views.panels.page import problem
from views.shell.heap import settle
from views.shell.navigation import all_pages
from views.shell.pages_by_role import home, open_pages
from views.shell.shots import chosen
from views.visitor.session import folder_of_server

FOLDER = Path(__file__).parent / "views" / "pages"
SECTIONS = "sections"
"""Key of the visitor's pages."""


def main() -> None:
    """Draw the bar and run the page of the address."""
    st.set_page_config(page_title="四率", page_icon="📊", layout="wide")
    st.html(AsItIs(stylesheet(framed=bool(chosen(st.query_params.to_dict())))))
    with entered():
        try:
            note_files(Path(folder_of_server()))
        except SiluError as error:
            problem(error)
        else:
            _show()


def _show() -> None:
    """Draw the pages of the visitor's role."""
    first = home()
    sections = _sections(first, open_pages())
    page = st.navigation(sections, position="hidden")
    current = next((path for pages in all_pages().values() for _, title, path in pages if title == page.title), first)
    navigation_bar(sections, page.title, current)
    switch()
    page.run()
    settle(page.title)


def _sections(first: str, there: tuple[str, ...]) -> dict[str, list[st.Page]]:
    """Return the pages of a role by section, made once a visit, because Streamlit resolves the path of each.

    A page notes whether it may be run, so that visitors cannot share it.
    """
    known = st.session_state.get(SECTIONS)
    if known is None or known[0] != (first, there):
        found = {
            section: [
                st.Page(FOLDER / file, title=title, url_path=path, default=path == first)
                for file, title, path in pages
                if path in there
            ]
            for section, pages in all_pages().items()
        }
        known = st.session_state[SECTIONS] = ((first, there), found)
    sections: dict[str, list[st.Page]] = known[1]
    return sections


# Streamlit runs this file as the main module, and processes that read texts for a page import it.
if __name__ == "__main__":
    main()
