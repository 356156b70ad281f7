"""Posters and the paper form are real PDFs made from the questionnaire."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from cli import main
from survey.collect.form import printing
from survey.collect.form.printing import Poster, link, paper_pdf, posters_pdf, route
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import seals_of
from survey.collect.links.seals import Pass
from survey.collect.serving.server import questionnaire_file
from survey.collect.settings import CollectSettings, collect_settings
from survey.instrument.questionnaire import load_json, parse_questionnaire
from survey.study.study import Study
from tests.survey.collect.town import make_town
from tests.survey.small_study import QUESTIONNAIRE, make_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_town(tmp_path_factory.mktemp("print") / "town")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_field_writes_posters_paper_invitations_and_links(study: Study, tmp_path: Path) -> None:
    url = "https://wj.example.cn"
    arguments = ["field", str(study.root), "--url", url, "--out", str(tmp_path), "--invitations", "2"]
    assert main([*arguments, "--interviewer", "访01"]) == 0
    assert main(arguments) == 0
    posters, paper = (tmp_path / "海报.pdf").read_bytes(), (tmp_path / "纸质问卷.pdf").read_bytes()
    assert posters.startswith(b"%PDF")
    assert paper.startswith(b"%PDF")
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    seals = seals_of(study, backend)
    backend.close()
    tokens = []
    for path in sorted(tmp_path.glob("邀请码-*.csv")):
        rows = table(path)
        tokens += [row["邀请码"] for row in rows]
        for row in rows:
            given = seals.invited(row["邀请码"])
            assert given is not None
            assert (given.place, given.expires) == (int(row["社区代码"]), study.waves[0].end)
            assert row["有效期至"] == study.waves[0].end.isoformat()
        assert parse_qs(urlparse(rows[0]["链接"]).query)["t"] == [rows[0]["邀请码"]]
    assert len(set(tokens)) == len(tokens) == 4 * len(study.areas.points)
    row = table(tmp_path / "访问员链接.csv")[0]
    assert seals.interviewer(parse_qs(urlparse(row["链接"]).query)["k"][0]) == Pass(
        "访01", "household", study.waves[0].end
    )


def test_a_place_that_is_not_in_the_frame_is_refused(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["field", str(study.root), "--url", "https://x", "--out", str(tmp_path), "--place", "1"]
    assert main(arguments) == 2
    assert "抽样框里没有这个社区" in capsys.readouterr().err


def test_titles_with_typst_markup_are_printed_and_not_run(study: Study) -> None:
    poster = Poster('#panic("x") *a* [b] $c$ \\ 社区', link("https://x", place=1))
    assert posters_pdf(study, collect_settings(study), [poster]).startswith(b"%PDF")


def test_routes_are_written_in_words() -> None:
    assert route(None) == ""
    assert route("{A1} anyof [5]") == "A1 选了 5 时填写"
    assert route("{A1} anyof [1, 2]") == "A1 选了 1、2 中的一个 时填写"
    assert route("{J1} + {J2} * 2 >= 4 or {J3}") == "J1 + (J2 * 2) 不小于 4，或者 J3 为“是” 时填写"
    assert route("count({B1}) = 2") == "count(B1) 等于 2 时填写"
    assert route("{B1} notempty and {B1} notcontains 96") == "B1 已填，并且 B1 没有选 96 时填写"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is given to the templates; they are still compiled."""
    given: list[dict[str, Any]] = []
    compiled = printing._compile

    def record(template: str, content: dict[str, Any]) -> bytes:
        given.append(content)
        return compiled(template, content)

    monkeypatch.setattr(printing, "_compile", record)
    return given


def test_the_paper_form_names_the_endings_and_promises_no_receipt(study: Study, printed: list[dict[str, Any]]) -> None:
    paper_pdf(study, CollectSettings(), load_json(questionnaire_file(study)))
    (content,) = printed
    endings = [text for page in content["pages"] for text in page["endings"]]
    assert endings == ["S1 选了 5，或者 S2 选了 2：不属于本次调查的对象，填到这里为止，谢谢您"]
    assert content["pages"][0]["endings"]
    notice = dict(content["notice"])
    assert "回执码" not in notice["您的权利"]
    assert "网络地址" not in notice["收集什么"]


@pytest.mark.parametrize("before", range(1, 7))
def test_other_stands_on_a_line_of_its_own_after_any_number_of_options(before: int, tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    raw = json.loads(json.dumps(QUESTIONNAIRE))
    choices = [{"value": code, "text": f"渠道{code}"} for code in range(1, before + 1)]
    raw["pages"][0]["elements"][2]["choices"] = choices
    asked = replace(study, questionnaire=parse_questionnaire(raw))
    assert paper_pdf(asked, CollectSettings(), raw).startswith(b"%PDF")


def test_a_poster_states_the_rule_of_the_form_on_minors(study: Study, printed: list[dict[str, Any]]) -> None:
    posters_pdf(study, CollectSettings(minors="block"), [Poster("甲社区", "https://x/")])
    assert printed[0]["minors"] == "block"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--url", "wj.example.cn"], "网址不对"),
        (["--url", "https://x/?a=1"], "网址不对"),
        (["--url", "https://x", "--invitations", "-3"], "邀请码的数量不对"),
    ],
)
def test_what_cannot_be_mended_on_paper_is_refused_before(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str], words: str
) -> None:
    assert main(["field", str(study.root), "--out", str(tmp_path / "out"), *wrong]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_reported(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    assert main(["field", str(study.root), "--url", "https://x", "--out", str(tmp_path / "out")]) == 2
    assert "不能写到这个目录" in capsys.readouterr().err


def test_an_interviewers_link_before_the_wave_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = make_town(tmp_path / "town", modes='["online"]')
    arguments = [
        "field",
        str(study.root),
        "--url",
        "https://x",
        "--out",
        str(tmp_path / "out"),
        "--interviewer",
        "访01",
    ]
    assert main(arguments) == 0
    assert "现在还打不开问卷：本调查没有“入户面访”这种方式" in capsys.readouterr().out


def test_by_invitation_no_poster_for_everyone_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = make_town(tmp_path / "town", 'invitation = "token"')
    toml = study.root / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("2027-12-31", "2020-01-01"), encoding="utf-8")
    arguments = ["field", str(study.root), "--url", "https://x", "--out", str(tmp_path / "out"), "--invitations", "1"]
    assert main(arguments) == 0
    printed_text = capsys.readouterr().out
    assert "不做公开海报" in printed_text
    assert "批准已于 2020-01-01 到期" in printed_text
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["纸质问卷.pdf", "邀请码-1.csv"]
