"""Sealed lines: changed, removed and torn lines are detected, regardless of the version that wrote them."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.host.sealed_lines import TAIL, LogState, append_line, check_lines, read_lines


def log_of(path: Path, count: int, old: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(old)
    for number in range(count):
        append_line(path, {"at": number, "who": "张三"}, durable=number == 0)
    return path


def test_lines_are_read_back_without_their_seals(tmp_path: Path) -> None:
    path = log_of(tmp_path / "log" / "views.jsonl", 3)
    assert read_lines(path) == [{"at": number, "who": "张三"} for number in range(3)]
    assert check_lines(path) == LogState(3, (), 0, False)
    assert read_lines(tmp_path / "none.jsonl") == []


def test_lines_of_the_version_before_are_covered_by_the_next_seal(tmp_path: Path) -> None:
    old = b'{"at": 1}\n{"at": 2}\n'
    path = tmp_path / "views.jsonl"
    path.write_bytes(old)
    assert check_lines(path) == LogState(2, (), 2, False)
    log_of(path, 2, old)
    assert check_lines(path) == LogState(4, (), 0, False)
    path.write_bytes(path.read_bytes().replace(b'"at": 2', b'"at": 3', 1))
    assert check_lines(path).broken == (3,)


def test_a_torn_line_is_detected_and_the_next_one_starts_afresh(tmp_path: Path) -> None:
    path = log_of(tmp_path / "views.jsonl", 2)
    path.write_bytes(path.read_bytes()[:-9])
    assert check_lines(path) == LogState(2, (), 1, True)
    append_line(path, {"at": 9})
    assert check_lines(path) == LogState(3, (), 0, False)
    assert [line["at"] for line in read_lines(path)] == [0, 9]


def test_a_removed_line_and_two_that_changed_places_are_found(tmp_path: Path) -> None:
    path = log_of(tmp_path / "views.jsonl", 4)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    assert check_lines(path).broken == (2,)
    path.write_bytes(b"".join([lines[0], lines[2], lines[1], lines[3]]))
    assert check_lines(path).broken
    path.write_bytes(b"".join(lines[1:]))
    assert check_lines(path).broken == (1,)


def test_a_line_longer_than_what_is_read_of_the_end(tmp_path: Path) -> None:
    path = tmp_path / "views.jsonl"
    append_line(path, {"text": "长" * TAIL})
    append_line(path, {"text": "短"})
    assert check_lines(path) == LogState(2, (), 0, False)


@given(st.integers(0, 3), st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_flipped_bit_is_found(tmp_path: Path, old: int, data: st.DataObject) -> None:
    lines = "".join(json.dumps({"at": number, "page": "总览"}, ensure_ascii=False) + "\n" for number in range(old))
    path = log_of(tmp_path / "views.jsonl", 3, lines.encode())
    content = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    state = check_lines(path)
    assert state.broken or state.torn or state.unsealed
