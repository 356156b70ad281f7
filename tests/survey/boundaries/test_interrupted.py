"""An import of boundaries that is killed, and two at once: the stored file is always a whole one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

import cli
from survey.boundaries.draft_words import details
from survey.boundaries.staging import commit, stage
from survey.boundaries.stored import FILE, read_boundaries, remove_boundaries
from survey.errors import ReadError
from tests.survey.boundaries.drawn import city, districts, features, geojson


def order(path: Path, root: Path, level: str) -> list[str]:
    program = [sys.executable, str(Path(cli.__file__)), "map", "import", str(path)]
    return [*program, "--study", str(root), "--level", level, "--yes"]


KILLED = """
import os, signal, sys
from pathlib import Path
from survey.boundaries import staging
from survey.host import disk
from survey.study.study import load_study
root, file, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
def half(path, content):
    with open(path, "wb") as out:
        out.write(content[: len(content) // 2])
        out.flush()
        die()
def after(path, old=disk.sync):
    old(path)
    if path == root:
        die()
if moment == "before the file":
    disk.draft_beside = lambda kept: die()
elif moment == "half of it":
    Path.write_bytes = half
elif moment == "before it takes its place":
    Path.replace = lambda self, target: die()
else:
    disk.sync = after
study = load_study(root)
staging.commit(study, staging.stage(study, [file], "street"), who="张三")
"""
"""A process that imports streets and is killed at a moment of the writing."""
MOMENTS = {
    "before the file": False,
    "half of it": False,
    "before it takes its place": False,
    "after it took its place": True,
}


@pytest.mark.slow
def test_a_killed_import_leaves_the_old_boundaries_or_the_new_ones(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    (old,) = geojson(tmp_path, "utf-8", features())
    (folder := tmp_path / "new").mkdir()
    (new,) = geojson(folder, "utf-8", features()[1:])
    commit(study, stage(study, [old], "street"), who="王五")
    before = (study.root / FILE).read_bytes()
    for moment, written in MOMENTS.items():
        (study.root / FILE).write_bytes(before)
        program = [sys.executable, "-c", KILLED, str(study.root), str(new), moment]
        assert subprocess.run(program, check=False, cwd=Path(cli.__file__).parent).returncode == -signal.SIGKILL, moment
        found = read_boundaries(study.root)  # raises where the file is not whole
        assert found is not None
        assert len(found.of("street")) == (11 if written else 12), moment
        assert written or (study.root / FILE).read_bytes() == before
    (study.root / FILE).write_bytes(before)
    assert len(commit(study, stage(study, [new], "street"), who="张三").of("street")) == 11  # no lock is left


def test_two_who_import_at_once_lose_neither_level(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    (streets,) = geojson(tmp_path, "utf-8", features())
    (folder := tmp_path / "districts").mkdir()
    (whole,) = geojson(folder, "utf-8", districts())
    first, second = stage(study, [streets], "street"), stage(study, [whole], "district")
    commit(study, first, who="张三")
    done = commit(study, second, who="李四")  # prepared before the first one was written
    assert (len(done.of("district")), len(done.of("street"))) == (3, 12)
    assert not any(one.derived for one in done.of("district"))
    assert read_boundaries(study.root) == done
    assert {level for level, _, _ in done.sources} == {"district", "street"}


def test_a_draft_does_not_replace_what_its_maker_has_not_seen(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    (old,) = geojson(tmp_path, "utf-8", features())
    (folder := tmp_path / "new").mkdir()
    (new,) = geojson(folder, "utf-8", features()[1:])
    first, same, second = (stage(study, [file], "street") for file in (old, old, new))
    commit(study, first, who="张三")
    before = (study.root / FILE).read_bytes()
    with pytest.raises(ReadError, match="预览之后，别人改了街道") as caught:
        commit(study, second, who="李四")
    assert caught.value.got is not None
    assert caught.value.got.startswith("张三 ")
    assert caught.value.got.endswith(f"：{old.name}")
    assert (study.root / FILE).read_bytes() == before
    with pytest.raises(ReadError, match="预览之后"):
        commit(study, same, who="李四")  # he has seen an empty map
    again = stage(study, [new], "street")
    assert any("写入会替换已有的 12 个街道（乡镇）边界（上次导入：张三 " in line for line in details(again))
    assert len(commit(study, again, who="李四").of("street")) == 11
    late = stage(study, [old], "street")
    remove_boundaries(study.root)
    with pytest.raises(ReadError, match="预览之后") as caught:
        commit(study, late, who="王五")
    assert caught.value.got == "街道（乡镇）边界已删去"


WAITING = """
import sys
from pathlib import Path
from survey.boundaries.staging import commit, stage
from survey.errors import ReadError
from survey.study.study import load_study
study = load_study(Path(sys.argv[1]))
draft = stage(study, [Path(sys.argv[2])], "street")
print("ready", flush=True)
sys.stdin.readline()
try:
    commit(study, draft, who=sys.argv[3])
except ReadError as error:
    sys.exit(str(error))
"""
"""A process that stages streets, waits for a line, and writes them."""


@pytest.mark.slow
def test_of_two_processes_with_one_level_one_writes_and_the_other_is_told(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    (whole,) = geojson(tmp_path, "utf-8", features())
    (folder := tmp_path / "fewer").mkdir()
    (fewer,) = geojson(folder, "utf-8", features()[1:])
    here = Path(cli.__file__).parent
    for _ in range(5):
        remove_boundaries(study.root)
        asked = ((whole, "张三"), (fewer, "李四"))
        orders = [[sys.executable, "-c", WAITING, str(study.root), str(file), who] for file, who in asked]
        both = [subprocess.Popen(one, cwd=here, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) for one in orders]
        for one in both:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in both:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        told = [one.communicate()[1] for one in both]
        assert sorted(one.returncode for one in both) == [0, 1], told
        winner = [one.returncode for one in both].index(0)
        found = read_boundaries(study.root)  # raises where the file is not whole
        assert found is not None
        assert (found.who, len(found.of("street"))) == (("张三", 12), ("李四", 11))[winner]
        assert f"{found.who} {found.at}" in told[1 - winner]


@pytest.mark.slow
def test_two_processes_at_once_lose_neither_level(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    (streets,) = geojson(tmp_path, "utf-8", features())
    (folder := tmp_path / "districts").mkdir()
    (whole,) = geojson(folder, "utf-8", districts())
    orders = (order(streets, study.root, "street"), order(whole, study.root, "district"))
    both = [subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for one in orders]
    told = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    found = read_boundaries(study.root)
    assert found is not None
    assert (len(found.of("district")), len(found.of("street"))) == (3, 12)
    assert not any(one.derived for one in found.of("district"))
