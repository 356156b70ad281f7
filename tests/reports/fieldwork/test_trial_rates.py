from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pandas.testing import assert_frame_equal

from analysis.decisions.sensitivity import with_and_without
from analysis.estimation.sample import SampleOptions
from reports.counted import cells, trial_cells
from reports.counted.definition import KEEP_FROM
from reports.counted.trial_cells import FindRows, places_of
from reports.fieldwork import trial_rates
from reports.fieldwork.data_quality import fieldwork
from reports.fieldwork.deriving import rounds
from reports.fieldwork.kept.round_parts import RoundParts, round_parts
from reports.fieldwork.kept.samples import keep_samples
from survey.host.engine import DUCKDB, EngineSettings
from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

SIZE = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "responses": 400}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(imported_city(tmp_path / "city", **SIZE))


def every_round(study: Study) -> Iterator[tuple[RoundParts, pa.Table]]:
    """Yield the answers of every wave and mode, as parts and as rows."""
    for one in rounds(study):
        rows = ResponseStore(study.root / "store").read(waves=[one.wave])
        yield round_parts(study, one), rows.filter(pc.equal(rows["mode"], one.mode))


def by_id(out: list[str]) -> FindRows:
    return partial(places_of, names=out)


def from_rows(study: Study, rows: pa.Table, out: list[str]) -> object:
    plan = SampleOptions.of(study, modes=tuple(set(rows["mode"].to_pylist())))
    return with_and_without(rows, frozenset(out), study.questionnaire, study.areas, study.margins, plan)


@pytest.mark.parametrize("kept", [True, False])
def test_cells_give_the_rates_of_rows(study: Study, monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    for module in (cells, trial_cells):
        monkeypatch.setattr(module, "KEEP_FROM", 1 if kept else KEEP_FROM)
    assert (keep_samples(study) > 0) is kept
    seen = 0
    for parts, rows in every_round(study):
        out = rows["response_id"].to_pylist()[::5]
        found = trial_rates.trial_rates(parts, by_id(out))
        assert_frame_equal(found, from_rows(study, rows, out), rtol=1e-12)
        assert (found["n"] > found["n_without"]).all()
        seen += len(found)
    assert seen


def test_an_engine_sums_the_same_rates(study: Study) -> None:
    parts, rows = next(every_round(study))
    out = rows["response_id"].to_pylist()[::5]
    other = replace(parts, study=replace(study, engine=EngineSettings(DUCKDB)))
    assert_frame_equal(
        trial_rates.trial_rates(other, by_id(out)), trial_rates.trial_rates(parts, by_id(out)), rtol=1e-12
    )


def test_a_response_that_is_held_back_is_in_neither_column(study: Study) -> None:
    parts, rows = next(every_round(study))
    held, out = rows["response_id"].to_pylist()[:40], rows["response_id"].to_pylist()[40:60]
    rest = rows.filter(pc.invert(pc.is_in(rows["response_id"], pa.array(held))))
    found = trial_rates.trial_rates(replace(parts, held=tuple(held)), by_id(out))
    assert_frame_equal(found, from_rows(study, rest, out), rtol=1e-12)


def test_decided_responses_are_counted_where_they_are(study: Study) -> None:
    work = fieldwork(study, "W2", "household")
    flagged = work.flags()
    assert work.sensitivity()[1:] == (flagged.loc[~flagged["hint"], "response_id"].nunique(), False)
    online = fieldwork(study, "W2", "online").rows["response_id"].to_pylist()[:3]
    mine = work.rows["response_id"].to_pylist()[:5]
    Decisions(study.root / FILE).exclude([*mine, *online], wave="W2", who="王芳", why="重复提交")
    table, out, decided = fieldwork(study, "W2", "household").sensitivity()
    assert (out, decided) == (5, True)
    assert ((table["n"] - table["n_without"]).between(0, 5)).all()


def test_cells_of_flagged_responses_are_kept_until_others_are_flagged(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cells, trial_cells):
        monkeypatch.setattr(module, "KEEP_FROM", 1)
    keep_samples(study)
    parts, rows = next(every_round(study))
    first, second = rows["response_id"].to_pylist()[:60], rows["response_id"].to_pylist()[30:90]
    made = [trial_rates.trial_rates(parts, by_id(out)) for out in (first, second)]
    assert_frame_equal(made[1], from_rows(study, rows, second), rtol=1e-12)
    monkeypatch.setattr(trial_cells, "count", lambda *_: pytest.fail("counted what is kept"))
    assert_frame_equal(trial_rates.trial_rates(parts, by_id(first)), made[0], check_exact=True)


def test_numbered_responses_are_found_in_their_parts(study: Study) -> None:
    for parts, rows in every_round(study):
        rng = np.random.default_rng(7)
        some = rng.permutation(rows.num_rows)[:50]
        for held in ((), tuple(rows["response_id"].to_pylist()[:20])):
            checked = replace(parts, held=held)
            names = pa.concat_tables([checked.mine(part.read(["response_id", "mode"])) for part in parts.parts])
            wanted = set(names["response_id"].take(pa.array(some[some < len(names)])).to_pylist())
            ids = [part.read(["response_id"])["response_id"] for part in parts.parts]
            places = [checked.places(part, some[some < len(names)]) for part in parts.parts]
            assert {one for own, at in zip(ids, places, strict=True) for one in own.take(at).to_pylist()} == wanted
