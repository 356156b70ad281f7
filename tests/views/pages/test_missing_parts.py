"""A study with parts of the template shows what is missing on every page and command, and is judged by none of it."""

import csv
import re
import shutil
from pathlib import Path

import pytest

import cli
from reports.missing import missing_lines, objection
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import write_folder
from survey.study.study import load_study
from survey.study.template.new_study import init_study
from tests.own_study import settle
from tests.variants import slow_but
from tests.views.page_words import WEAK_AREAS, Run, blocks, figures, page_text, words

OVERVIEW, PASSING, PLANNING, OUTREACH, LEDGER = (
    f"views/pages/{name}.py" for name in ("overview", "passing", "planning", "outreach", "ledger")
)
JUDGING = [WEAK_AREAS, PASSING, PLANNING, OUTREACH]
COMMANDS = {"weak": (), "pass": (), "plan": ("--n", "40", "--minimum", "10", "--take", "10"), "outreach": ()}
VERDICTS = ("先抓", "项确认薄弱", "都没有确认薄弱", "没有确认薄弱", "全部达标的可能")
BY_FRAME = ("nothing", "targets and margins", "frame")
"""States for commands that need no target."""
OFTEN = ("nothing", "frame", "all")
"""States of every run; the others are left to the slow tests."""
# what is settled -> what is still the template's, of what changes figures
STATES: dict[str, tuple[str, ...]] = {
    "nothing": ("none",),
    "targets": ("targets",),
    "targets and margins": ("targets", "margins"),
    "frame": ("frame",),
    "frame and margins": ("frame", "margins"),
    "frame and targets": ("frame", "targets"),
    "all but names": ("frame", "targets", "margins"),
    "all": (),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers of a mock city at the communities of the template, as staff would bring them."""
    root = tmp_path_factory.mktemp("answers")
    mock = draw(
        MockSpec(districts=2, streets_per_district=2, communities_per_street=2, waves=1, online=False, texts=False)
    )
    write_folder(mock, root / "mock")
    with next((root / "mock" / "raw").glob("*household.csv")).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    new = init_study(root / "new")
    codes = [str(point.code) for point in load_study(new).areas.points]
    place = {psu: codes[at % len(codes)] for at, psu in enumerate(sorted({row["psu"] for row in rows}))}
    kept = [name for name in rows[0] if name not in ("wave", "weight")]
    with (root / "answers.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, "psu": place[row["psu"]], "submitted": "2027-03-05 10:00:00"} for row in rows)
    return root / "answers.csv"


@pytest.fixture(scope="module")
def filled(answers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of `silu init` with these answers imported."""
    root = init_study(tmp_path_factory.mktemp("filled") / "city")
    assert cli.main(["import", str(answers), "--study", str(root), "--wave", "W1", "--mode", "household", "--yes"]) == 0
    return root


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "city"))


def prepared(city: Path, state: str) -> Path:
    parts = STATES[state]
    return city if parts == ("none",) else settle(city, *parts)


def run_command(name: str, city: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.main([name, "--study", str(city), *COMMANDS[name]])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.parametrize(
    ("command", "state"),
    [
        pytest.param(name, state, marks=() if state in OFTEN else pytest.mark.slow)
        for name in COMMANDS
        for state in (STATES if name in ("weak", "pass") else BY_FRAME)
    ],
)
def test_commands_judge_only_by_parts_of_the_study(
    command: str, state: str, city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = load_study(prepared(city, state))
    code, text = run_command(command, city, capsys)
    by_targets = command in ("weak", "pass")
    barred = bool(objection(study, against_targets=by_targets))
    assert "Traceback" not in text
    if barred:
        assert "现在还不能判断" in text
        assert all(line in text for line in missing_lines(study))
        assert not any(word in text for word in VERDICTS)
        assert (code == 0) == (command == "weak" and not study.example_frame)
    else:
        assert code == 0, text
        assert "现在还不能判断" not in text
    assert "示例一区" not in text or study.example_frame


@pytest.mark.parametrize(
    ("page", "state"),
    slow_but(
        [(WEAK_AREAS, "frame"), (PASSING, "nothing"), (PLANNING, "nothing"), (OUTREACH, "nothing")],
        [(page, state) for page in JUDGING for state in ("nothing", "frame")],
    ),
)
def test_pages_judge_only_by_parts_of_the_study(page: str, state: str, city: Path, run: Run) -> None:
    study = load_study(prepared(city, state))
    app = run(city, page)
    text = page_text(app) + "".join(words(one) for one in figures(app))
    barred = bool(objection(study, against_targets=page in (WEAK_AREAS, PASSING)))
    assert all("社区不够" in str(one.value) for one in app.error)  # eight communities hold no sample of this size
    assert ("现在还不能判断" in text) == barred
    if barred:
        assert not any(word in text for word in VERDICTS)
        assert "这个调查还缺" in text


@pytest.mark.parametrize("state", ["nothing", "frame", "all"])
def test_the_overview_lists_what_is_missing(state: str, city: Path, run: Run) -> None:
    study = load_study(prepared(city, state))
    app = run(city, OVERVIEW)
    text = page_text(app)
    assert not app.error
    lists = [one.value for one in app.dataframe if "怎么补" in one.value.columns]
    assert bool(lists) == bool(missing_lines(study))
    if lists:
        assert len(lists[0]) == len(missing_lines(study)) - 1
    headline = next(line for line in [*re.findall("### .*", text), *blocks(app)])
    assert ("现在还不能判断" in headline) == bool(objection(study, against_targets=True))
    assert not (study.targets.empty and "确认薄弱" in headline)


@pytest.mark.parametrize("state", slow_but(["nothing", "all but names", "frame and margins"], STATES))
def test_no_rate_is_held_against_the_template(state: str, city: Path) -> None:
    study = load_study(prepared(city, state))
    gathered = gather(study, Selection(mode="household"))
    asked = gathered.newest(Selection(mode="household")).asking(["A1", "E0"], ("district",))
    found = judged(gathered, asked).table
    own = ("targets" in STATES[state] and "frame" in STATES[state]) or state == "all"
    assert found["line"].notna().all() == own
    assert own or (found["verdict"] == "").all()


def test_example_margins_are_not_weighted_to_and_the_caption_states_it(city: Path) -> None:
    settle(city, "frame", "targets")
    text = _caption(city)
    assert "人口结构还是示例，没有使用" in text
    assert "迭代加权" not in text
    assert "按抽样框加权" in text


def test_an_example_frame_gives_no_weights(city: Path) -> None:
    assert "未加权（抽样框还是示例）" in _caption(city)


def test_a_settled_study_has_no_remark(city: Path) -> None:
    text = _caption(settle(city))
    assert "示例" not in text
    assert "迭代加权" in text


def _caption(city: Path) -> str:
    from reports.provenance import provenance

    gathered = gather(load_study(city), Selection(mode="household"))
    asked = gathered.newest(Selection(mode="household")).asking(["E0"])
    return provenance(gathered, asked, gathered.estimates(asked)).strip


def test_lines_typed_by_hand_are_forecast(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(city, "frame", "margins")
    assert cli.main(["pass", "--study", str(city), "--line", "E0=85"]) == 0
    said = capsys.readouterr().out
    assert "满意率 ≥ 85%" in said
    assert "个目标还是示例（targets.csv 第 2—5 行）" in said


def test_the_ledger_opens_nothing_by_the_template(city: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    app = run(city, LEDGER)
    assert "现在还不能判断" in page_text(app)
    assert "不必立项" not in page_text(app)
    assert cli.main(["ledger", "--study", str(city)]) == 0
    assert "现在还不能判断" in capsys.readouterr().out
    assert cli.main(["ledger", "--study", str(city), "--open", "示例一区:E0", "--who", "张三"]) == cli.EXIT_USER_ERROR
    assert "还缺" in capsys.readouterr().err


def test_an_export_states_what_is_missing(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.xml"
    assert cli.main(["export", str(city), "--format", "ddi", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "还缺：目标" in text
    assert "（填写组织单位）" not in text
