"""Picture mode and the links of every page."""

import html
from pathlib import Path
from urllib.parse import quote

from tests.views.page_words import Run, bodies, figures, words

EXPERT, WEAK_AREAS = "views/pages/expert.py", "views/pages/weak_areas.py"


def test_a_page_in_picture_mode_bears_one_badge_and_larger_charts(city: Path, run: Run) -> None:
    app = run(city, EXPERT, shot="16x9", sex="女")
    shown = [body for body in bodies(app) if "<style>" not in body]
    assert sum("silu-badge" in body for body in shown) == 1
    assert "silu-end" in shown[-1]
    drawn = figures(app)
    assert drawn
    assert not [figure for figure in drawn if "模拟数据" in [note["text"] for note in figure["layout"]["annotations"]]]
    ordinary = figures(run(city, EXPERT, sex="女"))
    assert [words(one).replace("模拟数据", "") for one in ordinary] == [
        words(one).replace("模拟数据", "") for one in drawn
    ]
    assert drawn[0]["layout"]["height"] > ordinary[0]["layout"]["height"] * 1.3


def test_the_links_keep_filters_and_choices_of_the_page(city: Path, run: Run) -> None:
    (links,) = [
        html.unescape(body)
        for body in bodies(run(city, WEAK_AREAS, sex="女", measure="参与率"))
        if "<style>" not in body and "silu-actions" in body
    ]
    chosen = f"measure={quote('参与率')}&sex={quote('女')}"
    assert f'href="?{chosen}&shot=16x9"' in links
    assert f'href="_silu/picture/weak_areas?{chosen}&shot=a4"' in links
    assert f'<code class="silu-link">?{chosen}</code>' in links
