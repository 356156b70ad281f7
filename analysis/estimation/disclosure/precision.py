"""Precision: whether a rate may be published, and with what warning.

`RULES` maps a name to a rule with its source: a function of `Judged` that returns a code for each estimate.
`FLAGS` gives the Chinese wording of each code. The codes, from the gravest on: empty, suppressed, opt_in, few, heavy,
review, complement_unreliable, one_psu, census, unanimous, fallback, gain, and "" for a rate without reservations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray
from analysis.estimation.intervals import Rated, korn_graubard, nchs_n
from survey.errors import ArgumentError
from survey.study.settings import SUPPRESSION

Codes = npt.NDArray[Any]

FLAGS: Mapping[str, str] = {
    "": "",
    "empty": "无人作答",
    "suppressed": "样本过少，不予公布",
    "secondary_suppression": "为防止反推，一并隐去",
    "opt_in": "参与者意见，不作抽样推断",
    "few": "样本少，仅供参考",
    "heavy": "结果主要由少数权数很大的答卷决定，区间已放宽，仅供参考",
    "review": "需经统计人员复核",
    "complement_unreliable": "相反一方的比例不可靠",
    "one_psu": "只有一个抽样点，误差按全调查设计效应推算",
    "census": "抽样点全部访到（普查），没有抽样误差；区间把居民看作更大总体的样本",
    "unanimous": "回答全部一致，误差按全调查设计效应推算",
    "fallback": "所选区间无法计算，已改用默认区间",
    "gain": "有效样本多于答卷：分层或加权使误差小于简单随机抽样；抽样点少时也可能是偶然",
}
"""Flag code -> Chinese text shown to readers."""

FEW = 30
HEAVY = 3.0
"""Kish's design effect of the weights above which the largest weights carry a rate: two answers in three are lost."""


@dataclass(frozen=True, slots=True)
class Judged:
    """K rates to be judged.

    Attributes:
        p: rate in [0, 1]. std_error: design standard error. n: answers. df: degrees of freedom.
        suppression: smallest number of answers that may be shown.
    """

    p: FloatArray
    std_error: FloatArray
    n: FloatArray
    df: FloatArray
    suppression: int = SUPPRESSION

    @property
    def rated(self) -> Rated:
        """The rates in the form an interval function takes."""
        return Rated(self.p, self.std_error**2, self.n, self.df, self.n, self.df)


@dataclass(frozen=True, slots=True)
class PresentationRule:
    """A presentation rule.

    Attributes:
        label: Chinese name.
        source: where the rule is published.
        judge: `Judged` -> code for each rate.
    """

    label: str
    source: str
    judge: Callable[[Judged], Codes]


@dataclass(frozen=True, slots=True)
class Standard:
    """The NCHS criteria for proportions, each [K]; widths in percentage points, rounded to 0.1 as the macro does."""

    n_eff: FloatArray
    n_eff_df: FloatArray
    low: FloatArray
    high: FloatArray
    width: FloatArray
    relative: FloatArray
    relative_complement: FloatArray
    few: npt.NDArray[np.bool_]
    wide: npt.NDArray[np.bool_]
    relatively_wide: npt.NDArray[np.bool_]
    edge: npt.NDArray[np.bool_]
    low_df: npt.NDArray[np.bool_]
    complement_wide: npt.NDArray[np.bool_]

    @property
    def suppress(self) -> npt.NDArray[np.bool_]:
        """Whether the rate must not be shown."""
        return self.few | self.wide | self.relatively_wide

    @property
    def review(self) -> npt.NDArray[np.bool_]:
        """Whether a statistician must look at the rate before it is shown."""
        return ~self.suppress & (self.edge | self.low_df)

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Whether the rate may be shown without reservations."""
        return ~self.suppress & ~self.review

    @property
    def footnote(self) -> npt.NDArray[np.bool_]:
        """Whether the rate is shown although 1 - p is unreliable."""
        return self.present & self.complement_wide


def nchs_standard(judged: Judged, *, adjust_df: bool = True) -> Standard:
    """Apply Parker et al. 2017, NCHS Data Presentation Standards for Proportions, VHS 2(175), table 1.

    The logic follows the NCHS SAS macro calculate_KornGraubard_CIs v2.0: min(n_eff, n) < 30 with the
    unadjusted n_eff; absolute width >= 30 points; width > 5 points and relative width > 130 %.

    Args:
        judged: the rates.
        adjust_df: False for the NHIS variant.
    """
    rated = judged.rated
    plain, fitted = nchs_n(rated)
    if not adjust_df:
        fitted = np.minimum(plain, rated.n)
    low, high = korn_graubard(rated.p, fitted, rated.tail)
    width, p = _tenth(100 * (high - low)), judged.p
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(p > 0, _tenth(100 * (high - low) / p), np.nan)
        opposite = np.where(p < 1, _tenth(100 * (high - low) / (1 - p)), np.nan)
        beyond = (width > 5) & (np.where(p > 0, 100 * (high - low) / p, np.inf) > 130) & (p > 0)
        other = (width > 5) & (np.where(p < 1, 100 * (high - low) / (1 - p), np.inf) > 130) & (p < 1)
    few = ~(np.minimum(plain, judged.n) >= 30)
    edge = (p <= 0) | (p >= 1)
    return Standard(
        plain, fitted, low, high, width, relative, opposite, few, ~(width < 30), beyond, edge, judged.df < 8, other
    )


def _tenth(values: FloatArray) -> FloatArray:
    return np.asarray(np.floor(values * 10 + 0.5) / 10)


def _first(*cases: tuple[npt.NDArray[np.bool_], str]) -> Codes:
    """Return the code of the first case that holds, "" where none does."""
    return np.select([case for case, _ in cases], [code for _, code in cases], default="")


def silu(judged: Judged) -> Codes:
    """Apply this project's rule: hide fewer answers than `suppression`, mark fewer than 30."""
    return _first((judged.n < judged.suppression, "suppressed"), (judged.n < FEW, "few"))


def nchs(judged: Judged) -> Codes:
    """Apply the standard to p alone, as NCHS does."""
    standard = nchs_standard(judged)
    return _first(
        (standard.suppress, "suppressed"), (standard.review, "review"), (standard.footnote, "complement_unreliable")
    )


def nchs_both(judged: Judged) -> Codes:
    """Apply the standard to p and to 1 - p: opinion rates are high, and it is the complement that fails."""
    standard = nchs_standard(judged)
    return _first((standard.suppress | standard.complement_wide, "suppressed"), (standard.review, "review"))


def nhis(judged: Judged) -> Codes:
    """Apply the NHIS variant: n_eff without the df correction."""
    standard = nchs_standard(judged, adjust_df=False)
    return _first(
        (standard.suppress, "suppressed"), (standard.review, "review"), (standard.footnote, "complement_unreliable")
    )


def surveytable(judged: Judged) -> Codes:
    """Apply the standard as R `surveytable` reads it: n_eff < 30 with the df-corrected n_eff."""
    standard = nchs_standard(judged)
    few = ~(np.minimum(standard.n_eff_df, judged.n) >= 30)
    suppress = few | standard.wide | standard.relatively_wide
    review = standard.edge | standard.low_df
    return _first((suppress, "suppressed"), (review, "review"), (standard.complement_wide, "complement_unreliable"))


def confidential(judged: Judged) -> Codes:
    """Hide a rate that rests on 1 to 4 people, or on all but 1 to 4."""
    yes = np.rint(judged.p * judged.n)
    small = ((yes >= 1) & (yes <= 4)) | ((judged.n - yes >= 1) & (judged.n - yes <= 4))
    return _first((small | (judged.n <= 4), "suppressed"))


def nhcs_old(judged: Judged) -> Codes:
    """Apply the older NHCS rule: hide n < 30; mark n < 60 or RSE >= 30 %."""
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = judged.std_error / judged.p
    return _first((judged.n < 30, "suppressed"), ((judged.n < 60) | ~(relative < 0.30), "few"))


def nsch(judged: Judged) -> Codes:
    """Apply the National Survey of Children's Health rule: mark a width above 20 points or 1.2 times the estimate."""
    standard = nchs_standard(judged)
    width = standard.high - standard.low
    return _first((judged.n < 30, "suppressed"), ((width > 0.20) | (width > 1.2 * judged.p), "few"))


RULES: Mapping[str, PresentationRule] = {
    "silu": PresentationRule("四率规则", "analysis/estimation/disclosure/precision.py", silu),
    "nchs": PresentationRule("NCHS 比例发布标准", "Vital and Health Statistics 2(175), 2017", nchs),
    "nchs_both": PresentationRule(
        "NCHS 标准（正反两面）", "Vital and Health Statistics 2(175), 2017, on p and 1 - p", nchs_both
    ),
    "nhis": PresentationRule("NHIS 变体（不做自由度校正）", "surveytable, set_survey(mode = NHIS)", nhis),
    "surveytable": PresentationRule("surveytable 的读法", "CDC surveytable, svyciprop_adjusted", surveytable),
    "confidential": PresentationRule("保密：1 至 4 人", "surveytable, confidential data", confidential),
    "nhcs_old": PresentationRule("NHCS 旧规则", "National Health Care Surveys, presentation before 2017", nhcs_old),
    "nsch": PresentationRule("NSCH 规则", "National Survey of Children's Health, data query notes", nsch),
}
"""Name -> rule."""


def rule(name: str) -> PresentationRule:
    """Return the rule of a name; an unknown one raises ArgumentError with the known names."""
    if name not in RULES:
        raise ArgumentError("没有这种发布规则", got=name, expected="、".join(RULES))
    return RULES[name]
