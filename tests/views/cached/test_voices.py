"""市民留言: every part of the page, quotes, manual coding, and the empty state."""

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.text.discovery import WordCandidate
from reports.labels import mode_label
from reports.selection import Selection
from reports.voices import listed, shares
from reports.voices.coding_queue import groups_of, score, sheet_of, to_code, words_of
from reports.voices.open_answers import load_answers
from survey.errors import ArgumentError
from survey.host.access import VARIABLE
from survey.study.coding_sheet import read_codes
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.views.page_words import Run, block, blocks, bodies, figures, page_text, words

PAGE = "views/pages/voices.py"


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("voices") / "city"
    return imported_city(root, districts=4, streets_per_district=3, communities_per_street=3)


@pytest.fixture
def own(talking: Path, tmp_path: Path) -> Path:
    """A copy that may be written into."""
    shutil.copytree(talking, tmp_path / "city")
    return tmp_path / "city"


def test_the_engine_of_the_study_reads_the_same(talking: Path, own: Path) -> None:
    shutil.rmtree(own / "store" / "textcache", ignore_errors=True)
    with (own / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[text]\nsegmenter = "jieba"\n')
    read, expected = (load_answers(load_study(root), "H1") for root in (own, talking))
    assert (read.engine, expected.engine) == ("jieba", "auto")
    assert read.table.equals(expected.table)
    assert words_of(read) == words_of(expected)


def test_the_page(talking: Path, run: Run) -> None:
    folded = run(talking, PAGE)
    assert not figures(folded)  # nobody waits for what is folded
    app = run(talking, PAGE, districts="true")
    heat, satisfied = figures(app)
    assert "的留言者提到" in block(app, "head") or "提得" in block(app, "head")
    themes = block(app, "themes")
    assert "停车" in themes
    assert "占全体" not in themes
    assert len(heat["layout"]["yaxis"]["ticktext"]) == 4
    assert "模拟数据" in words(heat)
    assert "95%" in words(heat)
    assert "满意率" in words(satisfied)
    assert app.toggle(key="copies_once.True").value
    assert "雷同" in block(app, "strip")
    assert "几乎没有人提到" in "".join(each.value for each in app.caption)
    assert re.search("表扬 [0-9]+ 条", block(app, "quiet"))


def test_comments_are_listed_searched_and_turned(talking: Path, run: Run) -> None:
    app = run(talking, PAGE, theme="停车", district="全市")
    first = block(app, "comments")
    assert first.count("投诉") + first.count("建议") + first.count("咨询") + first.count("其他") >= 1
    assert any("显示第 1 至" in one for one in blocks(app))
    app.text_input(key="search").set_value("绝不会有人这样写").run()
    assert any("按规则不摘录" in one for one in blocks(app))
    app.text_input(key="search").set_value("").run()
    app.selectbox(key="theme").set_value("只看表扬").run()
    assert not app.exception
    assert block(app, "comments") != first


def test_only_analysts_list_comments(talking: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "publicity")
    app = run(talking, PAGE)
    assert not [one for one in app.text_input if one.key == "search"]
    assert not [one for one in app.selectbox if one.key == "district"]
    assert len(re.findall("“|<li>", bodies_of(app, "comments"))) <= 2
    study = load_study(talking)
    answers = load_answers(study, "H1")
    with pytest.raises(ArgumentError, match="只对分析员开放"):
        listed.comments_of(study, answers, shares.TextSelection(Selection(waves=("W2",)), "H1"), listed.Wanted())


def bodies_of(app: AppTest, name: str) -> str:
    return next(one for one in bodies(app) if f'class="silu-{name}"' in one and "<style" not in one)


def test_the_waves(talking: Path, run: Run) -> None:
    app = run(talking, PAGE, part="各轮变化")
    (trend,) = figures(app)
    assert "、" in words(trend)
    (table,) = app.dataframe
    assert len(table.value.columns) == 3
    assert table.value.iloc[0, 1].count("%") == 3  # a share with both ends


def test_places(talking: Path, run: Run) -> None:
    app = run(talking, PAGE, part="地方")
    assert "老旧小区" in words(figures(app)[0])
    table = app.dataframe[0].value
    assert set(table.columns) == {"区县", "被点名的地方", "点名的人数"}
    study = load_study(talking)
    few = shares.named(study, load_answers(study, "H1"), shares.TextSelection(Selection(), "H1"))
    assert few["n"].sum()
    assert (shares.districts_named(few, 10**6)["点名的人数"] == f"少于 {10**6}").all()


def test_with_and_without_copies(talking: Path, run: Run) -> None:
    table = run(talking, PAGE, part="雷同").dataframe[0].value
    assert list(table.columns) == [
        "主题",
        *(f"{base}：{how}" for base in ("占写了内容的人", "占全体") for how in ("每条都算", "只算一条")),
        "占全体相差（百分点）",
    ]
    assert (table["占全体相差（百分点）"].str[0] == "−").any()


def test_discovery_and_a_confirmed_word(own: Path, run: Run) -> None:
    app = run(own, PAGE, part="发现")
    assert "归不进任何主题" in page_text(app)
    study = load_study(own)
    answers = load_answers(study, "H1")
    count, groups = groups_of(study, answers)
    assert count >= sum(each.n for each in groups)
    assert all(each.n >= study.suppression and each.words for each in groups)
    found = words_of(answers)
    assert isinstance(found[0], WordCandidate)
    app.session_state["words.table"] = {"edited_rows": {0: {"是一个词": True}}, "added_rows": [], "deleted_rows": []}
    next(each for each in app.button if each.label == "加入词典").click().run()
    assert not app.exception
    assert found[0].word in (own / "lexicon" / "words.txt").read_text(encoding="utf-8").split()
    assert found[0].word not in {each.word for each in words_of(load_answers(study, "H1"))}


def test_people_code_on_the_page(own: Path, run: Run) -> None:
    app = run(own, PAGE, part="人工编码")
    assert len(app.multiselect) == 20
    _code(app, "甲", 3)
    assert "已保存 3 条编码" in app.success[0].value
    kept = read_codes(own)
    assert {each.coder for each in kept} == {"甲"}
    study = load_study(own)
    answers = load_answers(study, "H1")
    assert {each.digest for each in kept}.isdisjoint(line.digest for line in to_code(study, answers, "甲"))
    again = to_code(study, answers, "乙", again=True)
    assert {line.digest for line in again} == {each.digest for each in kept}
    assert to_code(study, answers, "甲", again=True) == []
    app.toggle(key="coding.again").set_value(True)
    app.text_input(key="coder").set_value("乙").run()
    _code(app, "乙", 3)
    found = score(study, answers)
    assert found.coded == 3
    assert [pair[:3] for pair in found.pairs] == [("乙", "甲", 3)]
    assert found.together[0] == 0  # two coders have Cohen's kappa
    app.text_input(key="coder").set_value("丙").run()
    _code(app, "丙", 3)
    found = score(study, answers)
    assert found.together[0] == 3
    assert -1 <= found.together[1] <= 1
    assert any("Fleiss kappa" in caption.value for caption in app.caption)
    assert sheet_of(again, answers)[:2] == b"PK"


def test_a_form_without_a_name_keeps_nothing(own: Path, run: Run) -> None:
    app = run(own, PAGE, part="人工编码")
    next(each for each in app.button if each.label == "保存编码").click().run()
    assert "请填写编码员姓名" in page_text(app)
    assert read_codes(own) == ()


def test_single_answers_are_for_analysts(talking: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "publicity")
    app = run(talking, PAGE, part="人工编码")
    assert "只对分析员开放" in page_text(app)
    assert not app.multiselect


def test_opt_in_answers_are_not_compared(talking: Path, run: Run) -> None:
    app = run(talking, PAGE, mode=mode_label("online"))
    assert figures(app) == []
    assert "停车" in block(app, "themes")
    assert "不代表全体居民" in block(app, "head")


def test_a_study_without_free_text(city: Path, run: Run) -> None:
    app = run(city, PAGE)
    assert "还没有能归类的留言" in block(app, "head")


def _code(app: AppTest, coder: str, count: int) -> None:
    app.text_input(key="coder").set_value(coder).run()
    for pick in app.multiselect[:count]:
        pick.set_value([pick.options[0]])
    next(each for each in app.button if each.label == "保存编码").click().run()
    assert not app.exception
