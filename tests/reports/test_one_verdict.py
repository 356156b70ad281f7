"""One verdict: every page, command, export and the ledger show the same one for the same rate."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

import cli
from analysis.areas.verdict import Verdict
from reports.areas import follow_up
from reports.areas.places import find
from reports.areas.profile import profile
from reports.areas.spine import lowest_items
from reports.definitions import headlines
from reports.labels import short
from reports.overview.next_step import next_steps
from reports.overview.sample_entries import enter_samples
from reports.plans.rectification import by_place, ledger_of
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.study.plans.rectification import Status
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.reports.verdict_words import (
    WORDS,
    Ruled,
    Verdicts,
    in_grid,
    in_ranked,
    in_sentence,
    known,
    plain,
    printed,
    rank,
    table_of,
    word,
)
from tests.views.page_words import (
    cards,
    confirmed,
    figures,
    heat_cells,
    page_text,
    problems,
    seen,
    steps_of_looks,
    steps_of_problems,
    steps_of_weak,
    tiles,
    watched,
    words,
)
from views.visitor.session import STUDY_VARIABLE

ROOT = Path(__file__).parents[2]
Run = Callable[..., str]
Truth = Callable[..., Verdicts]
Pages = Callable[..., AppTest]
SIZES: Mapping[str, dict[str, Any]] = {
    "three districts": {"districts": 3, "streets_per_district": 3, "communities_per_street": 2},
    "the demo city": {"online": False},
    "40 districts, 320 streets": {
        "districts": 40, "streets_per_district": 8, "communities_per_street": 2, "responses": 10_000, "online": False,
    },
}  # fmt: skip


EVERY_TIME = "the demo city"
ASKED = [name if name == EVERY_TIME else pytest.param(name, marks=pytest.mark.slow) for name in SIZES]


@pytest.fixture(scope="module", params=ASKED, ids=list(SIZES))
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = imported_city(tmp_path_factory.mktemp("verdicts") / "city", texts=False, **SIZES[request.param])
    assert enter_samples(load_study(root))
    return root


@pytest.fixture(scope="module")
def printed_once(city: Path) -> dict[tuple[str, ...], str]:
    """Return what commands have printed, so that none runs twice."""
    return {}


@pytest.fixture
def silu(city: Path, printed_once: dict[tuple[str, ...], str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> str:
        if words not in printed_once:
            capsys.readouterr()
            assert cli.main([words[0], "--study", str(city), *words[1:]]) == 0
            printed_once[words] = capsys.readouterr().out
        return printed_once[words]

    return run


@pytest.fixture(scope="module")
def judged_once(city: Path) -> Callable[..., Verdicts]:
    """Return verdicts straight from the reports, of one sample."""
    study, selection = load_study(city), Selection(mode="household")
    gathered, asked = gather(study, selection), [rate.name for rate in headlines(study)]

    @cache
    def truth(*by: str, wave: str = "W2") -> Verdicts:
        """Return (area, rate) -> verdict, or the reason for none."""
        rows = judged(gathered, Selection((wave,), "household").asking(asked, by)).table.to_dict("records")
        return {(str(row[by[0]]) if by else "全市", row["label"]): row["verdict"] or row["reason"] for row in rows}

    return truth


@pytest.fixture(scope="module")
def pages(city: Path) -> Iterator[Pages]:
    """Visit each page of a city once, in one session that begins on 总览; a copy keeps what the page showed."""
    app, kept = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300), {}

    def visit(name: str) -> None:
        page, _, tab = name.partition(":")
        if name != "overview":
            app.switch_page(f"views/pages/{page}.py")
            app.query_params.update(measure="知晓率", alone="true")
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


def test_districts(judged_once: Truth, silu: Run, pages: Pages, tmp_path: Path) -> None:
    expected = judged_once("district")
    assert set(known(expected).values()) >= {Verdict.MET}
    assert printed(silu("weak", "--format", "csv"), "区县") == expected
    household = ("rates", "--mode", "household", "--by", "district")
    assert printed(silu(*household, "--format", "csv"), "区县") == expected
    rows = json.loads(silu(*household, "--format", "json"))["rows"]
    assert {(row["district"], row["label"]): row["verdict"] or row["reason"] for row in rows} == expected
    path = tmp_path / "weak.xlsx"
    silu("weak", "--format", "xlsx", "--out", str(path))
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


@pytest.fixture(scope="module")
def ruled(city: Path) -> Ruled:
    """Return sample, selection, verdicts by place, and next steps of the last wave."""
    study, selection = load_study(city), Selection(("W2",), "household")
    gathered = gather(study, selection)
    asked = selection.asking([rate.name for rate in headlines(study)], ("district",))
    found = judged(gathered, asked)
    return Ruled(gathered, selection, found, by_place(found), next_steps(gathered, "W2", date.today()))


def test_every_page_says_the_next_step_of_the_one_rule(ruled: Ruled, pages: Pages) -> None:
    expected, entered = ruled.said, ruled.entered
    listed, weak = steps_of_problems(pages("overview")), steps_of_weak(pages("weak_areas"))
    for found in (listed, weak, steps_of_looks(pages("change"))):
        assert found
        assert found == {place: expected[place] for place in found}
    overview = page_text(pages("overview"))
    assert f"台账在办 {len(entered)} 项" in overview
    assert entered
    assert set(entered) <= set(weak)  # an entry is named with its step, whatever the verdict
    others = [place for place in entered if place not in listed]
    named = [place for place in others if f"{''.join(place)}（" in overview]
    assert len(named) == min(len(others), 2)
    assert all(f"{''.join(place)}（{ruled.verdict(place)}，{expected[place]}）" in overview for place in named)


def test_a_profile_says_the_next_step_of_the_one_rule(ruled: Ruled) -> None:
    entered = sorted({area for area, _ in ruled.entered})
    idle = [area for area, rate in ruled.said if ruled.verdict((area, rate)) == Verdict.WATCH and area not in entered]
    for district in [*entered[:1], *idle[:1]]:
        path = find(ruled.gathered.study.areas, (district,))
        names = lowest_items(ruled.gathered, ruled.selection, path)
        items = judged(ruled.gathered, ruled.selection.asking(names, ("district",)))
        found = profile(ruled.gathered, ruled.selection, (ruled.found, items), path)
        assert found is not None
        action = follow_up.action(found, ruled.steps)
        said = "；".join([action.step.text, *(one.text for one in action.more)])
        for place, step in ruled.said.items():
            if place[0] == district and (place in ruled.entered or ruled.verdict(place) == Verdict.WATCH):
                assert place[1] in said
                assert step in said


def test_the_ledger_and_the_next_sample_follow_the_verdict(
    city: Path, judged_once: Truth, silu: Run, pages: Pages
) -> None:
    study = load_study(city)
    labels = {rate.name: short(rate) for rate in headlines(study)}
    entries = ledger_of(study).entries()
    busy = {(one.area, labels[one.item]) for one in entries if one.status is not Status.CLOSED}
    weak = {key for key, value in judged_once("district").items() if value == Verdict.WEAK} - busy
    lines = re.findall(r"等待立项：(.+?):\S+（(.+?)）", silu("ledger"))
    assert set(lines) == weak
    boxes = [box for box in pages("ledger").selectbox if box.label.startswith("确认薄弱")]
    offered = {tuple(seen(one).partition("（")[0].split(" · ")) for box in boxes for one in box.options}
    assert offered == weak


def test_look_back_lists_the_verdicts_of_the_wave_before(judged_once: Truth, silu: Run) -> None:
    before, now = judged_once("district", wave="W1"), judged_once("district")
    head, *rest = table_of(silu("change", "--look-back", "--format", "csv"))
    then = {(row[0], row[1]): row[head.index("当时判断")] for row in rest}
    assert then == {key: value for key, value in before.items() if value in (Verdict.WEAK, Verdict.WATCH)}
    mended = {(row[0], row[1]) for row in rest if row[head.index("结论")] == "已补上"}
    assert mended == {key for key in then if now[key] == Verdict.MET}


def test_the_city_and_its_groups(judged_once: Truth, silu: Run, pages: Pages) -> None:
    expected = {rate: value for (_, rate), value in judged_once().items()}
    rows = json.loads(silu("rates", "--mode", "household", "--format", "json"))["rows"]
    assert {row["label"]: row["verdict"] for row in rows} == expected
    assert {label: verdict for label, (verdict, _) in cards(pages("overview")).items()} == expected
    assert in_sentence(silu("pass")) == in_sentence(page_text(pages("passing"))) == expected
    assert re.search(rf"：({WORDS})", silu("compare", "--measure", "satisfaction")).group(1) == expected["满意率"]  # type: ignore[union-attr]
    by_age = json.loads(silu("rates", "--mode", "household", "--by", "age", "--format", "json"))["rows"]
    assert {row["verdict"] for row in by_age if row["n"]} <= set(map(str, Verdict))


def test_streets(judged_once: Truth, silu: Run, pages: Pages) -> None:
    expected = {key: value for key, value in judged_once("street").items() if key[1] == "知晓率"}
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


def test_one_district_alone_has_the_verdict_it_has_among_all(judged_once: Truth, silu: Run) -> None:
    expected = judged_once("district")
    for name in sorted({area for area, _ in expected})[:1]:
        found = silu("rates", "--mode", "household", "--where", f"district={name}", "--format", "json")
        rows = json.loads(found)["rows"]
        assert {(name, row["label"]): row["verdict"] or row["reason"] for row in rows} == {
            key: value for key, value in expected.items() if key[0] == name
        }


def test_every_caption_states_q(pages: Pages, silu: Run) -> None:
    assert "允许错判 10%" in page_text(pages("overview"))
    assert "允许错判 10%" in page_text(pages("weak_areas"))
    assert all("允许错判 10%" in words(figure) for figure in figures(pages("expert:判断")))
    household = ("rates", "--mode", "household", "--by", "district", "--format", "csv")
    for words_ in (("weak", "--format", "csv"), ("pass",), ("change", "--look-back", "--format", "csv"), household):
        assert "允许错判 10%" in silu(*words_)
