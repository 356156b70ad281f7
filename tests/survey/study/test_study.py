"""A study folder: created, read back, and rejected with file, line and remedy if invalid."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from survey.errors import QuestionnaireError, StudyError
from survey.study.margins import margin_tables
from survey.study.study import MODES, Study, load_study
from survey.study.template.new_study import init_study
from survey.study.terms import Approval, Wave
from tests.own_study import settle


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return init_study(tmp_path_factory.mktemp("study") / "新调查", title='某市"文明"调查')


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "study"))


@pytest.fixture(scope="module")
def study(template: Path) -> Study:
    return load_study(template)


@pytest.fixture
def own(root: Path) -> Path:
    """The new study, with all its parts replaced by those of a city."""
    return settle(root, "targets", "frame", "margins")


def replace(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_new_study_loads(study: Study) -> None:
    assert study.title == '某市"文明"调查'
    assert study.suppression == 10
    assert study.false_calls == 0.10
    assert not study.mock
    assert study.waves == (Wave("W1", "第一轮模拟测评", date(2027, 3, 1), date(2027, 3, 14), ("household",)),)
    assert study.thresholds == ()
    assert study.questionnaire.id == "silu-default"
    assert study.areas.districts == ("示例一区", "示例二区")
    assert study.mapping == {}


def test_targets_and_margins_of_the_template_are_left_out(study: Study) -> None:
    assert study.targets.empty
    assert study.margins.empty
    assert {"targets", "frame", "margins"} <= {one.part for one in study.leftovers}


def test_targets_of_the_city_are_read(own: Path) -> None:
    targets = load_study(own).targets
    assert list(targets["measure"]) == ["awareness", "support", "participation", "satisfaction"]
    assert targets["date"].iloc[0] == date(2026, 1, 1)


def test_margins_are_codes_and_agree_with_the_frame(own: Path) -> None:
    study = load_study(own)
    by_age_and_sex, by_education = margin_tables(study.margins)
    assert list(by_age_and_sex.columns) == ["district", "age", "sex", "population"]
    assert list(by_education.columns) == ["district", "education", "population"]
    assert sorted(by_age_and_sex["age"].unique()) == [1, 2, 3, 4]
    for margin in (by_age_and_sex, by_education):
        assert margin.groupby("district")["population"].sum().to_dict() == study.areas.population()


def test_nothing_is_overwritten(template: Path, tmp_path: Path) -> None:
    before = (template / "study.toml").read_bytes()
    with pytest.raises(StudyError, match="没有写入任何文件"):
        init_study(template)
    assert (template / "study.toml").read_bytes() == before
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(StudyError, match="不是空文件夹"):
        init_study(file)
    (tmp_path / "empty").mkdir()
    assert init_study(tmp_path / "empty").is_dir()


@pytest.mark.parametrize("name", ["study.toml", "frame.csv"])
def test_a_file_in_place_of_the_folder_is_reported(root: Path, name: str) -> None:
    with pytest.raises(StudyError, match=r"这里要写调查文件夹[\s\S]*study\.toml 所在的文件夹"):
        load_study(root / name)


def test_approval(study: Study) -> None:
    assert "批准文号" in study.approval.objection(date(2027, 3, 1))
    approval = Approval("统调〔2027〕1号", expires=date(2027, 12, 31))
    assert approval.objection(date(2027, 12, 31)) == ""
    assert "2027-12-31 到期" in approval.objection(date(2028, 1, 1))
    assert "有效期" in Approval("统调〔2027〕1号").objection(date(2027, 1, 1))


def test_waves_come_in_order_of_time(root: Path) -> None:
    more = (
        '\n[[waves]]\nname = "W0"\ntitle = "摸底"\nstart = 2026-12-01\nend = 2026-12-02\nmodes = ["phone", "online"]\n'
    )
    path = root / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    study = load_study(root)
    assert [wave.name for wave in study.waves] == ["W0", "W1"]
    assert study.wave("W0").modes == ("phone", "online")
    with pytest.raises(StudyError, match="没有这个调查轮次"):
        study.wave("W9")


@pytest.mark.parametrize(
    ("line", "expected"), [('segmenter = "hanlp"', 'segmenter.*"jieba"'), ('engine = "jieba"', "engine")]
)
def test_an_unknown_segmenter_is_refused(root: Path, line: str, expected: str) -> None:
    path = root / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + '\n[text]\nsegmenter = "jieba"\n', encoding="utf-8")
    assert load_study(root).sections["text"] == {"segmenter": "jieba"}
    path.write_text(f"{text}\n[text]\n{line}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=rf"(?s)第 {text.count(chr(10)) + 3} 行.*{expected}"):
        load_study(root)


def test_thresholds_and_mapping(own: Path) -> None:
    more = (
        '\n[[thresholds]]\nname = "门槛"\nvalue = 85\nsource = "某文件"\ndate = 2026-01-01\nmeasure = "satisfaction"\n'
        '[mapping]\n"您的年龄段" = "S1"\n[collect]\nport = 8080\n'
    )
    path = own / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    study = load_study(own)
    assert (study.thresholds[0].value, study.thresholds[0].measure) == (85, "satisfaction")
    assert study.mapping == {"您的年龄段": "S1"}
    assert study.sections["collect"] == {"port": 8080}


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: replace(root, name, old, new)


def append(text: str) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        path = root / "study.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    return plant


THRESHOLD = '[[thresholds]]\nname = "门槛"\nvalue = 85\nsource = "某文件"\ndate = 2026-01-01\n'
WAVE = '[[waves]]\nname = "W1"\ntitle = "二"\nstart = 2027-05-01\nend = 2027-05-02\nmodes = ["phone"]\n'

# what is done to a good study -> parts of the error
FAULTS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "no settings": (lambda root: (root / "study.toml").unlink(), ("没有 study.toml", "silu init")),
    "no frame": (lambda root: (root / "frame.csv").unlink(), ("缺少文件", "第 19 行", "frame.csv")),
    "broken toml": (edit("study.toml", "[study]", "[study"), ("不符合 TOML 格式",)),
    "wrong encoding": (lambda root: (root / "study.toml").write_bytes("标题".encode("gb18030")), ("UTF-8",)),
    "no waves": (lambda root: (root / "study.toml").write_text("[study]\n[approval]\n"), ("缺少一节", "[[waves]]")),
    "misspelt table": (append("[disclosuer]\nsuppression = 10\n"), ("[disclosure]", "第 ")),
    "single for list": (append("[thresholds]\nvalue = 3\n"), ("以 [[thresholds]] 开头",)),
    "list for single": (edit("study.toml", "[disclosure]", "[[disclosure]]"), ("以 [disclosure] 开头",)),
    "misspelt key": (edit("study.toml", "organiser =", "organizer ="), ("第 5 行", "是否想写 organiser")),
    "missing key": (edit("study.toml", 'title = "第一轮模拟测评"', ""), ("缺少轮次名称", "[[waves]] 第 1 个")),
    "kind of data": (edit("study.toml", 'data = "real"', 'data = "fake"'), ("第 7 行", "数据性质", "mock")),
    "false calls in percent": (
        edit("study.toml", "false_calls = 0.10", "false_calls = 10"),
        ("[verdict] false_calls", "允许错判的比例不对", "0.01 到 0.3 之间", "10"),
    ),
    "suppression below 5": (edit("study.toml", "suppression = 10", "suppression = 3"), ("第 28 行", "不小于 5")),
    "date as text": (edit("study.toml", "start = 2027-03-01", 'start = "3月1日"'), ("开始日期", "不加引号")),
    "end before start": (
        edit("study.toml", "end = 2027-03-14", "end = 2027-02-14"),
        ("结束日期早于开始日期", "第 44 行"),
    ),
    "unknown mode": (edit("study.toml", '["household"]', '["home"]'), ("不认识的调查方式", "入户面访")),
    "modes empty": (edit("study.toml", '["household"]', "[]"), ("至少一项",)),
    "same wave twice": (append(WAVE), ("两个轮次代号相同", "[[waves]] 第 2 个")),
    "wave name": (edit("study.toml", 'name = "W1"', 'name = "第一轮"'), ("例如 W1",)),
    "threshold without source": (append(THRESHOLD.replace('source = "某文件"\n', "")), ("缺少出处",)),
    "threshold without date": (append(THRESHOLD.replace("date = 2026-01-01\n", "")), ("缺少出处日期",)),
    "threshold above 100": (append(THRESHOLD.replace("85", "850")), ("门槛值不对", "0 到 100")),
    "threshold of nothing": (append(THRESHOLD + 'item = "E.E99"\n'), ("门槛说的指标不存在", "[[thresholds]] 第 1 个")),
    "mapping to nothing": (append('[mapping]\n"年龄" = "S9"\n'), ("不存在的题目", "年龄")),
    "target above 100": (edit("targets.csv", ",90,", ",190,"), ("targets.csv", "第 2 行 目标 列", "0 到 100")),
    "target without source": (edit("targets.csv", "示例目标，请换成本市文件规定的数值", ""), ("第 2 行 出处 列",)),
    "target without date": (edit("targets.csv", "2026-01-01", "去年"), ("第 2 行 日期 列",)),
    "target of nothing": (edit("targets.csv", "知晓率,,", "知晓率,A99,"), ("第 2 行 题目 列", "A1")),
    "target of another measure": (edit("targets.csv", "知晓率,,", "知晓率,C1,"), ("支持率（C1 属于它）",)),
    "target of no district": (edit("targets.csv", "知晓率,,,", "知晓率,,三区,"), ("第 2 行 区县 列", "示例一区")),
    "target twice": (edit("targets.csv", "支持率,", "知晓率,"), ("第 3 行", "与第 2 行相同")),
    "target of unknown measure": (edit("targets.csv", "知晓率", "知道率"), ("知晓率、支持率",)),
    "margin of no district": (edit("margins.csv", "示例一区,18—29岁,男", "三区,18—29岁,男"), ("第 2 行 区县 列",)),
    "margin of no class": (edit("margins.csv", "18—29岁,男", "17岁,男"), ("第 2 行 年龄 列", "18—29岁")),
    "negative population": (edit("margins.csv", ",1950", ",-1950"), ("第 2 行 人口 列", "不小于 0")),
    "margin twice": (edit("margins.csv", "18—29岁,女", "18—29岁,男"), ("第 3 行", "与第 2 行相同")),
    "margin incomplete": (edit("margins.csv", "示例一区,18—29岁,男,,1950\n", ""), ("区县×年龄×性别", "没有写全")),
    "margin without a class": (
        lambda root: [
            replace(root, "margins.csv", f"示例{n}区,,,研究生,{p}\n", "") for n, p in (("一", 585), ("二", 753))
        ],
        ("文化程度缺少 5",),
    ),
    "totals differ": (edit("margins.csv", ",6630", ",7630"), ("合计不一致",)),
    "margin of nothing": (edit("margins.csv", "示例一区,18—29岁,男,,", ",,,,"), ("至少填写一个分组",)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_with_its_place(root: Path, name: str) -> None:
    plant, expected = FAULTS[name]
    plant(root)
    with pytest.raises(StudyError) as error:
        load_study(root)
    for part in expected:
        assert part in str(error.value), str(error.value)


def test_a_margin_without_a_question_is_reported_once_with_its_remedy(root: Path) -> None:
    replace(root, "questionnaire.json", '"role": "age",', "")
    with pytest.raises(StudyError) as error:
        load_study(root)
    assert "margins.csv 有 1 处问题" in str(error.value)
    assert '年龄 列：问卷里没有哪一题标明是年龄。在问卷的这一题上加 "role": "age"' in str(error.value)


def test_deep_nesting_is_reported(root: Path) -> None:
    (root / "questionnaire.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(QuestionnaireError, match="嵌套太深"):
        load_study(root)


def test_a_faulty_questionnaire_is_reported(root: Path) -> None:
    replace(root, "questionnaire.json", '"measurePositive": [1]', '"measurePositive": [7]')
    with pytest.raises(QuestionnaireError, match="不存在的选项代码"):
        load_study(root)


def test_targets_for_an_item_and_a_district(own: Path) -> None:
    replace(own, "targets.csv", "知晓率,,,90", ",E.E12,河西区,80%")
    row = load_study(own).targets.iloc[0]
    assert (row["measure"], row["item"], row["district"], row["target"]) == ("satisfaction", "E.E12", "河西区", 80.0)


def test_margins_by_code_and_without_area(root: Path) -> None:
    (root / "margins.csv").write_text("sex,population\n1,5100\n2,4900\n", encoding="gb18030")
    margins = load_study(root).margins
    pd.testing.assert_frame_equal(
        margins,
        pd.DataFrame({"sex": [1, 2], "population": [5100, 4900]}).astype({"sex": "Int8", "population": "int64"}),
    )


def test_modes_have_chinese_names() -> None:
    assert set(MODES) == {"household", "street", "phone", "online"}
