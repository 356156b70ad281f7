"""The tables that stay are those of the pages, and hide what pages hide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.disclosure.suppression import HIDDEN
from reports.retention.summaries import (
    ABOUT,
    COLUMNS,
    PERCENT,
    gone_waves,
    keep_summary,
    kept_summaries,
    summary,
)
from reports.sample import gather
from reports.selection import Selection
from survey.study.study import Study, load_study
from tests.city_folder import imported_city
from tests.reports.retention.kept_study import make_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("kept") / "city"
    imported_city(root, districts=3, streets_per_district=3, communities_per_street=2, texts=False)
    return load_study(root)


@pytest.fixture(scope="module")
def table(study: Study) -> pd.DataFrame:
    return summary(study, study.wave("W1"))


def of(table: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    for name, value in wanted.items():
        table = table[table[name] == value]
    return table


def test_city_and_districts_are_the_numbers_of_the_pages(study: Study, table: pd.DataFrame) -> None:
    items = tuple(rate.name for rate in study.questionnaire.rates)
    gathered = gather(study, Selection(mode="household"))
    for by in ((), ("district",)):
        found = gathered.estimates(Selection(("W1",), "household", by=by, items=items)).table
        kept = of(table, mode="household", week="")
        kept = kept[(kept["district"] != "") == bool(by)]
        both = kept.merge(found.astype({"district": str}) if by else found, on=["item", *by], suffixes=("", "_page"))
        shown = both[~both["flag"].isin(HIDDEN)]
        assert len(shown) > 0.9 * len(kept)
        for name in ("n", *PERCENT):
            np.testing.assert_array_equal(shown[name].astype(float), shown[f"{name}_page"].astype(float))


def test_weeks_add_up_and_begin_with_the_wave(study: Study, table: pd.DataFrame) -> None:
    wave = study.wave("W1")
    weeks = sorted(set(table["week"]) - {""})
    assert weeks[0] == wave.start.isoformat()
    assert all((pd.Timestamp(week) - pd.Timestamp(wave.start)).days % 7 == 0 for week in weeks)
    city = of(table, mode="household", district="")
    for item, rows in city.groupby("item"):
        whole, parts = rows[rows["week"] == ""]["n"].sum(), rows[rows["week"] != ""]
        if not parts["flag"].isin(HIDDEN).any():
            assert parts["n"].sum() == whole, item


def test_no_small_cell_is_kept_and_none_can_be_worked_out(study: Study) -> None:
    few = 60
    table = summary(replace(study, suppression=few), study.wave("W1"))
    assert (table["n"].dropna() >= few).all()
    hidden = table[table["flag"].isin(HIDDEN)]
    assert len(hidden) > 0, "a cell by district and week is small somewhere"
    assert hidden[["n", *PERCENT]].isna().all().all()
    cells = table[(table["district"] != "") & (table["week"] != "")]
    for _, line in [*cells.groupby(["mode", "item", "district"]), *cells.groupby(["mode", "item", "week"])]:
        gone = int(line["flag"].isin(HIDDEN).sum())
        assert gone != 1 or len(line) == 1, "one hidden cell of a line follows from its total"


def test_the_files_are_written_whole_and_read_again(study: Study, table: pd.DataFrame) -> None:
    paths = keep_summary(study, study.wave("W1"))
    assert [path.name for path in paths] == ["W1.parquet", "W1.csv"]
    kept = kept_summaries(study)["W1"]
    pd.testing.assert_frame_equal(kept, table, check_dtype=False)
    assert list(kept.columns) == [*COLUMNS, *ABOUT]
    text = paths[1].read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith("轮次,方式,区县,这一周开始于,题号")
    assert "入户面访" in text
    assert len(text.splitlines()) == len(kept) + 1
    assert gone_waves(study, "household").empty, "the answers are still there"


def test_a_damaged_table_is_left_out(study: Study, tmp_path: Path) -> None:
    (study.root / "summaries").mkdir(exist_ok=True)
    (study.root / "summaries" / "W2.parquet").write_bytes(b"PAR1 no table")
    assert "W2" not in kept_summaries(study)
    (study.root / "summaries" / "W2.parquet").unlink()


def test_a_wave_without_answers_has_no_summary(tmp_path: Path) -> None:
    study = make_study(tmp_path / "town")
    assert keep_summary(study, study.waves[0]) == []
    assert not (study.root / "summaries").exists()
