"""Text cache: what is added is read with the rest, and put into one file once it has grown."""

from pathlib import Path

import pyarrow as pa
import pytest

from survey.storage.files import MOST_ADDED, TextCache

SCHEMA = pa.schema({"digest": pa.int64(), "says": pa.bool_()})


def rows(*names: int) -> pa.Table:
    return pa.table({"digest": names, "says": [True] * len(names)}, schema=SCHEMA)


def read(cache: TextCache, key: str = "a") -> list[int]:
    found = cache.read(key, SCHEMA)
    return [] if found is None else sorted(found["digest"].to_pylist())


def test_what_is_added_is_read_with_the_rest(tmp_path: Path) -> None:
    cache, known = TextCache(tmp_path / "new"), list(range(50_000))
    cache.add("a", rows(*known))
    for at in range(2 * MOST_ADDED):
        cache.add("a", rows(-1 - at))
        known.append(-1 - at)
        assert read(cache) == sorted(known)
        only = cache.read("a", SCHEMA, ["digest"])
        assert only is not None
        assert sorted(only["digest"].to_pylist()) == sorted(known)
        assert only.column_names == ["digest"]
        assert len(list(cache.folder.glob("a.*.texts"))) == 1
        assert len(list(cache.folder.glob("a.*.added"))) <= MOST_ADDED


def test_a_large_addition_is_put_into_the_file(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    cache.add("a", rows(*range(1000)))
    cache.add("a", rows(*range(1000, 2000)))
    assert len(list(tmp_path.iterdir())) == 1
    assert read(cache) == list(range(2000))


@pytest.mark.parametrize(("lost", "left"), [("*.added", 50_000), ("*.texts", 1)])
def test_a_damaged_file_loses_only_its_own(tmp_path: Path, lost: str, left: int) -> None:
    cache = TextCache(tmp_path)
    cache.add("a", rows(*range(50_000)))
    cache.add("a", rows(-1))
    (file,) = tmp_path.glob(lost)
    file.write_bytes(file.read_bytes()[:100])
    assert len(read(cache)) == left


def test_what_was_added_goes_with_the_file(tmp_path: Path) -> None:
    cache = TextCache(tmp_path, 1)
    cache.add("a", rows(*range(50_000)))
    cache.add("a", rows(-1))
    cache.write("b", rows(1))
    assert read(cache) == []
    assert read(cache, "b") == [1]
