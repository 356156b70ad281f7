"""Times and durations as tools write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.readers.cells.dates import EPOCH, _few, _in_bulk, digits_of, read_moment, read_moments, read_span

AT = datetime(2026, 11, 3, 9, 12, 5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026/11/3 9:12:05", AT),
        ("2026-11-03 09:12:04.896", AT),
        ("2026年11月3日 9:12:05", AT),
        ("2026年11月3日9时12分5秒", AT),
        ("2026-11-03T09:12:05", AT),
        ("2026-11-03T01:12:05Z", AT),
        ("2026-11-03T10:12:05+09:00", AT),
        ("２０２６-11-03 09:12:05", AT),
        ("46329.383391", AT),
        ("2026/11/3 9:12", AT.replace(second=0)),
        ("2026.11.3", datetime(2026, 11, 3)),
        ("46329", datetime(2026, 11, 3)),
        ("2026/11/3 下午 3:12", datetime(2026, 11, 3, 15, 12)),
        ("2026年11月3日 上午9时12分5秒", AT),
        ("2026-11-03 12:12:05 AM", datetime(2026, 11, 3, 0, 12, 5)),
        ("2026/11/3 中午 12:30", datetime(2026, 11, 3, 12, 30)),
        ("2026-11-02 24:00:00", datetime(2026, 11, 3)),
        ("20261103 091205", AT),
        ("2026-11-03 09:12 +0800", AT.replace(second=0)),
    ],
)
def test_moment(text: str, moment: datetime) -> None:
    found = read_moments(pa.chunked_array([[text, "", None, "昨天"]]))
    assert found.values[0] == np.datetime64(moment, "us")
    assert np.isnat(found.values[1:]).all()
    assert found.bad.tolist() == [False, False, False, True]
    assert found.serial[0] == text.startswith("46329")


@pytest.mark.parametrize(
    "text",
    [
        "2026/13/1 1:1:1",
        "2026-02-30",
        "99999",
        "12345",
        "03-11-2026",
        "abc",
        "9:12",
        "0009-08-26",
        "2026-11-03 25:00:00",
    ],
)
def test_invalid_moments(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("143秒", 143),
        ("2分3秒", 123),
        ("2分", 120),
        ("1小时2分3秒", 3723),
        ("1:23", 83),
        ("0:02:03", 123),
        ("1899-12-31 00:02:03", 123),
        ("143", 143),
        ("143.0", 143),
        ("１４３ 秒", 143),
        ("", None),
        ("很久", None),
        ("9999999", None),
        ("-5", None),
    ],
)
def test_span(text: str, seconds: int | None) -> None:
    assert read_span(text) == seconds


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0)))
def test_serials_and_digits_come_back(at: datetime) -> None:
    days = (at - EPOCH) / timedelta(days=1)
    assert read_moment(f"{days:.8f}") == at
    assert digits_of(pa.array([at, None], pa.timestamp("us"))).to_pylist() == [at.strftime("%Y%m%d%H%M%S"), None]


def column(texts: list[str], first: str = "2026-09-07", last: str = "2026-09-20") -> list[str]:
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    found = read_moments(pa.chunked_array([texts]), lambda moment: start <= moment <= end)
    return ["?" if unsure else str(at)[:10] for at, unsure in zip(found.values, found.unsure, strict=True)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["08/09/2026 15:12", "13/09/2026 15:12"], ["2026-09-08", "2026-09-13"]),  # 13 is no month
        (["09/08/2026 15:12", "09/13/2026 15:12"], ["2026-09-08", "2026-09-13"]),
        (["08/09/2026", "09/09/2026"], ["2026-09-08", "2026-09-09"]),  # the wave decides
        (["9/8/26 15:12", "9/10/26 15:12"], ["2026-09-08", "2026-09-10"]),
        (["26/9/8", "26/9/10"], ["2026-09-08", "2026-09-10"]),
        (["08/09/2026", "09/08/2026"], ["?", "?"]),  # one of each inside the wave: not decided
        (["13/09/2026", "09/13/2026"], ["?", "?"]),  # no order gives a date for both
        (["01/02/2026"], ["?"]),
        (["01/02/2026 03:12:05 PM"], ["2026-01-02"]),  # AM and PM are American
    ],
)
def test_the_whole_column_decides_the_order_of_day_and_month(texts: list[str], expected: list[str]) -> None:
    assert column(texts) == expected


def test_a_day_is_not_taken_for_a_year() -> None:
    found = read_moments(pa.chunked_array([["9/8/26 15:12"]]))
    assert found.values[0] == np.datetime64("2026-09-08T15:12", "us")


@pytest.mark.parametrize(
    "text", ["2026-11-03T15:12:00+99:00", "9999-12-31T23:59:59-12:00", "1899-01-01T00:00:00+99:99"]
)
def test_a_zone_that_is_none_makes_no_time(text: str) -> None:
    """Found by fuzzing: the first one left the reader as a ValueError."""
    assert read_moment(text) is None


NEARLY = st.from_regex(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?", fullmatch=True)
WRITTEN = st.builds(
    lambda at, form: form.format(at),
    st.datetimes(datetime(1000, 1, 1), datetime(2200, 1, 1)),
    st.sampled_from(["{:%Y/%m/%d %H:%M:%S}", "{0:%Y}/{0.month}/{0.day} {0.hour}:{0.minute}", "{:%Y-%m-%d %H:%M}"]),
)


@given(st.lists(st.one_of(NEARLY, WRITTEN, st.sampled_from(["", None, "无", "2026-11-03", "03-Nov-2026 09:12:05"]))))
def test_few_cells_are_read_as_many_are(texts: list[str | None]) -> None:
    cells = pa.chunked_array([pa.array(texts, pa.string())])
    few = _few(cells)
    if few is not None:
        np.testing.assert_array_equal(few, _in_bulk(cells))
    else:
        assert any(text and _few(pa.chunked_array([[text]])) is None for text in texts)


@given(st.lists(WRITTEN, min_size=1))
def test_plain_times_need_no_database(texts: list[str]) -> None:
    assert _few(pa.chunked_array([pa.array(texts, pa.string())])) is not None
