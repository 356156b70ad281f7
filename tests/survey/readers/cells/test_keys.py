"""Matching keys, and detection of garbled text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.readers.cells.keys import GARBLED_HINT, is_garbled, key, simplified_key, without_numbering, without_pinyin

CLEAN = [
    "希望早晚高峰路口的交通秩序再好一些",
    "café 旁边的路灯坏了",
    "很满意！！！",
    "=1+1 老旧小区停车位太少",
    "温度 36.5℃，PM2.5 太高",
    "灏灏家门口修路",
    "𠮷祥里小区",
    "",
    "满意（挺好）",
    "naïve Übergrößenträger",
]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("擴(kuò)大會(huì)議", "擴大會議"),
        ("社区（shè）管理", "社区管理"),
        ("满意（A）", "满意（A）"),
        ("停车(P+R)不便", "停车(P+R)不便"),
        ("(kuò)在前面没有字", "(kuò)在前面没有字"),
    ],
)
def test_inserted_readings(text: str, plain: str) -> None:
    assert without_pinyin(text) == plain


@pytest.mark.parametrize(
    ("heading", "plain"),
    [
        ("3、您的性别（单选）", "您的性别"),
        ("Q12. 您的性别【必答】", "您的性别"),
        ("第3题 您的性别", "您的性别"),
        ("2026年您参加过吗", "2026年您参加过吗"),
        ("12个月内", "12个月内"),
    ],
)
def test_numbering_and_hints(heading: str, plain: str) -> None:
    assert without_numbering(heading) == plain


@pytest.mark.parametrize("text", CLEAN)
def test_clean_texts_are_not_garbled(text: str) -> None:
    assert not is_garbled(text)


@pytest.mark.parametrize("text", [text for text in CLEAN if len(re.findall(r"[\u4e00-\u9fff]", text)) > 8])
@pytest.mark.parametrize("wrong", ["gbk", "latin-1", "cp1252"])
def test_texts_read_in_the_wrong_encoding_are_garbled(text: str, wrong: str) -> None:
    spoilt = text.encode().decode(wrong, errors="replace")
    assert is_garbled(spoilt)
    assert re.search(GARBLED_HINT, spoilt)


@given(st.text(max_size=40))
def test_the_hint_misses_nothing(text: str) -> None:
    assert not is_garbled(text) or re.search(GARBLED_HINT, text)


@given(st.text(max_size=20))
def test_keys_are_stable(text: str) -> None:
    assert key(key(text)) == key(text)
    assert simplified_key("") == ""
    assert simplified_key("後\ud800臺") == "后?台"


def test_traditional_and_readings_share_a_key() -> None:
    assert simplified_key("很滿(mǎn)意 ") == simplified_key("很满意")
