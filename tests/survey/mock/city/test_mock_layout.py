"""Layout: every community of the mock city has invented coordinates; districts lie side by side."""

import numpy as np

from survey.mock.city.areas import draw_city
from survey.mock.city.layout import SIZE
from survey.mock.city.spec import MockSpec
from survey.study.areas import Areas


def drawn(seed: int) -> Areas:
    return draw_city(MockSpec(seed=seed, districts=8)).areas


def test_districts_lie_apart_and_their_communities_near() -> None:
    areas = drawn(1)
    centres = areas.centres
    assert list(centres) == list(areas.districts)
    middles = np.array(list(centres.values()))
    apart = np.hypot(*(middles[:, None] - middles[None]).T) + np.eye(len(middles))
    assert apart.min() > SIZE * 0.4
    for point in areas.points:
        assert point.longitude is not None
        assert point.latitude is not None
        assert (
            np.hypot(point.longitude - centres[point.district][0], point.latitude - centres[point.district][1]) < SIZE
        )


def test_places_follow_the_seed_and_not_the_order_of_codes() -> None:
    assert drawn(1).centres == drawn(1).centres
    assert drawn(1).centres != drawn(2).centres
    east = [longitude for longitude, _ in drawn(1).centres.values()]
    assert east != sorted(east)
