"""A selection is a value: equal questions are equal, and each change gives a new one."""

import pytest

from reports.selection import Selection
from survey.host.access import VARIABLE, Role

WOMEN = Selection(("W2",), "household", (("sex", ("女",)),))


def test_people_and_waves_make_the_domain() -> None:
    here = WOMEN.within(district="东湖区")
    assert here.where == {"sex": ("女",), "district": ("东湖区",)}
    assert here.domain == {"sex": ("女",), "district": ("东湖区",), "wave": ("W2",)}
    assert here.people == "女"
    assert here.everyone().where == {}
    assert Selection().domain == {}


def test_a_column_named_again_is_replaced() -> None:
    assert WOMEN.within(sex="男").where == {"sex": ("男",)}


def test_the_people_in_words_name_places_and_no_area() -> None:
    chosen = Selection(conditions=(("age", ("18—29岁", "30—44岁")), ("place", ("老旧小区",)), ("street", ("甲街道",))))
    assert chosen.people == "18—29岁、30—44岁、住在老旧小区"
    assert Selection().people == "全部受访居民"


def test_equal_questions_are_equal_and_hash_alike() -> None:
    assert WOMEN.asking(["E0"], ["district"]) == WOMEN.asking(("E0",), ("district",))
    assert len({WOMEN.asking(["E0"]), WOMEN.asking(["E0"]), WOMEN}) == 2


def test_what_a_sample_is_made_for_forgets_people_waves_and_rates() -> None:
    assert WOMEN.asking(["E0"]).answers == Selection(mode="household")
    assert Selection(version=3, without_excluded=True).answers != Selection(version=3).answers


@pytest.mark.parametrize(("role", "reserved"), [("analyst", False), ("leader", True), ("unit", True)])
def test_the_reader_is_the_role_of_the_process(role: str, reserved: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, role)
    assert Selection().role is Role(role)
    assert Selection().reserved is reserved


def test_online_answers_are_self_selected() -> None:
    assert Selection(mode="online").opt_in
    assert not WOMEN.opt_in
