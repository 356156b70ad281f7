"""Derived tables save time and change no number: pages and commands without, with, and again without all of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cli
from analysis.estimation.estimates import Estimates
from reports import rates
from reports.counted import cells, kept_correlations
from reports.definitions import headlines, item_rates
from reports.fieldwork import deriving
from reports.fieldwork.area_lights import lights
from reports.fieldwork.data_quality import fieldwork
from reports.fieldwork.weighting import weight_spreads
from reports.overview.judging_ahead import judge_ahead
from reports.overview.weaknesses import Weaknesses, weaknesses
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from reports.voices import copies, reading, shares, summing
from reports.voices.asked import TextSelection
from reports.voices.finding import finding
from reports.voices.open_answers import load_answers, open_questions
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

DERIVED = ("cells", "lights", "textcache", "copycache", "themecache")
COMMANDS = (
    ("rates", "--by", "district"),
    ("weak",),
    ("change",),
    ("integrity",),
    ("quality",),
    ("text",),
    ("pass",),
)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [20261, 707, 48])
def test_deleting_every_derived_table_changes_no_number(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module, name in ((cells, "KEEP_FROM"), (kept_correlations, "KEEP_FROM")):
        monkeypatch.setattr(module, name, 1)
    for module in (deriving, reading, summing):
        monkeypatch.setattr(module, "LARGE", 0)
    root = imported_city(tmp_path / "city", seed=seed, districts=2, streets_per_district=2, communities_per_street=3)
    forget(root)
    before = list(everything(root, capsys))
    forget(root)
    deriving.derive(load_study(root), judge=judge_ahead)
    assert list((root / "store" / "cells").glob("*.verdicts"))
    assert {one.name for one in (root / "store").iterdir()} >= set(DERIVED)
    for after in (lambda: None, lambda: forget(root)):
        after()
        again = list(everything(root, capsys))
        assert [name for name, _ in again] == [name for name, _ in before]
        different = [name for (name, one), (_, other) in zip(before, again, strict=True) if one != other]
        assert different == []
    assert len(before) > 20


def forget(root: Path) -> None:
    for name in DERIVED:
        shutil.rmtree(root / "store" / name, ignore_errors=True)


def everything(root: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[str, Any]]:
    """Yield the numbers of the main pages, bit for bit, and what the main commands print."""
    study = load_study(root)
    for mode in ("household", "online"):
        yield from of_rates(study, mode)
        work = fieldwork(study, "W2", mode)
        found = work.integrity()
        yield f"{mode} evidence", bits(found.evidence)
        yield f"{mode} lights", (bits(found.interviewers), bits(found.areas), dict(found.meta))
        yield f"{mode} checks", (bits(work.summary()), bits(work.flag_groups()))
        table, out, decided = work.sensitivity()
        yield f"{mode} without excluded", (bits(table), out, decided)
        yield f"{mode} texts", list(of_texts(study, mode))
    for command in COMMANDS:
        code = cli.main([command[0], "--study", str(root), *command[1:]])
        assert code < 2
        yield " ".join(command), (code, capsys.readouterr().out)


def of_rates(study: Study, mode: str) -> Iterator[tuple[str, Any]]:
    gathered = gather(study, Selection(mode=mode))
    city = gathered.newest(Selection(mode=mode)).asking([rate.name for rate in headlines(study)])
    by_district = city.asking(city.items, ("district",))
    items = [rate.name for head in headlines(study) for rate in item_rates(study, head.measure)]
    yield f"{mode} items", bits(gathered.estimates(city.asking(items, ("district", "sex"))))
    yield f"{mode} change", bits(rates.with_change(gathered, city))
    found = judged(gathered, by_district)
    yield f"{mode} districts", bits(found)
    for level in ("street", "community"):
        yield f"{mode} {level}", bits(judged(gathered, city.asking(city.items, (level,))))
    yield f"{mode} weaknesses", list(of_weaknesses(weaknesses(gathered, by_district, found)))
    yield f"{mode} red", {str(name): repr(one) for name, one in lights(study, round_of(study, mode)).items()}
    yield f"{mode} weights", repr(weight_spreads(study, city))


def of_weaknesses(found: Weaknesses) -> Iterator[Any]:
    yield found.more_confirmed, found.more_watched, found.unclear
    for one in (*(weak.problem for weak in found.confirmed), *found.watched):
        worst = [(item["item"], float(str(item["estimate"])).hex()) for item in one.worst]
        yield one.place, one.since, one.units, worst


def round_of(study: Study, mode: str) -> deriving.Round:
    return next(one for one in deriving.rounds(study) if (one.wave, one.mode) == ("W2", mode))


def of_texts(study: Study, mode: str) -> Iterator[Any]:
    item = next(iter(open_questions(study)))
    answers, asked = load_answers(study, item), TextSelection(Selection(("W2",), mode), item)
    yield bits(shares.theme_shares(study, answers, asked).estimates)
    yield bits(shares.theme_shares(study, answers, asked, ("district",)).estimates)
    said = finding(study, answers, asked)
    yield None if said is None else (str(said.headline), bits(said.tested))
    yield str(copies.copies_note(study, answers, asked))
    yield bits(shares.kinds(study, answers, asked))


def bits(found: Estimates | pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the cells of a table as texts that tell two floating-point numbers apart."""
    table = found.table if isinstance(found, Estimates) else found
    return [tuple(one.hex() if isinstance(one, float) else repr(one) for one in row) for row in table.to_numpy(object)]
