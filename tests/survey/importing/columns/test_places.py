"""Places by name: district, street and community as in the frame, with their usual endings and confirmed aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from survey.errors import StudyError
from survey.importing import ingest
from survey.importing.mapping import propose_for
from survey.importing.mapping_file import NAME, write_mapping
from survey.readers.cells.issues import IssueCode
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, write_csv

NAMED = (*(name for name in HEADING if name != "psu"), "区县", "街道", "社区")
FIRST = ("示例一区", "东街道", "东街道第一社区")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def row(number: int, district: str, street: str, community: str, **cells: str) -> dict[str, str]:
    return answer(number, **cells) | {"区县": district, "街道": street, "社区": community}


def staged(
    study: Study, folder: Path, rows: Sequence[Mapping[str, str]], heading: Sequence[str] = NAMED
) -> ingest.Preview:
    return ingest.stage(study, [write_csv(folder / "a.csv", rows, heading)], "W1")


def psus(preview: ingest.Preview) -> list[int]:
    rows = sorted(preview.comparison.responses.to_pylist(), key=lambda one: str(one["response_id"]))
    return [one["psu"] for one in rows]


def test_a_file_with_names_imports(study: Study, tmp_path: Path) -> None:
    rows = [
        row(1, *FIRST),
        row(2, "示例二区", "东街道", "东街道第一社区"),
        row(3, "示例一", "东街道办事处", "东街道第一居委会"),
        row(4, " 示例一区 ", "西街道", "西街道第二社区居民委员会"),
    ]
    preview = staged(study, tmp_path, rows)
    assert psus(preview) == [990101001001, 990102001001, 990101001001, 990101002002]
    assert not preview.issue_count


def test_a_name_of_several_communities_needs_its_district(study: Study, tmp_path: Path) -> None:
    preview = staged(study, tmp_path, [row(1, "", "东街道", "东街道第一社区"), row(2, *FIRST)])
    assert (psus(preview), preview.issue_count) == ([990101001001], {IssueCode.SEVERAL_PLACES: 1})
    assert "补上区县和街道" in preview.issues[0].cure


def test_an_unknown_name_is_rejected_and_never_matched_by_similarity(study: Study, tmp_path: Path) -> None:
    rows = [row(n, "示例一区", "东街道", "东街道第七社区") for n in range(300)] + [row(300, *FIRST)]
    preview = staged(study, tmp_path, rows)
    assert (psus(preview), preview.rejected) == ([990101001001], 300)
    assert len(preview.issues) == 1  # 300 equal lines are one with a count
    issue = preview.issues[0]
    assert (issue.row, issue.count, issue.value) == (2, 300, "示例一区 东街道 东街道第七社区")
    assert "第 2 行等 300 行" in str(issue)
    assert "mapping.toml" in issue.cure


def test_a_confirmed_alias_is_kept(study: Study, tmp_path: Path) -> None:
    text = 'confirmed = true\n[places]\n"城关老院" = 990101002001\n'
    (study.root / NAME).write_text(text, encoding="utf-8")
    assert psus(staged(study, tmp_path, [row(1, "", "", "城关老院")])) == [990101002001]
    write_mapping(study.root / NAME, (), (), source="x.csv", who="张三")
    assert '"城关老院" = 990101002001' in (study.root / NAME).read_text(encoding="utf-8")


def test_an_alias_of_no_community_is_reported(study: Study, tmp_path: Path) -> None:
    (study.root / NAME).write_text('confirmed = true\n[places]\n"城关老院" = 1\n', encoding="utf-8")
    with pytest.raises(StudyError, match="不存在的编码"):
        staged(study, tmp_path, [row(1, "", "", "城关老院")])


def test_a_code_takes_precedence_and_names_fill_its_gaps(study: Study, tmp_path: Path) -> None:
    rows = [row(1, *FIRST, psu="990102002002"), row(2, *FIRST, psu="")]
    assert psus(staged(study, tmp_path, rows, (*HEADING, "区县", "街道", "社区"))) == [990102002002, 990101001001]


def test_rows_without_any_place_name_the_column_to_fill(study: Study, tmp_path: Path) -> None:
    preview = staged(study, tmp_path, [row(1, "", "", ""), row(2, *FIRST)])
    assert preview.issue_count == {IssueCode.NO_PSU: 1}
    assert "“社区”" in preview.issues[0].cure
    heading = [name for name in HEADING if name != "psu"]
    preview = staged(study, tmp_path, [answer(n) for n in range(30)], heading)
    issue = preview.issues[0]
    assert (len(preview.issues), issue.count, issue.column) == (1, 30, "社区编码")
    assert "“区县”“街道”“社区”" in issue.cure


def test_a_mapping_offers_the_names(study: Study, tmp_path: Path) -> None:
    made = propose_for(write_csv(tmp_path / "a.csv", [row(1, *FIRST)], NAMED), study.questionnaire)
    targets = {match.heading: (match.target, match.title) for match in made.headings}
    assert targets["社区"] == ("community", "社区名称")
    assert targets["区县"][0] == "district"


def test_phones_and_identity_numbers_are_masked_and_reported(study: Study, tmp_path: Path) -> None:
    heading = (*HEADING, "联系电话")
    rows = [
        answer(1, A1="13812345678", H1="电话13812345678") | {"联系电话": "13912345678"},
        answer(2, S1="11010519491231002X") | {"联系电话": ""},
    ]
    preview = staged(study, tmp_path, rows, heading)
    shown = "\n".join(str(issue) for issue in preview.issues)
    assert "138****5678" in shown
    assert "110105********002X" in shown
    assert "12345678" not in shown
    columns = {issue.column for issue in preview.issues if issue.code is IssueCode.PERSONAL}
    assert columns == {"A1", "S1", "H1", "联系电话"}


def test_a_wrong_time_is_no_missing_id(tmp_path: Path) -> None:
    from tests.survey.small_study import wm_study

    study = wm_study(tmp_path / "study")
    heading = "序号,提交时间,s1,age,q1,q3,q4,q5.env,q5.traffic,q5.service,q5.community,q6,d1,d2,d3"
    cells = ["1,昨天", "2,2026-11-03 09:12:05", "3,"]
    lines = [heading, *(f"{front},1,30,3,1,1,1,1,1,1,1,1,1,1" for front in cells)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    preview = ingest.stage(study, [path], "W1")
    assert preview.new == 1
    found = {(issue.code, issue.row) for issue in preview.issues if issue.row}
    assert found == {(IssueCode.BAD_DATE, 2), (IssueCode.NO_TIME, 4)}
