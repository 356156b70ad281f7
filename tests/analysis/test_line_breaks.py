"""Lines lose nothing, keep numbers whole and never begin with a closing mark."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis import line_breaks


@given(st.text(alphabet="低于目标，。75.0% —（n=1）ab", max_size=80), st.integers(8, 40))
def test_wrap_loses_nothing_and_keeps_lines_short(text: str, limit: int) -> None:
    lines = line_breaks.wrap(text, limit)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    longest = max((line_breaks.width(piece) for piece in line_breaks._pieces(text)), default=0.0)
    closing = sum(text.count(mark) for mark in line_breaks.CLOSING)
    assert all(line_breaks.width(line) <= limit + longest + closing for line in lines)


def test_wrap_breaks_after_a_mark_and_not_inside_a_name() -> None:
    assert line_breaks.wrap("有 1 个确定低于目标：青苇区", 12) == ("有 1 个确定低于目标：", "青苇区")


def test_wrap_never_starts_a_line_with_a_comma() -> None:
    assert line_breaks.wrap("满意率低于目标，知晓率高", 7) == ("满意率低于目标，", "知晓率高")
