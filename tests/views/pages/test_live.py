"""From the phone to the page: practice answers of the mock city appear in 实时回收, are drained, and never pooled."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import cli
from reports.data.import_state import import_state
from reports.labels import mode_label, wave_label
from survey.collect.serving.server import build
from survey.storage.store import ResponseStore
from survey.study.burst_log import DROP, Found, burst_log
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.survey.collect.playing import ask, put
from tests.survey.collect.town import answers_of, body_of, uuid7
from tests.views.page_words import Run, figures, page_text, title, words

LIVE = "views/pages/live.py"
SENT = 14


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mock city as `silu mock` writes it, before its practice wave has an answer."""
    root = tmp_path_factory.mktemp("study") / "city"
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2}
    return imported_city(root, practice=True, texts=False, **size)


def send(root: Path, count: int) -> None:
    """So many residents answer, all in one community; the first two stop at the consent first."""
    study, chance = load_study(root), random.Random(2)
    place = study.areas.points[0].code

    async def scenario() -> None:
        app = build(study)
        app.receiver.inbox.start()
        for number in range(count):
            identity = uuid7(chance)
            if number < 2:
                await ask(
                    app, "POST", f"/p/{app.receiver.name}", f"{uuid7(chance)} consent".encode(), address="10.0.0.2"
                )
            body = body_of(study, identity, answers_of(study.questionnaire, chance), place=place)
            assert (await put(app, identity, body)).status == 201
        app.receiver.inbox.close()

    asyncio.run(scenario())


def cards(app: AppTest) -> dict[str, int]:
    """Return the heading of each card -> its number."""
    shown = "".join(one.proto.body for one in app.get("html"))
    return {head: int(number) for head, number in re.findall("<h2>([^<]+)</h2><p><b>([0-9]+)</b>", shown)}


def test_an_empty_practice_wave_changes_no_page(practised: Path, run: Run) -> None:
    study = load_study(practised)
    app = run(practised)
    assert [wave.name for wave in study.waves] == ["P", "W1", "W2"]
    assert app.selectbox(key="wave").value == "W2"
    assert wave_label(study, "P") not in app.selectbox(key="wave").options
    empty = page_text(run(practised, LIVE))
    assert "网上问卷没有启动，不影响四率" in empty
    assert "没有截止日期" in empty
    assert "silu collect" in empty
    assert "居民打开问卷的网址由系统维护人员设置" in empty


def test_answers_flow_from_the_phone_to_the_pages(
    practised: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    send(practised, SENT)
    app = run(practised, LIVE)
    shown = page_text(app)
    study = load_study(practised)
    every = len(study.areas.points)
    assert title(app) == f"网上问卷收到 {SENT} 份，{every} 个社区里 {every - 1} 个还没有答卷"
    assert "请社区工作人员把二维码发到居民群" in shown
    assert cards(app) == {"收到": SENT, "有答卷的社区": 1, "待入库": SENT}
    assert f"今天 {SENT} 份" in shown
    hours, steps = figures(app)
    assert f"最多，{SENT} 份" in words(hours)
    drawn = hours["data"][0]["x"]
    assert len(drawn) == 12, "one hour alone is no bar as wide as the screen"
    assert "参与者意见" in words(hours)
    assert "中途停下最多的地方：同意填写（2 人）" in words(steps)
    assert any("十分钟内来自同一设备" in box.label for box in app.expander)
    assert import_state(study).waiting == SENT

    assert cli.main(["drain", str(practised)]) == 0
    assert f"移入 {SENT} 份" in capsys.readouterr().out
    assert cards(run(practised, LIVE))["待入库"] == 0
    assert import_state(study).waiting == 0

    app = run(practised)
    assert app.selectbox(key="wave").value == "W2"
    app = run(practised, wave=wave_label(study, "P"))
    assert app.selectbox(key="mode").options == [mode_label("online")]
    assert "参与者意见" in page_text(app) + "".join(words(figure) for figure in figures(app))
    rows = ResponseStore(practised / "store").read(["wave", "mode"]).to_pandas()
    assert (rows.loc[rows["wave"] == "P", "mode"] == "online").all()
    assert (rows["wave"] == "P").sum() == SENT

    ids = ResponseStore(practised / "store").read(["response_id"], waves=["P"])["response_id"].to_pylist()[:12]
    now = datetime.now()
    burst_log(study).set_apart([Found("P", now, now, frozenset(ids), "密集")])
    app = run(practised, LIVE)
    assert "集中提交：12 份没有计入" in [one.value for one in app.subheader]
    assert title(app) == f"网上问卷收到 {SENT} 份，其中 12 份集中提交、没有计入"
    assert cards(app)["集中提交"] == 12
    burst_log(study).decide([1], DROP, who="张三", why="重复")
    app = run(practised, LIVE)
    assert "集中提交" not in cards(app)
    assert "判断算不算" not in page_text(app)


def test_damaged_submissions_and_a_damaged_inbox_are_said_in_words(
    practised: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "city"
    shutil.copytree(practised, root, ignore=shutil.ignore_patterns("inbox", "secrets"))
    send(root, 3)
    path = root / "inbox" / "inbox.sqlite"
    connection = sqlite3.connect(path)
    last = connection.execute("SELECT max(n) FROM letter").fetchone()[0]
    connection.executescript(f"DROP TRIGGER letter_holds; UPDATE letter SET body = body || ' ' WHERE n = {last}")
    connection.close()
    assert cli.main(["drain", str(root)]) == 3
    assert f"第 {last} 份" in capsys.readouterr().out
    assert "有 1 份已收到的答卷在硬盘上损坏" in page_text(run(root, LIVE))
    path.write_bytes(path.read_bytes()[:9000] + bytes(8192) + path.read_bytes()[17192:])
    shown = page_text(run(root, LIVE))
    assert "收件箱" in shown
    assert "损坏" in shown
