"""Sample entries: made from the city's own verdicts, the same each time, and never in a real study."""

from dataclasses import replace
from pathlib import Path

import pytest

from reports.definitions import headlines
from reports.fieldwork import area_lights
from reports.overview.problems import problems
from reports.overview.sample_entries import enter_samples
from reports.plans.rectification import confirmed, ledger_of
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.study.plans.rectification import Status
from survey.study.study import load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("study") / "city"
    size = {"districts": 3, "streets_per_district": 3, "communities_per_street": 4}
    return imported_city(root, **size, online=False, texts=False, faults=False)


def test_the_ledger_of_a_mock_city_holds_what_its_first_wave_confirms(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(area_lights, "_red_areas", lambda *_: frozenset())  # an honest city; the lights take long
    study = load_study(city)
    assert enter_samples(replace(study, mock=False)) == 0
    first = confirmed(gather(study, Selection(mode="household")), Selection(("W1",), "household")).waiting(())
    assert enter_samples(study) == len(first) > 0
    entries, events = ledger_of(study).entries(), ledger_of(study).events()
    assert [(one.area, one.item) for one in entries] == list(zip(first["district"], first["item"], strict=True))
    assert [one.estimate for one in entries] == first["estimate"].tolist()
    assert all(one.measure.startswith("（模拟）") and one.owner for one in entries)
    asked = Selection(("W1",), "household").asking([one.name for one in headlines(study)], ("district",))
    gathered = gather(study, Selection(mode="household"))
    shown = {one.place: one.units for one in problems(gathered, asked, judged(gathered, asked), 99)}
    assert all(one.owner == "、".join(shown[one.area, one.item][:2]) for one in entries)  # as 总览 names them
    assert {event.who for event in events} == {"模拟经办人"}
    measured = [one for one in entries if one.remeasured]
    assert [one.remeasured for one in measured] == ["W2"]
    assert measured[0].status in (Status.STILL_WEAK, Status.CLOSED)
    assert {one.status for one in entries if not one.remeasured} <= {Status.DONE, Status.DOING}
    assert enter_samples(study) == 0  # a ledger in use is left alone
    for file in city.glob("ledger.sqlite*"):
        file.unlink()
    enter_samples(study)
    assert ledger_of(study).events() == events
