"""Flip single bits in every kind of file of a study: each must be detected, and none read as another answer."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from accounts.audit.log import Act, record
from reports.health.verification import access_logs, journals, verify_boundaries
from reports.plans.rectification import FILE as LEDGER
from survey.boundaries.stored import FILE as BOUNDARIES
from survey.boundaries.stored import BoundaryMap, Shape, read_boundaries, write_boundaries
from survey.boundaries.systems import WGS84
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.maintenance.inbox_check import submissions, verify_inbox
from survey.errors import SiluError
from survey.host.sealed_lines import check_lines
from survey.quality.exclusions import FILE, Decisions
from survey.storage.files import FOLDER as RAW
from survey.storage.integrity.erasures import FILE as ERASURES
from survey.storage.integrity.log import LOG
from survey.storage.integrity.seals import FOLDER as SEALS
from survey.storage.repair.verify import Stored, Verification, verify_lines, verify_raw, verify_store
from survey.storage.store import ResponseStore
from survey.study.plans.rectification import Entry, Ledger
from survey.study.study import Study
from tests.chaos.scenario import Scenario

SQUARE = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)),)


@dataclass
class Seen:
    """What became of the flips in one kind of file.

    Attributes:
        flips: how many.
        found: of these, found by `silu verify`.
        refused: of these, refused with a Chinese error when the file was read.
        other: read as something else than before.
        traces: ended in an exception that is no `SiluError`.
        missed: the files and bits that were not found, or read as something else.
    """

    flips: int = 0
    found: int = 0
    refused: int = 0
    other: int = 0
    traces: int = 0
    missed: list[str] = field(default_factory=list)


def make_study(study: Study) -> Study:
    """A study with everything: imports, drained and waiting submissions, an undo, erasures, borders, ledgers, logs."""
    scenario = Scenario(study, random.Random(5))
    for _ in scenario.steps(8):
        pass
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    backend.write([scenario.submission(f"还没有入库{number}") for number in range(20)])
    backend.close()
    write_boundaries(
        study.root,
        BoundaryMap((Shape("district", 110101, "甲区", "甲区", (SQUARE,), (0.5, 0.5), 0.5),), WGS84, mock=True),
    )
    ledger = Ledger(study.root / LEDGER)
    for number in range(10):
        ledger.open_entry(_entry(number), who="张三")
        record(study.root, Act.VIEW, {"page": "总览", "wave": "W1", "count": number})
        record(study.root, Act.EXPORT, {"format": "csv", "rows": number}, durable=True)
    return study


def _entry(number: int) -> Entry:
    return Entry(
        number=0, area=f"区{number}", item="E0", wave="W1", version=1, estimate=0.5, target=0.8, owner="城管局",
        deadline=date(2027, 1, 1), measure="清扫",
    )  # fmt: skip


def files_of(root: Path, kind: Stored) -> list[Path]:
    """The files of a kind, with the checksum files beside them."""
    store = root / "store"
    places: dict[Stored, list[Path]] = {
        Stored.PART: sorted(store.glob("*/wave=*/*.parquet")),
        Stored.LOG: sorted(store.glob(f"*/{LOG}/*")),
        Stored.SEAL: sorted((store / SEALS).glob("*.json")),
        Stored.ERASURE: [store / ERASURES],
        Stored.RAW: sorted((root / RAW).iterdir()),
        Stored.INBOX: sorted((root / "inbox").glob("inbox.sqlite*")),
        Stored.BOUNDARIES: [root / BOUNDARIES],
        Stored.LEDGER: sorted(root.glob("*.sqlite*")),
        Stored.VIEWS: access_logs(root),
    }
    return places[kind]


def flip_kind(study: Study, kind: Stored, count: int, chance: random.Random) -> Seen:
    """Flip bits in files of a kind, one at a time, and put each back.

    Args:
        study: of `make_study`.
        kind: which files; a bit is drawn among all bits of all of them.
        count: how many flips.
        chance: draws them.
    """
    files = files_of(study.root, kind)
    contents = {path: path.read_bytes() for path in files}
    right, seen = _read(study, kind), Seen()
    for _ in range(count):
        path = chance.choices(files, [len(contents[path]) for path in files])[0]
        bit = chance.randrange(8 * len(contents[path]))
        flipped = bytearray(contents[path])
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        _look(study, kind, right, seen, f"{path.name} bit {bit}")
        for each, content in contents.items():
            if not each.exists() or each.read_bytes() != content:
                each.write_bytes(content)
    return seen


def _look(study: Study, kind: Stored, right: Any, seen: Seen, where: str) -> None:
    seen.flips += 1
    try:
        found = Verification()
        VERIFIERS[kind](study, found)
        seen.found += bool(found.faults)
        if not found.faults:
            seen.missed.append(f"{where}: not found")
        if _read(study, kind) != right:
            seen.other += 1
            seen.missed.append(f"{where}: read as something else")
    except SiluError:
        seen.refused += 1
    except Exception as error:  # noqa: BLE001 - a traceback is what is looked for
        seen.traces += 1
        seen.missed.append(f"{where}: {type(error).__name__}: {error}")


def _verify_lines(study: Study, found: Verification) -> None:
    for path in access_logs(study.root):
        verify_lines(path, Stored.VIEWS, study.root, found)


def _verify_ledgers(study: Study, found: Verification) -> None:
    for journal in journals(study):
        for fault in journal.faults():
            found.fault(Stored.LEDGER, journal.path.name, fault, "")


VERIFIERS: dict[Stored, Callable[[Study, Verification], None]] = {
    **dict.fromkeys(
        (Stored.PART, Stored.LOG, Stored.SEAL, Stored.ERASURE), lambda study, found: verify_store(study.root, found)
    ),
    Stored.RAW: lambda study, found: verify_raw(study.root, {}, found),
    Stored.INBOX: verify_inbox,
    Stored.BOUNDARIES: lambda study, found: verify_boundaries(study.root, found),
    Stored.LEDGER: _verify_ledgers,
    Stored.VIEWS: _verify_lines,
}


def _read(study: Study, kind: Stored) -> Any:
    """What is made of the files of a kind."""
    if kind in (Stored.PART, Stored.LOG, Stored.SEAL, Stored.ERASURE):
        store = ResponseStore(study.root / "store")
        return store.version, store.read().to_pylist(), store.texts().to_pylist(), store.rejected().to_pylist()
    if kind is Stored.LEDGER:
        return Decisions(study.root / FILE).history(), Ledger(study.root / LEDGER).events()
    if kind is Stored.BOUNDARIES:
        return read_boundaries(study.root)
    if kind is Stored.INBOX:
        return _Subset(_intact(study))
    if kind is Stored.VIEWS:
        return [check_lines(path).lines > 0 for path in access_logs(study.root)]
    return None


def _intact(study: Study) -> frozenset[Any]:
    """What a drain would take in."""
    try:
        backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
        try:
            return frozenset((one.number, one.submission) for one in submissions(backend) if one.intact)
        finally:
            backend.close()
    except sqlite3.Error as error:  # reported as `drain` does
        raise SiluError("收件箱暂时不能读写", got=str(error)) from error


class _Subset:
    """Submissions, equal to others when they are some of them: those that are set apart are missing."""

    def __init__(self, whole: frozenset[Any]) -> None:
        self.whole = whole

    def __ne__(self, other: object) -> bool:
        return not (isinstance(other, _Subset) and (self.whole <= other.whole or other.whole <= self.whole))

    __hash__ = None  # type: ignore[assignment]
