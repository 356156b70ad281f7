"""Presentation rules: all cases of the NCHS standard, and the other rules on chosen rates."""

import json

import numpy as np
import pytest

from analysis.estimation.disclosure.precision import FLAGS, RULES, Judged, nchs_standard, rule
from survey.errors import ArgumentError
from tests.analysis.golden_designs import OWN

CASES = json.loads((OWN / "nchs_rules.json").read_text(encoding="utf-8"))["cases"]
NUMBERS = {
    "n_eff": "n_eff",
    "n_eff_df": "n_eff_df",
    "low": "ci_low",
    "high": "ci_high",
    "width": "ciw_pct",
    "relative": "rciw_pct",
    "relative_complement": "rciw_complement_pct",
}
DECISIONS = {
    "few": "suppress_n",
    "wide": "suppress_width",
    "relatively_wide": "suppress_relative",
    "suppress": "suppress",
    "edge": "review_zero",
    "low_df": "review_df",
    "review": "review",
    "present": "present",
    "footnote": "footnote_complement",
}


def column(name: str) -> np.ndarray:
    return np.array([np.nan if case[name] is None else case[name] for case in CASES], dtype=float)


STANDARD = nchs_standard(Judged(column("p"), column("se"), column("n"), column("df")))


def test_there_are_912_cases() -> None:
    assert len(CASES) == 912


@pytest.mark.parametrize(("ours", "theirs"), NUMBERS.items())
def test_nchs_numbers(ours: str, theirs: str) -> None:
    np.testing.assert_allclose(getattr(STANDARD, ours), column(theirs), rtol=1e-11, atol=1e-14, equal_nan=True)


@pytest.mark.parametrize(("ours", "theirs"), DECISIONS.items())
def test_nchs_decisions(ours: str, theirs: str) -> None:
    assert (getattr(STANDARD, ours) == (column(theirs) != 0)).all()


def test_rule_nchs_gives_the_decisions_as_codes() -> None:
    codes = rule("nchs").judge(Judged(column("p"), column("se"), column("n"), column("df")))
    assert ((codes == "suppressed") == STANDARD.suppress).all()
    assert ((codes == "review") == STANDARD.review).all()
    assert ((codes == "complement_unreliable") == STANDARD.footnote).all()


def one(name: str, p: float, n: float, df: float = 20, deff: float = 1.0, suppression: int = 10) -> str:
    p, n, df = np.array([p]), np.array([n], dtype=float), np.array([df], dtype=float)
    return str(rule(name).judge(Judged(p, np.sqrt(deff * p * (1 - p) / n), n, df, suppression))[0])


@pytest.mark.parametrize(
    ("name", "p", "n", "code"),
    [
        ("silu", 0.8, 9, "suppressed"),
        ("silu", 0.8, 10, "few"),
        ("silu", 0.8, 29, "few"),
        ("silu", 0.8, 30, ""),
        ("nchs", 0.97, 150, "complement_unreliable"),
        ("nchs_both", 0.97, 150, "suppressed"),
        ("nchs", 0.8, 400, ""),
        ("nchs_both", 0.8, 400, ""),
        ("confidential", 0.97, 100, "suppressed"),
        ("confidential", 0.5, 100, ""),
        ("nhcs_old", 0.5, 29, "suppressed"),
        ("nhcs_old", 0.5, 45, "few"),
        ("nhcs_old", 0.5, 60, ""),
        ("nsch", 0.5, 60, "few"),
        ("nsch", 0.5, 600, ""),
    ],
)
def test_rules(name: str, p: float, n: float, code: str) -> None:
    assert one(name, p, n) == code


def test_surveytable_counts_the_corrected_n_and_nhis_does_not_correct() -> None:
    # n_eff 31 is enough, corrected for 4 degrees of freedom it is not.
    assert one("surveytable", 0.6, 62, df=4, deff=2.0) == "suppressed"
    assert one("nhis", 0.6, 160, df=4, deff=2.0) == "review"
    assert one("nchs", 0.6, 160, df=4, deff=2.0) == "suppressed"


def test_every_code_has_a_text() -> None:
    rng = np.random.default_rng(1)
    p, n, df = rng.random(500), rng.integers(1, 300, 500).astype(float), rng.integers(0, 30, 500).astype(float)
    for each in RULES.values():
        assert set(each.judge(Judged(p, np.sqrt(p * (1 - p) / n), n, df))) <= set(FLAGS)
        assert each.source


def test_unknown_rule() -> None:
    with pytest.raises(ArgumentError, match="nchs"):
        rule("nonsense")
