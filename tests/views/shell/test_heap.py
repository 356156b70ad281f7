"""What the server does to its memory: frozen objects, arenas, texts of Python; none of it changes a number."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.host.access import Role
from survey.study.study import load_study
from views.shell import heap


@pytest.fixture(autouse=True)
def thawed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with pages that have not run, and ends without frozen objects of its own."""
    monkeypatch.setattr(heap, "_SETTLED", set())


def test_each_page_is_settled_once() -> None:
    heap.settle("总览")
    first = gc.get_freeze_count()
    assert first > 0
    later = [[] for _ in range(500)]
    heap.settle("总览")
    assert gc.get_freeze_count() <= first
    heap.settle("数据质量")
    assert gc.get_freeze_count() >= first + len(later)


def test_garbage_made_later_is_still_collected() -> None:
    heap.settle("总览")

    class Kept:
        pass

    one = Kept()
    one.itself = one  # type: ignore[attr-defined]
    del one
    assert gc.collect() > 0


ARENAS = """
import ctypes, sys, threading
import pyarrow
from views.shell.heap import share_arenas
share_arenas()
assert pyarrow.default_memory_pool().backend_name == "system"
here = threading.Barrier(9)
threads = [threading.Thread(target=lambda: (bytearray(4096), here.wait())) for _ in range(8)]
for one in threads: one.start()
here.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="arenas are those of glibc")
def test_threads_share_two_arenas(tmp_path: Path) -> None:
    root = Path(heap.__file__).parents[2]
    subprocess.run([sys.executable, "-c", ARENAS, str(tmp_path / "info.xml")], cwd=root, check=True)
    assert (tmp_path / "info.xml").read_text(encoding="utf-8").count("<heap nr=") <= heap.ARENAS


@pytest.fixture
def storage() -> Iterator[None]:
    """Restore how pandas holds texts."""
    before = pd.get_option("mode.string_storage")
    yield
    pd.set_option("mode.string_storage", before)


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("by", ["district", "street", "age"])
def test_plain_texts_change_no_estimate(city: Path, by: str) -> None:
    tables = []
    for hold in (lambda: pd.set_option("mode.string_storage", "pyarrow"), heap.hold_plain_texts):
        hold()
        gathered = gather(load_study(city), Selection(mode="household", role=Role.ANALYST))
        asked = gathered.newest(Selection(mode="household", role=Role.ANALYST))
        names = [rate.name for rate in gathered.rates if rate.overall]
        tables.append(judged(gathered, asked.asking(names, (by,))).table)
    arrow, plain = tables
    assert {one.storage for one in plain.dtypes if isinstance(one, pd.StringDtype)} == {"python"}
    pd.testing.assert_frame_equal(arrow.astype(object), plain.astype(object), check_exact=True, check_column_type=False)
