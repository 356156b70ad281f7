"""Nobody is betrayed by arithmetic: every role without raw data keeps all that it is shown, over three publications."""

import shutil
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import cli
from reports.definitions import headlines
from reports.labels import role_options
from reports.publishing.publication import as_published
from reports.sample import StudySample, gather
from reports.selection import Selection
from survey.host import access
from survey.host.access import Role
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.privacy.attacker import LEVELS, Notes, Table, Truth, betrayed

RESERVED = (Role.LEADER, Role.PUBLICITY, Role.UNIT)
MODE = "household"


def commit(study: Study, rows: pa.Table, gone: list[str]) -> None:
    store = ResponseStore(study.root / "store")
    batch = ImportBatch("W2", rows, TEXTS.empty_table(), REJECTED.empty_table(), tuple(gone))
    store.commit(batch, meta={"kind": "import"}, who="甲", expected=store.version)


def late_answers(study: Study, share: float, seed: int) -> pa.Table:
    """Take a part of the answers out of the newest version, and return them."""
    rows = ResponseStore(study.root / "store").read(waves=["W2"]).sort_by("response_id")
    late = rows.filter(pa.array(np.random.default_rng(seed).random(rows.num_rows) < share))
    commit(study, late.slice(0, 0), late["response_id"].to_pylist())
    return late


def look(study: Study, notes: Notes, truths: dict[Table, Truth], queries: list[tuple[str, str, int, str, str]]) -> None:
    """Ask all queries of one publication: role, rate, level, column and group."""
    samples: dict[str, tuple[int, StudySample]] = {}
    for role, item, level, column, group in dict.fromkeys(queries):  # the same question has the same answer
        if role not in samples:
            seen = as_published(study, Role(role))
            samples[role] = (seen.publication, gather(seen, Selection(mode=MODE, role=Role(role))))
        number, gathered = samples[role]
        asked = Selection(("W2",), MODE, role=Role(role)).asking([item], LEVELS[level])
        notes.ask(number, gathered, asked, column, group)
        table = (number, "W2", item, column)
        if table not in truths:
            truths[table] = Truth.of(gathered, "W2", item, column)


def every_query(study: Study, items: list[str], columns: tuple[str, ...]) -> list[tuple[str, str, int, str, str]]:
    found = []
    for item, column in product(items, columns):
        groups = role_options(study.questionnaire, column) if column != "place" else study.areas.population("place")
        for group, level in product(("", *groups), range(3)):
            role = RESERVED[len(found) % len(RESERVED)]
            found.append((str(role), item, level, column, group))
    return found


def test_no_small_count_or_difference_follows_from_all_that_is_shown(city: Path, tmp_path: Path) -> None:
    shutil.copytree(city, tmp_path / "city")
    study = load_study(tmp_path / "city")
    late = late_answers(study, 0.4, 3)
    items = [headlines(study)[-1].name]
    queries = every_query(study, items, ("age",))
    notes, truths = Notes(), {}
    for part in (None, late.slice(0, 1), late.slice(1)):
        if part is not None:
            commit(study, part, [])
        look(study, notes, truths, queries)
    publications = {table[0] for table in notes.shown}
    assert len(publications) == 2, "most late answers were published, the first one waited for others"
    assert list(betrayed(notes, truths, study.suppression)) == []
    assert sum(map(len, notes.shown.values())) > 30, "something is shown"


def test_the_attacker_finds_what_an_unprotected_table_gives_away(city: Path) -> None:
    study = load_study(city)
    gathered = gather(as_published(study, Role.LEADER), Selection(mode=MODE, role=Role.LEADER))
    item = headlines(study)[-1].name
    truth = Truth.of(gathered, "W2", item, "age")
    every = {count: truth.people(atoms) for count, atoms in truth.counts().items()}
    small = [count for count, n in every.items() if 0 < n < 10 and len(count) == 3]
    assert small
    hidden = {count: n for count, n in every.items() if count != small[0]}  # the only hidden one of its sums
    notes = Notes({(1, "W2", item, "age"): hidden})
    assert small[0] in [found[2] for found in betrayed(notes, {(1, "W2", item, "age"): truth}, 10)]


@pytest.mark.parametrize("role", RESERVED)
def test_commands_refuse_the_tables_that_are_not_guarded(
    role: Role, city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    words = ["rates", "--study", str(city), "--mode", MODE]
    for options in (["--by", "community"], ["--by", "age,sex"], ["--version", "1"], ["--without-excluded"]):
        assert cli.main([*words, *options]) == cli.EXIT_USER_ERROR
        assert "R-06" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_queries_betray_nobody(city: Path, tmp_path: Path) -> None:
    shutil.copytree(city, tmp_path / "city")
    study = load_study(tmp_path / "city")
    late = late_answers(study, 0.4, 11)
    space = every_query(study, [rate.name for rate in headlines(study)], ("age", "sex", "place"))
    random, notes, truths = np.random.default_rng(5), Notes(), {}
    steps = [None, late.slice(0, 3), late.slice(3, 20), late.slice(23, 25), late.slice(48)]
    for part in steps:
        if part is not None:
            commit(study, part, [])
        chosen = [space[at] for at in random.integers(0, len(space), 10_000 // len(steps))]
        look(study, notes, truths, chosen)
    assert list(betrayed(notes, truths, study.suppression)) == []
