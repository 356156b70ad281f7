"""Pictures of a rate over the waves: everything on the scale, nothing suppressed drawn, numbers only where few."""

import re

import pandas as pd
import pytest

from views.blocks.waves import MOST_NUMBERS, ends_of, wave_picture

NAN = float("nan")


def table(*shares: float) -> pd.DataFrame:
    waves = pd.DataFrame({"wave": [f"<b>W{at}" for at in range(len(shares))], "estimate": shares})
    return waves.assign(conf_low=waves["estimate"] - 0.05, conf_high=waves["estimate"] + 0.05)


def drawn(*shares: float, line: float = 0.8) -> str:
    waves = table(*shares)
    return wave_picture(waves, line, {"<b>W0": "2026-06"}, ends_of([waves], [line]), numbers=True)


def test_points_are_joined_and_have_their_numbers() -> None:
    html = drawn(0.6, NAN, 0.7)
    assert html.count("silu-point") == 2
    assert re.findall(r">(\d+%)</b>", html) == ["60%", "70%"]
    assert len(re.findall(r"% calc\(", html)) == 2 * 2
    assert "2026-06" in html
    assert "<b>W" not in html


@pytest.mark.parametrize("shares", [(0.5,), (NAN, NAN), (NAN, 0.4)])
def test_a_single_point_has_no_line(shares: tuple[float, ...]) -> None:
    assert "silu-path" not in drawn(*shares)


def test_without_a_target_there_is_no_line_of_it() -> None:
    assert "silu-aim" not in drawn(0.6, 0.7, line=NAN)
    assert ends_of([table(NAN)], [NAN]) == (0.0, 1.0)


def test_many_waves_have_points_without_numbers() -> None:
    html = drawn(*[0.6] * (MOST_NUMBERS + 1))
    assert html.count("silu-point") == MOST_NUMBERS + 1
    assert "60%" not in html


def test_everything_has_its_place_on_the_scale() -> None:
    html = drawn(0.0, 1.0, 0.5, line=0.2)
    assert all(0 <= float(one) <= 100 for one in re.findall(r"(?:left|bottom|height):(-?[\d.]+)%", html))
