"""Errors: their codes and English sentences are stable, their text is Chinese."""

import pytest

from survey import errors
from survey.errors import DamagedError, DesignError, SiluError

KINDS = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SiluError)),
    key=lambda kind: kind.__name__,
)
CODES = [
    *("account", "argument", "calibration", "coding", "collect", "damaged", "design", "engine"),
    *("picture", "questionnaire", "read", "silu", "store", "study"),
]


def test_codes_are_those_that_programs_may_rely_on() -> None:
    assert [kind("错").code for kind in KINDS] == CODES


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_english_sentence(kind: type[SiluError]) -> None:
    assert kind("错").summary.endswith(".")
    assert kind("错").summary.isascii()
    assert f"{kind.__name__}" in str(errors.__doc__)


def test_the_text_holds_the_parts_that_there_are() -> None:
    error = DesignError("层里只有一个抽样点", where="层 2", cure="合并相近的层")
    assert str(error) == "层里只有一个抽样点\n位置：层 2\n处理办法：合并相近的层"
    assert error.summary == "The sampling design does not allow the estimate."
    assert isinstance(DamagedError("坏"), errors.StoreError)
