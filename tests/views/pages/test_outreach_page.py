"""宣传规划: headline, chart and plan of the page and of `silu outreach` are one plan."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest

import cli
from tests.city_folder import imported_city
from tests.variants import slow_but
from tests.views.page_words import Run, bodies, figures, page_text, words

PAGE = "views/pages/outreach.py"
NAME = re.compile("“([^”]+)”")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another random city."""
    root = tmp_path_factory.mktemp("second") / "city"
    return imported_city(root, seed=7, districts=4, streets_per_district=3, communities_per_street=3, texts=False)


def printed(capsys: pytest.CaptureFixture[str], study: Path, *options: str) -> str:
    capsys.readouterr()
    assert cli.main(["outreach", "--study", str(study), *options]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("reach_only", "which"),
    slow_but([(False, "city")], [(False, "city"), (False, "second"), (True, "city"), (True, "second")]),
)
def test_page_chart_plan_and_command_say_one_thing(
    which: str, reach_only: bool, run: Run, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    study = request.getfixturevalue(which)
    options = ("--reach-only",) if reach_only else ()
    app = run(study, PAGE, basis="true")
    if reach_only:
        app.toggle(key="reach_only").set_value(True).run()
    assert not app.exception
    text, command = page_text(app), printed(capsys, study, *options)
    heading = re.search("<h1>(.+?)</h1><p>(.+?)</p>", "".join(bodies(app)))
    assert heading is not None
    assert f"{heading[1]}。{heading[2]}" == command.splitlines()[0]
    together = next(line for line in command.splitlines() if "的不知晓者：" in line)
    mix = next(words(one) for one in figures(app) if "下面安排了活动的渠道" in words(one))
    assert together in mix
    assert next(line for line in command.splitlines() if re.match("每|渠道关联的误差太大", line)) in text
    plan = next(table.value for table in app.dataframe if "次数" in table.value.columns)
    assert set(plan.columns[5:]) == set(NAME.findall(together))
    assert ("预计触达" in plan.columns) == reach_only
    rows = next(one for one in bodies(app) if "silu-rows" in one)
    assert rows.count("<tr") == 1 + plan["区县"].nunique()
    assert f"宣传 {plan['次数'].sum():,} 次" in rows.partition("<table")[0]
    assert ("预计触达" in rows) == reach_only
    sheet = printed(capsys, study, "--format", "csv", *options)
    rows = sheet[sheet.index("街道,") :].split("\n\n")[0].splitlines()[: len(plan) + 1]
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO("\n".join(rows))), plan.reset_index(drop=True))


def test_word_of_mouth_is_never_planned(city: Path, run: Run) -> None:
    app = run(city, PAGE, basis="true")
    app.toggle(key="reach_only").set_value(True).run()
    assert "不能安排活动（“亲友邻居”" in page_text(app)
    assert not any("亲友邻居" in str(one.value.columns) for one in app.dataframe)


def test_without_money_the_page_states_why_and_draws_no_mix(city: Path, run: Run) -> None:
    app = run(city, PAGE, basis="true")
    app.number_input[0].set_value(0).run()
    assert "预算或次数为零" in page_text(app)
    assert not any("下面安排了活动的渠道" in words(one) for one in figures(app))
