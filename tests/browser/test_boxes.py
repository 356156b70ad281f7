"""The detector of cut and overprinted text finds each fault on a page that has it, and none on one that has not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.boxes import faults, small
from tests.browser.phone import needs_chromium

pytestmark = [pytest.mark.browser, needs_chromium]

FAULTY = {
    "box": '<div style="width:60px;overflow:hidden;white-space:nowrap">被盒子裁掉的文字</div>',
    "ellipsis": '<p style="width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">省略号后面的字</p>',
    "height": '<div style="height:20px;overflow:hidden"><p style="margin:0">第一行<br>第二行</p></div>',
    "window": '<div style="position:relative;left:330px;white-space:nowrap">超出窗口右边的文字</div>',
    "svg": '<svg width="80" height="30" style="overflow:hidden"><text x="40" y="20">图里的字</text></svg>',
    "field": '<input style="width:60px" value="输入框里放不下的长文字">',
    "over": '<div style="position:relative">下面的字<b style="position:absolute;left:4px;top:2px">上面的字</b></div>',
    "chart": '<svg width="200" height="30"><text x="10" y="20">一个标签</text><text x="30" y="22">两个</text></svg>',
}
SOUND = {
    "scroll": '<div style="width:60px;overflow:auto;white-space:nowrap">可以滚动的文字很长</div>',
    "aside": '<div style="display:flex;width:200px"><div style="width:60px;overflow:auto;white-space:nowrap;flex:none">'
    "滚出去的文字看不见</div><b>旁边的字</b></div>",
    "hidden": '<div style="position:absolute;width:1px;height:1px;overflow:hidden">只给读屏软件</div>',
    "inset": '<div style="position:absolute;width:1px;clip-path:inset(50%)">只给读屏软件</div>',
    "folded": "<details><summary>展开</summary><p>里面的字</p></details>",
    "invisible": '<div style="position:relative">字<i style="position:absolute;left:0;opacity:0">看不见</i></div>',
    "tight": '<p style="line-height:1">两行紧挨着<br>的文字</p>',
    "absolute": '<div style="width:40px;height:20px;overflow:hidden"><b style="position:absolute">不受裁剪</b></div>',
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    yield opened
    opened.close()


def test_each_fault_is_found(page: Page) -> None:
    for name, body in FAULTY.items():
        page.set_content(f"<body>{body}</body>")
        found = faults(page)
        assert len(found) == 1, (name, found)
        assert found[0].startswith("over: " if name in ("over", "chart") else "cut: "), name


def test_sound_pages_have_none(page: Page) -> None:
    for name, body in SOUND.items():
        page.set_content(f"<body>{body}</body>")
        assert faults(page) == [], name


def test_targets_too_small_for_a_finger_are_found(page: Page) -> None:
    page.set_content('<button style="width:90px;height:30px">按</button><a href="#" style="padding:20px">链接</a>')
    assert small(page) == ["90 x 30 button “按”"]
