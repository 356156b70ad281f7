"""An attacker who reads all that roles are shown: pages, hovers, downloads, documents, commands, over publications."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.disclosure.lattice import COUNT, SINCE, UNTIL, lattice, layers_of
from reports.definitions import headlines
from reports.publishing.publication import as_published
from reports.publishing.shown_counts import ShownCounts
from reports.sample import gather
from reports.selection import Selection
from survey.errors import StoreError
from survey.host.access import Role
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.privacy.attacker import betrayed
from tests.privacy.looking import MODE, Diary
from tests.privacy.observing import few_people
from tests.privacy.reading import Sight, of_html
from tests.privacy.test_attacker import commit, every_query, late_answers, look
from views.panels.texts.findings import FOLDED
from views.shell.options import apply_options


@pytest.fixture(autouse=True, scope="module")
def options() -> None:
    apply_options()


@pytest.fixture
def study(city: Path, tmp_path: Path) -> Study:
    shutil.copytree(city, tmp_path / "city")
    return load_study(tmp_path / "city")


def withdraw(study: Study, number: int, seed: int = 0) -> list[str]:
    """Take answers of the last wave out, as a resident's withdrawal does."""
    rows = ResponseStore(study.root / "store").read(["response_id", "mode"], waves=["W2"]).to_pandas()
    asked = sorted(rows.loc[rows["mode"].astype(str) == MODE, "response_id"].astype(str))
    gone = [str(one) for one in np.random.default_rng(seed).choice(asked, number, replace=False)]
    commit(study, ResponseStore(study.root / "store").read(waves=["W2"]).slice(0, 0), gone)
    return gone


def held(diary: Diary, few: int) -> None:
    """Nothing that was shown gives a small group or a few people away."""
    assert diary.few == []
    assert diary.unknown() == []
    assert list(betrayed(diary.notes, diary.truths, few)) == []


def test_a_page_a_file_and_a_command_before_and_after_a_withdrawal(study: Study, tmp_path: Path) -> None:
    diary = Diary(study.root)
    words = ["rates", "--study", str(study.root), "--mode", MODE, "--measure", "satisfaction", "--format", "csv"]
    for step in range(2):
        for by in ("street", "district,sex"):
            assert diary.command(Role.UNIT, [*words, "--by", by], file=tmp_path / f"{step}-{by}.csv") == 0
        if step:
            diary.page(Role.LEADER, "weak_areas", sex="女")
        diary.learn(Role.LEADER, every=False)
        withdraw(study, 1 - step)
    assert {table[0] for table in diary.notes.shown} == {1, 2}
    assert sum(map(len, diary.notes.shown.values())) > 30
    held(diary, study.suppression)


def test_a_few_departures_of_a_group_hide_it(study: Study) -> None:
    item, seen, told = headlines(study)[-1].name, [], []

    def noted(item: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
        seen.append(answers)
        told.append(ShownCounts(as_published(study, Role.LEADER), MODE).departed(item, wave, answers))
        return told[-1]

    for _ in range(2):
        cells = gather(as_published(study, Role.LEADER), Selection(mode=MODE, role=Role.LEADER)).sample.cells
        lattice(cells, item, "W2", "place", study.suppression, noted)
        withdraw(study, 1)
    before, now = seen
    left = told[1]
    assert left[COUNT].sum() == before[COUNT].sum() - now[COUNT].sum() >= study.suppression
    by = ["place", "street"]
    sizes = (before.groupby(by)[COUNT].sum() - now.groupby(by)[COUNT].sum()).replace(0, np.nan).dropna()
    assert left.groupby(by)[COUNT].sum().to_dict() == sizes.to_dict()
    few = left[left["sex"] == left["sex"].iloc[0]].head(1).assign(**{COUNT: 3})  # as if only three had left
    cells.cache.clear()
    hidden = lattice(cells, item, "W2", "sex", study.suppression, lambda item, wave, answers: few)
    sex, district = few["sex"].iloc[0], few["district"].iloc[0]
    assert {(sex,), (sex, district), ("", district), ("",)} <= hidden


def test_departures_are_counted_from_every_publication_that_showed_them(study: Study) -> None:
    answers = pd.DataFrame({"district": ["东", "东"], "age": ["老", "少"], SINCE: [1, 2], COUNT: [30, 20]})
    for number, sizes in ((2, [30, 20]), (3, [29, 20]), (4, [29, 8])):
        noted = ShownCounts(replace(study, publication=number), "一种")
        gone = noted.departed("A", "W", answers.assign(**{COUNT: sizes}))
    assert gone[["age", SINCE, UNTIL, COUNT]].to_numpy().tolist() == [["老", 1, 3, 1], ["少", 2, 4, 12]]
    layers = list(layers_of(answers.assign(**{COUNT: [29, 8]}), gone))
    assert [int(layer[COUNT].sum()) for layer in layers] == [37, 8, 1, 13, 12], "now, joined, left since 1, 2 and 3"
    again = noted.departed("A", "W", answers.assign(**{COUNT: [29, 8]}))
    assert len(again) == 2, "the same publication is noted once"
    (study.root / "published" / "counts.sqlite").write_bytes(b"broken" * 100)
    with pytest.raises(StoreError, match="不能显示结果"):
        noted.departed("A", "W", answers)


def test_the_reader_sees_tooltips_tables_and_small_numbers() -> None:
    table = "<table><tr><th>区县</th><th>n</th></tr><tr><td>甲</td><td>7</td></tr></table>"
    tables, lines = of_html(f'<p title="甲区 知晓率 80%，n=12">甲区</p>{table}')
    assert tables == [[["区县", "n"], ["甲", "7"]]]
    assert "甲区 知晓率 80%，n=12" in lines
    sight = Sight("页", (), ("其中表扬 3 条", "不足 5 份的组不显示", "共 41 人写了内容", "每个社区访问 8 人"))
    assert few_people(sight, 10) == ["页: 其中表扬 3 条"]


PAGES = ("overview", "weak_areas", "change", "passing", "briefing")
MORE = {Role.PUBLICITY: ("voices", "outreach", "ledger"), Role.UNIT: ("ledger",), Role.LEADER: ()}


def tour(diary: Diary, study: Study, role: Role) -> None:
    """Look at every page of a role, with filters and downloads."""
    frame = study.areas.frame
    for name in (*PAGES, *MORE[role]):
        if name != "passing" or role is not Role.UNIT:
            diary.page(role, name, **({FOLDED: "true"} if name == "voices" else {}))
    for query in ({"age": "18—29岁"}, {"sex": "女"}, {"place": str(frame["place"].iloc[0])}):
        diary.page(role, "weak_areas", **query)
    for row in frame.drop_duplicates("district").itertuples():
        diary.page(role, "area", district=str(row.district))
        diary.page(role, "area", district=str(row.district), street=str(row.street))


def commands(diary: Diary, study: Study, role: Role, folder: Path) -> None:
    """Run the commands of a role, and read what they print and write."""
    root = ["--study", str(study.root)]
    rates = ["rates", *root, "--mode", MODE, "--format", "csv"]
    for by in ("", "district", "street", "age", "sex", "place", "district,age", "street,sex", "district,place"):
        diary.command(role, [*rates, "--by", by], file=folder / f"rates{by}.csv")
    for words in (["weak", *root, "--by", "street"], ["change", *root]):
        assert diary.command(role, [*words, "--format", "csv"], file=folder / f"{words[0]}.csv") == 0
    if role is Role.PUBLICITY:
        assert diary.command(role, ["text", *root, "--mode", MODE]) == 0
        assert diary.command(role, ["text", *root, "--show", "places", "--mode", MODE]) == 0
        groups = ["outreach", *root, "--list", "groups", "--format", "csv"]
        assert diary.command(role, groups, file=folder / "groups.csv", item=headlines(study)[0].name) == 0
        for refused in (["text", *root, "--show", "discover"], ["text", *root, "--by", "community"]):
            assert diary.command(role, refused) == 2
    assert diary.command(role, ["weak", *root, "--measure", "satisfaction", "--lqas", "85,70"]) == 2


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_every_role_over_publications_and_ten_thousand_queries(study: Study, tmp_path: Path) -> None:
    late = late_answers(study, 0.4, 11)
    diary, random = Diary(study.root), np.random.default_rng(5)
    space = every_query(study, [rate.name for rate in headlines(study)], ("age", "sex", "place"))
    steps = (lambda: None, lambda: withdraw(study, 1, 2), lambda: commit(study, late, withdraw(study, 0, 4)),
             lambda: commit(study, late.slice(0, 0), withdraw(study, 6, 6)))  # fmt: skip
    for at, step in enumerate(steps):
        step()
        role = (Role.PUBLICITY, Role.LEADER, Role.UNIT, Role.PUBLICITY)[at]
        tour(diary, study, role)
        commands(diary, study, role, tmp_path)
        look(study, diary.notes, diary.truths, [space[one] for one in random.integers(0, len(space), 2_500)])
        diary.learn(role)
    numbers = sum(map(len, diary.notes.shown.values()))
    publications = sorted({table[0] for table in diary.notes.shown})
    print(f"{diary.looks} looks, 10,000 queries, {numbers:,} numbers, publications {publications}")
    assert len(publications) == len(steps)
    held(diary, study.suppression)
