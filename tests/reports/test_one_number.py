"""One rate is one number: pages and commands ask the same of reports, and state the same provenance."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import cli
from reports.definitions import headlines
from reports.labels import short
from reports.provenance import HEADING, provenance
from reports.sample import gather
from reports.selection import Selection
from survey.quality.exclusions import decisions_of
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.views.page_words import heat_cells, open_page, problems, seen, tiles
from views.visitor.session import STUDY_VARIABLE

ROOT = Path(__file__).parents[2]
BY_DISTRICT = ("district",)
# page -> the command that asks the same, with its options
SAME = {
    "overview": ("rates", "--mode", "household"),
    "weak_areas": ("weak",),
    "expert": ("weak",),
    "change": ("change",),
    "passing": ("pass",),
    "planning": ("plan", "--n", "240", "--minimum", "60"),
    "outreach": ("outreach",),
    "voices": ("text", "--mode", "household"),
    "quality": ("integrity",),
}
Run = Callable[..., str]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three districts and two waves, with free texts and a few responses that a person has left out."""
    root = tmp_path_factory.mktemp("one") / "city"
    imported_city(root, districts=3, streets_per_district=3, communities_per_street=2)
    rows = ResponseStore(root / "store").read(["response_id"], waves=["W2"])
    decisions_of(load_study(root)).exclude(rows["response_id"].to_pylist()[:5], wave="W2", who="张三", why="复访不实")
    return root


@pytest.fixture
def silu(city: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the city: `silu("rates", "--by", "district")` gives what it prints."""

    def run(name: str, *options: str) -> str:
        capsys.readouterr()
        cli.main([name, "--study", str(city), *options])
        return capsys.readouterr().out

    return run


def page(study: Path, name: str, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    open_page(app, "" if name == "overview" else f"views/pages/{name}.py", query)
    assert not app.exception
    return app


def account_of(app: AppTest) -> list[str]:
    """The lines of the box 这个数怎么来的, as people read them."""
    (box,) = [one for one in app.expander if one.label == HEADING]
    lines = seen(box.markdown[0].value.replace("  \n", "\n")).split("\n")
    return [line.strip().replace("**", "").replace("　", "：", 1) for line in lines]


def account_in(printed: str) -> list[str]:
    """The same of a command with `--explain`."""
    lines = printed[printed.index(HEADING) :].splitlines()[1:]
    return [line.strip() for line in lines if line.startswith("  ")]


@pytest.mark.parametrize("name", SAME)
def test_a_page_and_its_command_state_the_same_provenance(
    name: str, city: Path, silu: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, *options = SAME[name]
    lines = account_of(page(city, name, monkeypatch))
    assert lines == account_in(silu(command, *options, "--explain"))
    assert {line.partition("：")[0] for line in lines} >= {
        "数的是谁",
        "有多少份",
        "怎样加权",
        "误差多大",
        "哪一版数据",
    }


def test_the_ledger_states_the_provenance_of_the_verdicts(
    city: Path, tmp_path: Path, silu: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    shutil.copytree(city, own)
    assert account_of(page(own, "ledger", monkeypatch)) == account_of(page(own, "weak_areas", monkeypatch))


@pytest.mark.parametrize("without", [False, True])
def test_the_switch_of_a_page_and_the_option_of_a_command_count_the_same(
    without: bool, city: Path, silu: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"without": "true"} if without else {}
    lines = account_of(page(city, "overview", monkeypatch, **query))
    option = ["--without-excluded"] if without else []
    assert lines == account_in(silu("rates", "--mode", "household", *option, "--explain"))
    assert ("已剔除 5 份" if without else "未剔除（5 份") in "\n".join(lines)


def _rates(silu: Run, *options: str) -> dict[tuple[str, str], float]:
    rows = json.loads(silu("rates", "--mode", "household", "--format", "json", *options))["rows"]
    return {(row["item"], row.get("district", "")): row["estimate"] for row in rows}


def test_every_page_and_command_shows_the_same_district_rates(
    city: Path, silu: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(city)
    names = [rate.name for rate in headlines(study)]
    by_command = _rates(silu, "--by", "district")
    gathered = gather(study, Selection(mode="household"))
    asked = gathered.newest(Selection(mode="household")).asking(names, BY_DISTRICT)
    table = gathered.estimates(asked).table
    by_page = {
        (str(item), str(district)): float(value)
        for item, district, value in zip(table["item"], table["district"], table["estimate"], strict=True)
    }
    assert by_page == by_command
    rounded = {f"{value:.0%}" for value in by_command.values()}
    overview = page(city, "overview", monkeypatch)
    on_tiles = {tuple(rate.split()) for _, rate in tiles(overview).values() if "%" in rate}
    listed = {(rate, now) for (_, rate), (_, now) in problems(overview).items()}
    named = {(short(gathered.rate(item)), f"{value:.0%}") for (item, _), value in by_command.items()}
    assert on_tiles | listed <= named
    assert on_tiles
    cells = heat_cells(page(city, "weak_areas", monkeypatch))
    assert {number for _, number in cells.values()} == rounded
    printed = silu("weak", "--format", "csv")
    judged = {line.split(",")[4] for line in printed.splitlines() if line.count(",") > 8 and "比例" not in line}
    assert judged == {f"{100 * value:.1f}" for value in by_command.values()}


def test_a_rate_has_one_interval_in_every_table(city: Path) -> None:
    """A district of one wave in the list of districts, alone, over waves, and in the list of a few rates."""
    study, household = load_study(city), Selection(mode="household")
    names = [rate.name for rate in headlines(study)]
    whole, few = gather(study, household), gather(study, household, rates=names[-1:], roles=("work",))
    newest = whole.newest(household)
    numbers = ["n", "n_eff", "estimate", "std_error", "df", "conf_low", "conf_high", "deff"]
    listed = whole.estimates(newest.asking(names, BY_DISTRICT)).table
    rows = listed[listed["item"] == names[-1]]
    for district, row in rows.set_index("district").iterrows():
        inside = newest.asking(names[-1:]).within(district=str(district))
        over = whole.estimates(inside.asking(names[-1:], ("wave",)).in_wave()).table.set_index("wave")
        tables = (
            whole.estimates(inside).table.iloc[0],
            few.estimates(inside).table.iloc[0],
            over.loc[newest.wave],
        )
        for table in tables:
            assert table[numbers].to_numpy(float) == pytest.approx(row[numbers].to_numpy(float), rel=1e-9)
        half = (row["conf_high"] - row["conf_low"]) / 2
        assert half == pytest.approx(2 * row["std_error"], rel=0.25)


def test_a_street_has_the_same_rate_in_both_commands(silu: Run) -> None:
    """`rates` rounded twice: 78.949 % was 79.0 there and 78.9 in `weak`."""

    def column(command: str) -> dict[str, str]:
        rows = list(
            csv.reader(silu(command, "--by", "street", "--measure", "satisfaction", "--format", "csv").splitlines())
        )
        heading = next(row for row in rows if "街道" in row)
        street, rate = heading.index("街道"), heading.index("比例(%)")
        return {row[street].rstrip("※"): row[rate] for row in rows if len(row) == len(heading) and row is not heading}

    rated, judged = column("rates"), column("weak")
    assert len(rated) == 9
    assert {name: judged[name] for name in rated} == rated


def test_a_sample_of_few_rates_has_the_weights_of_the_whole(city: Path) -> None:
    study, household = load_study(city), Selection(mode="household")
    names = [rate.name for rate in headlines(study)]
    whole, few = gather(study, household), gather(study, household, rates=names, roles=("work",))
    asked = whole.newest(household).asking(names, BY_DISTRICT)
    columns = ["estimate", "std_error", "conf_low", "conf_high", "n"]
    first, second = (one.estimates(asked).table[columns].to_numpy(float) for one in (whole, few))
    assert first == pytest.approx(second, abs=1e-12)


def test_the_account_never_states_a_count_below_the_limit(city: Path) -> None:
    study, household = load_study(city), Selection(mode="household")
    names = [rate.name for rate in headlines(study)]
    gathered = gather(study, household)
    asked = gathered.newest(household).asking(names, ("street", "age", "sex"))
    found = gathered.estimates(asked)
    assert found.table["n"].between(1, study.suppression - 1).any()
    lines = provenance(gathered, asked, found)
    assert lines.n is not None
    assert lines.n[0] >= study.suppression
