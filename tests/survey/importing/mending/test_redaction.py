"""Contacts leave raw files of every text format; the answers in them are read as before."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from survey.importing import ingest
from survey.importing.mending.redaction import COLUMNS, hashed, raw_without_contacts, without_contacts
from survey.storage.delta import open_table
from survey.storage.import_batch import TEXTS
from survey.storage.parquet import read_parts
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, write_csv, write_xlsx

SECRETS = ("访员乙", "203.0.113.77", "手机丁")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def rows() -> list[dict[str, str]]:
    given = {"interviewer": SECRETS[0], "ip": SECRETS[1], "device": SECRETS[2]}
    return [answer(number, H1="路灯不亮，\n请“修”", **given) | given for number in range(1, 6)]


@pytest.mark.parametrize(
    ("separator", "encoding", "declared"),
    [
        (",", "utf-8-sig", False),
        (",", "utf-8", True),
        (";", "utf-8", False),
        ("\t", "gb18030", False),
        ("|", "utf-16", False),
    ],
)
def test_contacts_are_emptied_and_the_rest_is_read_as_before(
    study: Study, tmp_path: Path, separator: str, encoding: str, declared: bool
) -> None:
    buffer = io.StringIO(newline="")
    if declared:
        buffer.write(f"sep={separator}\r\n")
    heading = [*HEADING, "ip", "device"]
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerows([heading, *([row[name] for name in heading] for row in rows())])
    path = tmp_path / "答卷.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    content = raw_without_contacts(study, path)
    assert content is not None
    assert not any(word in content.decode("utf-8-sig") for word in SECRETS)
    before = ingest.stage(study, [path], "W1").comparison.responses
    (tmp_path / "清.csv").write_bytes(content)
    after = ingest.stage(study, [tmp_path / "清.csv"], "W1").comparison.responses
    other = [name for name in before.column_names if name not in (*COLUMNS, "row_hash")]
    assert after.select(other).to_pylist() == before.select(other).to_pylist()
    assert before["interviewer"].to_pylist() == [SECRETS[0]] * 5
    assert all(after[name].null_count == 5 for name in COLUMNS)
    again = raw_without_contacts(study, tmp_path / "清.csv")
    assert again == content, "a second time changes nothing"


def test_a_file_without_such_columns_stays_as_it_is_to_the_byte(study: Study, tmp_path: Path) -> None:
    heading = [name for name in HEADING if name != "interviewer"]
    path = write_csv(tmp_path / "答卷.csv", rows(), heading)
    assert raw_without_contacts(study, path) == path.read_bytes()


def test_a_workbook_and_what_nobody_can_read_are_said_to_be_stuck(study: Study, tmp_path: Path) -> None:
    heading = [*HEADING, "ip", "device"]
    book = write_xlsx(tmp_path / "答卷.xlsx", [heading, *([row[name] for name in heading] for row in rows())])
    assert raw_without_contacts(study, book) is None
    (tmp_path / "坏.csv").write_bytes(b"\x00\x01\x02" * 50)
    assert raw_without_contacts(study, tmp_path / "坏.csv") is None


def test_hashes_made_anew_are_those_of_an_import_without_contacts(study: Study, tmp_path: Path) -> None:
    heading = [*HEADING, "ip", "device"]
    path = write_csv(tmp_path / "答卷.csv", rows(), heading)
    ingest.import_files(study, [path], "W1")
    store = ResponseStore(study.root / "store")
    kept = store.read()
    roles = study.questionnaire.roles
    side = open_table(study.root / "store" / "texts")
    assert side is not None
    texts = read_parts(side).select(TEXTS.names)
    assert hashed(kept, TEXTS.empty_table(), roles)["row_hash"] != kept["row_hash"], "the hash covers the texts"
    assert hashed(kept, texts, roles)["row_hash"] == kept["row_hash"]
    clean = write_csv(tmp_path / "清.csv", [row | {"interviewer": ""} for row in rows()], HEADING)
    fresh = ingest.stage(study, [clean], "W1").comparison
    made = hashed(without_contacts(kept), texts, roles)
    by_id = dict(zip(made["response_id"].to_pylist(), made["row_hash"].to_pylist(), strict=True))
    assert {row["response_id"]: row["row_hash"] for row in fresh.responses.to_pylist()} == by_id
