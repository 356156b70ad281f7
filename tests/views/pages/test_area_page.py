"""区域档案 shows one area, follows links, and says which area a link does not know."""

import re
from pathlib import Path

import pytest

from reports.labels import mode_label
from survey.host import access
from survey.study.study import load_study
from tests.views.page_words import Run, block, bodies, page_text

AREA = "views/pages/area.py"


def test_an_area_with_its_chart_its_parts_and_the_way_to_the_others(city: Path, run: Run) -> None:
    areas = load_study(city).areas
    app = run(city, AREA, sex="女")
    name = app.selectbox(key="district").value
    html, text = "".join(bodies(app)), page_text(app)
    assert name in areas.districts
    assert f"<h1>{name}" in html
    assert len(re.findall(r'class="silu-strip-of" role="img" aria-label="', html)) == 4 + 6
    assert all(rate in text for rate in ("知晓率", "支持率", "参与率", "满意率", "区县的", "下一步"))
    assert all(street in text for street in areas.children(name))
    links = re.findall(r'href="(area[^"]*)"', html)
    assert any("street=" in link and "sex=" in link for link in links)
    assert "模拟数据" in block(app, "strip")
    next(one for one in app.button if "→" in one.label or "←" in one.label).click().run()
    then = app.selectbox(key="district").value
    assert abs(areas.districts.index(then) - areas.districts.index(name)) == 1
    assert f"<h1>{then}" in "".join(bodies(app))
    street = areas.children(then)[1]
    app.selectbox(key="street").set_value(street).run()
    assert not app.exception
    assert f"<h1>{street}" in "".join(bodies(app))
    assert app.selectbox(key="community").value == "整个街道"
    arrows = [one.label for one in app.button if "←" in one.label or "→" in one.label]
    assert arrows == [f"← {areas.children(then)[0]}", f"{areas.children(then)[2]} →"]
    app.selectbox(key="district").set_value(name).run()
    assert not app.exception
    assert f"<h1>{name}" in "".join(bodies(app))


def test_an_unknown_area_is_answered_with_the_nearest_names(city: Path, run: Run) -> None:
    areas = load_study(city).areas
    app = run(city, AREA, district=areas.districts[0], street=areas.children(areas.districts[0])[0][:-2] + "镇")
    assert "没有这个街道" in block(app, "head")
    assert areas.children(areas.districts[0])[0] in block(app, "head")
    assert "silu-spine" not in "".join(one for one in bodies(app) if "<style>" not in one)


def test_the_map_of_the_first_page_shows_the_streets_of_one_district(city: Path, run: Run) -> None:
    areas = load_study(city).areas
    one, other = areas.districts[:2]
    html = "".join(bodies(run(city, "views/pages/overview.py", district=one)))
    assert all(street in html for street in areas.children(one))
    assert not [street for street in areas.children(other) if f"<b>{street}</b>" in html]
    assert "街道数" in html
    assert "区县数" in "".join(bodies(run(city, "views/pages/overview.py", district="无名区")))


def test_answers_without_a_place_are_no_profile(city: Path, run: Run) -> None:
    app = run(city, AREA, mode=mode_label("online"))
    assert "不作判断" in page_text(app) or "没有这个区域的答卷" in page_text(app)


@pytest.mark.parametrize("role", ["analyst", "leader", "publicity"])
@pytest.mark.parametrize("level", ["street", "community"])
def test_an_area_without_parts_to_show_is_opened(
    city: Path, run: Run, monkeypatch: pytest.MonkeyPatch, role: str, level: str
) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    areas = load_study(city).areas
    district = areas.districts[0]
    street = areas.children(district)[0]
    community = areas.children(district, street)[0]
    asked = {"district": district, "street": street} | ({"community": community} if level == "community" else {})
    html = "".join(bodies(run(city, AREA, **asked)))
    if role == "analyst" or level == "street":
        assert f"<h1>{asked[level]}" in html
    else:
        assert community not in html
