"""Open answers are shown literally, never as Markdown."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.shell.markup import WORD_JOINER, literal, literal_table, plain, plain_table, unsplit

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
def test_markup_is_shown_literally(text: str, shown: str) -> None:
    assert plain(text).replace(WORD_JOINER, "") == shown


@given(st.text())
def test_no_mark_stands_alone_and_no_word_is_lost(text: str) -> None:
    shown = plain(text).replace(WORD_JOINER, "").replace("\u00a0", " ")
    assert not SPECIAL & set(re.sub(r"\\.", "", shown))
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split()).replace(WORD_JOINER, "")


@pytest.mark.parametrize(
    "text", ["http://a.cn", "www.a.cn", "a@b.cn", ":material/home:", ":smile:", "->", "<--", ">=", "~="]
)
def test_what_streamlit_changes_after_the_escapes_is_broken(text: str) -> None:
    assert WORD_JOINER in plain(text)


def test_a_table_is_shown_as_it_is_and_keeps_its_numbers_and_the_order_of_its_categories() -> None:
    table = pd.DataFrame({"**a**": ["<b>x</b>", "y"], "n": [1.5, 2.0]})
    shown = plain_table(table)
    assert list(shown.columns) == [r"\*\*a\*\*", "n"]
    assert shown.iloc[0, 0] == r"\<b\>x\</b\>"
    assert shown["n"].tolist() == [1.5, 2.0]
    named = table.assign(c=pd.Categorical(["z<b>", "a&lt;"], ["z<b>", "a&lt;"], ordered=True))
    drawn = literal_table(named)
    assert drawn["c"].cat.categories.tolist() == [literal("z<b>"), literal("a&lt;")]
    assert named["c"].tolist() == ["z<b>", "a&lt;"]
    assert literal("<b>1 < 2 & 3</b>") == f"<{WORD_JOINER}b>1 < 2 & 3<{WORD_JOINER}/b>"


@pytest.mark.parametrize("text", ["12 月 13 日前", "2026 年 9 月起", "2027 年 3 月 19 日"])
def test_no_line_ends_within_a_day(text: str) -> None:
    for shown in (unsplit(text), plain(text)):
        assert " " not in shown
        assert shown.replace("\u00a0", " ").replace(WORD_JOINER, "") == text
    assert unsplit("差 10 个百分点，3 月") == "差 10\u00a0个百分点，3\u00a0月"
    assert unsplit("超期 115 天，W2 满意率") == "超期 115\u00a0天，W2 满意率"
