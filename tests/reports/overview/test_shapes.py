"""What a map says about itself, and which boundaries the frame still knows."""

from dataclasses import replace
from pathlib import Path

import pytest

from reports.overview.shapes import INVENTED, UNAPPROVED, shapes_of
from survey.boundaries.staging import commit, stage
from survey.boundaries.stored import write_boundaries
from survey.study.study import load_study
from tests.survey.boundaries.drawn import city, features, geojson


@pytest.mark.parametrize(
    ("in_study", "on_import", "said"),
    [
        ("", "", UNAPPROVED),
        ("", "GS(2027)1号", "审图号：GS(2027)1号"),
        ("浙S(2027)2号", "GS(2027)1号", "审图号：浙S(2027)2号"),
    ],
)
def test_a_map_says_its_approval_number(tmp_path: Path, in_study: str, on_import: str, said: str) -> None:
    study = city(tmp_path / "city")
    assert shapes_of(study).stated == ""
    assert not shapes_of(study).districts
    draft = stage(study, geojson(tmp_path, "utf-8", features()), "street", approval=on_import)
    done = commit(study, draft, who="甲")
    if in_study:
        with (study.root / "study.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[map]\napproval = "{in_study}"\n')
    found = shapes_of(load_study(study.root))
    assert found.stated == said
    assert set(found.districts) == set(study.areas.districts)
    assert len(found.streets) == 12
    write_boundaries(study.root, replace(done, mock=True))
    assert shapes_of(study).stated == INVENTED


def test_a_boundary_that_the_frame_no_longer_has_is_left_out(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    commit(study, stage(study, geojson(tmp_path, "utf-8", features()), "street"), who="甲")
    frame = study.file("frame")
    lines = frame.read_text(encoding="utf-8").splitlines()
    frame.write_text("\n".join(line for line in lines if "青浦县" not in line) + "\n", encoding="utf-8")
    found = shapes_of(load_study(study.root))
    assert list(found.districts) == ["河东区", "㛃水区"]
    assert len(found.streets) == 8
