"""交叉分析: the page shows what was chosen, keeps tables, and reports what cannot be tabulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.crosstab.request import Request
from reports.crosstab.saved import FILE, Saved, keep, saved
from reports.sample import read_counted
from reports.selection import Selection
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.views.page_words import Run, bodies, page_text

PAGE = "views/pages/crosstab.py"
AT_ONCE = 23
"""Questions that the page tabulates in one run."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("crosstab") / "city"
    return imported_city(root, districts=2, streets_per_district=2, communities_per_street=2, texts=False)


def test_an_analyst_chooses_keeps_and_finds_a_table(small: Path, run: Run) -> None:
    app = run(small, PAGE)
    first = "".join(bodies(app))
    assert "“知道创建文明城市”" in first or "看不出差别" in first
    app.multiselect(key="crosstab.rows").set_value(["E0", "A3"]).run()
    app.multiselect(key="crosstab.heads").set_value(["B1", "sex"]).run()
    table = "".join(bodies(app))
    assert "总体满意" in table
    assert "平均" in table
    assert "男" in table
    app.segmented_control(key="crosstab.form").set_value("图").run()
    assert not app.exception
    next(one for one in app.text_input if one.label == "存成").set_value("满意和渠道").run()
    app.button(key="crosstab.keep").click().run()
    assert saved(small)["满意和渠道"].request.rows == ("E0", "A3")
    assert any("已存下“满意和渠道”" in one.value for one in app.success)
    app.selectbox(key="table").set_value("满意和渠道").run()
    assert not app.exception
    next(button for button in app.button if button.label == "删去").click().run()
    assert not saved(small)


def test_conditions_are_combined_in_groups(small: Path, run: Run) -> None:
    """(A and B) or not C; what was filled in stays when a further condition or group is added."""
    app = run(small, PAGE)
    for place, name, answers in ((0, "sex", ["女"]), (1, "A1", ["知道"])):
        app.selectbox(key=f"crosstab.where.0.{place}").set_value(name).run()
        options = app.multiselect(key=f"crosstab.where.0.{place}.values").options
        chosen = [one for one in options if any(one.startswith(answer) for answer in answers)]
        app.multiselect(key=f"crosstab.where.0.{place}.values").set_value(chosen[:1]).run()
    app.toggle(key="crosstab.where.1").set_value(True).run()
    app.segmented_control(key="crosstab.where.groups").set_value("或者").run()
    app.selectbox(key="crosstab.where.1.0").set_value("sex").run()
    app.multiselect(key="crosstab.where.1.0.values").set_value(["女"]).run()
    app.selectbox(key="crosstab.where.1.0.sign").set_value("不是").run()
    assert not app.exception
    assert not app.error
    told = next(one.value for one in app.caption if one.value.startswith("只看："))
    assert told.startswith("只看：（性别是女，并且")
    assert told.endswith("，或者性别不是女")
    next(one for one in app.text_input if one.label == "存成").set_value("成组的条件").run()
    app.button(key="crosstab.keep").click().run()
    kept = saved(small)["成组的条件"].request
    assert kept.where.startswith("(({sex} = 2) and (")
    assert kept.where.endswith("or !({sex} = 2)")
    app.segmented_control(key="crosstab.where.0.met").set_value("不符合").run()
    assert any("只看：不符合（性别是女" in one.value for one in app.caption)
    app.button(key="crosstab.clear").click().run()
    assert not any(one.value.startswith("只看：") for one in app.caption)
    (small / FILE).unlink()


def test_a_condition_that_leaves_few_people_shows_no_groups_of_theirs(small: Path, run: Run) -> None:
    names = ("age", "sex", "education", "A1", "E0")
    rows = read_counted(load_study(small), Selection(mode="household")).rows.to_pandas()
    some = rows[rows["mode"].eq("household") & rows["wave"].eq(rows["wave"].max())].groupby(list(names)).size()
    where = " and ".join(
        f"{{{name}}} = {int(code)}" for name, code in zip(names, some[some == 1].index[0], strict=True)
    )
    request = Request(("E0",), (("community",),), where, spoken="少数人")
    keep(small, Saved("少数人", request, "张三", "2026-09-07T10:00:00+00:00"))
    try:
        app = run(small, PAGE, table="少数人")
        assert not app.exception
        text = "".join(bodies(app))
        assert "都不显示" in text
        assert "总体满意\t" not in text
        assert "<table" not in text
        assert not [one for one in app.text_input if one.label == "存成"]
    finally:
        (small / FILE).unlink()


def test_a_damaged_file_of_tables_is_named_and_the_page_stays_up(small: Path, run: Run) -> None:
    (small / FILE).write_text("[", encoding="utf-8")
    try:
        app = run(small, PAGE)
        assert "存下的交叉表读不出来" in app.error[0].value
        assert "知道创建文明城市" in "".join(bodies(app))
    finally:
        (small / FILE).unlink()


def test_a_link_names_the_question_and_the_table_can_be_copied(small: Path, run: Run) -> None:
    app = run(small, PAGE, rows="E0")
    assert app.multiselect(key="crosstab.rows").value == ["E0"]
    copied = next(body for body in bodies(app) if "silu-link" in body and "题目\t答案" in body)
    assert "E0 总体满意\t有效答卷" in copied
    nested = run(small, PAGE, rows="E0,A3", by="sex,nobody", nest="age")
    assert nested.multiselect(key="crosstab.heads").value == ["sex"]
    assert nested.selectbox(key="crosstab.nest").value == "age"
    nested.multiselect(key="crosstab.heads").set_value(["district", "B1"]).run()
    assert nested.query_params["by"] in ("district,B1", ["district,B1"])
    assert run(small, PAGE, rows="nonsense").multiselect(key="crosstab.rows").value == ["A1"]


@pytest.mark.slow
def test_the_page_tabulates_every_column(small: Path, run: Run) -> None:
    app = run(small, PAGE)
    every = [item.name for item in load_study(small).questionnaire.items]
    assert len(every) == 115
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        app.multiselect(key="crosstab.rows").set_value(some).run()
        assert not app.exception
        assert not app.error
        copied = next(body for body in bodies(app) if "silu-link" in body and "题目\t答案" in body)
        assert all(f"{name} " in copied for name in some)


@pytest.mark.slow
def test_the_page_names_too_many_groups_and_stays_up(small: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.crosstab.crosstab.MOST_GROUPS", 40)
    app = run(small, PAGE)
    app.multiselect(key="crosstab.heads").set_value(["street"]).run()
    assert not app.exception
    app.selectbox(key="crosstab.nest").set_value("B1").run()
    assert not app.exception
    assert "分组太多，列不下" in page_text(app)
