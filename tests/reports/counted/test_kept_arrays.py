"""Arrays in a file are what was kept, or nothing where a byte is wrong."""

from pathlib import Path

import numpy as np
import pytest

from reports.counted.kept_arrays import Arrays, keep_arrays, read_arrays, read_latest

KEPT = Arrays(
    {
        "counts": np.arange(12).reshape(3, 4),
        "bytes": np.full((2, 3), 255, dtype=np.uint8),
        "flags": np.array([True, False]),
        "nothing": np.zeros((0, 7)),
        "unknown": np.array([np.nan, -0.0, 1e-300]),
    },
    {"cells": [[1, "甲"], [2, None]]},
)


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    keep_arrays(tmp_path / "a.kept", KEPT, "*.kept", 2)
    found = read_arrays(tmp_path / "a.kept")
    assert found is not None
    assert found.meta == KEPT.meta
    for name, values in KEPT.arrays.items():
        own = found.arrays[name]
        assert (own.dtype, own.shape, own.tobytes()) == (values.dtype, values.shape, values.tobytes())


@pytest.mark.parametrize("at", [0, 20, 60, -1, None])
def test_a_damaged_file_is_named_and_ignored(tmp_path: Path, at: int | None, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.kept"
    keep_arrays(path, KEPT, "*.kept", 2)
    content = bytearray(path.read_bytes())
    if at is None:
        path.write_bytes(content[: len(content) // 2])
    else:
        content[at] ^= 1
        path.write_bytes(content)
    assert read_arrays(path) is None
    assert str(path) in caplog.text
    assert read_arrays(tmp_path / "missing.kept") is None


def test_only_the_newest_stay_and_a_folder_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    for at in range(4):
        keep_arrays(tmp_path / f"{at}.kept", KEPT, "*.kept", 2)
    assert len(list(tmp_path.glob("*.kept"))) == 2
    (tmp_path / "file").write_text("")
    keep_arrays(tmp_path / "file" / "a.kept", KEPT, "*.kept", 2)


def test_the_last_file_that_can_be_read_is_taken(tmp_path: Path) -> None:
    paths = [tmp_path / f"{at}.some" for at in range(3)]
    assert read_latest(paths) == (None, 0)
    for at in (0, 2):
        keep_arrays(paths[at], Arrays({"at": np.array([at])}), "*.some", 3)
    found, count = read_latest(paths)
    assert found is not None
    assert (found.arrays["at"].tolist(), count) == ([2], 3)
    paths[2].write_bytes(paths[2].read_bytes()[:-3])
    found, count = read_latest(paths)
    assert found is not None
    assert (found.arrays["at"].tolist(), count) == ([0], 1)
