"""Thirty random studies, twenty of them slow tests: each number in each sentence of a page is the cell it refers to."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.integrity.lights import MARK
from reports import verdicts
from reports.fieldwork import area_lights
from reports.fieldwork.data_quality import fieldwork
from reports.sentences.formats import Format
from reports.sentences.references import Cell, Count, Field, Reference, Setting, Span, table_of
from reports.sentences.sentence import Binding, Declared, Name, Sentence
from survey.instrument import questionnaire
from survey.study.study import Study, load_study
from tests.city_folder import imported_city
from tests.reports.sentences.spoken import PAGES, every_sentence

EVERY_TIME, STUDIES = 6, 30
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")

SCALE: Mapping[Format, tuple[float, float]] = {
    Format.PERCENT: (100, 0.05),
    Format.PERCENT_PAIR: (100, 0.05),
    Format.WHOLE: (100, 0.5),
    Format.TARGET: (100, 1e-4),
    Format.CHANCE: (100, 0.5),
    Format.INTERVAL: (100, 0.05),
    Format.WHOLE_INTERVAL: (100, 0.5),
    Format.POINTS: (100, 0.05),
    Format.CHANGE: (100, 0.05),
    Format.CHANGE_INTERVAL: (100, 0.05),
    Format.STEP: (100, 1e-4),
    Format.MARGIN: (100, 0.05),
    Format.COUNT: (1, 0.5),
    Format.COUNT_INTERVAL: (1, 0.5),
    Format.YUAN: (1, 0.5),
    Format.YUAN_INTERVAL: (1, 0.5),
    Format.DECIMAL: (1, 0.005),
    Format.P_VALUE: (1, 0.0005),
    Format.SPREAD: (100, 0.05),
    Format.FIGURES: (100, 0.05),
    Format.GAP: (100, 0.05),
    Format.SIGNED: (100, 0.05),
    Format.SIGNED_SPREAD: (100, 0.05),
    Format.ODDS: (100, 0.05),
    Format.PLAIN: (1, 0.5),
}
"""Format -> printed unit for one, and half a step of the last printed digit."""
UNSIGNED = (Format.POINTS, Format.MARGIN, Format.GAP)


def size_of(seed: int) -> dict[str, Any]:
    """Return a random shape: one wave or several, few or many districts, few answers, no text."""
    rng = np.random.default_rng(seed)
    shape = {
        "seed": int(seed),
        "districts": int(rng.choice([1, 2, 3, 6])),
        "streets_per_district": int(rng.integers(1, 4)),
        "communities_per_street": int(rng.integers(2, 4)),
        "waves": int(rng.choice([1, 2, 3], p=[0.3, 0.5, 0.2])),
        "online": bool(rng.random() < 0.3),
        "faults": bool(rng.random() < 0.6),
        "texts": bool(rng.random() < 0.3),
    }
    sampled = shape["districts"] * shape["streets_per_district"] * shape["communities_per_street"] * shape["waves"]
    return shape | ({"responses": int(sampled * rng.integers(4, 9))} if rng.random() < 0.4 else {})


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute once what several pages ask of one study, as their cache does."""

    def remember(module: ModuleType, name: str, key: Callable[..., Hashable]) -> None:
        real, kept = getattr(module, name), dict[Hashable, Any]()

        def once(*args: Any, **named: Any) -> Any:
            at = key(*args, **named)
            if at not in kept:
                kept[at] = real(*args, **named)
            return kept[at]

        monkeypatch.setattr(module, name, once)

    def of_round(study: Study, one: area_lights.Round, by: str = "district", *_: Any) -> Hashable:
        return study.root, study.without_excluded, one, by

    remember(area_lights, "lights", of_round)
    remember(verdicts, "_verdicts", lambda gathered, *asked: (id(gathered), *asked[:3]))
    remember(questionnaire, "lint_completed", lambda completed: json.dumps(completed.survey, sort_keys=True))


@pytest.mark.parametrize(
    "seed", [*range(EVERY_TIME), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(EVERY_TIME, STUDIES))]
)
def test_every_number_of_every_sentence_is_the_cell_it_refers_to(seed: int, tmp_path: Path) -> None:
    root = imported_city(tmp_path / "city", **size_of(seed))
    words, pages = vocabulary(root), set()
    for page, sentence in every_sentence(load_study(root), seed):
        pages.add(page)
        for piece in sentence.pieces:
            check_piece(piece, words)
        assert sentence.text == "".join(str(piece) for piece in sentence.pieces)
        assert not re.search(r"nan|None|%{2}|，，|；；|。。|；。|{|}", sentence.text), sentence.text
    assert {"总览", "薄弱区域", "样本设计", "整改台账", "数据质量", "实时回收"} <= pages <= set(PAGES)


def check_piece(piece: str | Name | Declared | Binding, words: str) -> None:
    """Check that fixed words hold no digit, that names are the study's, and that numbers are the cells'."""
    if isinstance(piece, Binding):
        check_number(piece)
    elif isinstance(piece, Name):
        parts = [part.removesuffix(MARK) for part in re.split("[（）、 −]", piece.text)]
        assert not [part for part in parts if re.search(r"\d", part) and part not in words], piece
    elif isinstance(piece, str):
        assert not re.search(r"\d", piece), piece


def check_number(found: Binding) -> None:
    """Read the printed number back and compare it with the result, looked up in another way."""
    values = [math.nan if value is None else float(value) for value in look_up(found.reference)]
    assert all(math.isclose(a, b, rel_tol=0, abs_tol=0) or a != a for a, b in zip(values, numbers(found), strict=True))
    text = str(found)
    if any(math.isnan(value) for value in values):
        assert text == "—"
        return
    if found.format in (Format.SHORTFALL, Format.MOVED):
        printed_too = found.format is Format.MOVED
        check_shortfall(text, values[0], round(values[1], 2 if values[1] >= 0.1 else 3) if printed_too else values[1])
    elif found.format in (Format.PEOPLE, Format.PEOPLE_INTERVAL):
        check_people(text, values)
    elif text.startswith(("不到", "超过", "p <")):
        edge = {"不": values[0] < 0.01, "超": values[0] > 0.99, "p": values[0] < 0.001}
        assert edge[text[0]]
    elif found.format is Format.MONEY:
        unit, half = (10_000, 500) if "万" in text else (1, 0.5)
        assert abs(printed(text)[0] * unit - values[0]) <= half + 1e-6
    else:
        unit, half = SCALE[found.format]
        kept = [abs(value) for value in values] if found.format in UNSIGNED else values
        finite = [value for value in kept if math.isfinite(value)]
        if found.format is Format.COUNT_INTERVAL and round(finite[0]) == round(finite[1]):
            finite = finite[1:]
        for number, value in zip(printed(text), finite, strict=True):
            assert abs(number - unit * value) <= half + 1e-6, (text, values, found.reference.address)


def check_shortfall(text: str, share: float, line: float) -> None:
    """Check that a reader who subtracts the two printed numbers finds the printed difference."""
    gap = abs(round(100 * share, 0 if share >= 0.1 else 1) - 100 * line)
    if gap < 1 - 1e-6:
        assert text == "不到 1 个百分点"
    else:
        assert abs(printed(text)[0] - gap) < 1e-3


def check_people(text: str, values: list[float]) -> None:
    for part, value in zip(text.split("—"), values, strict=True):
        unit, half = (10_000, 500) if "万" in part else (1, 50 if value >= 995 else 5)
        assert abs(printed(part)[0] * unit - value) <= half + 1e-6, (text, values)


def printed(text: str) -> list[float]:
    return [float(number.replace(",", "").replace("−", "-")) for number in NUMBER.findall(text)]


def numbers(found: Binding) -> list[float]:
    return [math.nan if value is None else float(value) for value in found.reference.read()]


def look_up(reference: Reference) -> list[Any]:
    """Return the numbers of a reference without its own code."""
    if isinstance(reference, Cell):
        table = table_of(reference.source)
        fit = [row for row in table.to_dict("records") if all(str(row[name]) == value for name, value in reference.key)]
        assert len(fit) == 1, reference.address
        return [math.nan if pd.isna(fit[0][name]) else fit[0][name] for name in reference.columns]
    if isinstance(reference, Field):
        value = getattr(reference.source, reference.name)
        value = value if reference.at is None else value[reference.at]
        return list(value) if isinstance(value, tuple) else [value]
    if isinstance(reference, Span):
        return [*look_up(reference.low), *look_up(reference.high)]
    if isinstance(reference, Count):
        return [sum(1 for _ in reference.things)]
    assert isinstance(reference, Setting), reference
    return [reference.value]


def vocabulary(root: Path) -> str:
    """Return all words of a study: its questionnaire, frame, waves, targets and interviewers."""
    files = [path for path in root.iterdir() if path.suffix in (".json", ".csv", ".toml")]
    people = fieldwork(load_study(root), "", "household").rows["interviewer"].unique().to_pylist()
    return "\n".join([*map(str, people), *(path.read_text(encoding="utf-8-sig") for path in files)])


def test_a_wrong_number_is_found() -> None:
    """The check itself fails where a sentence prints another number than its cell."""

    class Lying(Binding):
        def __str__(self) -> str:
            return "78.3%"

    cell = Cell(pd.DataFrame({"item": ["E0"], "estimate": [0.773]}), (("item", "E0"),), ("estimate",))
    check_number(Binding(cell, Format.PERCENT))
    with pytest.raises(AssertionError):
        check_number(Lying(cell, Format.PERCENT))
    with pytest.raises(AssertionError):
        check_piece(Name("约 77.3%"), "知晓 12345 热线")
    check_piece(Name("12345 热线"), "知晓 12345 热线")
    assert not Sentence().bindings
