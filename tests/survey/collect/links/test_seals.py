"""Seals: own codes are verified, and a single wrong character is refused."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from survey.collect.links.seals import ALPHABET, Invitation, Pass, Seals

SECRETS = st.binary(min_size=32, max_size=32)
CODE = 10
DAYS = st.dates(date(2020, 1, 1), date(2199, 12, 31))
INVITED, GIVEN = Invitation(7, 101, date(2027, 3, 14)), Pass("访01", "household", date(2027, 3, 14), 2)
OLD_INVITATION, OLD_PASS = "9-990101001001-7SDW2Y24E8", "aG91c2Vob2xkfOiuvzAx.26XE8J36GM"


@given(SECRETS, st.integers(-CODE, -1), st.sampled_from(ALPHABET))
def test_a_code_with_one_changed_character_is_refused(secret: bytes, place: int, sign: str) -> None:
    seals = Seals(secret)
    invitation, key = seals.invitation(INVITED), seals.interviewer_pass(GIVEN)
    assert seals.invited(invitation) == INVITED
    assert seals.interviewer(key) == GIVEN
    for made, known in ((invitation, seals.invited), (key, seals.interviewer)):
        signs = list(made)
        signs[place] = sign
        assert bool(known("".join(signs))) == (sign == made[place])


@given(SECRETS, st.integers(1, 10**9), st.sampled_from(ALPHABET))
def test_a_receipt_gives_its_number_and_a_changed_one_none(secret: bytes, number: int, sign: str) -> None:
    seals = Seals(secret)
    receipt = seals.receipt(number)
    assert seals.number(f" {receipt.lower()} ") == number
    assert seals.number(receipt[:-1] + sign) == (number if receipt.endswith(sign) else None)


def test_seals_of_another_secret_are_refused() -> None:
    ours, theirs = Seals(b"a" * 32), Seals(b"b" * 32)
    assert ours.interviewer(theirs.interviewer_pass(Pass("访01", "household"))) is None
    assert ours.invited(theirs.invitation(Invitation(1, None))) is None
    assert ours.number(theirs.receipt(1)) is None


@given(st.integers(1, 10**9), st.none() | st.integers(10**11, 10**12 - 1), st.none() | DAYS)
def test_an_invitation_returns_its_content(serial: int, place: int | None, expires: date | None) -> None:
    seals = Seals(b"a" * 32)
    given = Invitation(serial, place, expires)
    assert seals.invited(seals.invitation(given)) == given


@given(st.text(), st.sampled_from(["household", "street", "phone"]), DAYS, st.integers(0, 999))
def test_a_pass_returns_its_content_for_any_interviewer_code(
    interviewer: str, mode: str, expires: date, issue: int
) -> None:
    seals = Seals(b"a" * 32)
    for one in (Pass(interviewer, mode, expires, issue), Pass(interviewer, mode)):
        assert seals.interviewer(seals.interviewer_pass(one)) == one


def test_codes_of_version_0_1_0_are_valid_and_have_no_date() -> None:
    """Made by the code of that version with this secret."""
    seals = Seals(b"a" * 32)
    assert seals.invited(OLD_INVITATION) == Invitation(7, 990101001001)
    assert seals.interviewer(OLD_PASS) == Pass("访01", "household")
