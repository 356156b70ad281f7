"""An empty page says what to do next; the code of the form holds its address, and no foreign markup is obeyed."""

import re

import segno

from views.blocks.single.empty import next_steps

EVIL = '"><script>alert(1)</script>'


def test_steps_stand_in_order_with_what_to_type() -> None:
    html = next_steps([("先启动", "silu collect 甲市"), ("再扫码", "")])
    assert html.index("先启动") < html.index("<code>silu collect 甲市</code>") < html.index("再扫码")
    assert html.count("<code>") == 1
    assert "<img" not in html
    assert "<script" not in next_steps([(EVIL, EVIL)], EVIL)


def test_the_code_is_that_of_the_address() -> None:
    html = next_steps([("扫码", "")], "https://wj.example.cn/w")
    expected = segno.make("https://wj.example.cn/w", error="m", micro=False).svg_data_uri(border=2, scale=4)
    (picture,) = re.findall(r'<img src="(data:image/svg\+xml[^"]+)"', html)
    assert picture.replace("&#x27;", "'") == expected
    assert "<figcaption>https://wj.example.cn/w</figcaption>" in html
