"""Lights of areas: computed once, cached beside the store, used by every ranking (rule R-13)."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cli
from analysis.integrity.combine import Light
from analysis.integrity.lights import MARK
from reports import causes
from reports.fieldwork import area_lights as module
from reports.fieldwork.area_lights import Round, lights
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import Reason, Verdict, judged
from reports.weak_areas import community_verdicts
from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.views.page_words import (
    EXPERT,
    WEAK_AREAS,
    Run,
    block,
    bodies,
    confirmed,
    figures,
    heat_cells,
    page_text,
    tiles,
    words,
)
from views.charts.parts import style


@pytest.fixture
def own(city: Path, tmp_path: Path) -> Path:
    root = tmp_path / "city"
    shutil.copytree(city, root, ignore=shutil.ignore_patterns("lights"))
    return root


def one(root: Path) -> Round:
    return Round(int(ResponseStore(root / "store").version or 0), "W2", "household")


def redden(root: Path) -> tuple[str, list[str]]:
    """Write a red light for one interviewer, as a report would: the district, and the ids of the interviews."""
    study = load_study(root)
    lights(study, one(root))
    rows = ResponseStore(root / "store").read(waves=["W2"]).to_pandas()
    rows = rows[rows["mode"] == "household"]
    rows["district"] = rows["psu"].map(study.areas.frame.set_index("psu")["district"])
    district = str(rows["district"].iloc[0])
    mine = rows[rows["district"] == district]
    people = mine["interviewer"].unique().tolist()
    (path,) = (root / "store" / "lights").glob("*.json")
    path.write_text(json.dumps({"people": {"red": people}, "places": {}}, ensure_ascii=False), encoding="utf-8")
    return district, mine["response_id"].tolist()


def test_found_once_and_kept(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(own)
    first = lights(study, one(own))
    assert set(first) == set(study.areas.districts)

    def again(*_: Any) -> Any:
        raise AssertionError("found twice")

    monkeypatch.setattr(module, "_report", again)
    assert lights(study, one(own)) == first
    assert {sum(each.n for each in found.values()) for found in (first, lights(study, one(own), "street"))} == {
        sum(each.n for each in first.values())
    }


def test_a_damaged_file_is_made_again(own: Path) -> None:
    study = load_study(own)
    first = lights(study, one(own))
    (path,) = (own / "store" / "lights").glob("*.json")
    path.write_text('{"people": [', encoding="utf-8")
    assert lights(study, one(own)) == first
    assert json.loads(path.read_text(encoding="utf-8"))["people"].keys() == {"red", "amber"}


def test_red_ends_when_the_doubtful_answers_are_excluded(own: Path) -> None:
    district, ids = redden(own)
    study = load_study(own)
    assert lights(study, one(own))[district].light is Light.RED
    Decisions(own / FILE).exclude(ids[:-3], wave="W2", who="张三", why="复访", grounds=district)
    assert lights(study, one(own))[district].light is Light.RED
    less = lights(replace(study, without_excluded=True), one(own))[district]
    assert (less.n, less.doubtful) == (3, 3)


def test_the_weak_list_is_marked_on_both_pages(own: Path, run: Run) -> None:
    district, _ = redden(own)
    for page in ("", WEAK_AREAS):
        app = run(own, page)
        assert f"{district}亮真实性红灯" in page_text(app)
        assert "不排名" in page_text(app)
    assert f">{district}{MARK}<" in "".join(bodies(app))
    assert {state for (area, _), (state, _) in heat_cells(app).items() if area == district} == {"待复访"}
    assert district not in {area for area, *_ in confirmed(app)}
    assert tiles(run(own))[district] == ("待复访", "")


def test_the_command_gives_no_rank(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    district, _ = redden(own)
    assert cli.main(["weak", "--study", str(own)]) == 0
    text = capsys.readouterr().out
    assert f"{district}亮真实性红灯" in text.splitlines()[0]
    rows = [line.split() for line in text.splitlines() if line.startswith(district + MARK)]
    assert rows
    assert all("—" in row for row in rows)
    others = [line.split() for line in text.splitlines() if "—" in line and not line.startswith(district)]
    assert all(any("—" in cell and cell != "—" for cell in row) for row in others if len(row) > 8)


def test_the_city_has_no_verdict_that_only_a_red_district_makes(own: Path) -> None:
    """The target is put where the answers of all districts just decide, and those of the others do not."""
    district, _ = redden(own)
    study = load_study(own)
    city = Selection(waves=("W2",), items=("E0",))
    sample = gather(study, city, rates=city.items)
    everyone, others = (
        sample.estimates(one).table.iloc[0]
        for one in (
            city,
            replace(city, conditions=(("district", tuple(sorted(set(study.areas.districts) - {district}))),)),
        )
    )
    up = 1 if everyone["estimate"] > others["estimate"] else -1
    line = 100 * (everyone["estimate"] - up * 1.4 * everyone["std_error"])
    near, far = (
        judged(replace(sample, study=replace(study, targets=study.targets.assign(target=one))), city).table.iloc[0]
        for one in (line, line - up * 20)
    )
    assert (near["verdict"], near["reason"]) == (Verdict.UNCLEAR, Reason.DOUBTED)
    assert (far["verdict"], far["reason"]) == (Verdict.MET if up > 0 else Verdict.WEAK, "")


def test_green_cities_are_not_marked(own: Path, run: Run) -> None:
    study = load_study(own)
    lights(study, one(own))
    (path,) = (own / "store" / "lights").glob("*.json")
    path.write_text('{"people": {}, "places": {}}', encoding="utf-8")
    app = run(own)
    assert "红灯" not in page_text(app)
    assert MARK not in page_text(app)


def test_a_red_district_is_pale_and_counted_nowhere(own: Path, run: Run) -> None:
    district, _ = redden(own)
    app = run(own, EXPERT, tab="判断")
    (grid,) = figures(app)
    app.session_state["tab"] = "排名"
    ranked, heat = figures(app.run())
    assert ranked["layout"]["yaxis"]["ticktext"][-1].strip() == f"{district}{MARK}"
    (pale,) = [trace for trace in ranked["data"] if trace["name"] == "待复访"]
    assert pale["marker"]["color"] == style.PALE
    for picture in (grid, heat):
        row = picture["layout"]["yaxis"]["ticktext"].index(f"{district}{MARK}")
        assert row == len(picture["layout"]["yaxis"]["ticktext"]) - 1
        fills = {one["fillcolor"] for one in picture["layout"]["shapes"] if one.get("y0", -9) < row < one.get("y1", -9)}
        assert fills == {"#FFFFFF"}
    assert "2 个区县" in words(heat)


def test_a_red_district_has_no_forecast(own: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    district, _ = redden(own)
    app = run(own, "views/pages/passing.py", alone="true")
    forecast, foot, alone = (block(app, one) for one in ("forecast", "strip", "rows"))
    assert forecast.count(district) == forecast.count(f"不含待复访的{district}") <= 1
    assert f"全市四率含{district}的答卷，达标预测不含" in foot
    assert re.findall(rf"{district}{MARK}((?: —)+)", alone) == [" —" * 6]
    assert "独立复访前不排名" in page_text(app)
    assert cli.main(["pass", "--study", str(own)]) == 0
    printed = capsys.readouterr().out
    (line,) = [one for one in printed.splitlines() if one.startswith(f"{district}{MARK}")]
    assert f"全市四率含{district}的答卷，达标预测不含" in printed
    assert set(line.split()[2:]) == {"—"}


def test_where_every_district_is_hidden_the_title_says_so(
    own: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    path = own / "study.toml"
    text = path.read_text(encoding="utf-8")
    least = gather(load_study(own), Selection(mode="household")).sample.rates(item="E0", where={"wave": "W2"}).table
    hidden = int(least["n"].iloc[0]) - 1
    path.write_text(re.sub(r"suppression = \d+", f"suppression = {hidden}", text), encoding="utf-8")
    overview = run(own)
    assert "各区县答卷都过少，全部隐去" in page_text(overview)
    weak = run(own, WEAK_AREAS)
    assert "还不能判断：每区县至少再访 30 份" in page_text(weak)
    assert {number for _, number in heat_cells(weak).values()} == {"—"}
    assert not confirmed(weak)
    assert cli.main(["weak", "--study", str(own)]) == 0
    assert "各区县答卷都过少，全部隐去" in capsys.readouterr().out.splitlines()[0]


def test_a_red_district_has_neither_risen_nor_fallen(own: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    district, _ = redden(own)
    moved = figures(run(own, "views/pages/change.py", charts="true"))[1]
    assert moved["layout"]["yaxis"]["ticktext"][-1].strip() == f"{district}{MARK}"
    assert "真实性红灯，不作判断" in words(moved)
    assert cli.main(["change", "--study", str(own)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(f"{district}{MARK}")]
    assert rows
    assert {row[2] for row in rows} == {"待复访"}


def test_nothing_is_explained_or_handed_over_in_a_red_district(own: Path) -> None:
    district, _ = redden(own)
    study = load_study(own)
    asked = Selection(("W2",), "household").asking(["E0"])
    gathered = gather(study, asked)
    found = causes.causes(gathered, asked, district)
    assert found.doubt.text == f"{district}亮真实性红灯，独立复访前不找原因、不转办"
    assert (found.gap, len(found.people), len(found.quadrants)) == (None, 0, 0)
    items = causes.unknown_or_unhappy(gathered, asked, district)
    assert items.sentence.text == found.doubt.text
    assert items.routing.empty
    other = next(name for name in study.areas.districts if name != district)
    assert not causes.causes(gathered, asked, other).doubt
    judged = community_verdicts(gathered, asked, (0.85, 0.7))
    assert set(judged.table.loc[judged.table["区县"] == district, "判定"]) == {"待复访"}
    assert "待复访" not in set(judged.table.loc[judged.table["区县"] == other, "判定"])
    assert "亮真实性红灯、待复访" in judged.sentence.text


def test_nothing_is_explained_in_a_hidden_district(own: Path) -> None:
    study = load_study(own)
    asked = Selection(("W2",), "household").asking(["E0"])
    gathered = gather(replace(study, suppression=100_000), asked)
    district = next(name for name, light in lights(study, one(own)).items() if light.may_rank)
    assert causes.causes(gathered, asked, district).doubt.text == f"{district}答卷过少，不找原因、不转办"
