"""The web interface: the list of pages for the role of the visitor.

A new page needs a file in `views/pages/` and a row here; `views/shell/pages_by_role.py` lists the roles other than the
analyst that see it. Sections appear in the bar at the top.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from views.shell.pages_by_role import offered

# section -> (file in views/pages, title in the bar, last part of the URL)
PAGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (
        ("overview.py", "总览", "overview"),
        ("weak_areas.py", "薄弱区域", "weak_areas"),
        ("change.py", "趋势与回头看", "change"),
        ("passing.py", "达标预测", "passing"),
        ("planning.py", "样本设计", "planning"),
        ("outreach.py", "宣传规划", "outreach"),
        ("ledger.py", "整改台账", "ledger"),
        ("voices.py", "市民留言", "voices"),
        ("quality.py", "数据质量", "quality"),
        ("imports.py", "数据导入", "imports"),
        ("live.py", "实时回收", "live"),
    ),
}
FOLDER = Path(__file__).parent / "views" / "pages"

st.set_page_config(page_title="四率", page_icon="📊", layout="wide")
st.navigation(
    {
        section: [st.Page(FOLDER / file, title=title, url_path=path) for file, title, path in pages if offered(path)]
        for section, pages in PAGES.items()
    },
    position="top",
).run()
