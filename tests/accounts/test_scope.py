"""The scope of rated units: their own district, the city's totals, and nothing of any other district."""

from collections.abc import Iterator
from datetime import date

import pytest

import cli
from accounts.database import account_file
from accounts.scope import concerns, own_districts
from accounts.users import User, add_users
from reports.areas.places import find, require_level
from reports.plans.rectification import ledger_of
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.errors import ArgumentError
from survey.host import person
from survey.host.access import Role
from survey.host.person import Person, acting
from survey.study.plans.rectification import Entry, Ledger
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("scope") / "city"
    return load_study(imported_city(root, districts=3, streets_per_district=2, communities_per_street=2))


@pytest.fixture
def unit(study: Study) -> Iterator[Person]:
    one = Person("chengguan", "城管", Role.UNIT, study.areas.districts[0], "城管局")
    with acting(one):
        yield one


def test_a_unit_without_a_district_sees_no_district_and_others_see_all() -> None:
    for role, district, expected in (
        (Role.UNIT, "", frozenset()),
        (Role.UNIT, "东", frozenset({"东"})),
        (Role.LEADER, "东", frozenset({"东"})),
        (Role.LEADER, "", None),
    ):
        with acting(Person("a", "甲", role, district)):
            assert own_districts() == expected
    assert own_districts() is None


@pytest.mark.parametrize("by", [("district",), ("street",)])
def test_tables_hold_no_other_district(study: Study, unit: Person, by: tuple[str, ...]) -> None:
    mine = [unit.district] if by == ("district",) else study.areas.children(unit.district)
    gathered = gather(study, Selection(mode="household"))
    asked = gathered.newest(Selection(mode="household")).asking([gathered.rates[0].name], by)
    assert set(judged(gathered, asked).table[by[0]].astype(str)) == set(mine)
    other = asked.asking(asked.items).within(district=study.areas.districts[1])
    assert judged(gathered, other).table.empty
    assert len(judged(gathered, asked.asking(asked.items)).table) == 1, "the total of the city"


def test_the_profile_of_another_district_is_refused(study: Study, unit: Person) -> None:
    asked = Selection()
    require_level(find(study.areas, [unit.district]), reserved=asked.reserved, scope=asked.scope)
    with pytest.raises(ArgumentError, match="不在您能看的范围内"):
        require_level(find(study.areas, study.areas.districts[1:2]), reserved=asked.reserved, scope=asked.scope)


def test_the_ledger_holds_the_entries_of_the_district_or_the_unit(study: Study, unit: Person) -> None:
    first, second, third = study.areas.districts[:3]
    whole = Ledger(ledger_of(study).path)
    for area, owner in ((first, "住建局"), (second, "城管局"), (third, "住建局")):
        entry = Entry(0, area, "E0", "W1", 1, 0.5, 0.8, owner, date(2027, 1, 1), "清扫")
        whole.open_entry(entry, who="市长")
    mine = ledger_of(study)
    assert [entry.area for entry in mine.entries()] == [first, second]
    assert {event.entry for event in mine.events()} == {1, 2}
    assert concerns(first, "")
    assert not concerns(third, "")
    with pytest.raises(ArgumentError, match="不在您的区县或单位"):
        mine.update(3, who="城管", note="x")
    with pytest.raises(ArgumentError, match="不在您的区县或单位"):
        mine.open_entry(Entry(0, third, "A1", "W1", 1, 0.5, 0.8, "城管局", date(2027, 1, 1), "清扫"), who="市长")


def test_the_local_user_acts_for_the_account_of_that_name(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = account_file(study.root)
    file.make()
    add_users(file, [(User("zhang", "张三", Role.UNIT, study.areas.districts[0]), "x")])
    monkeypatch.setattr(person.getpass, "getuser", lambda: "zhang")
    assert cli.main(["export", str(study.root), "--format", "csv", "--out", str(study.root / "x")]) == 2
    assert "您的岗位没有“导出单份答卷”" in capsys.readouterr().err
    assert cli.main(["area", study.areas.districts[1], "--study", str(study.root), "--mode", "household"]) == 2
    assert "不在您能看的范围内" in capsys.readouterr().err
    assert cli.main(["rates", "--study", str(study.root), "--mode", "household", "--by", "district"]) == 0
    shown = capsys.readouterr().out
    assert study.areas.districts[0] in shown
    assert not [name for name in study.areas.districts[1:] if name in shown], shown
    assert cli.main(["audit", "list", str(study.root)]) == 2
    monkeypatch.setattr(person.getpass, "getuser", lambda: "root")
    capsys.readouterr()
    assert cli.main(["audit", "list", str(study.root), "--person", "张三"]) == 0
    log = capsys.readouterr().out
    assert "zhang\tunit" in log
    assert "被拒绝" in log


def test_changes_name_no_other_district(study: Study, unit: Person, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["change", "--study", str(study.root)]) == 0
    told = capsys.readouterr().out
    assert unit.district in told
    assert not [name for name in study.areas.districts if name != unit.district and name in told]


def test_a_unit_of_the_whole_city_sees_totals_and_its_own_entries(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    with acting(Person("sw", "水务", Role.UNIT, "", "水务局")):
        assert concerns("甲区", "住建局、水务局")
        assert not concerns("甲区", "水务局直属大队"), "another unit whose name begins alike"
        assert not concerns("甲区", "")
        for words, code in (
            (["weak"], 0),
            (["change"], 0),
            (["ledger"], 0),
            (["rates", "--mode", "household"], 0),
            (["rates", "--mode", "household", "--by", "district"], 2),
        ):
            assert cli.main([*words, "--study", str(study.root)]) == code
            told = capsys.readouterr()
            assert "账户没有指定区县" in told.err
            assert not [name for name in study.areas.districts if name in told.out]
