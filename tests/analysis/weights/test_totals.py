import numpy as np
import pandas as pd
import pytest

from analysis.weights.totals import Margins, margins
from survey.errors import CalibrationError

FRAME = pd.DataFrame({"sex": ["女", "男", "女"], "age": [1, 2, 2], "hours": [1.0, 2.0, 4.0]})


def test_columns_and_totals_follow_the_order_given() -> None:
    made = margins(FRAME, {"sex": {"男": 40, "女": 60}}, numbers={"hours": 230.0})
    assert made.names == ("sex=男", "sex=女", "hours")
    assert made.totals.tolist() == [40, 60, 230]
    assert made.columns.tolist() == [[0, 1, 1], [1, 0, 2], [0, 1, 4]]


def test_population_enters_as_a_constant() -> None:
    made = margins(FRAME, numbers={"hours": 230.0}, population=100)
    assert made.names == ("总人口", "hours")
    assert (made.columns[:, 0] == 1).all()


@pytest.mark.parametrize(
    ("categories", "numbers", "population", "words"),
    [
        ({"sex": {"男": 40, "女": 60}, "age": {1: 50, 2: 51}}, None, None, "互相矛盾"),
        ({"sex": {"男": 40, "女": 60}}, None, 101, "互相矛盾"),
        ({"sex": {"男": 40}}, None, None, "没有对应的人口数"),
        ({"sex": {"男": 40, "女": 50, "未知": 10}}, None, None, "样本中无人"),
        ({"sex": {"男": 0, "女": 60}}, None, None, "不是正数"),
        ({"sex": {"男": -4, "女": 60}}, None, None, "不是正数"),
        ({"sex": {"男": float("nan"), "女": 60}}, None, None, "不是正数"),
        ({"city": {"A": 1}}, None, None, "没有校准变量"),
        (None, {"hours": float("nan")}, None, "总数有缺失值"),
        (None, None, None, "没有给出任何边际"),
    ],
)
def test_bad_margins_are_refused_in_chinese(categories, numbers, population, words) -> None:
    with pytest.raises(CalibrationError, match=words):
        margins(FRAME, categories, numbers=numbers, population=population)


def test_a_level_without_people_and_without_answers_is_left_out() -> None:
    made = margins(FRAME, {"sex": {"男": 40, "女": 60, "未知": 0}})
    assert made.names == ("sex=男", "sex=女")


def test_missing_values_are_refused() -> None:
    holes = FRAME.assign(sex=["女", None, "男"], hours=[1.0, np.nan, 2.0])
    with pytest.raises(CalibrationError, match="缺失"):
        margins(holes, {"sex": {"男": 40, "女": 60}})
    with pytest.raises(CalibrationError, match="缺失"):
        margins(holes, numbers={"hours": 5.0})


def test_shapes_must_agree() -> None:
    with pytest.raises(CalibrationError, match="个数不一致"):
        Margins(np.ones((3, 2)), np.ones(3), ("a", "b"))
