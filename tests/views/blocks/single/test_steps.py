"""Steps stand in order with their state; the code of the form holds its address, and no foreign markup is obeyed."""

import re

import segno

from views.blocks.single.steps import State, Step, form_code, step_cards

EVIL = '"><script>alert(1)</script>'


def test_steps_stand_in_order_with_their_state() -> None:
    html = step_cards(
        [Step("先启动", "按按钮", State.DONE), Step("再扫码", "", State.NOW, "silu collect 甲市"), Step("看")]
    )
    assert (
        html.index("先启动")
        < html.index("再扫码")
        < html.index("<code>silu collect 甲市</code>")
        < html.index("看</h2>")
    )
    assert re.findall(r'<b aria-hidden="true">(.)</b><h2>(.+?)</h2>(?:<span>(.+?)</span>)?', html) == [
        ("✓", "先启动", "已完成"),
        ("2", "再扫码", "现在做"),
        ("3", "看", ""),
    ]
    assert "<script" not in step_cards([Step(EVIL, EVIL, State.LATER, EVIL)]) + form_code(EVIL)


def test_the_code_is_that_of_the_address() -> None:
    html = form_code("https://wj.example.cn/w")
    expected = segno.make("https://wj.example.cn/w", error="m", micro=False).svg_data_uri(border=2, scale=4)
    (picture,) = re.findall(r'<img src="(data:image/svg\+xml[^"]+)"', html)
    assert picture.replace("&#x27;", "'") == expected
    assert "<figcaption>https://wj.example.cn/w</figcaption>" in html
