"""Code the communities of a file: by codes, by the names of district, street and community, or by the link followed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.columns.particulars import ColumnCells, Particulars, cells_of
from survey.readers.cells.decoding import whole
from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.cells.keys import key
from survey.readers.tables.read_table import Column, ReadTable
from survey.study.areas import LEVELS, Areas, SamplingPoint
from survey.study.study import PROBABILITY_MODES

CODE = re.compile(r"(?<!\d)\d{12}(?!\d)")
SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+")
SUFFIXES = re.compile(
    r"(社区居民委员会|社区居委会|居民委员会|居委会|村民委员会|村委会|社区|街道办事处|街道|办事处|(?<=.)[村镇乡区县市])$"
)
"""What a name may lack or add: 东街道办事处, 东街道."""
JOINER = "\x1f"
CURE = (
    "核对名称；同一个社区的另一种写法，在数据导入页选出，"
    '或在 mapping.toml 的 [places] 里写明，例如 "城关居委会" = 990101001001'
)
WAYS = "补上“社区编码”一列，或者“区县”“街道”“社区”三列名称；自愿参加的网络问卷请选网络自填（--mode online）"


@dataclass(frozen=True)
class PlaceNames:
    """The names of a frame, and other names of its communities that a person has confirmed.

    Attributes:
        areas: the frame.
        aliases: name of a community as files write it -> its code.
    """

    areas: Areas
    aliases: Mapping[str, int]

    @cached_property
    def _by_name(self) -> Mapping[str, list[SamplingPoint]]:
        found: dict[str, list[SamplingPoint]] = {}
        for point in self.areas.points:
            found.setdefault(bare(point.community), []).append(point)
        return found

    @cached_property
    def _aliases(self) -> Mapping[str, int]:
        return {key(text): code for text, code in self.aliases.items() if code in self.areas.by_code}

    def codes(self, district: str, street: str, community: str) -> tuple[int, ...]:
        """Return the codes of all communities with these names; an empty name fits any.

        A name that the frame has exactly takes precedence over one that differs in its ending (东街道, 东街道办事处).
        """
        if (alias := self._aliases.get(key(community))) is not None:
            return (alias,)
        given = {"district": district, "street": street}
        points = [
            point
            for point in self._by_name.get(bare(community), ())
            if all(not name or bare(name) == bare(str(getattr(point, level))) for level, name in given.items())
        ]
        exact = [point for point in points if key(point.community) == key(community)]
        return tuple(point.code for point in exact or points)


def bare(name: str) -> str:
    """Return the key of a place name without its ending."""
    return SUFFIXES.sub("", key(name))


def code_places(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, names: PlaceNames) -> None:
    """Code the community of every row: its code, else its names, else the link."""
    column = by_target.get("psu")
    if column is not None:
        _by_code(coded, cells_of(read, column), names.areas)
    if "community" in by_target:
        _by_names(coded, by_target, read, names)
    elif column is None:
        _linked(coded, by_target.get("link"), read, names.areas)
    if column is not None or "community" in by_target:
        _report_missing(coded, column or by_target["community"])


def _by_code(coded: Particulars, cells: ColumnCells, areas: Areas) -> None:
    codes = [_place(cell, areas) for cell in cells.distinct]
    wrong = np.array(
        [bool(cell) and code is None for cell, code in zip(cells.distinct, codes, strict=True)], dtype=bool
    )
    coded.columns["psu"] = pa.array(codes, pa.int64()).take(pa.array(cells.where))
    if wrong.any():
        rounded = any(SCIENTIFIC.fullmatch(key(cell)) for cell in cells.distinct)
        cure = "Excel 把编码显示成了科学计数，请把这一列设为文本后重新填写" if rounded else "核对抽样框 frame.csv"
        coded.findings.append(
            cells.finding(IssueCode.UNKNOWN_PSU, wrong[cells.where], expected="frame.csv 里的 12 位编码", cure=cure)
        )


def _by_names(coded: Particulars, by_target: Mapping[str, Column], read: ReadTable, names: PlaceNames) -> None:
    """Code rows without a code by their names; a name of several communities is not enough."""
    parts = [
        pa.array(cells.distinct, pa.string()).take(pa.array(cells.where))
        for cells in (cells_of(read, by_target[level]) if level in by_target else None for level in LEVELS)
        if cells is not None
    ]
    levels = [level for level in LEVELS if level in by_target]
    joined = pc.dictionary_encode(pc.binary_join_element_wise(*parts, JOINER))
    where = np.asarray(joined.indices.to_numpy(), dtype=np.int32)
    given = [dict(zip(levels, text.split(JOINER), strict=True)) for text in joined.dictionary.to_pylist()]
    found = [_of(one, names) for one in given]
    codes = pa.array([one[0] if len(one) == 1 else None for one in found], pa.int64()).take(pa.array(where))
    known = coded.columns.get("psu", pa.nulls(len(where), pa.int64()))
    free = np.asarray(pc.is_null(known).to_numpy(zero_copy_only=False), dtype=bool)
    free[[row for one in coded.findings if one.code is IssueCode.UNKNOWN_PSU for row in one.positions]] = False
    coded.columns["psu"] = pc.if_else(pa.array(free), codes, known)
    shown = [" ".join(name for name in one.values() if name) for one in given]
    unknown = [bool(one["community"]) and not fits for one, fits in zip(given, found, strict=True)]
    for code, these, cure in (
        (IssueCode.UNKNOWN_PLACE, unknown, CURE),
        (IssueCode.SEVERAL_PLACES, [len(fits) > 1 for fits in found], "补上区县和街道的名称，或社区编码"),
    ):
        rows = np.flatnonzero(np.array(these, dtype=bool)[where] & free)
        if len(rows):
            label = by_target["community"].label
            values = [shown[index] for index in where[rows]]
            coded.findings.append(CellIssue(code, label, rows, values, "frame.csv 里的名称", cure))


def _of(given: Mapping[str, str], names: PlaceNames) -> tuple[int, ...]:
    community = given["community"]
    return names.codes(given.get("district", ""), given.get("street", ""), community) if community else ()


def _report_missing(coded: Particulars, column: Column) -> None:
    """Report rows of a probability sample without a place; those with a wrong one are reported already."""
    lost = np.asarray(coded.columns["psu"].is_null().to_numpy(zero_copy_only=False), dtype=bool) & _sampled(coded)
    for one in coded.findings:
        if one.code in (IssueCode.UNKNOWN_PSU, IssueCode.UNKNOWN_PLACE, IssueCode.SEVERAL_PLACES):
            lost[one.positions] = False
    if lost.any():
        cure = f"填上“{column.heading}”这一列的空格"
        coded.findings.append(
            CellIssue(IssueCode.NO_PSU, column.label, np.flatnonzero(lost), (), "12 位社区编码", cure)
        )


def _place(cell: str, areas: Areas) -> int | None:
    digits = whole(key(cell))
    return int(digits) if digits.isdecimal() and int(digits) in areas.by_code else None


def _linked(coded: Particulars, column: Column | None, read: ReadTable, areas: Areas) -> None:
    """Code the community in the link of a QR poster; a missing code is only noted, unless the mode requires it."""
    coded.columns["psu"] = pa.nulls(read.frame.num_rows, pa.int64())
    if column is not None:
        cells = cells_of(read, column)
        codes = [_first_code(cell, areas) for cell in cells.distinct]
        coded.columns["psu"] = pa.array(codes, pa.int64()).take(pa.array(cells.where))
    lost = np.asarray(coded.columns["psu"].is_null().to_numpy(zero_copy_only=False), dtype=bool)
    without = lost & _sampled(coded)
    if without.any():  # self-selected responses must not be mistaken for the probability sample
        where = np.flatnonzero(without)
        coded.findings.append(CellIssue(IssueCode.NO_PSU, "社区编码", where, (), "12 位社区编码", WAYS))
    elif lost.all():
        coded.findings.append(CellIssue(IssueCode.NO_PSU_COLUMN, "", np.array([], dtype=np.int64)))


def _sampled(coded: Particulars) -> npt.NDArray[np.bool_]:
    """Return the rows with the mode of a probability sample, which therefore need a place."""
    sampled = pc.is_in(coded.columns["mode"], pa.array(sorted(PROBABILITY_MODES)))
    return np.asarray(sampled.to_numpy(zero_copy_only=False), dtype=bool)


def _first_code(cell: str, areas: Areas) -> int | None:
    return next((int(code) for code in CODE.findall(cell) if int(code) in areas.by_code), None)
