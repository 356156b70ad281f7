"""What residents wrote is shown as they wrote it, and nothing of it is Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.panels.text_waves import verbatim

SPECIAL = set("\\`*_{}[]()<>#+-.!|~$:&=^")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("路灯 ![x](//evil.example/p.png)", r"路灯 \!\[x\]\(//evil\.example/p\.png\)"),
        ("[领奖](//evil.example)", r"\[领奖\]\(//evil\.example\)"),
        ("# 一\n- 二\t :red[三] $x$", r"\# 一 \- 二 \:red\[三\] \$x\$"),
        ("<img src=x onerror=alert(1)> &lt;", r"\<img src\=x onerror\=alert\(1\)\> \&lt;"),
        ("停车难，希望解决！", "停车难，希望解决！"),
    ],
)
def test_marks_are_shown_and_not_obeyed(text: str, shown: str) -> None:
    assert verbatim(text) == shown


@given(st.text())
def test_no_mark_stands_alone_and_no_word_is_lost(text: str) -> None:
    shown = verbatim(text)
    assert not SPECIAL & set(re.sub(r"\\.", "", shown))
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())
