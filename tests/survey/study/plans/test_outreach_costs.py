"""Prices and touch rates of a study: read if present, rejected if they match no channel."""

from dataclasses import replace
from typing import Any

import pytest

from survey.errors import StudyError
from survey.study.plans.outreach_costs import Tariff, tariff_of
from survey.study.study import load_study

CHANNELS = ("电视", "短视频平台", "小区宣传栏、楼道海报")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from survey.study.template.new_study import init_study

    return load_study(init_study(tmp_path_factory.mktemp("tariff") / "new"))


def of(study: Any, raw: object) -> Tariff:
    return tariff_of(replace(study, sections={"outreach": raw}), CHANNELS)


def test_a_study_without_figures_has_an_empty_tariff(study: Any) -> None:
    assert tariff_of(study, CHANNELS) == Tariff()


def test_figures_are_read(study: Any) -> None:
    found = of(study, {"source": "目录", "unusable": ["电视"], "price": {"短视频": 900}, "touch": {"宣传栏": 12.5}})
    assert (found.price, found.touch) == ({"短视频": 900.0}, {"宣传栏": 12.5})
    assert (found.unusable, found.source) == (("电视",), "目录")


@pytest.mark.parametrize(
    ("raw", "got"),
    [
        ({"prices": {}}, "prices"),
        ({"price": {"电视": 0}}, "0"),
        ({"price": {"电视": True}}, "True"),
        ({"price": 5}, "5"),
        ({"touch": {"电视": 130}}, "130"),
        ({"touch": {"飞艇": 10}}, "飞艇"),
        ({"unusable": "电视"}, "电视"),
        ({"source": 3}, "3"),
        ([1], "[1]"),
    ],
)
def test_figures_without_a_channel_are_rejected_with_their_place(study: Any, raw: object, got: str) -> None:
    with pytest.raises(StudyError, match="宣传单价或触达") as caught:
        of(study, raw)
    assert "study.toml [outreach" in str(caught.value)
    assert got in str(caught.value)
