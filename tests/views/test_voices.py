"""市民留言: themes, districts, quotes; and what it says where there is nothing to read."""

from pathlib import Path

import pytest

from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from survey.mock.spec import MockSpec
from tests.views.page_words import Run, figures, said, words
from views.labels import mode_label

PAGE = "views/pages/voices.py"


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("voices") / "city"
    mock = draw(MockSpec(districts=4, streets_per_district=3, communities_per_street=3))
    write_folder(mock, root)
    import_folder(root, mock)
    return root


def test_the_page(talking: Path, run: Run) -> None:
    app = run(talking, PAGE)
    ranked, heat, satisfied = figures(app)
    assert "居民提得最多的是" in said(app)
    assert "停车" in words(ranked)
    assert len(heat["layout"]["yaxis"]["ticktext"]) == 4
    assert "模拟数据" in words(heat)
    assert "95%" in words(heat)
    assert "满意率" in words(satisfied)
    quotes = [each.value for each in app.markdown if "“" in each.value]
    assert quotes
    assert not any(digit * 3 in quote for quote in quotes for digit in "0123456789")


def test_opt_in_answers_are_not_compared(talking: Path, run: Run) -> None:
    app = run(talking, PAGE, mode=mode_label("online"))
    assert len(figures(app)) == 1


def test_a_study_without_free_text(city: Path, run: Run) -> None:
    app = run(city, PAGE)
    assert "还没有能归类的留言" in "".join(each.value for each in app.info)
