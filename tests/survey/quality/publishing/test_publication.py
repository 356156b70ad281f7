"""Publications on a real store: what other roles see after a drain, and who can change it."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import cli
from reports.publishing.publication import as_published
from reports.sample import gather
from reports.selection import Selection
from survey.errors import ArgumentError, DamagedError
from survey.host import access
from survey.host.access import Role
from survey.quality.publishing.publication import FOLDER, STATE, current_publication, last_publication, publish
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published") / "city"
    return imported_city(root, districts=2, streets_per_district=2, communities_per_street=2)


@pytest.fixture
def study(city: Path, tmp_path: Path) -> Study:
    shutil.copytree(city, tmp_path / "city")
    return load_study(tmp_path / "city")


def commit(study: Study, rows: pa.Table, gone: list[str]) -> None:
    store = ResponseStore(study.root / "store")
    empty = (TEXTS.empty_table(), REJECTED.empty_table(), tuple(gone))
    store.commit(ImportBatch("W2", rows, *empty), meta={"kind": "import"}, who="甲", expected=store.version)


def hold_back(study: Study, count: int) -> pa.Table:
    """Take some answers of one street out of the newest version, and return them."""
    rows = ResponseStore(study.root / "store").read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"].cast(pa.string()), "household"))
    street = study.areas.frame.set_index("psu")["street"].reindex(rows["psu"].to_pandas())
    late = rows.filter(pa.array((street == street.mode()[0]).to_numpy())).slice(0, count)
    assert late.num_rows == count
    commit(study, late.slice(0, 0), late["response_id"].to_pylist())
    return late


def n_for(study: Study, role: Role) -> int:
    return int(gather(study, Selection(mode="household", role=role)).sample.cells.n.sum())


def test_one_late_answer_waits_until_its_street_has_twenty(study: Study) -> None:
    late = hold_back(study, 24)
    before = {role: n_for(study, role) for role in (Role.ANALYST, Role.LEADER)}
    assert before[Role.ANALYST] == before[Role.LEADER]
    commit(study, late.slice(0, 1), [])
    assert n_for(study, Role.ANALYST) == before[Role.ANALYST] + 1
    assert n_for(study, Role.LEADER) == before[Role.LEADER]
    commit(study, late.slice(1), [])
    assert n_for(study, Role.LEADER) == before[Role.LEADER] + 24


def test_a_withdrawal_takes_others_of_the_street_along(study: Study) -> None:
    before = n_for(study, Role.LEADER)
    hold_back(study, 1)
    assert n_for(study, Role.ANALYST) == before - 1
    assert before - 36 <= n_for(study, Role.LEADER) <= before - 10


def test_an_earlier_data_version_is_refused(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    first = ResponseStore(study.root / "store").version
    n_for(study, Role.LEADER)
    hold_back(study, 1)
    with pytest.raises(ArgumentError, match="换一个数据版本"):
        gather(study, Selection(mode="household", role=Role.LEADER, version=first))
    assert gather(study, Selection(mode="household", role=Role.ANALYST, version=first)).version == first


def test_with_auto_off_only_an_analyst_publishes(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = hold_back(study, 20)
    settings = study.root / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[publish]\nauto = false\n", encoding="utf-8")
    waiting = load_study(study.root)
    before = n_for(waiting, Role.LEADER)
    commit(waiting, late, [])
    assert n_for(waiting, Role.LEADER) == before
    monkeypatch.setenv(access.VARIABLE, Role.LEADER)
    assert cli.main(["publish", str(study.root)]) == cli.EXIT_USER_ERROR
    monkeypatch.setenv(access.VARIABLE, Role.ANALYST)
    assert cli.main(["publish", str(study.root)]) == 0
    assert "已公布（第 2 次）" in capsys.readouterr().out
    assert n_for(waiting, Role.LEADER) == before + 20
    assert cli.main(["publish", str(study.root)]) == 0
    assert "没有可以公布的新答卷" in capsys.readouterr().out


def test_a_lost_record_shows_nothing_instead_of_everything(study: Study) -> None:
    n_for(study, Role.LEADER)
    (study.root / FOLDER / STATE).write_text("{", encoding="utf-8")
    with pytest.raises(DamagedError, match="公布记录读不出来"):
        as_published(study, Role.LEADER)


def test_the_same_answers_keep_their_number(study: Study) -> None:
    first = current_publication(study)
    assert current_publication(study) == first == last_publication(study)
    assert publish(study, who="甲").number == first.number
