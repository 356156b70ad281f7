"""Power cuts during imports, drains, undos, exclusions and withdrawals of a study.

After every cut the study is reopened: acknowledged data are present, the newest version is complete, and the next drain
adds what is missing and removes what was withdrawn.
"""

from __future__ import annotations

import csv
import hashlib
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from survey.collect.draining.drain import drain
from survey.collect.draining.submission_rows import columns
from survey.collect.inbox.inbox import Submission
from survey.collect.inbox.sqlite import SqliteBackend
from survey.importing import ingest
from survey.quality.exclusions import FILE, Decisions
from survey.storage.files import FOLDER as RAW
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.chaos.platter import Platter, watched
from tests.survey.collect.town import body_of, make_town, uuid7

ANSWERS = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "E0": 1}
Content = tuple[tuple[str, ...], tuple[str, ...], int]
"""Ids, texts and number of rejected rows of a version."""


@dataclass
class Outcome:
    """What the cuts have shown.

    Attributes:
        cuts: how many, by what was being done.
        acknowledged: responses that were acknowledged at the moment of a cut, summed over all cuts.
        lost: of those, not in the study after it.
        half: versions that were not what was written.
        faults: what went wrong otherwise, with the seed of the cut.
    """

    cuts: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    half: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Scenario:
    """One study and what was done to it so far.

    Attributes:
        study: the study.
        chance: draws what is done.
        versions: version -> its content, as the uninterrupted program wrote it.
        acknowledged: newest version that was acknowledged.
        submissions: ids of the submissions in the inbox.
        withdrawn: of those, the ones that were withdrawn.
        imported: ids that are in the store by a file.
        excluded: ids that a person left out.
        raw: names of raw files of acknowledged imports.
        doing: what is being done now.
    """

    study: Study
    chance: random.Random
    versions: dict[int, Content] = field(default_factory=dict)
    acknowledged: int = -1
    submissions: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    raw: set[str] = field(default_factory=set)
    doing: str = ""

    @property
    def root(self) -> Path:
        return self.study.root

    @property
    def store(self) -> ResponseStore:
        return ResponseStore(self.root / "store")

    def steps(self, count: int) -> Iterator[str]:
        """Yield the name of each step, then perform it."""
        plan = ["import", "drain", "undo", "exclude", "purge", "drain", "import", "purge"]
        for number in range(count):
            self.doing = plan[number % len(plan)]
            yield self.doing
            getattr(self, f"_{self.doing}")(number)
            self._note()
            self.acknowledged = max(self.versions, default=-1)

    def _import(self, number: int) -> None:
        ids = [f"f{number}-{row}" for row in range(self.chance.randint(2, 6))]
        path = self.root.parent / f"答卷{number}.csv"
        bad = {"response_id": f"bad{number}", **ANSWERS, "S1": 77}
        self.write(path, [*({"response_id": name, **ANSWERS, "H1": f"路灯{name}"} for name in ids), bad])
        done = ingest.import_files(self.study, [path], "W1", mode="household", who="张三")
        assert done.version is not None
        self.raw |= {file["sha256"] + ".csv" for file in done.preview.files}
        self.imported |= set(ids)

    def write(self, path: Path, rows: list[dict[str, object]]) -> None:
        """Write an answer file in the study's own layout."""
        study = self.study
        fixed = {"wave": "W1", "mode": "household", "psu": study.areas.points[0].code, "seconds": 300,
                 "submitted": "2026-11-20 10:00:00"}  # fmt: skip
        names = ["response_id", *fixed, *(name for one in study.questionnaire.questions for name in columns(one))]
        with path.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.DictWriter(file, names, restval="")
            sheet.writeheader()
            sheet.writerows({**fixed, **row} for row in rows)

    def _drain(self, number: int) -> None:
        sent = [self.submission(f"信{number}-{at}") for at in range(self.chance.randint(2, 5))]
        backend = self._inbox()
        backend.write(sent)
        self.submissions |= {str(UUID(bytes=submission.id)) for submission in sent}
        self._drained(backend)

    def submission(self, text: str) -> Submission:
        """Return a submission with content."""
        identity = uuid7(self.chance)
        body = body_of(self.study, identity, {**ANSWERS, "H1": text})
        return Submission(
            UUID(identity).bytes, "town", "W1", "online", "v", self.study.areas.points[0].code, 1_790_000_000_000,
            hashlib.sha256(body).digest(), None, "d", "a", "", body,
        )  # fmt: skip

    def _inbox(self) -> SqliteBackend:
        return SqliteBackend(self.root / "inbox" / "inbox.sqlite")

    def _drained(self, backend: SqliteBackend) -> None:
        drain(self.study, backend, chunk=3)
        backend.close()

    def _undo(self, number: int) -> None:
        path = self.root.parent / f"错{number}.csv"
        self.write(path, [{"response_id": f"wrong{number}", **ANSWERS}])
        ingest.import_files(self.study, [path], "W1", mode="household")
        self._note()
        self.acknowledged = max(self.versions)
        self.store.undo(who="张三", why="导错了")

    def _exclude(self, number: int) -> None:
        chosen = self.chance.choice(sorted(self.imported - self.excluded))
        Decisions(self.root / FILE).exclude([chosen], wave="W1", who="张三", why="复访核实")
        self.excluded.add(chosen)

    def _purge(self, number: int) -> None:
        backend = self._inbox()
        waiting = backend.read(0, 1000)
        chosen = self.chance.choice(waiting)
        backend.withdraw(chosen.number, 1)
        self.withdrawn.add(str(UUID(bytes=chosen.submission.id)))
        self._drained(backend)

    def _note(self) -> None:
        """Record the content of every new version while it is readable."""
        newest = self.store.version
        for version in range(newest + 1 if newest is not None else 0):
            if version not in self.versions and version not in self.store.lost():
                self.versions[version] = content_of(self.store, version)


def content_of(store: ResponseStore, version: int) -> Content:
    """Return the content of a version."""
    rows, texts = store.read(["response_id", "import_id"], version=version), store.texts(version=version)
    return (
        tuple(sorted(rows["response_id"].to_pylist())),
        tuple(sorted(texts["text"].to_pylist())),
        store.rejected(version=version).num_rows,
    )


def run(folder: Path, seed: int, *, steps: int, cuts: int, outcome: Outcome) -> None:
    """Run a scenario and try cuts of it, evenly over the kinds of steps and spread over all moments.

    Args:
        folder: an empty folder.
        seed: of everything.
        steps: things done.
        cuts: cuts tried.
        outcome: where what is seen is added.
    """
    wanted = _chosen(_moments(folder / "trial", seed, steps), cuts, random.Random(f"cuts {seed}"))
    scenario, platter = _start(folder / "study", seed)
    images: list[tuple[Path, Promise]] = []
    seen = 0

    def moment() -> None:
        nonlocal seen
        for number in range(wanted[seen]):
            image = folder / "images" / f"{seen}-{number}" / "town"
            platter.cut(image, random.Random(f"{seed} {seen} {number}"))
            images.append((image, Promise.of(scenario)))
        seen += 1

    with watched(platter, moment):
        for _ in scenario.steps(steps):
            pass
    for image, promise in images:
        judge(image, promise, scenario, outcome)
        shutil.rmtree(image.parent)


def _start(folder: Path, seed: int) -> tuple[Scenario, Platter]:
    folder.mkdir(parents=True)
    study = make_town(folder / "town")
    (folder / "shadow").mkdir()
    SqliteBackend(study.root / "inbox" / "inbox.sqlite").close()
    return Scenario(study, random.Random(seed)), Platter(study.root, folder / "shadow")


def _moments(folder: Path, seed: int, steps: int) -> list[str]:
    """Return the step of the scenario at each of its moments."""
    found: list[str] = []
    scenario, platter = _start(folder, seed)
    with watched(platter, lambda: found.append(scenario.doing)):
        for _ in scenario.steps(steps):
            pass
    shutil.rmtree(folder)
    return found


def _chosen(moments: list[str], cuts: int, chance: random.Random) -> Counter[int]:
    """Return moment -> number of cuts."""
    kinds = sorted(set(moments))
    drawn: Counter[int] = Counter()
    for number in range(cuts):
        kind = kinds[number % len(kinds)]
        drawn[chance.choice([at for at, doing in enumerate(moments) if doing == kind])] += 1
    return drawn


@dataclass(frozen=True)
class Promise:
    """What was acknowledged at the moment of a cut."""

    doing: str
    acknowledged: int
    submissions: frozenset[str]
    withdrawn: frozenset[str]
    imported: frozenset[str]
    excluded: frozenset[str]
    raw: frozenset[str]

    @classmethod
    def of(cls, scenario: Scenario) -> Promise:
        sets = (scenario.submissions, scenario.withdrawn, scenario.imported, scenario.excluded, scenario.raw)
        return cls(scenario.doing, scenario.acknowledged, *map(frozenset, sets))


def judge(image: Path, promise: Promise, scenario: Scenario, outcome: Outcome) -> None:
    """Reopen the study after a cut, and check it."""
    outcome.cuts[promise.doing] += 1
    try:
        _judge(image, promise, scenario, outcome)
    except Exception as error:  # noqa: BLE001 - whatever an administrator would see
        outcome.faults.append(f"{image}: {type(error).__name__}: {error}")


def _judge(image: Path, promise: Promise, scenario: Scenario, outcome: Outcome) -> None:
    store = ResponseStore(image / "store")
    version = -1 if store.version is None else store.version
    outcome.lost += _behind(version, promise, scenario)
    if version > 0 and content_of(store, version) != scenario.versions.get(version):
        outcome.half += 1
    kept = {path.name for path in (image / RAW).glob("*")}
    outcome.faults += [f"{image}: raw file {name} is gone" for name in promise.raw - kept]
    if not promise.excluded <= Decisions(image / FILE).excluded("W1"):
        outcome.faults.append(f"{image}: an exclusion is gone")
    backend = SqliteBackend(image / "inbox" / "inbox.sqlite")
    present = {str(UUID(bytes=one.submission.id)) for one in backend.read(0, 10_000)}
    drain(replace(scenario.study, root=image), backend)
    backend.close()
    found = store.read(["response_id"])["response_id"].to_pylist() if store.version is not None else []
    outcome.acknowledged += len(promise.imported | (promise.submissions - promise.withdrawn))
    lost = (promise.imported | present) - set(found)
    outcome.lost += len(lost)
    outcome.faults += (
        [f"{image}: {len(lost)} lost, version {version}, acknowledged {promise.acknowledged}: {sorted(lost)[:3]}"]
        if lost
        else []
    )
    if len(found) != len(set(found)):
        outcome.faults.append(f"{image}: a response is there twice")
    _withdrawn(image, promise, set(found), outcome)


def _behind(version: int, promise: Promise, scenario: Scenario) -> int:
    """Return the number of responses of acknowledged versions that are newer than the one found."""
    if version >= promise.acknowledged:
        return 0
    return (
        len(set(scenario.versions[promise.acknowledged][0]) - set(scenario.versions.get(version, ((), (), 0))[0])) or 1
    )


def _withdrawn(image: Path, promise: Promise, found: set[str], outcome: Outcome) -> None:
    for name in promise.withdrawn:
        if name in found:
            outcome.faults.append(f"{image}: {name} was withdrawn and is counted")
        if any(name.encode() in path.read_bytes() for path in (image / "store").rglob("*") if path.is_file()):
            outcome.faults.append(f"{image}: {name} was withdrawn and lies on the disk")
