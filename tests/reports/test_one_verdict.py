"""One verdict: every page, command, export and the ledger show the same one for the same rate."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

import cli
from analysis.areas.verdict import Verdict
from reports.definitions import headlines
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.views.page_words import (
    block,
    cards,
    confirmed,
    figures,
    heat_cells,
    page_text,
    problems,
    seen,
    tiles,
    watched,
    words,
)
from views.blocks.tiles import ORDER
from views.visitor.session import STUDY_VARIABLE

ROOT = Path(__file__).parents[2]
WORDS = "|".join(Verdict)
Verdicts = dict[tuple[str, str], str]
Run = Callable[..., str]
Pages = Callable[..., AppTest]
SIZES: Mapping[str, dict[str, Any]] = {
    "three districts": {"districts": 3, "streets_per_district": 3, "communities_per_street": 2},
    "the demo city": {},
    "40 districts, 320 streets": {
        "districts": 40, "streets_per_district": 8, "communities_per_street": 2, "responses": 10_000, "online": False,
    },
}  # fmt: skip


EVERY_TIME = "the demo city"
ASKED = [name if name == EVERY_TIME else pytest.param(name, marks=pytest.mark.slow) for name in SIZES]


@pytest.fixture(scope="module", params=ASKED, ids=list(SIZES))
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported_city(tmp_path_factory.mktemp("verdicts") / "city", texts=False, **SIZES[request.param])


@pytest.fixture
def silu(city: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(name: str, *options: str) -> str:
        capsys.readouterr()
        assert cli.main([name, "--study", str(city), *options]) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def pages(city: Path) -> Iterator[Pages]:
    """Visit each page of a city once, in one session that begins on 总览; a copy keeps what the page showed."""
    app, kept = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300), {}

    def visit(name: str) -> None:
        page, _, tab = name.partition(":")
        if name != "overview":
            app.switch_page(f"views/pages/{page}.py")
            app.query_params.update(measure="知晓率")
        if tab:
            app.query_params["tab"] = app.session_state["tab"] = tab
        app.run()
        assert not app.exception
        kept[name] = copy(app)

    def run(name: str) -> AppTest:
        for page in ("overview", name):
            if page not in kept:
                visit(page)
        return kept[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STUDY_VARIABLE, str(city))
        yield run


def truth(city: Path, *by: str, wave: str = "W2") -> Verdicts:
    """Return (area, rate) -> verdict, or the reason for none."""
    study, selection = load_study(city), Selection(waves=(wave,), mode="household")
    asked = selection.asking([rate.name for rate in headlines(study)], by)
    rows = judged(gather(study, selection), asked).table.to_dict("records")
    return {(str(row[by[0]]) if by else "全市", row["label"]): row["verdict"] or row["reason"] for row in rows}


def plain(name: object) -> str:
    return str(name).replace("※", "").replace("⁠", "").strip()


def word(text: str) -> str:
    """Return the verdict without its reason: 尚难判断（样本不足）."""
    return text.partition("（")[0]


def printed(output: str, area: str) -> Verdicts:
    """Read the table of a CSV of `silu weak` or `silu rates`."""
    head, *rest = table_of(output)
    at, rate, said = head.index(area), head.index("指标"), head.index("判断")
    return {(plain(line[at]), line[rate]): word(line[said]) for line in rest}


def table_of(output: str) -> list[list[str]]:
    """Return the lines of the table in a CSV; sentence and remarks are other blocks."""
    blocks = re.split(r"\r?\n\r?\n\ufeff?", output.lstrip("\ufeff"))
    block = next(one for one in blocks if one.startswith(("区县,", "街道,", "题号,")))
    return list(csv.reader(io.StringIO(block)))


def in_ranked(figure: dict[str, Any], rate: str) -> Verdicts:
    found = {}
    for trace in figure["data"][1:]:
        for text in trace["text"]:
            found[plain(seen(text).partition("  ")[0]), rate] = trace["name"]
    return found


def in_grid(figure: dict[str, Any]) -> Verdicts:
    """Read the cells of the picture of verdicts."""
    axis = figure["layout"]
    columns, rows = axis["xaxis"]["ticktext"], [plain(seen(name)) for name in axis["yaxis"]["ticktext"]]
    found = {}
    for note in axis["annotations"]:
        if note.get("xref") == "x" and note.get("yref") == "y":
            text = re.sub(r"</?b>|[▼▽○■※●—]", "", note["text"])
            found[rows[int(note["y"])], columns[int(note["x"])]] = text.split("  ")[0]
    return found


def rank(state: str) -> int:
    """Return the place of a verdict, or of a reason for none, from the worst."""
    return ORDER.index(state)


def known(verdicts: Verdicts) -> Verdicts:
    """Return those that are a verdict."""
    return {key: value for key, value in verdicts.items() if value in set(Verdict)}


def test_districts(city: Path, silu: Run, pages: Pages, tmp_path: Path) -> None:
    expected = truth(city, "district")
    assert set(known(expected).values()) >= {Verdict.MET}
    assert printed(silu("weak", "--format", "csv"), "区县") == expected
    household = ("rates", "--mode", "household", "--by", "district")
    assert printed(silu(*household, "--format", "csv"), "区县") == expected
    rows = json.loads(silu(*household, "--format", "json"))["rows"]
    assert {(row["district"], row["label"]): row["verdict"] or row["reason"] for row in rows} == expected
    for command in (("weak",), household):
        path = tmp_path / f"{command[0]}.xlsx"
        silu(*command, "--format", "xlsx", "--out", str(path))
        sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active
        head, *rest = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        at = [head.index(name) for name in ("区县", "指标", "判断")]
        there = {(plain(row[at[0]]), row[at[1]]): word(row[at[2]]) for row in rest if row[at[1]].endswith("率")}
        assert there == expected

    overview, weak = pages("overview"), pages("weak_areas")
    worst = {area: min((rank(value) for (one, _), value in expected.items() if one == area)) for area, _ in expected}
    assert {area: rank(state) for area, (state, _) in tiles(overview).items()} == worst
    listed = {key: verdict for key, (verdict, _) in problems(overview).items()}
    assert listed == {key: value for key, value in expected.items() if key in listed}
    low = [key for key, value in expected.items() if value in (Verdict.WEAK, Verdict.WATCH)]
    assert len(listed) == min(4, len(low))
    assert {key: state for key, (state, _) in heat_cells(weak).items()} == expected
    (grid,), (ranked, _) = figures(pages("expert:判断")), figures(pages("expert:排名"))
    assert in_grid(grid) == expected
    assert in_ranked(ranked, "知晓率") == {key: value for key, value in expected.items() if key[1] == "知晓率"}
    sure = [key for key, value in expected.items() if value == Verdict.WEAK]
    assert (f"确认薄弱 {len(sure)} 项" if sure else "没有确认薄弱") in page_text(weak)
    cards_ = [(area, rate) for area, rate, _ in confirmed(weak)]
    assert set(cards_) <= set(sure)
    assert len(cards_) == min(3, len(sure))
    assert {expected[key] for key in watched(weak)} <= {Verdict.WATCH}


def test_the_ledger_and_the_next_sample_follow_the_verdict(city: Path, silu: Run, pages: Pages) -> None:
    expected = truth(city, "district")
    weak = {key for key, value in expected.items() if value == Verdict.WEAK}
    lines = re.findall(r"等待立项：(.+?):\S+（(.+?)）", silu("ledger"))
    assert set(lines) == weak
    boxes = [box for box in pages("ledger").selectbox if box.label.startswith("确认薄弱")]
    offered = {tuple(seen(one).partition("（")[0].split(" · ")) for box in boxes for one in box.options}
    assert offered == weak


def test_look_back_lists_the_verdicts_of_the_wave_before(city: Path, silu: Run) -> None:
    before, now = truth(city, "district", wave="W1"), truth(city, "district")
    head, *rest = table_of(silu("change", "--look-back", "--format", "csv"))
    then = {(row[0], row[1]): row[head.index("当时判断")] for row in rest}
    assert then == {key: value for key, value in before.items() if value in (Verdict.WEAK, Verdict.WATCH)}
    mended = {(row[0], row[1]) for row in rest if row[head.index("结论")] == "已补上"}
    assert mended == {key for key in then if now[key] == Verdict.MET}


def in_sentence(text: str) -> dict[str, str]:
    """Read the verdicts of the wave beside the forecast: 知晓率、支持率达标；满意率尚难判断."""
    parts = text.partition("另一回事：")[2].partition("。")[0].split("；")
    pairs = [re.fullmatch(rf"(.+?)({WORDS})(?:（.+）)?", part) for part in parts]
    return {rate: pair.group(2) for pair in pairs if pair for rate in pair.group(1).split("、")}


def test_the_city_and_its_groups(city: Path, silu: Run, pages: Pages) -> None:
    expected = {rate: value for (_, rate), value in truth(city).items()}
    rows = json.loads(silu("rates", "--mode", "household", "--format", "json"))["rows"]
    assert {row["label"]: row["verdict"] for row in rows} == expected
    assert {label: verdict for label, (verdict, _) in cards(pages("overview")).items()} == expected
    assert in_sentence(silu("pass")) == in_sentence(page_text(pages("passing"))) == expected
    assert re.search(rf"：({WORDS})", silu("compare", "--measure", "satisfaction")).group(1) == expected["满意率"]  # type: ignore[union-attr]
    by_age = json.loads(silu("rates", "--mode", "household", "--by", "age", "--format", "json"))["rows"]
    assert {row["verdict"] for row in by_age if row["n"]} <= set(map(str, Verdict))


def test_streets(city: Path, silu: Run, pages: Pages) -> None:
    expected = {key: value for key, value in truth(city, "street").items() if key[1] == "知晓率"}
    weak = printed(silu("weak", "--by", "street", "--measure", "awareness", "--format", "csv"), "街道")
    rates = ("rates", "--mode", "household", "--by", "street", "--measure", "awareness", "--format", "csv")
    assert weak == printed(silu(*rates), "街道") == expected
    page = pages("expert:街道和项目")
    drawn = [in_ranked(one, "知晓率") for one in figures(page) if "各街道" in words(one)]
    shown = next(iter(drawn))
    assert shown == {key: value for key, value in expected.items() if key in shown}
    district = next(box.value for box in page.selectbox if box.label.startswith("区县"))
    where = ("--by", "street", "--where", f"district={district}", "--format", "json")
    rows = json.loads(silu("rates", "--mode", "household", "--measure", "awareness", *where))["rows"]
    assert {(row["street"], row["label"]): row["verdict"] or row["reason"] for row in rows} == shown


def test_one_district_alone_has_the_verdict_it_has_among_all(city: Path, silu: Run) -> None:
    expected = truth(city, "district")
    for name in sorted({area for area, _ in expected})[:2]:
        found = silu("rates", "--mode", "household", "--where", f"district={name}", "--format", "json")
        rows = json.loads(found)["rows"]
        assert {(name, row["label"]): row["verdict"] or row["reason"] for row in rows} == {
            key: value for key, value in expected.items() if key[0] == name
        }


def test_every_caption_states_q(pages: Pages, silu: Run) -> None:
    assert "允许错判 10%" in block(pages("overview"), "strip")
    assert "允许错判 10%" in block(pages("weak_areas"), "strip")
    assert all("允许错判 10%" in words(figure) for figure in figures(pages("expert:判断")))
    for command in ("weak", "pass", "change", "rates"):
        assert "允许错判 10%" in silu(command, "--mode", "household")
