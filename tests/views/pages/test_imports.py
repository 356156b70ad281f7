"""The import page: files, preview, mapping, commit, undo, history; analysts only."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from survey.host import access
from survey.host.scratch import process_folder
from survey.importing.mapping_file import NAME
from survey.storage.backup.snapshot import take
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.commands.upkeep.test_verify import flip
from tests.survey.small_study import EXPORTS, HEADING, answer, make_study, write_csv, write_xlsx
from tests.views.page_words import blocks, seen
from views.shell.navigation import PAGES
from views.visitor.session import STUDY_VARIABLE

PAGE = Path(__file__).parents[3] / "views" / "pages" / "imports.py"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    made = make_study(tmp_path / "study")
    monkeypatch.setenv(STUDY_VARIABLE, str(made.root))
    monkeypatch.delenv(access.VARIABLE, raising=False)
    return made


def start() -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not app.exception
    return app


def upload(app: AppTest, *paths: Path) -> AppTest:
    files = [(path.name, path.read_bytes(), "application/octet-stream") for path in paths]
    app.file_uploader[0].set_value(files).run()
    assert not app.exception
    return app


def page_text(app: AppTest) -> str:
    kinds = ("markdown", "error", "info", "warning", "success", "caption")
    return "\n".join([*(seen(entry.value) for kind in kinds for entry in app.get(kind)), *blocks(app)])


def rows(study: Study) -> int:
    return ResponseStore(study.root / "store").read(["response_id"]).num_rows


def test_before_the_first_import_the_page_is_empty(study: Study) -> None:
    empty = page_text(start())
    assert "还没有导入过任何答卷" in empty
    assert "看预览" in empty


def test_an_import_keeps_the_uploads_of_other_visitors(study: Study, tmp_path: Path) -> None:
    common = write_csv(tmp_path / f"{tmp_path.name}.csv", [answer(1)])
    first, second = (upload(start(), common) for _ in range(2))
    uploads = [*process_folder().rglob(common.name)]
    assert len(uploads) == 2
    first.button(key="imports.commit").click().run()
    assert [path for path in uploads if path.exists()] == [*process_folder().rglob(common.name)]
    assert len([path for path in uploads if path.exists()]) == 1
    assert [metric.value for metric in second.run().metric] == ["0", "0", "1", "0"]


def test_preview_commit_correct_and_undo(study: Study, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    answers = [answer(1), answer(2), answer(3, A1="也许")]
    app = upload(start(), write_csv(tmp_path / "in" / "答卷.csv", answers))
    assert "读到 3 行：新增 2 份，1 行退回" in page_text(app)
    assert ResponseStore(study.root / "store").version is None  # a preview writes nothing
    assert [metric.value for metric in app.metric] == ["2", "0", "0", "1"]
    issues = app.dataframe[1].value
    assert issues["读到"].tolist() == ["也许"]
    assert issues["行"].tolist() == [4]
    app.button(key="imports.commit").click().run()
    assert "已写入，数据版本" in page_text(app)
    assert rows(study) == 2

    answers[1] = answer(2, E1="不满意")
    app = upload(start(), write_csv(tmp_path / "in" / "答卷.csv", answers))
    changed = app.dataframe[2].value
    assert changed[["现在", "更正为"]].to_numpy().tolist() == [["满意", "不满意"]]
    app.button(key="imports.commit").click().run()
    history = app.dataframe[0].value
    assert history["更新"].tolist()[0] == 1
    assert history["操作人"].tolist()[0]

    app.text_input(key="imports.why").set_value("文件有误").run()
    app.button(key="imports.undo").click().run()
    assert "已撤销" in page_text(app)
    assert "文件有误" in app.dataframe[0].value["说明"].tolist()[0]
    assert rows(study) == 2


def test_filters_narrow_the_issues(study: Study, tmp_path: Path) -> None:
    answers = [answer(1, A1="也许"), answer(2, S1="很大"), answer(3, submitted="2020-01-01 08:00:00")]
    app = upload(start(), write_csv(tmp_path / "a.csv", answers))
    assert len(app.dataframe[1].value) == 3
    app.multiselect(key="imports.filter.处理").set_value(["退回整行"]).run()
    assert len(app.dataframe[1].value) == 2
    app.multiselect(key="imports.filter.问题").set_value(["不是整数"]).run()
    assert app.dataframe[1].value["读到"].tolist() == ["很大"]


def test_many_files_at_once(study: Study, tmp_path: Path) -> None:
    paths = [write_csv(tmp_path / f"{n}.csv", [answer(n), answer(n + 50)]) for n in range(1, 6)]
    app = upload(start(), *paths)
    assert "读到 10 行：新增 10 份" in page_text(app)
    assert app.dataframe[0].value["文件"].tolist() == [path.name for path in paths]


def test_a_foreign_table_is_mapped_confirmed_and_read(study: Study, tmp_path: Path) -> None:
    heading = ["请问您的年龄", "你知道吗", "您的意见和建议", "您的性别（单选）", "社区编码", "环境", "备注"]
    row = ["35", "知道", "无", "男", "990101001001", "满意", "已核"]
    app = upload(start(), write_xlsx(tmp_path / "台账.xlsx", [heading, row, row]))
    assert "请核对 台账.xlsx 的列名" in page_text(app)
    app.button(key="mapping-confirm").click().run()
    assert not app.exception
    text = (study.root / NAME).read_text(encoding="utf-8")
    assert "confirmed = true" in text
    assert "普通表格" in app.dataframe[0].value["来源"].tolist()[0]
    assert "读到 2 行：新增 2 份" in page_text(app)


def test_an_unknown_place_name_is_offered_the_communities_of_the_frame(study: Study, tmp_path: Path) -> None:
    heading = (*(name for name in HEADING if name != "psu"), "区县", "社区")
    rows = [answer(n) | {"区县": "示例一区", "社区": "城关老院"} for n in (1, 2)]
    app = upload(start(), write_csv(tmp_path / "a.csv", rows, heading))
    assert [metric.value for metric in app.metric] == ["0", "0", "0", "2"]
    box = app.selectbox(key="place-城关老院")
    assert box.label == "示例一区 城关老院（2 行）"
    assert app.button(key="places-confirm").disabled  # nothing is proposed by similarity
    box.set_value(990101002001).run()
    app.button(key="places-confirm").click().run()
    assert not app.exception
    assert '"城关老院" = 990101002001' in (study.root / NAME).read_text(encoding="utf-8")
    assert [metric.value for metric in app.metric] == ["2", "0", "0", "0"]


def test_a_mapping_that_nobody_confirmed_comes_before_place_names(study: Study, tmp_path: Path) -> None:
    heading = (*(name for name in HEADING if name != "psu"), "社区")
    (study.root / NAME).write_text('confirmed = false\n[headings]\n"甲" = "A1"\n', encoding="utf-8")
    app = upload(start(), write_csv(tmp_path / "a.csv", [answer(1) | {"社区": "城关老院"}], heading))
    assert "还没有确认" in page_text(app)
    assert not [button for button in app.button if button.key == "places-confirm"]


def test_a_broken_file_is_answered_in_chinese(study: Study, tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes((EXPORTS / "kobo_export.xlsx").read_bytes()[:2000])
    app = upload(start(), tmp_path / "坏.xlsx")
    assert "损坏或不完整" in page_text(app)
    assert ResponseStore(study.root / "store").version is None


@pytest.mark.parametrize("role", ["leader", "unit", "publicity"])
def test_r05_only_analysts_import(role: str, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    app = start()
    assert "R-05" in page_text(app)
    assert not app.get("file_uploader")


def test_the_page_is_in_the_bar() -> None:
    assert ("imports.py", "数据导入", "imports") in PAGES["管"]


def test_a_missing_backup_is_an_alarm(study: Study, tmp_path: Path) -> None:
    settings = study.root / "study.toml"
    text = settings.read_text(encoding="utf-8").replace('data = "mock"', 'data = "real"')
    settings.write_text(text, encoding="utf-8")
    assert "没有设置备份" in start().warning[0].value
    settings.write_text(f'{text}\n[backup]\ntarget = "{(tmp_path / "kept").as_posix()}"\n', encoding="utf-8")
    assert "还没有备份过" in start().warning[0].value
    take(study.root, tmp_path / "kept")
    assert not start().warning


def test_a_damaged_store_is_repaired_with_the_original(study: Study, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    original = write_csv(tmp_path / "in" / "答卷.csv", [answer(number) for number in range(1, 6)])
    upload(start(), original).button(key="imports.commit").click().run()
    before = ResponseStore(study.root / "store").read()
    flip(Path(ResponseStore(study.root / "store").files()[0]))
    for raw in (study.root / "raw").iterdir():
        raw.unlink()
    app = upload(start(), original)
    assert "答卷文件损坏" in page_text(app)
    app.button(key="imports.heal").click().run()
    assert not app.exception
    assert "逐字节相同" in page_text(app)
    assert ResponseStore(study.root / "store").read().equals(before)


def test_a_missing_part_is_a_fault_in_the_history(study: Study, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    upload(start(), write_csv(tmp_path / "in" / "a.csv", [answer(1)])).button(key="imports.commit").click().run()
    Path(ResponseStore(study.root / "store").files()[0]).unlink()
    assert start().dataframe[0].value["数据"].tolist() == ["数据文件损坏或不见了，打不开"]


def test_what_must_be_confirmed_blocks_the_commit(study: Study, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    app = upload(start(), write_csv(tmp_path / "in" / "a.csv", [answer(n, weight="700") for n in range(4)]))
    app.button(key="imports.commit").click().run()
    heading = [name for name in HEADING if name != "weight"]
    app = upload(start(), write_csv(tmp_path / "in" / "b.csv", [answer(10 + n) for n in range(4)], heading))
    assert "写入之前，先确认 1 件事" in page_text(app)
    assert "4 份带权重（中位数 700）" in page_text(app)
    assert app.button(key="imports.commit").disabled
    next(box for box in app.checkbox if "已核对" in box.label).check().run()
    app.button(key="imports.commit").click().run()
    assert "已写入，数据版本 2" in page_text(app)
    assert rows(study) == 8
