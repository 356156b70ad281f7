"""Posters and the paper form are real PDFs made from the questionnaire."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from cli import main
from survey.collect.printing import Poster, link, posters_pdf, route
from survey.collect.seals import Seals, secret_of
from survey.inbox_sqlite import SqliteBackend
from survey.study import Study
from tests.survey.collect.town import make_town


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
    seals = Seals(secret_of(backend))
    backend.close()
    tokens = []
    for path in sorted(tmp_path.glob("邀请码-*.csv")):
        rows = table(path)
        tokens += [row["邀请码"] for row in rows]
        assert all(seals.invited(row["邀请码"]) == (True, int(row["社区代码"])) for row in rows)
        assert parse_qs(urlparse(rows[0]["链接"]).query)["t"] == [rows[0]["邀请码"]]
    assert len(set(tokens)) == len(tokens) == 4 * len(study.areas.points)
    row = table(tmp_path / "访问员链接.csv")[0]
    given = seals.interviewer(parse_qs(urlparse(row["链接"]).query)["k"][0])
    assert given is not None
    assert (given.interviewer, given.mode) == ("访01", "household")


def test_a_place_that_is_not_in_the_frame_is_refused(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["field", str(study.root), "--url", "https://x", "--out", str(tmp_path), "--place", "1"]
    assert main(arguments) == 2
    assert "抽样框里没有这个社区" in capsys.readouterr().err


def test_titles_with_typst_markup_are_printed_and_not_run(study: Study) -> None:
    assert posters_pdf(study, [Poster('#panic("x") *a* [b] $c$ \\ 社区', link("https://x", place=1))]).startswith(
        b"%PDF"
    )


def test_routes_are_said_in_words() -> None:
    assert route(None) == ""
    assert route("{A1} anyof [1, 2]") == "A1 选了 1、2 中的一个 时填写"
    assert route("{B1} notempty and {B1} notcontains 96") == "B1 已填，并且 B1 没有选 96 时填写"
