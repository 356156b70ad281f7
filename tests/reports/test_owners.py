"""A theme and the item about the same thing have one owner."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from analysis.text.themes.codebook import parse_codebook
from reports.owners import entry_of, government, in_charge, local, unit_of
from survey.study.plans.rectification import Entry, Status
from tests.analysis.mock_sample import city

THEMES = Path(__file__).parents[2] / "data" / "lexicon" / "themes.toml"


def test_themes_have_the_owners_of_the_items_of_the_template() -> None:
    asked, codebook = city().questionnaire, parse_codebook(THEMES.read_text(encoding="utf-8"))
    owners = {number: rate.unit for rate in asked.rates for number in rate.indicators}
    linked = [theme for theme in codebook.themes if theme.indicator]
    assert len(linked) >= 20
    for theme in linked:
        assert owners[theme.indicator] == theme.unit == unit_of(asked, theme)
    assert unit_of(asked, codebook["parking"]) == "城市管理部门"


def test_the_questionnaire_of_a_study_decides() -> None:
    asked, parking = city().questionnaire, parse_codebook(THEMES.read_text(encoding="utf-8"))["parking"]
    rates = tuple(
        replace(rate, unit="公安交管部门") if "Q-10" in rate.indicators else replace(rate) for rate in asked.rates
    )
    assert unit_of(replace(asked, rates=rates), parking) == "公安交管部门"
    assert unit_of(replace(asked, rates=()), parking) == parking.unit
    assert unit_of(asked, replace(parking, indicator="")) == parking.unit


def entry(number: int, status: Status, owner: str) -> Entry:
    return Entry(number, "青苇区", "E0", "W1", 1, 0.6, 0.8, owner, date(2026, 8, 9), "整治", status)


def test_the_ledger_decides_who_is_in_charge() -> None:
    first, then = entry(1, Status.CLOSED, "城管"), entry(2, Status.DOING, "城管、街道办")
    assert entry_of("青苇区", "E0", [first]) is None
    assert entry_of("青苇区", "E0", [first, then]) is then
    assert in_charge("青苇区", "E0", ("住建",), [first]) == ("住建",)
    assert in_charge("青苇区", "E0", ("住建",), [first, then]) == ("城管", "街道办")
    assert in_charge("望澄区", "E0", ("住建",), [then]) == ("住建",)


def test_the_unit_of_a_place_is_called_by_the_kind_of_the_place() -> None:
    names = ["蕙湾街道", "芷坡镇", "石桥乡", "青苇开发区"]
    assert [government(one) for one in names] == ["蕙湾街道办事处", "芷坡镇人民政府", "石桥乡人民政府", "青苇开发区"]
    units = ("城市管理部门", "属地街道办事处")
    assert local(units, ["芷坡镇", "枫湾镇"]) == ("城市管理部门", "属地镇")
    assert local(units, ["芷坡镇", "蕙湾街道"]) == ("城市管理部门", "属地街道和镇")
    assert local(units, ["青苇开发区"]) == units
