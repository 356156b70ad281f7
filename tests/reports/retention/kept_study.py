"""A study with everything that has a period: submissions, files with contacts, texts, rejected rows, old versions."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from survey.collect.draining.drain import drain
from survey.collect.draining.submission_rows import columns
from survey.collect.inbox.inbox import Step, Submission
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.issuing import make_pass
from survey.collect.links.keys import seals_of
from survey.collect.links.revocations import fix_undated
from survey.collect.links.seals import Invitation
from survey.importing import ingest
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.survey.collect.town import body_of, make_town, uuid7
from tests.survey.small_study import write_xlsx

ANSWERS = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "E0": 1}
SECRETS = ("访员乙", "甲访员", "203.0.113.77", "203.0.113.88", "手机丙", "手机丁")
"""Contacts as they were given; nothing of them may be found once their time is over."""
WORDS = ("路灯不亮请修", "公交太少了呀")
"""Free texts."""
END = date(2027, 3, 14)


def make_study(root: Path, retention: str = "", waves: str = "") -> Study:
    """A study whose wave W1 ends on 14 March 2027 and takes answers online and by interviewers."""
    make_town(root, start="2026-01-01", end=END.isoformat())
    path = root / "study.toml"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("[retention]")
    table = rest.partition("\n\n")[0] if not retention else f"\n{retention}\n"
    path.write_text(f"{head}[retention]{table}\n\n{rest.partition(chr(10) * 2)[2]}\n{waves}", encoding="utf-8")
    return load_study(root)


def fill(study: Study) -> None:
    """Letters are drained; a CSV and a workbook with contacts are imported, one import is undone."""
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    seals = seals_of(study, backend)
    fix_undated(backend, study.waves, date(2027, 3, 1))
    key = make_pass(backend, seals, "甲访员", "household", END)
    token = seals.invitation(Invitation(1, None, date(2099, 1, 1)))
    submissions = [
        submission(study, device="手机丙", token=token, H1=WORDS[0]),
        submission(study, mode="household", device="手机丁", **{"pass": key}),
        submission(study, flags="honeypot"),
    ]
    backend.write(submissions, [Step(submissions[0].id, "town", "A1", 1_800_000_000_000)])
    drain(study, backend)
    backend.close()
    table(study, study.root.parent / "纸质.csv", range(1, 41), H1=WORDS[1], bad=True)
    ingest.import_files(study, [study.root.parent / "纸质.csv"], "W1", mode="household")
    table(study, study.root.parent / "错误.csv", [99])
    ingest.import_files(study, [study.root.parent / "错误.csv"], "W1", mode="household")
    ResponseStore(study.root / "store").undo(who="张三", why="导错了")


def submission(study: Study, mode: str = "online", flags: str = "", H1: str = "", **more: Any) -> Submission:
    """A submission as the receiver stores it."""
    identity, place = uuid7(), study.areas.points[0].code
    answers = {**ANSWERS, **({"H1": H1} if H1 else {})}
    body = body_of(study, identity, answers, place=place, **more)
    digest = hashlib.sha256(body).digest()
    return Submission(
        UUID(identity).bytes, "town", "W1", mode, "v", place, 1_799_000_000_000, digest, more.get("token"),
        "d1", "a1", flags, body,
    )  # fmt: skip


def table(study: Study, path: Path, numbers: Iterable[int], *, H1: str = "", bad: bool = False) -> Path:
    """An answer file in the study's own layout, with contacts; a workbook where its name says so."""
    fixed = {
        "wave": "W1", "mode": "household", "submitted": "2027-03-02 10:00:00", "seconds": 300,
        "interviewer": "访员乙", "device": "手机丁", "ip": "203.0.113.77",
    }  # fmt: skip
    points = study.areas.points
    rows: list[dict[str, object]] = [
        {
            "response_id": f"f{number}",
            "psu": points[number % len(points)].code,
            **fixed,
            **ANSWERS,
            "H1": H1,
            "S1": 1 + number % 4,
            "J1": 1 + number // 4 % 2,
            "J2": 1 + number // 2 % 5,
            "A1": 1 + number % 3 % 2,
        }
        for number in numbers
    ]
    if bad:
        rows.append({"response_id": "bad", "psu": points[0].code, **fixed, **ANSWERS, "S1": 77, "ip": "203.0.113.88"})
    names = ["response_id", "psu", *fixed, *(name for one in study.questionnaire.questions for name in columns(one))]
    if path.suffix == ".xlsx":
        return write_xlsx(path, [names, *([str(row.get(name, "")) for name in names] for row in rows)])
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, names, restval="")
        sheet.writeheader()
        sheet.writerows(rows)
    return path


def found_in(root: Path, words: tuple[str, ...]) -> dict[str, list[str]]:
    """Word -> files below a folder that hold it, in UTF-8, or in a Parquet file's columns."""
    import pyarrow.parquet as pq

    found: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.name == "study.toml":
            continue
        content = path.read_bytes()
        if path.suffix == ".parquet":
            with suppress(OSError):  # a damaged part that a repair set aside
                content += repr(pq.read_table(path, partitioning=None).to_pydict()).encode()
        for word in words:
            if word.encode() in content:
                found.setdefault(word, []).append(path.relative_to(root).as_posix())
    return found
