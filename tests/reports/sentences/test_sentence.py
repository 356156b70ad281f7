"""A number in a sentence is a reference to a result, formatted once; fixed words hold no digit."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from reports.sentences.formats import WRITERS, Format
from reports.sentences.references import Cell, Count, Field, Setting
from reports.sentences.sentence import (
    Binding,
    Declared,
    Name,
    Sentence,
    TemplateError,
    count,
    field,
    join,
    listed,
    names,
    rows_of,
    say,
    setting,
)
from survey.errors import ArgumentError

ROOM = Path(__file__).parents[3] / "reports"


@dataclass(frozen=True)
class Plan:
    interviews: int = 2880
    gate: tuple[float, ...] = (0.2, 0.95)


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [("甲区", "E0", 0.701, 0.627, 0.765), ("乙区", "E0", 0.812, 0.78, 0.84)]
    return pd.DataFrame(rows, columns=["district", "item", "estimate", "conf_low", "conf_high"])


def test_a_sentence_prints_what_the_cells_hold_and_keeps_the_references(table: pd.DataFrame) -> None:
    row = rows_of(table, table.head(1), "district", "item")[0]
    value, interval = row.bound("estimate", Format.PERCENT), row.interval()
    found = say("{area}的满意率 {value}（{interval}）", area=row.name("district"), value=value, interval=interval)
    assert found.text == str(found) == "甲区的满意率 70.1%（62.7%—76.5%）"
    assert [one.reference.read() for one in found.bindings] == [(0.701,), (0.627, 0.765)]
    assert found.bindings[0].reference.address == "district=甲区，item=E0：estimate"
    assert found.names == (Name("甲区"),)


def test_rows_read_what_their_references_read_also_of_a_column_that_came_later(table: pd.DataFrame) -> None:
    rows = rows_of(table, table, "district", "item")
    assert [row["estimate"] for row in rows] == [
        row.bound("estimate", Format.PERCENT).reference.read()[0] for row in rows
    ]
    table["line"] = [0.7, 0.8]
    assert [row["line"] for row in rows] == [0.7, 0.8]
    other = rows_of(table, table.head(1).assign(item="E9"), "district", "item")[0]
    with pytest.raises(ArgumentError, match="一行"):
        other["estimate"]


def test_an_hour_at_midnight_names_its_row() -> None:
    hours = pd.DataFrame({"hour": pd.to_datetime(["2026-11-28 23:00", "2026-11-29 00:00"]), "answers": [3, 7]})
    row = rows_of(hours, hours.tail(1), "hour")[0]
    assert say("{n} 份", n=row.bound("answers", Format.COUNT)).text == "7 份"


def test_a_sentence_follows_the_result_it_refers_to(table: pd.DataFrame) -> None:
    found = say("{value}", value=rows_of(table, table.head(1), "district")[0].bound("estimate", Format.PERCENT))
    table.loc[0, "estimate"] = 0.5
    assert found.text == "50.0%"


@pytest.mark.parametrize("digit", ["5", "５", "²"])
def test_a_literal_digit_is_an_error_with_its_column(digit: str) -> None:
    with pytest.raises(TemplateError, match="column 3"):
        say(f"满意{digit}")
    with pytest.raises(TemplateError, match="column 2"):
        say("满意") + f"率{digit}"


def test_names_and_declared_numbers_may_hold_digits() -> None:
    found = say("{group}，按{rule}", group=Name("60岁及以上"), rule=Declared("GB/T 26316", "standard"))
    assert found.text == "60岁及以上，按GB/T 26316"
    assert not found.bindings


@pytest.mark.parametrize("slots", [{}, {"a": Name("甲"), "b": Name("乙")}])
def test_slots_and_values_must_agree(slots: dict[str, Name]) -> None:
    with pytest.raises(TemplateError):
        say("{a}", **slots)


def test_a_key_that_fits_no_row_or_several_is_an_error(table: pd.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="0 行"):
        Cell(table, (("district", "丙区"),), ("estimate",)).read()
    with pytest.raises(ArgumentError, match="2 行"):
        Cell(table, (("item", "E0"),), ("estimate",)).read()
    with pytest.raises(TemplateError, match="item"):
        rows_of(table, table, "item")


def test_fields_counts_and_settings_are_references() -> None:
    assert str(field(Plan(), "interviews", Format.COUNT)) == "2,880"
    assert str(field(Plan(), "gate", Format.CHANCE, 1)) == "约 95%"
    assert str(field(Plan(), "gate", Format.INTERVAL)) == "20.0%—95.0%"
    assert Field(Plan(), "gate", 1).address == "Plan.gate[1]"
    assert str(count(["甲", "乙"], "areas")) == "2"
    assert Count(("甲",), "areas").address == "number of areas"
    assert str(setting("margin", 0.03, Format.STEP)) == "3 个百分点"
    assert Setting("margin", 0.03).address == "setting margin"


def test_a_list_of_names_gives_its_length_as_a_bound_number() -> None:
    assert listed(names(["甲", "乙"])).text == "甲、乙"
    long = listed(names("甲乙丙丁"), 2)
    assert long.text == "甲、乙等 4 个"
    assert [binding.reference.read() for binding in long.bindings] == [(4,)]
    assert listed(names("甲乙丙丁"), 2, "项").text == "甲、乙等 4 项"
    assert listed(names("甲乙丙丁"), 2, counted=True).text == "甲、乙等"


def test_parts_without_words_leave_no_mark() -> None:
    assert join([say("甲"), Sentence(), say("乙")]).text == "甲；乙"
    assert not join([Sentence(), Sentence()])


@pytest.mark.parametrize("form", Format)
def test_every_format_has_a_writer_and_a_dash_for_what_is_missing(form: Format) -> None:
    values = 2 if ("interval" in form or form.endswith("pair")) else 1
    assert form.write(*[float("nan")] * values) == "—"
    assert WRITERS[form](*[0.5] * values) == form.write(*[0.5] * values)


def templates() -> Iterator[tuple[str, int, str]]:
    """Yield file, line and words of every template in reports."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.relative_to(ROOM.parent)}", part.lineno, part.value


def test_no_template_holds_a_digit_or_is_an_f_string() -> None:
    found = list(templates())
    assert len(found) > 30
    assert not [place for place in found if any(sign.isdigit() for sign in place[2])]


def test_no_name_is_made_from_a_formatted_number() -> None:
    """A name comes from the study; a number passed as a name would escape its binding."""
    for path in sorted((ROOM / "sentences").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Name", "say")
            if called:
                inside = [part for one in node.args for part in ast.walk(one)]  # type: ignore[attr-defined]
                assert not [one for one in inside if isinstance(one, ast.JoinedStr)], (path.name, node.lineno)


def test_a_binding_is_written_by_its_format() -> None:
    assert str(Binding(Setting("share", 0.5), Format.PERCENT)) == "50.0%"
