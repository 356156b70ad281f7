"""The links of a page: 截图模式, 保存图片, 复制链接."""

from views.blocks.actions import actions, copying, top_line
from views.blocks.html import stylesheet

EVIL = '?sex="><script>alert(1)</script>'


def test_the_link_is_shown_as_it_is() -> None:
    assert "<script>" not in copying(EVIL)
    assert "&lt;script&gt;" in copying(EVIL)
    made = actions([("16:9", EVIL)], [("16:9", EVIL)], EVIL, "")
    assert "<script>" not in made
    assert [made.count(word) for word in ("截图模式", "保存图片", "复制链接")] == [1, 1, 1]


def test_without_a_browser_the_link_says_what_to_do() -> None:
    made = actions([("16:9", "?shot=16x9")], [], "", "安装 chromium")
    assert "请系统维护人员安装 chromium" in made
    assert "_silu/picture" not in made


def test_a_picture_of_real_data_bears_no_mark() -> None:
    assert "模拟数据" in top_line("甲市 · 第一轮", mock=True)
    assert "模拟数据" not in top_line("甲市 · 第一轮", mock=False)


def test_widths_of_a_picture_are_those_of_its_frame() -> None:
    assert "@media (max-width" in stylesheet()
    framed = stylesheet(framed=True)
    assert "@media (max-width" not in framed
    assert "@media (min-width" not in framed
    assert framed.count("@container (max-width") == stylesheet().count("@media (max-width")
