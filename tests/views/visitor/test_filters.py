"""The button that stands for the filters on a phone names what is chosen, as text."""

from pathlib import Path

from tests.views.page_words import Run, bodies
from views.visitor.selection import folded


def test_the_button_names_wave_mode_and_people(city: Path, run: Run) -> None:
    (pill,) = [body for body in bodies(run(city, sex="女")) if '<details class="silu-pill"' in body]
    assert "<summary>第二轮模拟调查 · 入户面访 · 女</summary>" in pill


def test_foreign_names_are_shown_as_they_are() -> None:
    assert "<b>" not in folded("<b>第一轮</b>", "入户面访")
