"""Final dispositions of all sampled addresses or numbers, and the resulting response rates.

AAPOR Standard Definitions, 10th edition (2023), final outcome rates: RR1 to RR6, COOP1 to COOP4, REF1 to REF3, CON1 to
CON3, with the numerators and denominators of the standard. Unless given, e, the eligible share of the cases of unknown
eligibility, is estimated by the share among the cases of known eligibility.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from survey.errors import ArgumentError
from survey.storage.tables import read_table

CODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "1.1": ("I", "完成访问"),
        "1.2": ("P", "部分完成"),
        "2.1": ("R", "拒访、中途拒绝"),
        "2.2": ("NC", "未接触到人"),
        "2.3": ("O", "其他未访成（生病、语言、外出）"),
        "3.1": ("UH", "不知是否为住户或有效号码"),
        "3.2": ("UO", "住户中是否有合格的人不明"),
        "4.0": ("NE", "不合格（空户、单位、外地、未满18岁等）"),
    }
)
"""Final disposition code -> group of the standard, and meaning."""
COLUMNS: Mapping[str, str] = {"样本": "case", "轮次": "wave", "最终结果": "disposition"}
"""Chinese heading of the call records -> canonical heading; other columns are ignored."""


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Numbers of cases by group of the standard.

    Attributes:
        counts: group (I, P, R, NC, O, UH, UO, NE) -> number of cases.
        e: share of the cases of unknown eligibility assumed to be eligible, in [0, 1].
    """

    counts: Mapping[str, int]
    e: float

    def rates(self) -> dict[str, float]:
        """Return name of the rate -> share in [0, 1]; NaN for an empty base."""
        i, p, r, nc, o, uh, uo = (self.counts.get(name, 0) for name in ("I", "P", "R", "NC", "O", "UH", "UO"))
        unknown, known = uh + uo, i + p + r + nc + o
        part = known + self.e * unknown
        pairs = {
            "RR1": (i, known + unknown),
            "RR2": (i + p, known + unknown),
            "RR3": (i, part),
            "RR4": (i + p, part),
            "RR5": (i, known),
            "RR6": (i + p, known),
            "COOP1": (i, i + p + r + o),
            "COOP2": (i + p, i + p + r + o),
            "COOP3": (i, i + p + r),
            "COOP4": (i + p, i + p + r),
            "REF1": (r, known + unknown),
            "REF2": (r, part),
            "REF3": (r, known),
            "CON1": (i + p + r + o, known + unknown),
            "CON2": (i + p + r + o, part),
            "CON3": (i + p + r + o, known),
        }
        return {name: top / base if base else float("nan") for name, (top, base) in pairs.items()}


def outcome(dispositions: Iterable[str], *, e: float | None = None) -> CaseCounts:
    """Count final dispositions.

    Args:
        dispositions: one code of `CODES` per case; a finer code such as "2.112" counts as "2.1", "4.3" as "4.0".
        e: see `CaseCounts`; None for an estimate.

    Raises:
        ArgumentError: a code unknown to the standard, or e outside [0, 1].
    """
    if e is not None and not 0 <= e <= 1:
        raise ArgumentError("合格率 e 超出范围", got=str(e), expected="0 到 1")
    counts: Counter[str] = Counter(CODES[_main(code)][0] for code in dispositions)
    eligible = sum(counts[name] for name in ("I", "P", "R", "NC", "O"))
    known = eligible + counts["NE"]
    return CaseCounts(dict(counts), (eligible / known if known else 1.0) if e is None else e)


def read_dispositions(path: Path, wave: str) -> tuple[str, ...]:
    """Return the final disposition of every case of a wave, from a table of case, wave, disposition.

    Raises:
        StudyError: the file cannot be read or lacks a column; or lists every invalid row of the wave: an unknown code,
            or a repeated case.
    """
    table = read_table(path, COLUMNS, required=tuple(COLUMNS.values()), may_be_empty=True, others=True)
    found: dict[str, str] = {}
    for line, row in table:
        if row["wave"] != wave:
            continue
        if row["case"] in found:
            table.problem(line, "case", got=row["case"], expected="没有出现过的样本；每个样本只留最终结果")
        try:
            found[row["case"]] = _main(row["disposition"])
        except ArgumentError as error:
            table.problem(line, "disposition", got=error.got, expected=error.expected)
    table.close()
    return tuple(found.values())


def _main(code: str) -> str:
    """Return the code of `CODES` to which a finer code belongs."""
    text = code.strip()
    if text.startswith("4"):
        return "4.0"
    if text[:3] in CODES:
        return text[:3]
    raise ArgumentError("不认识的接触结果代码", got=code, expected="、".join(f"{c} {n}" for c, (_, n) in CODES.items()))
