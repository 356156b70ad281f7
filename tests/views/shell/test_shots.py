"""Formats of picture mode and the addresses of pictures."""

import pytest

from survey.errors import ArgumentError
from views.shell import shots

QUERY = {"wave": "第二轮", "sex": "女", "shot": "16x9", "nopage": "x"}


def test_a_picture_keeps_filters_and_choices_and_nothing_else() -> None:
    address = shots.picture_address("weak_areas", QUERY, "a4")
    assert address == "_silu/picture/weak_areas?sex=%E5%A5%B3&wave=%E7%AC%AC%E4%BA%8C%E8%BD%AE&shot=a4"
    order = shots.read_order("weak_areas", {**QUERY, "shot": "a4"})
    assert order.address.endswith("/weak_areas?sex=%E5%A5%B3&wave=%E7%AC%AC%E4%BA%8C%E8%BD%AE&shot=a4")
    assert shots.read_order("overview", {"shot": "16x9"}).address == "/?shot=16x9"


def test_one_chart_comes_from_the_ordinary_page() -> None:
    order = shots.read_order("weak_areas", {"chart": "heat-580", "sex": "女"})
    assert order.address == "/weak_areas?sex=%E5%A5%B3&chart=heat-580"
    assert order.frame == ".st-key-whole-heat-580 .stPlotlyChart, .st-key-half-heat-580 .stPlotlyChart"


def test_the_formats_have_their_sizes_in_pixels() -> None:
    sizes = {name: (size.width * size.scale, size.height * size.scale) for name, size in shots.FORMATS.items()}
    assert sizes == {"16x9": (1920, 1080), "a4": (2480, 3508)}


@pytest.mark.parametrize(
    ("page", "query", "message"),
    [
        ("nothing", {"shot": "a4"}, "没有这个页面"),
        ("overview", {"shot": "4x3"}, "没有这种尺寸"),
        ("overview", {}, "没有这种尺寸"),
        ("overview", {"chart": 'x"], body'}, "没有这张图"),
    ],
)
def test_what_is_no_picture_is_refused(page: str, query: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        shots.read_order(page, query)


def test_a_page_that_a_role_does_not_have_has_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shots.read_order("quality", {"shot": "a4"}).page == "quality"
    monkeypatch.setenv("SILU_ROLE", "leader")
    with pytest.raises(ArgumentError, match="没有这个页面"):
        shots.read_order("quality", {"shot": "a4"})


def test_an_unknown_format_is_an_ordinary_page() -> None:
    assert [shots.chosen({"shot": one}) for one in ("16x9", "a4", "a5", "")] == ["16x9", "a4", "", ""]
