"""Every page runs on a real small study, states its finding, and reports bad input in Chinese."""

import re
import shutil
from pathlib import Path

import pytest

from reports.labels import mode_label, wave_label
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.views.page_words import (
    EXPERT,
    WEAK_AREAS,
    Run,
    block,
    blocks,
    bodies,
    cards,
    confirmed,
    figures,
    heat_cells,
    page_text,
    seen,
    tiles,
    watched,
    words,
)

ONLINE = mode_label("online")


def test_overview_shows_four_rates_and_the_districts(city: Path, run: Run) -> None:
    app = run(city)
    assert list(cards(app)) == ["知晓率", "支持率", "参与率", "满意率"]
    assert set(tiles(app)) == set(load_study(city).areas.districts)
    text = page_text(app)
    assert "目标 80%" in text
    assert list(app.table[1].value.columns[-4:]) == ["上次", "比上次", "变化的区间", "能看出的最小变化"]
    assert "模拟数据：虚构的城市" in text


def test_weak_areas_show_every_rate_of_every_district(city: Path, run: Run) -> None:
    app = run(city, WEAK_AREAS)
    study = load_study(city)
    assert {area for area, _ in heat_cells(app)} == set(study.areas.districts)
    assert len(heat_cells(app)) == 4 * len(study.areas.districts)
    assert not app.get("plotly_chart")
    listed = {(area, rate) for area, rate, _ in confirmed(app)} | set(watched(app))
    low = {key for key, (state, _) in heat_cells(app).items() if state in ("确认薄弱", "观察")}
    assert listed <= low
    assert len(listed) == min(len(low), 7)


@pytest.mark.parametrize("page", ["", WEAK_AREAS, EXPERT])
def test_nothing_on_a_page_is_english(city: Path, run: Run, page: str) -> None:
    app = run(city, page)
    shown = page_text(app) + "".join(words(figure) for figure in figures(app))
    shown = re.sub(r"\?\S+=\S+", "", shown)  # addresses
    allowed = {"Ctrl", "Wilson", "Scott", "Wald", "orange", "badge", "span", "style", "color"}
    assert set(re.findall(r"[A-Za-z]{4,}", shown)) <= allowed


@pytest.mark.parametrize("page", ["", WEAK_AREAS])
def test_a_page_of_blocks_states_its_provenance(city: Path, run: Run, page: str) -> None:
    study = load_study(city)
    app = run(city, page)
    wave, foot, version = study.waves[-1], block(app, "strip"), ResponseStore(city / "store").version
    for part in ("份答卷", f"{wave.start} 至 {wave.end}", "入户", "模拟数据", f"数据版本 {version}"):
        assert part in foot
    assert not re.search("Wilson|设计效应|错判|n=", foot)  # terms of statistics are one click away
    fold = page_text(app)
    for part in ("n=", "95%", "怎样加权", "允许错判 10%", wave.name):
        assert part in fold


@pytest.mark.parametrize("page", [EXPERT])
def test_every_figure_states_its_provenance(city: Path, run: Run, page: str) -> None:
    study = load_study(city)
    wave = study.waves[-1]
    version = ResponseStore(city / "store").version
    parts = ["n=", "95%", "区间", f"{wave.start} 至 {wave.end}", "入户", "加权", f"数据版本 {version}", "模拟数据"]
    app = run(city, page, importance="true")  # the folded chart, open
    drawn = figures(app)
    for tab in ("未达标", "排名", "街道和项目", "同样的人相比", "偶然与否", "先看街道"):
        app.session_state["tab"] = tab
        drawn += figures(app.run())
    assert not app.exception
    assert len(drawn) == 11
    for figure in drawn:
        for part in (*parts, wave_label(study, wave.name), study.title):
            assert part in words(figure)


def test_a_deep_link_reproduces_a_view(city: Path, run: Run) -> None:
    study = load_study(city)
    first, place = wave_label(study, study.waves[0].name), study.areas.districts[1]
    app = run(city, EXPERT, wave=first, measure="参与率", sex="女", district=place, tab="街道和项目")
    streets, split = figures(app)
    assert first in words(streets)
    assert "女" in words(streets)
    assert f"{place}各街道参与率" in words(streets)
    assert place in words(split)


def test_an_invalid_link_falls_back_to_the_default_with_a_message(city: Path, run: Run) -> None:
    study = load_study(city)
    app = run(city, wave="第九轮", age="200岁", sex="女")
    assert app.selectbox(key="wave").value == study.waves[-1].name
    assert app.selectbox(key="age").value == "全部"
    wave, age = (warning.value for warning in app.warning)
    assert "“第九轮”" in wave
    assert all(wave_label(study, one.name) in wave for one in study.waves)
    assert "“200岁”" in age
    assert "60岁及以上" in age


def test_a_link_may_name_a_wave_or_a_rate_by_its_short_name(city: Path, run: Run) -> None:
    study = load_study(city)
    first = study.waves[0].name
    app = run(city, wave=first)
    assert app.selectbox(key="wave").value == first
    assert str(app.query_params["wave"]) == wave_label(study, first)
    assert not app.warning


def test_a_tab_reports_an_invalid_link(city: Path, run: Run) -> None:
    app = run(city, EXPERT, measure="happiness", district="无此区", tab="街道和项目")
    assert len(app.warning) == 2
    assert "满意率" in app.warning[0].value
    assert load_study(city).areas.districts[0] in app.warning[1].value


def test_an_unknown_address_is_reported(city: Path, run: Run) -> None:
    app = run(city, nopage="nothing/here")
    assert "没有“nothing/here”这个页面" in app.warning[0].value
    assert len(cards(app)) == 4


def test_links_of_the_first_page_keep_the_filters_and_nothing_else(city: Path, run: Run) -> None:
    links = re.findall(
        r'class="silu-place"[^>]*href="(area[^"]*)"', "".join(bodies(run(city, sex="女", nopage="lost")))
    )
    assert len(links) == len(load_study(city).areas.districts)
    assert all("sex=%E5%A5%B3" in link and "district=" in link and "lost" not in link for link in links)


def test_filters_stay_when_the_page_changes(city: Path, run: Run) -> None:
    study = load_study(city)
    app = run(city, sex="女", wave=wave_label(study, study.waves[0].name))
    app.query_params.clear()
    app.switch_page(WEAK_AREAS).run()
    assert app.selectbox(key="sex").value == "女"
    assert app.selectbox(key="wave").value == study.waves[0].name


def test_the_first_wave_has_nothing_to_compare_with(city: Path, run: Run) -> None:
    study = load_study(city)
    app = run(city, wave=wave_label(study, study.waves[0].name))
    assert "比上轮" not in page_text(app)
    assert "上次" not in "".join(app.table[1].value.columns)


def test_a_filter_counts_fewer_people_and_names_them(city: Path, run: Run) -> None:
    app = run(city, sex="女")
    whole, women = block(run(city), "strip"), block(app, "strip")
    assert "数的是谁 女" in " ".join(seen(app.expander[0].markdown[0].value).replace("*", "").split())

    def base(foot: str) -> int:
        return int(re.findall(r"([\d,]+)(?:—[\d,]+)? 份答卷", foot)[0].replace(",", ""))

    assert base(women) < base(whole)


@pytest.mark.parametrize("page", ["", WEAK_AREAS, EXPERT])
def test_opt_in_answers_are_opinions_without_margin(city: Path, run: Run, page: str) -> None:
    app = run(city, page, mode=ONLINE)
    assert "参与者意见" in page_text(app)
    assert not re.search("▼|▽|■|目标 |区间", "".join(blocks(app)))
    for figure in figures(app):
        assert "▼" not in words(figure)
        assert "目标 " not in words(figure)
        assert "参与者意见" in words(figure)
        assert "不给抽样误差" in words(figure)
        for trace in figure["data"]:
            assert not any(trace.get("error_x", {}).get("array") or [])


def test_small_cells_are_not_sent_to_the_browser(city: Path, run: Run) -> None:
    study = load_study(city)
    places = list(study.areas.population("place"))
    app = run(city, age="60岁及以上", sex="男", place=places[0])
    assert "不显示" in page_text(app)
    assert {state for state, _ in tiles(app).values()} & {"样本过少", "没有答卷"}


def test_a_filter_that_leaves_nobody_is_reported(city: Path, tmp_path: Path, run: Run) -> None:
    root = tmp_path / "city"
    shutil.copytree(city, root)
    visited = set(ResponseStore(root / "store").read(["psu"])["psu"].to_pylist())
    lines = (root / "frame.csv").read_text(encoding="utf-8-sig").replace(",其他,", ",商圈,").splitlines()
    free = next(at for at, line in enumerate(lines) if line[:12].isdigit() and int(line[:12]) not in visited)
    cells = lines[free].split(",")
    lines[free] = ",".join("其他" if at == 5 else cell for at, cell in enumerate(cells))
    (root / "frame.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    for page in ("", WEAK_AREAS):
        app = run(root, page, place="其他")
        assert "没有答卷，请放宽" in page_text(app)
        assert not app.get("plotly_chart")


def test_before_the_first_import_the_page_shows_the_remedy(empty_city: Path, run: Run) -> None:
    app = run(empty_city)
    assert "这个调查还没有任何答卷" in app.error[0].value
    assert "silu import" in app.error[0].value


def test_a_server_without_a_study_shows_the_remedy(run: Run) -> None:
    assert "silu dashboard" in run(None).error[0].value


def test_a_broken_study_names_the_line(empty_city: Path, run: Run) -> None:
    (empty_city / "study.toml").write_text("[study]\ntitle = 7\n", encoding="utf-8")
    assert "study.toml" in seen(run(empty_city).error[0].value)
