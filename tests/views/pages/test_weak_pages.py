"""薄弱区域 and 专家分析: what leaders see, one tab at a time, and answers without places."""

import csv
import re
import shutil
from pathlib import Path

import pytest

import cli
from survey.host import access
from survey.study.study import load_study
from tests.views.page_words import EXPERT, WEAK_AREAS, Run, bodies, confirmed, figures, heat_cells, page_text, title


@pytest.fixture(scope="module")
def placeless(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Online answers that name no community, and no others."""
    root = tmp_path_factory.mktemp("placeless") / "city"
    shutil.copytree(city, root, ignore=shutil.ignore_patterns("store", "log"))
    with (root / "raw" / "W2_online.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    kept = [name for name in rows[0] if name not in ("psu", "weight", "interviewer", "wave")]
    with (root / "answers.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    options = ["--study", str(root), "--wave", "W2", "--mode", "online", "--yes"]
    assert cli.main(["import", str(root / "answers.csv"), *options]) == 0
    return root


def test_answers_without_places_say_how_to_get_them(placeless: Path, run: Run) -> None:
    app = run(placeless, WEAK_AREAS)
    assert title(app) == "答卷都没有写明地点，不能分区县看"
    assert "社区编码" in page_text(app)
    assert not heat_cells(app)
    assert "答卷都没有写明地点" in page_text(run(placeless, EXPERT))


def test_a_leader_sees_the_cards_without_links_to_the_ledger(
    city: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = tmp_path / "city"
    shutil.copytree(city, strict, ignore=shutil.ignore_patterns("log"))
    targets = (strict / "targets.csv").read_text(encoding="utf-8-sig")
    (strict / "targets.csv").write_text(targets.replace("80.0", "97.0"), encoding="utf-8-sig")
    analyst = run(strict, WEAK_AREAS)
    monkeypatch.setenv(access.VARIABLE, "leader")
    leader = run(strict, WEAK_AREAS)
    assert confirmed(leader) == confirmed(analyst)
    assert len(confirmed(leader)) == 2
    assert heat_cells(leader) == heat_cells(analyst)
    html = "".join(bodies(leader))
    assert not re.search(r'href="ledger|class="silu-button', html)
    assert len(re.findall('class="silu-button" href="ledger', "".join(bodies(analyst)))) == 2
    assert html.count("还没立项") == len(confirmed(leader))


def test_every_cell_and_name_opens_its_area_with_the_filters(city: Path, run: Run) -> None:
    html = "".join(bodies(run(city, WEAK_AREAS, sex="女")))
    links = re.findall(r'<a class="silu-cell [^>]*href="([^"]+)"', html)
    assert len(links) == 4 * len(load_study(city).areas.districts)
    assert all(link.startswith("area?") and "district=" in link and "sex=%E5%A5%B3" in link for link in links)


def test_only_the_open_tab_is_computed(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("computed")

    app = run(city, EXPERT, tab="社区合格")
    for name in ("funnel_of", "streets", "weak_areas"):
        monkeypatch.setattr(f"reports.weak_areas.{name}", refused)
    app.session_state["tab"] = "排名"
    assert len(figures(app.run())) == 2
    assert not app.exception
