"""Names of areas and units are not broken across lines, however narrow their column is."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.phone import needs_chromium
from views import blocks
from views.blocks.problems import ProblemRow, problem_table

pytestmark = [pytest.mark.browser, needs_chromium]

CSS = Path(blocks.__file__).parent / "css" / "base.css"
LINES = """selector => [...document.querySelectorAll(selector)].flatMap(element => {
  const range = document.createRange(), node = element.firstChild, found = [];
  for (const word of node.textContent.matchAll(/[^，、 ]+/g)) {
    range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
    found.push([word[0], new Set([...range.getClientRects()].map(rect => Math.round(rect.top))).size]);
  }
  return found;
})"""
"""Words between signs, and the number of lines of each."""


@pytest.mark.parametrize("width", [390, 790, 1366])
def test_names_of_areas_and_units_stay_whole(browser: Browser, width: int) -> None:
    units = "溯川区指挥部牵头，城市管理部门、住房城乡建设部门、属地街道和镇"
    row = ProblemRow(
        "确认薄弱", "溯川区", "满意率", "67%", "差 13 个百分点", "2026 年 6 月起", units,
        "停车管理、小广告清理、占道经营治理", "还没立项", "去立项", "#", sure=True,
    )  # fmt: skip
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_content(f"<style>{CSS.read_text('utf-8')}</style>{problem_table([row], '')}")
    found = page.evaluate(LINES, ".silu-problems td b")
    page.close()
    assert [word for word, _ in found] == [
        "溯川区",
        "溯川区指挥部牵头",
        "城市管理部门",
        "住房城乡建设部门",
        "属地街道和镇",
    ]
    assert {lines for _, lines in found} == {1}
