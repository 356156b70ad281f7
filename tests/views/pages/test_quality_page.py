"""The page 数据质量 on a small city: lights, evidence, checks, quota, response rates."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from reports.briefing.parts.repeats import EMPTY, charge, sheet
from reports.fieldwork.area_lights import Round, lights
from reports.fieldwork.data_quality import fieldwork
from reports.labels import mode_label, wave_label
from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from survey.study.burst_log import Found, burst_log
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.views.page_words import Run, figures, page_text, words

QUALITY = "views/pages/quality.py"
OPEN = dict.fromkeys(("signals", "lights", "checks", "weights"), "true")
"""The folded parts, open."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three districts of twenty communities: enough interviews of each interviewer to be judged."""
    return imported_city(tmp_path_factory.mktemp("quality") / "town", seed=1, districts=3)


def tables(app: object) -> list[object]:
    return [frame.value for frame in app.dataframe]  # type: ignore[attr-defined]


def test_the_page_names_interviewers_to_recheck_with_reasons(town: Path, run: Run) -> None:
    app = run(town, QUALITY, **OPEN)
    people, places = figures(app)
    assert "独立人员复访" in page_text(app)
    assert any(one.label.startswith("出复访单（") for one in app.get("download_button"))
    assert "不据此处罚任何人" in page_text(app)
    assert "误报" in page_text(app)
    assert "红灯" in words(people)
    assert "模拟数据" in words(places)
    for figure in (people, places):
        for part in ("n=", "入户面访", "调查日期", "数据版本", "错误发现率 5%"):
            assert part in words(figure)
    evidence, lights, effect, checks = tables(app)[:4]
    assert "先要排除的正常解释" in evidence.columns  # type: ignore[attr-defined]
    assert set(load_study(town).areas.districts) == set(lights["区县"])  # type: ignore[index]
    assert len(effect) == 4  # type: ignore[arg-type]
    assert "重复答卷" in checks["检查"].tolist()  # type: ignore[index]
    spread = next(table for table in tables(app) if "加权效率" in table.columns)  # type: ignore[attr-defined]
    assert spread["轮次"].tolist() == ["W2"]  # type: ignore[index]
    assert 30 < float(spread["加权效率"][0].rstrip("%")) < 100  # type: ignore[index]
    assert "quota.csv" in page_text(app)
    assert "contacts.csv" in page_text(app)


def test_folded_parts_are_not_computed_before_they_are_opened(town: Path, run: Run) -> None:
    app = run(town, QUALITY)
    assert not figures(app)
    assert not tables(app)
    assert len(figures(run(town, QUALITY, signals="true"))) == 2


def test_no_respondent_stands_on_the_page(town: Path, run: Run) -> None:
    app = run(town, QUALITY, **OPEN)
    ids = set(ResponseStore(town / "store").read(["response_id"])["response_id"].to_pylist())
    shown = " ".join([page_text(app), *(str(table.to_dict()) for table in tables(app))])  # type: ignore[attr-defined]
    assert not [name for name in ids if name in shown]


def test_the_sheet_spreads_the_interviews_over_the_doubtful_communities_and_lists_nobody(town: Path) -> None:
    study, version = load_study(town), ResponseStore(town / "store").history()[0].number
    work = fieldwork(study, "W2", "household")
    found, lit = work.integrity(), lights(study, Round(work.version, "W2", "household"))
    table = sheet(work, found, lit, charge(study, version))
    again = {name: light.again for name, light in lit.items() if light.again}
    assert again
    assert table["区县"].value_counts().to_dict() == again
    assert table["序号"].tolist() == list(range(1, len(table) + 1))
    places = work.study.areas.frame.set_index("community")["district"].to_dict()
    assert all(places[row["社区"]] == row["区县"] for row in table.to_dict("records") if row["社区"] in places)
    assert (table["存疑答卷（份）"] > 0).all()
    assert set(table["期限"]) == {charge(study, version).day.text}
    assert (table[list(EMPTY)] == "").all(axis=None)
    ids = set(work.rows["response_id"].to_pylist())
    assert not ids & set(table.astype(str).to_numpy().ravel())
    nothing = {name: replace(light, again=0) for name, light in lit.items()}
    assert sheet(work, found, nothing, charge(study, version)).empty


def test_plan_calls_and_decisions_are_shown(town: Path, tmp_path: Path, run: Run) -> None:
    root = tmp_path / "town"
    shutil.copytree(town, root)
    districts = load_study(root).areas.districts
    plan = "".join(f"W2,{name},{target}\n" for name, target in zip(districts, (300, 360, 900), strict=True))
    (root / "quota.csv").write_text(f"wave,district,target\n{plan}", encoding="utf-8")
    (root / "contacts.csv").write_text("case,wave,disposition\n1,W2,1.1\n2,W2,2.1\n", encoding="utf-8")
    name = ResponseStore(root / "store").read(["response_id"], waves=["W2"])["response_id"][0].as_py()
    Decisions(root / FILE).exclude([name], wave="W2", who="张三", why="试")
    app = run(root, QUALITY, **OPEN)
    text = " ".join(str(table.to_dict()) for table in tables(app))  # type: ignore[attr-defined]
    assert "期满未完成" in text
    assert "RR1" in text
    assert "50.0%" in text
    assert "已由人决定剔除" in page_text(app)


def test_opt_in_answers_have_no_interviewers(town: Path, run: Run) -> None:
    app = run(town, QUALITY, **OPEN, mode=mode_label("online"))
    assert "没有足够的答卷来检查访问员" in page_text(app)


def test_the_first_wave_has_lights_too(town: Path, run: Run) -> None:
    study = load_study(town)
    app = run(town, QUALITY, **OPEN, wave=wave_label(study, study.waves[0].name))
    assert len(figures(app)) == 2


def test_an_analyst_decides_on_bursts_and_every_page_says_how_many(town: Path, tmp_path: Path, run: Run) -> None:
    root = tmp_path / "town"
    shutil.copytree(town, root)
    rows = ResponseStore(root / "store").read(["response_id", "mode"], waves=["W2"]).to_pandas()
    ids = rows.loc[rows["mode"] == "online", "response_id"].tolist()[:40]
    log = burst_log(load_study(root))
    log.set_apart([Found("W2", datetime(2026, 9, 8, 12), datetime(2026, 9, 8, 13), frozenset(ids), "密集")])
    assert "集中提交待判断 40 份，都没有计入" in page_text(run(root))
    app = run(root, QUALITY, **OPEN)
    assert "集中提交待判断 40 份，都没有计入" in page_text(app)
    shown = [table for table in tables(app) if "假如都计入" in table.columns or "依据" in table.columns]  # type: ignore[attr-defined]
    assert [len(table) for table in shown] == [1, 4]  # type: ignore[arg-type]
    app.multiselect(key="bursts.numbers").set_value([1])
    app.text_input(key="bursts.why").set_value("社区组织填写").run()
    app.button(key="bursts.count").click().run()
    assert not app.exception
    assert "待判断 40 份" not in page_text(app)
    (burst,) = log.bursts()
    assert (burst.kind, burst.why, burst.held) == ("count", "社区组织填写", False)
