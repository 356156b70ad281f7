"""An area is found by its name or path; an unknown one is answered with the nearest names."""

import pytest

from reports.areas.places import around, children, find, search, siblings
from survey.errors import ArgumentError
from survey.study.areas import Areas, SamplingPoint


def point(code: int, district: str, street: str, community: str) -> SamplingPoint:
    return SamplingPoint(code, district, street, community, "111", "商圈", 1000, district)


AREAS = Areas(
    (
        point(990101001001, "东区", "湖滨街道", "一社区"),
        point(990101001002, "东区", "湖滨街道", "二社区"),
        point(990101002001, "东区", "河口镇", "三社区"),
        point(990102001001, "西区", "湖滨街道", "四社区"),
        point(990103001001, "南区", "南区", "五社区"),
    )
)


def test_an_area_has_the_name_of_its_cells() -> None:
    assert find(AREAS, ["东区"]).condition == {"district": "东区"}
    assert find(AREAS, ["东区", "河口镇"]).condition == {"street": "河口镇"}
    assert find(AREAS, ["西区", "湖滨街道"]).condition == {"street": "西区湖滨街道"}
    assert find(AREAS, ["西区", "湖滨街道"]).address == {"district": "西区", "street": "湖滨街道"}


def test_neighbours_and_parts_follow_the_codes() -> None:
    east = find(AREAS, ["东区"])
    assert [one.name for one in siblings(AREAS, east)] == ["东区", "西区", "南区"]
    assert [one.path[-1] for one in children(AREAS, east)] == ["湖滨街道", "河口镇"]
    assert around(AREAS, east) == (None, find(AREAS, ["西区"]))
    community = find(AREAS, ["东区", "湖滨街道", "二社区"])
    assert around(AREAS, community) == (find(AREAS, ["东区", "湖滨街道", "一社区"]), None)
    assert children(AREAS, community) == ()


def test_search_takes_a_name_of_any_level_or_a_path() -> None:
    assert search(AREAS, "河口镇").path == ("东区", "河口镇")
    assert search(AREAS, "西区/湖滨街道").path == ("西区", "湖滨街道")
    assert search(AREAS, "三社区").level == "community"
    assert search(AREAS, "南区").level == "district"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("湖滨街道", ["几个区域同名", "东区/湖滨街道", "西区/湖滨街道"]),
        ("河口", ["没有这个区域", "河口镇"]),
        ("xyz", ["没有这个区域", "东区、西区、南区"]),
        ("东区/河", ["没有这个街道", "河口镇"]),
        ("", ["没有这个区域"]),
    ],
)
def test_an_unknown_or_ambiguous_name_is_answered_with_names(text: str, parts: list[str]) -> None:
    with pytest.raises(ArgumentError) as raised:
        search(AREAS, text)
    assert all(part in str(raised.value) for part in parts)
