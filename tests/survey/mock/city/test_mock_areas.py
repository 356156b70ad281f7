import pytest

from survey.mock import MockCity, MockSpec
from survey.mock.city.areas import draw_city
from survey.study.areas import PLACES, URBAN_RURAL


def test_codes_are_nested_and_belong_to_no_province(mock: MockCity) -> None:
    points = mock.city.areas.points
    assert len(points) == len({point.code for point in points}) == 480
    assert all(str(point.code).startswith("99") and len(str(point.code)) == 12 for point in points)
    assert len({point.code // 10**6 for point in points}) == len(mock.city.districts) == 8
    assert len({point.code // 1000 for point in points}) == 40
    assert len({(point.code // 1000, point.street) for point in points}) == 40


def test_kinds_are_those_of_the_frame(mock: MockCity) -> None:
    for point in mock.city.areas.points:
        assert point.place in PLACES
        assert point.urban_rural in URBAN_RURAL
        assert point.stratum == f"{point.district}·{'城区' if point.urban_rural == '111' else '城郊'}"
        assert point.community.endswith("村" if point.urban_rural == "220" else "社区")
    assert {"城乡结合部", "老旧小区", "农贸市场", "背街小巷"} <= set(mock.city.place)


def test_names_are_not_used_twice_in_a_street() -> None:
    city = draw_city(MockSpec(districts=40, streets_per_district=15, communities_per_street=20))
    frame = city.frame
    assert len(frame) == 40 * 15 * 20 * 3
    assert not frame.duplicated(["district", "street", "community"]).any()
    assert frame["district"].nunique() == 40


@pytest.mark.parametrize("streets", [1, 2, 3])
def test_small_districts_have_strata_with_communities_enough(streets: int) -> None:
    city = draw_city(MockSpec(districts=2, streets_per_district=streets, communities_per_street=2))
    assert city.frame.groupby("stratum").size().min() >= 4


def test_a_larger_city_keeps_the_districts_of_a_smaller_one() -> None:
    small, large = draw_city(MockSpec(districts=3)), draw_city(MockSpec(districts=5))
    assert large.districts[:3] == small.districts
