"""Seals: what was made here is known again, and one wrong sign anywhere in the code is refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from survey.collect.seals import ALPHABET, Pass, Seals

SECRETS = st.binary(min_size=32, max_size=32)
CODE = 10


@given(SECRETS, st.integers(-CODE, -1), st.sampled_from(ALPHABET))
def test_a_code_with_one_other_sign_is_refused(secret: bytes, place: int, sign: str) -> None:
    seals = Seals(secret)
    invitation, key = seals.invitation(7, 101), seals.interviewer_pass(Pass("访01", "household"))
    assert seals.invited(invitation) == (True, 101)
    assert seals.interviewer(key) == Pass("访01", "household")
    for made, known in ((invitation, lambda text: seals.invited(text)[0]), (key, seals.interviewer)):
        signs = list(made)
        signs[place] = sign
        assert bool(known("".join(signs))) == (sign == made[place])


@given(SECRETS, st.integers(1, 10**9), st.sampled_from(ALPHABET))
def test_a_receipt_leads_back_to_its_number_and_another_sign_to_none(secret: bytes, number: int, sign: str) -> None:
    seals = Seals(secret)
    receipt = seals.receipt(number)
    assert seals.number(f" {receipt.lower()} ") == number
    assert seals.number(receipt[:-1] + sign) == (number if receipt.endswith(sign) else None)


def test_seals_of_another_secret_are_refused() -> None:
    ours, theirs = Seals(b"a" * 32), Seals(b"b" * 32)
    assert ours.interviewer(theirs.interviewer_pass(Pass("访01", "household"))) is None
    assert ours.invited(theirs.invitation(1, None)) == (False, None)
    assert ours.number(theirs.receipt(1)) is None
