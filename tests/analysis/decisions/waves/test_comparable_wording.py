"""The wording of a rate: what counts as a change of an item, and what does not."""

from dataclasses import replace

from analysis.decisions.waves.comparable_wording import NOT_ASKED, of_wave, side_by_side, wording
from survey.instrument.questionnaire import Questionnaire
from tests.analysis.mock_sample import city, heads

ASKED = city().questionnaire


def changed(name: str, **other: object) -> Questionnaire:
    """Return the questionnaire with one question changed."""
    return replace(
        ASKED,
        questions=tuple(replace(one, **other) if one.name == name else one for one in ASKED.questions),  # type: ignore[arg-type]
        fingerprint="b",
    )


def test_wording_holds_title_options_routing_and_what_counts() -> None:
    rate = heads()[0]
    text = wording(ASKED, rate)
    assert "您知道本市正在创建文明城市吗" in text["题目"]
    assert text["选项"].startswith("1 ")
    assert text["问谁"]
    assert text != wording(ASKED, replace(rate, terms=(("A1", (1, 2)),)))
    assert text != wording(ASKED, replace(rate, base="valid" if rate.base == "all" else "all"))


def test_every_rate_of_the_questionnaire_has_a_wording() -> None:
    for rate in ASKED.rates:
        parts = wording(ASKED, rate)
        assert all(parts.values()) or rate.columns[0].startswith("A3")


def test_a_row_of_a_matrix_does_not_change_with_its_neighbour() -> None:
    rows = ASKED.question("E").rows
    other = changed("E", rows=(replace(rows[0], label="别的项目"), *rows[1:]))
    second = next(rate for rate in ASKED.rates if rate.name == "E.E2")
    assert of_wave([ASKED], second) == of_wave([other], second)


def test_routing_is_part_of_the_wording() -> None:
    rate = heads()[0]
    moved = changed("A1", visible_if="{S1} > 20")
    found = side_by_side({"A1": of_wave([ASKED], rate)}, {"A1": of_wave([moved], rate)})
    assert found["part"].tolist() == ["问谁"]
    assert found["after"].tolist() == ["{S1} > 20"]


def test_the_wording_of_an_unasked_rate_states_it() -> None:
    rate = replace(heads()[0], name="Z9")
    assert of_wave([ASKED], rate) == {"题目": NOT_ASKED}


def test_a_wave_asked_in_two_ways_shows_both() -> None:
    rate = heads()[0]
    text = of_wave([ASKED, changed("A1", title="另一种问法")], rate)["题目"]
    assert "另一种问法" in text
    assert "创建文明城市" in text
