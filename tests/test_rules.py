"""The rules of the product, each tested by its number where this repository enforces it."""

import ast
import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from analysis.decisions.sensitivity import by_insider
from analysis.estimation.sample import SampleOptions, prepare
from analysis.integrity.combine import Light
from analysis.integrity.hints import FALSE_ALARMS, NOT_AN_ACCUSATION
from analysis.integrity.lights import area_lights
from analysis.integrity.signals import SIGNALS
from commands.answers import exclude
from commands.findings import integrity, quality
from commands.terminal.parser import CommandParser
from reports.sentences import weak
from survey.collect.submission.envelope import consent_problems
from survey.errors import ArgumentError, DesignError, StudyError
from survey.instrument.lint.lint import lint_questionnaire
from survey.quality.check import Context
from survey.quality.exclusions import FILE, Decisions
from survey.quality.incentives import gift_of
from survey.quality.interviewers import conflicts
from survey.quality.preregistration import deviations, read_registration, register
from survey.quality.registry import CHECKS
from survey.quality.sheet import open_sheet
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from survey.study.targets import read_targets
from survey.study.terms import Approval
from tests.analysis.integrity.twins import inspected
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("rules") / "city"
    return imported_city(root, districts=2, streets_per_district=2, communities_per_street=3)


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return load_study(folder)


def run_command(command: object, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    """Return exit code and output of a command."""
    parser = CommandParser(prog="silu")
    command.configure(parser)  # type: ignore[attr-defined]
    code = command.run(parser.parse_args(list(args)))  # type: ignore[attr-defined]
    return code, capsys.readouterr().out


def test_r_01_an_opinion_has_no_right_answer() -> None:
    asked = {"type": "radiogroup", "name": "E0", "title": "满意吗", "choices": [1, 2], "correctAnswer": 1}
    found = lint_questionnaire({"title": "x", "pages": [{"name": "p", "elements": [asked]}]})
    assert any("R-01" in str(finding) for finding in found)


def test_r_02_leaving_a_response_out_changes_no_answer(study: Study, tmp_path: Path) -> None:
    store = ResponseStore(study.root / "store")
    before, version = store.read(), store.version
    log = Decisions(tmp_path / FILE)
    names = before["response_id"].slice(0, 5).to_pylist()
    log.exclude(names, wave=before["wave"][0].as_py(), who="张三", why="试")
    assert log.kept(before).num_rows < before.num_rows
    assert store.version == version
    assert store.read().equals(before)


def test_r_05_and_r_07_no_output_names_a_respondent(
    folder: Path, study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = ResponseStore(study.root / "store").read(["response_id"])["response_id"].to_pylist()
    lines = [
        run_command(integrity, capsys, "--study", str(folder))[1],
        run_command(quality, capsys, "--study", str(folder))[1],
        run_command(exclude, capsys, "--study", str(folder), "--check", "duplicate", "--who", "张三", "--why", "试")[1],
        run_command(exclude, capsys, "--study", str(folder))[1],
    ]
    (study.root / FILE).unlink()
    output = "\n".join(lines)
    assert "张三" in output
    assert not [name for name in ids if name in output]
    found = inspected(True)
    known = set(found.rows["response_id"].to_pylist())
    for table in (found.found.interviewers, found.found.areas, found.found.evidence):
        assert "response_id" not in table
        assert not known & set(table.astype(str).to_numpy().ravel())


def test_r_07_dissatisfaction_itself_is_never_flagged(study: Study) -> None:
    """Swapping satisfied and dissatisfied answers changes no flag, and a plain complaint is never flagged."""
    rows = ResponseStore(study.root / "store").read(waves=["W1"])
    grid = [item.name for item in study.questionnaire.question("E").items]
    mirrored = rows
    for name in ("E0", *grid):
        codes = [6 - code if code is not None and 1 <= code <= 5 else code for code in rows[name].to_pylist()]
        mirrored = mirrored.set_column(rows.column_names.index(name), name, pa.array(codes, pa.int8()))
    contexts = [Context(open_sheet(each, study.questionnaire), study.areas, study.waves) for each in (rows, mirrored)]
    for name, check in CHECKS.items():
        first, second = (check.run(context).flag for context in contexts)
        if name != "contradiction":
            assert first.tolist() == second.tolist()
    angry = rows.slice(0, 20)
    for name in ("E0", *grid):
        codes = [5 if at % 3 or name == "E0" else 4 for at in range(20)]
        angry = angry.set_column(rows.column_names.index(name), name, pa.array(codes, pa.int8()))
    angry = angry.set_column(rows.column_names.index("A10"), "A10", pa.array([3] * 20, pa.int8()))
    assert not CHECKS["contradiction"].run(Context(open_sheet(angry, study.questionnaire))).flag.any()


def test_r_08_rated_units_do_not_interview(study: Study) -> None:
    codes = ["甲-01", "甲-02", "甲-03"]
    assert {one.reason for one in conflicts(study, codes)} == {"没有登记所属单位"}
    district = study.areas.districts[0]
    path = study.root / "interviewers.csv"
    path.write_text(
        f"interviewer,employer\n甲-01,某某调查公司\n甲-02,{district}创建办\n甲-03,某某大学\n", encoding="utf-8"
    )
    (found,) = conflicts(study, codes)
    assert (found.interviewer, found.employer) == ("甲-02", f"{district}创建办")
    path.write_text("interviewer,employer\n甲-01,\n", encoding="utf-8")
    with pytest.raises(StudyError, match="第 2 行"):
        conflicts(study, codes)
    path.unlink()


def test_r_09_insiders_are_reported_apart() -> None:
    case = inspected(False)
    city = case.city
    found = by_insider(
        case.rows, city.questionnaire, city.city.areas, city.margins, "W2", SampleOptions(modes=("household",))
    )
    table = found.table.set_index(["item", "insider"])
    assert set(found.table["insider"]) == {"有", "没有"}
    assert table.loc[("A1", "有"), "n"] < table.loc[("A1", "没有"), "n"] / 10
    rows = case.rows.drop_columns(["insider"])
    asked = replace(city.questionnaire, questions=tuple(q for q in city.questionnaire.questions if q.role != "insider"))
    with pytest.raises(ArgumentError, match="相关人员"):
        by_insider(rows, asked, city.city.areas, city.margins, "W2")


def test_r_10_opt_in_answers_are_never_pooled(study: Study) -> None:
    rows = ResponseStore(study.root / "store").read()
    with pytest.raises(DesignError, match="不能与其他方式合并"):
        prepare(rows, study.questionnaire, study.areas, study.margins, SampleOptions(modes=("household", "online")))


@pytest.mark.parametrize(
    ("gift", "words"),
    [
        ({"item": "毛巾", "value": 5}, "不完整"),
        ({"item": "毛巾", "value": [5, 20], "for": "participation"}, "人人相同"),
        ({"item": "毛巾", "value": 5, "for": "全部答满意"}, "因参与而给"),
    ],
)
def test_r_11_gifts_are_flat_and_for_taking_part(study: Study, gift: dict[str, object], words: str) -> None:
    assert gift_of(study) is None
    fair = replace(study, sections={"gifts": {"item": "毛巾", "value": 5, "for": "participation"}})
    assert gift_of(fair).value == 5  # type: ignore[union-attr]
    with pytest.raises(StudyError, match=words):
        gift_of(replace(study, sections={"gifts": gift}))


def test_r_12_children_need_a_guardian() -> None:
    assert not consent_problems({"agreed": True}, young=False, minors="guardian")
    assert consent_problems({"agreed": True}, young=True, minors="guardian")
    guarded = {"agreed": True, "guardian": {"agreed": True, "relation": "母亲"}}
    assert not consent_problems(guarded, young=True, minors="guardian")
    assert consent_problems(guarded, young=True, minors="block")


def test_r_13_a_red_light_stops_the_ranking_and_asks_for_interviews() -> None:
    case = inspected(True)
    lights = area_lights(case.found, case.rows, case.city.city.areas)
    red = [light for light in lights.values() if light.light is Light.RED]
    assert red
    assert not any(light.may_rank for light in red)
    assert all(light.again >= 0.05 * light.doubtful for light in red)


def test_r_14_a_flag_comes_with_evidence_explanation_and_false_alarm_rate(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert all(signal.innocent for signal in SIGNALS.values())
    assert all(check.innocent for check in CHECKS.values())
    _, output = run_command(integrity, capsys, "--study", str(folder))
    assert NOT_AN_ACCUSATION in output
    assert FALSE_ALARMS in output
    assert "5%" in FALSE_ALARMS
    assert not [word for word in ("造假者", "作弊", "弄虚作假") if word in output.replace(FALSE_ALARMS, "")]
    if "红灯 " in output:
        assert "先排除" in output


def test_r_14_likeness_alone_never_turns_a_light_red() -> None:
    from analysis.integrity.combine import lights

    p = pa.array([1e-6] + [0.5] * 9).to_numpy().reshape(1, -1).repeat(30, axis=0)
    assert not (lights(p, p[:, 0] > 0)[2] == Light.RED).any()


def test_r_17_a_model_estimate_is_marked() -> None:
    table = pd.DataFrame({"street": ["甲街", "乙街"], "estimate": [0.7, 0.9], "gap": [-0.1, 0.1]})
    for verdicts, target in ((["确认薄弱", "达标"], 0.8), (["达标", "达标"], 0.8), (["", ""], float("nan"))):
        assert weak.streets(table.assign(verdict=verdicts), "满意率", target).text.startswith("模型估计")


@pytest.mark.parametrize("missing", ["source", "date"])
def test_r_18_a_target_has_a_source_and_a_date(missing: str, study: Study, tmp_path: Path) -> None:
    row = {"measure": "satisfaction", "target": "80", "source": "某文件", "date": "2026-01-01"}
    written = tmp_path / "targets.csv"
    for content, refused in ((row, False), (row | {missing: ""}, True)):
        pd.DataFrame([content]).to_csv(written, index=False)
        with pytest.raises(StudyError) if refused else nullcontext():
            assert read_targets(written, study.questionnaire, study.areas)["target"].tolist() == [80.0]


def test_r_20_no_field_work_without_a_valid_approval() -> None:
    assert "批准文号" in Approval("").objection(date(2026, 9, 1))
    assert "有效期" in Approval("1").objection(date(2026, 9, 1))
    assert "到期" in Approval("1", expires=date(2026, 8, 31)).objection(date(2026, 9, 1))
    assert not Approval("1", expires=date(2026, 9, 1)).objection(date(2026, 9, 1))


def test_r_24_the_plan_is_frozen_and_deviations_are_reported(study: Study) -> None:
    wave = study.waves[-1]
    with pytest.raises(ArgumentError, match="剔除规则"):
        register(study, wave.name, who="张三", exclusion="")
    made = register(study, wave.name, who="张三", exclusion="只剔除重复答卷", today=date(2020, 1, 1))
    assert made.early
    assert made.parts["exclusion"] == "只剔除重复答卷"
    assert deviations(study, made) == ()
    with pytest.raises(ArgumentError, match="已经预登记"):
        register(study, wave.name, who="李四", exclusion="再来")
    rates = tuple(rate for rate in study.questionnaire.rates if rate.measure != "support")
    moved = replace(
        study,
        suppression=5,
        thresholds=study.thresholds[:-1],
        margins=study.margins.assign(population=study.margins["population"] + 1),
        questionnaire=replace(study.questionnaire, rates=rates),
    )
    found = {one.part for one in deviations(moved, read_registration(study.root, wave.name))}
    assert {"rates", "margins", "suppression"} <= found
    path = study.root / "registration" / f"{wave.name}.json"
    path.write_text(path.read_text(encoding="utf-8").replace("张三", "李四"), encoding="utf-8")
    with pytest.raises(StudyError, match="改动过"):
        read_registration(study.root, wave.name)


INDEX = Path(__file__).parent.parent / "docs" / "rules.md"
CITED = re.compile(r"\bR-\d{2}\b")


def test_the_index_of_rules_is_complete_and_names_tests_that_exist() -> None:
    root = INDEX.parent.parent
    rows = {line[2:6]: line for line in INDEX.read_text(encoding="utf-8").splitlines() if line.startswith("| R-")}
    assert list(rows) == [f"R-{number:02d}" for number in range(1, 26)]
    sources = [
        path
        for room in ("survey", "analysis", "accounts", "reports", "documents", "views", "commands")
        for path in (root / room).rglob("*.py")
    ]
    cited = {rule for path in sources for rule in CITED.findall(path.read_text(encoding="utf-8"))}
    assert cited <= set(rows)
    for rule, line in rows.items():
        named = re.findall(r"`(tests/\S+\.py)::(\w+)`", line)
        assert named or "not enforced yet" in line, rule
        for file, name in named:
            tree = ast.parse((root / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (rule, name)
