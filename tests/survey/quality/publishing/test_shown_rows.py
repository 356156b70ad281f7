"""Which rows a publication shows: a run of its own answers, others in any order, and rows that it does not show."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from survey.errors import DamagedError
from survey.quality.publishing.publication import FOLDER, path_of_rows
from survey.quality.publishing.shown_rows import SINCE, published_rows
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

PUBLICATION = 7
FIRST = {("W1", f"a{at}"): 1 + at % PUBLICATION for at in range(40)} | {("W2", f"a{at}"): 2 for at in range(20)}
"""Wave and id -> the publication that first showed the answer."""
GONE = {("W2", f"gone{at}"): 3 for at in range(5)}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    city = imported_city(tmp_path / "city", districts=2, streets_per_district=2, communities_per_street=2)
    found = replace(load_study(city), publication=PUBLICATION)
    (found.root / FOLDER).mkdir(exist_ok=True)
    every = {**FIRST, **GONE}
    until = [0 if key in FIRST else 5 for key in every]
    waves, ids = zip(*every, strict=True)
    rows = pa.table({"wave": waves, "response_id": ids, SINCE: list(every.values()), "until": until})
    parquet.write_table(rows, path_of_rows(found.root / FOLDER, PUBLICATION))
    return found


def test_a_run_an_order_and_a_mixture_are_found_alike(study: Study) -> None:
    asked = [*FIRST]
    mixed = [asked[at] for at in np.random.default_rng(1).permutation(len(asked))]
    strangers = [("W1", "x"), ("W3", "a1"), *GONE]
    some = ([], asked[:40], asked[10:30], asked, mixed, [*strangers, *mixed, *strangers], strangers)
    for keys in some:
        rows = pa.table(
            {
                "wave": pa.array([wave for wave, _ in keys], pa.string()).dictionary_encode(),
                "response_id": pa.array([name for _, name in keys], pa.string()),
                "place": pa.array(range(len(keys)), pa.int64()),
            }
        )
        shown = [(at, FIRST[key]) for at, key in enumerate(keys) if key in FIRST]
        found = published_rows(study, rows)
        assert list(zip(found["place"].to_pylist(), found[SINCE].to_pylist(), strict=True)) == shown


def test_a_lost_record_is_named(study: Study) -> None:
    path_of_rows(study.root / FOLDER, PUBLICATION).unlink()
    with pytest.raises(DamagedError, match="公布的答卷清单读不出来"):
        published_rows(study, pa.table({"wave": ["W1"], "response_id": ["a1"]}))
