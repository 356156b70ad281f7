"""Crosstabs: what can be asked, groups by answers, nets, means, conditions, marks, suppression, kept tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.contrasts import Comparison, between, between_options
from analysis.estimation.units.option_means import means_of
from reports.crosstab import notices as crosstab_notices
from reports.crosstab import words
from reports.crosstab.answers import gather_answers, key_of
from reports.crosstab.condition import Clause, Group, written
from reports.crosstab.crosstab import Crosstab, crosstab
from reports.crosstab.layout import full_table, read_table
from reports.crosstab.lines import LISTED
from reports.crosstab.notices import doubted, first_of, hidden, next_steps, notices, red_columns, red_note, unmarked
from reports.crosstab.request import Marks, Net, Request
from reports.crosstab.saved import FILE, Saved, forget, keep, saved
from reports.crosstab.slices import slices
from reports.crosstab.variables import Kind, expanded, groups, questions
from reports.sample import gather, options, read_counted
from reports.selection import Selection
from survey.errors import ArgumentError, StoreError
from survey.host.access import Role
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    size = {"districts": 3, "streets_per_district": 3, "communities_per_street": 2, "texts": False}
    return load_study(imported_city(tmp_path_factory.mktemp("crosstab") / "city", **size))


def tabulated(study: Study, *rows: str, **asked: object) -> Crosstab:
    return crosstab(study, Selection(mode="household"), Request(rows, **asked))  # type: ignore[arg-type]


def shares(found: Crosstab, column: int = 0) -> dict[str, float]:
    return {line.label: found.cells[at, column]["estimate"] for at, line in enumerate(found.lines) if not line.codes}


def test_every_stored_answer_can_be_asked_for(study: Study) -> None:
    known = questions(study.questionnaire)
    assert len(study.questionnaire.items) == 115
    assert {item.name for item in study.questionnaire.items} <= set(known)
    found = tabulated(study, *(item.name for item in study.questionnaire.items))
    assert {line.variable.name for line in found.lines} == {item.name for item in study.questionnaire.items}
    answered = found.table[found.table["flag"] != "empty"]
    assert answered["estimate"].notna().all()
    assert [one.name for one in expanded(study.questionnaire, ["G"])] == [f"G.G{at}" for at in range(1, 7)]


def test_a_share_is_the_rate_of_the_pages(study: Study) -> None:
    found = tabulated(study, "E0", heads=(("district",),), nets=(Net("E0", "满意", ("很满意", "比较满意")),))
    selection = Selection(mode="household")
    gathered = gather(study, selection)
    rate = gathered.estimates(gathered.newest(selection).asking(["E0"], ("district",))).table
    for at, column in enumerate(found.columns[1:], start=1):
        cell, page = found.cells[5, at], rate[rate["district"] == column.labels[0]].iloc[0]
        for name in ("n", "estimate", "std_error", "conf_low", "conf_high"):
            assert cell[name] == pytest.approx(page[name])
    assert sum(list(shares(found).values())[:5]) == pytest.approx(1)


def test_a_mean_is_the_sum_of_codes_times_shares(study: Study) -> None:
    found = tabulated(study, "E0", "A3", means=True, heads=(("sex",),))
    for name in ("E0", "A3"):
        for at in range(len(found.columns)):
            own = [
                (line.items[0], found.cells[number, at]["estimate"])
                for number, line in enumerate(found.lines)
                if line.variable.name == name and not line.codes
            ]
            number = next(n for n, line in enumerate(found.lines) if line.variable.name == name and line.codes)
            expected = sum(int(item.split("=")[1]) * share for item, share in own)
            cell = found.cells[number, at]
            assert cell["estimate"] == pytest.approx(expected)
            assert cell["conf_low"] < expected < cell["conf_high"]
    assert len([line for line in found.lines if line.variable.kind is Kind.NUMBER]) <= LISTED + 1


def test_answers_group_answers_and_options_overlap(study: Study) -> None:
    found = tabulated(study, "C2", heads=(("C2",),))
    first = [at for at, column in enumerate(found.columns) if column.head == 0]
    assert [found.columns[at].labels[0] for at in first] == list(shares(found))
    for number, at in enumerate(first):
        cell = found.cells[number, at]  # those who named a channel have all named it
        assert np.isnan(cell["estimate"]) or cell["estimate"] == 1.0
    nested = tabulated(study, "A1", heads=(("C2", "sex"),))
    assert nested.columns[1].labels == (shares(found).keys().__iter__().__next__(), "男")


def test_a_question_in_groups_of_its_own_answers_is_no_finding(study: Study) -> None:
    found = tabulated(study, "B1", heads=(("B1",),))
    assert found.table["mark"].isin(("low", "high")).any()
    assert first_of(found) is None
    assert not words.plainest(found)
    assert first_of(tabulated(study, "B1", heads=(("B1.4",),))) is None
    both = tabulated(study, "B1", "E0", heads=(("B1",),))
    lines = [line.variable.name for line in both.lines]
    marked = both.table[both.table["mark"] != ""]
    low = np.where(both.table["column"] > 0, "low", "")
    cell = first_of(replace(both, table=both.table.assign(mark=low, p_value=0.01)))
    assert len(marked)
    assert cell is not None
    assert lines[cell[0]] == "E0"


def test_a_table_without_a_cell_has_no_finding(study: Study) -> None:
    found = tabulated(study, "A1", heads=(("district",),))
    empty = replace(found, table=pd.DataFrame(columns=found.table.columns))
    assert first_of(empty) is None
    assert not words.plainest(empty)


def test_one_group_is_not_said_to_be_like_the_others(study: Study) -> None:
    where = f"{{district}} = '{study.areas.points[0].district}'"
    assert str(words.plainest(tabulated(study, "A1", heads=(("district",),), where=where))) == "只有一组，没有可比的"


def test_a_condition_is_a_domain(study: Study) -> None:
    first = study.areas.points[0].district
    clauses = (Clause("sex", "性别", {"女": 2}), Clause("district", "区县", {first: first}, negated=True))
    where = written([Group(clauses)])
    found = tabulated(study, "A1", where=where, spoken="女性，不住第一个区")
    whole = tabulated(study, "A1", heads=(("district", "sex"),))
    parts = [
        whole.cells[0, at]["n"]
        for at, column in enumerate(whole.columns)
        if column.labels and column.labels[1] == "女" and column.labels[0] != study.areas.points[0].district
    ]
    assert found.cells[0, 0]["n"] == sum(parts)
    assert found.provenance.people == "符合条件的居民：女性，不住第一个区"
    opposite = tabulated(study, "A1", where=f"!({where})")
    assert opposite.cells[0, 0]["n"] + found.cells[0, 0]["n"] == whole.cells[0, 0]["n"]


def test_marks_say_which_differences_can_be_seen(study: Study) -> None:
    found = tabulated(study, "A1", heads=(("age",),))
    marked = found.table[found.table["mark"].isin(("high", "low"))]
    assert (marked["p_value"] <= 0.05).all()
    assert words.legend(found).text.startswith("↑")
    letters = tabulated(study, "A1", heads=(("age",),), marks=Marks.LETTERS)
    for row in letters.table[letters.table["mark"] != ""].to_dict("records"):
        for letter in row["mark"].split():
            other = next(at for at, one in enumerate(letters.columns) if one.head == 0 and one.letter == letter)
            assert row["estimate"] > letters.cells[row["line"], other]["estimate"]
    assert (tabulated(study, "A1", heads=(("age",),), marks=Marks.NONE).table["mark"] == "").all()
    assert [test.question for test in found.tests] == ["A1"]


def test_small_groups_are_suppressed_with_a_second_one(study: Study) -> None:
    found = tabulated(study, "C2", "E0", heads=(("community",),))
    columns = found.table[found.table["column"] > 0]
    known = columns["n"].dropna()
    assert (known[known > 0] >= study.suppression).all()
    assert columns.loc[columns["flag"].isin(("suppressed", "secondary_suppression")), "estimate"].isna().all()
    with pytest.raises(ArgumentError, match="分析员"):
        crosstab(study, Selection(mode="household", role=Role.LEADER), Request(("A1",)))


def test_tables_for_readers_and_for_further_work(study: Study) -> None:
    found = tabulated(study, "A1", "E0", heads=(("sex",), ("sex", "age")))
    table = read_table(found)
    assert table.iloc[0]["答案"] == "有效答卷"
    assert len(set(table.columns)) == len(table.columns)
    full = full_table(found)
    assert len(full) == len(found.lines) * len(found.columns)
    assert full["比例(%)或平均"].max() <= 100


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"rows": ("Z9",)}, "没有这道题"),
        ({"rows": ("H1",)}, "开放题"),
        ({"rows": ("A1",), "heads": (("nothing",),)}, "没有这个分组"),
        ({"rows": ("A1",), "where": "{Z9} = 1"}, "不认识的名字"),
        ({"rows": ("A1",), "where": "{A1} = 77"}, "没有一份答卷"),
        ({"rows": ("A1",), "nets": (Net("A1", "合", ("没有的答案",)),)}, "不认识的答案"),
    ],
)
def test_bad_requests_say_what_is_wrong(study: Study, asked: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        crosstab(study, Selection(mode="household"), Request(**asked))  # type: ignore[arg-type]


def test_no_more_than_two_groups_are_nested() -> None:
    with pytest.raises(ArgumentError, match="两层"):
        Request(("A1",), (("age", "sex", "district"),))
    with pytest.raises(ArgumentError, match="同一个分组"):
        Request(("A1",), (("age", "age"),))


def test_kept_tables_come_back_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    request = Request(("A1", "E"), (("age", "sex"),), "{A1} = 1", (Net("E0", "满意", ("很满意", "一般")),), means=True)
    keep(tmp_path, Saved("按年龄", request, "张三", "2026-09-07T10:00:00+00:00"))
    keep(tmp_path, Saved("又一张", Request(("B1",)), "李四", "2026-09-07T10:00:00+00:00"))
    assert list(saved(tmp_path)) == ["又一张", "按年龄"]
    assert saved(tmp_path)["按年龄"].request == request
    forget(tmp_path, "又一张")
    assert list(saved(tmp_path)) == ["按年龄"]
    with pytest.raises(ArgumentError, match="名字"):
        keep(tmp_path, Saved("  ", request, "张三", ""))
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="读不出来"):
        saved(tmp_path)


def test_groups_hold_places_people_and_answers(study: Study) -> None:
    found = groups(study)
    assert {"district", "wave", "age", "E.E3", "B1", "B1.4"} <= set(found)
    assert "A3" not in found


def test_options_in_one_pass_are_those_one_by_one(study: Study) -> None:
    """Shares and p-values of overlapping groups are those of each option as a domain of its own."""
    request = Request(("E0",), (("B1", "sex"),))
    found = tabulated(study, "E0", heads=request.heads)
    option = groups(study)["B1"].options[0]
    alone_request = Request(("E0",), ((f"B1.{option.code}", "sex"),))
    answers = gather_answers(study, Selection(mode="household"), alone_request)
    wave = answers.gathered.newest(Selection(mode="household"))
    line, by = answers.lines[0], (key_of(groups(study)["sex"]),)
    flag, chosen = key_of(groups(study)[f"B1.{option.code}"]), "选了"
    alone = answers.sample.rates(item=line.items[0], by=by, where={**wave.domain, flag: chosen}).table
    asked = Comparison(line.items, by, dict(wave.domain))
    apart = between(answers.sample.basis, flag, ("没选", chosen), asked).table
    cells = [at for at, column in enumerate(found.columns) if column.labels[:1] == (option.label,)]
    assert len(cells) == len(alone) == 2
    for row, at in enumerate(cells):
        assert found.columns[at].labels[1] == alone[by[0]].iloc[row]
        for name in ("n", "estimate", "std_error", "conf_low", "conf_high"):
            assert found.cells[0, at][name] == pytest.approx(alone[name].iloc[row])
            assert alone["n"].iloc[row] >= study.suppression
    overlapping = gather_answers(study, Selection(mode="household"), request)
    one = list(slices(overlapping, wave, everywhere=True))[1]
    domains, others = one.domains(overlapping)
    assert others is not None
    basis = overlapping.sample.basis
    raw = between_options(basis, means_of(basis, domains, line.items), others, asked).table
    assert raw["p_value"].to_numpy()[:2] == pytest.approx(apart["p_value"].to_numpy())


def test_numbers_are_those_of_the_sample_of_the_pages(study: Study) -> None:
    """Cells of numbered responses have the sums that the pages count."""
    selection = Selection(mode="household")
    answers = gather_answers(study, selection, Request(("E0", "B1"), (("sex",),)))
    rates = [answers.gathered.rate(line.items[0]) for line in answers.lines]
    roles = (*study.margins.columns, "sex")
    counted = read_counted(study, selection)
    wanted = replace(options(study, selection), roles=roles)
    expected, found = counted.sample(wanted, tuple(rates)).cells, answers.sample.cells
    for name in ("n", "w", "ww"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))
    for name in ("n_i", "wo", "wy", "ny"):
        assert np.array_equal(np.asarray(getattr(found, name)), np.asarray(getattr(expected, name)))


def test_nets_that_overlap_are_named_and_two_of_one_name_refused(study: Study) -> None:
    nets = (Net("E0", "满意", ("很满意", "比较满意")), Net("E0", "不差", ("比较满意", "一般")))
    found = tabulated(study, "E0", nets=nets)
    assert [str(one) for one in notices(found, 10)] == ["E0 的合并项“满意”和“不差”都含比较满意，两项不能相加"]
    with pytest.raises(ArgumentError, match="同名"):
        Request(("E0",), nets=(nets[0], Net("E0", "满意", ("一般",))))
    with pytest.raises(ArgumentError, match="不在这张表里"):
        tabulated(study, "A1", nets=nets)


def test_a_net_of_a_matrix_is_that_of_each_row(study: Study) -> None:
    best = ("很满意", "比较满意")
    whole = tabulated(study, "E", nets=(Net("E", "满意", best),))
    one = tabulated(study, "E.E3", nets=(Net("E.E3", "满意", best),))
    netted = {line.variable.name: whole.cells[at, 0] for at, line in enumerate(whole.lines) if line.net}
    assert list(netted) == [one.name for one in expanded(study.questionnaire, ["E"])]
    assert netted["E.E3"]["estimate"] == pytest.approx(shares(one)["满意"], abs=1e-12)
    with pytest.raises(ArgumentError, match="同名"):
        tabulated(study, "E.E3", nets=(Net("E", "满意", best), Net("E.E3", "满意", ("一般",))))


def test_a_domain_that_is_too_small_is_named(study: Study) -> None:
    found = tabulated(replace(study, suppression=10**6), "E0", heads=(("sex",),), where="{age} = 1", spoken="年轻人")
    assert hidden(found)
    assert "不足 1,000,000 份，都不显示" in str(notices(found, 10**6)[0])
    assert not words.plainest(found)
    assert not hidden(tabulated(study, "E0"))


def test_questions_and_groups_that_nobody_answered_are_named(study: Study) -> None:
    found = tabulated(study, "E0", "A1", heads=(("sex",), ("age",)))
    lines = [at for at, line in enumerate(found.lines) if line.variable.name == "E0"]
    silent = found.table.assign(flag=np.where(found.table["line"].isin(lines), "empty", found.table["flag"]))
    columns = tuple(one for one in found.columns if one.head != 1)
    emptied = replace(found, table=silent[silent["column"] < len(columns)], columns=columns)
    assert [str(one) for one in notices(emptied, 10)] == [
        "E0 总体满意：没有人回答",
        "按年龄分组：没有人属于任何一组，没有列出",
    ]


def test_the_finding_leaves_out_red_lights_and_names_the_next_step(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tabulated(study, "E0", heads=(("district",), ("sex",)))
    cell = next(at for at, column in enumerate(found.columns) if column.head == 0)
    name = found.columns[cell].labels[0]
    assert doubted(found, {"district": {name}}) == {cell}
    at = found.table["column"].eq(cell) & found.table["line"].eq(0)
    marked = replace(found, table=found.table.assign(mark="", p_value=1.0))
    marked.table.loc[at, ["mark", "p_value"]] = ["low", 0.001]
    assert first_of(marked) == (0, cell)
    rates = study.questionnaire.rates
    assert next_steps(marked, (0, cell), rates) == {"area": name, "ledger": ""}
    aware = tabulated(study, "A1", heads=(("district",),))
    low = replace(aware, table=aware.table.assign(mark="low"))
    assert set(next_steps(low, (0, 1), rates)) == {"area", "outreach"}
    said = str(words.plainest(marked))
    assert said.startswith(name)
    assert f" 答“{marked.lines[0].label}”，明显偏低，全体 " in said
    assert first_of(marked, frozenset({cell})) is None
    assert str(words.plainest(marked, frozenset({cell}))) == "各组之间看不出差别"
    assert next_steps(marked, None, rates) == {}
    monkeypatch.setattr(crosstab_notices, "red_areas", lambda *_: frozenset({name}))
    lit = red_columns(found, study, Selection(mode="household"))
    assert lit == {cell}
    assert str(red_note(found, lit)) == f"{name}亮真实性红灯，独立复访前不下结论，不标差别"
    assert not red_note(found, frozenset())
    assert red_columns(tabulated(study, "E0", heads=(("sex",),)), study, Selection(mode="household")) == frozenset()
    assert set(unmarked(marked, frozenset({cell})).table["mark"]) == {""}
    assert unmarked(marked, frozenset()).table["mark"].eq("low").sum() == 1
    lettered = unmarked(replace(marked, table=marked.table.assign(mark="A B")), frozenset({cell})).table
    heads = [found.columns[at].head for at in lettered["column"]]
    left = {0: "B", -1: "A B", 1: "A B"}
    expected = ["" if at == cell else left[head] for at, head in zip(lettered["column"], heads, strict=True)]
    assert lettered["mark"].tolist() == expected
    assert lettered.loc[lettered["column"] == cell, "p_value"].isna().all()


def test_too_many_groups_are_refused_with_the_way_out(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.crosstab.crosstab.MOST_LETTERS", 2)
    assert tabulated(study, "E0", heads=(("district",),)).columns
    with pytest.raises(ArgumentError, match="两两比") as caught:
        tabulated(study, "E0", heads=(("district",),), marks=Marks.LETTERS)
    assert (caught.value.got, caught.value.where) == ("3", "区县")
    monkeypatch.setattr("reports.crosstab.crosstab.MOST_GROUPS", 2)
    with pytest.raises(ArgumentError, match="分组太多"):
        tabulated(study, "E0", heads=(("district",),))
