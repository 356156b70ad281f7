"""[engine] of study.toml and the options of commands: amounts, addresses, and how much memory an engine may take."""

from __future__ import annotations

import pytest

from survey.errors import ArgumentError
from survey.host import memory
from survey.host.engine import EngineSettings, address, amount, engine_fault, master_fault, memory_fault, spill_fault
from survey.host.memory import BASE, buffer_limit, machine_memory

GB = 1024**3


@pytest.mark.parametrize(
    ("text", "size"), [("1GB", GB), ("512 MB", GB // 2), ("1.5g", GB * 3 // 2), ("2GiB", 2 * GB), ("1073741824", GB)]
)
def test_amounts(text: str, size: int) -> None:
    assert amount(text) == size
    assert memory_fault(text) == ""


@pytest.mark.parametrize("text", ["", "1XB", "-1GB", "GB", "很多", "1GB 2GB", 4, None, "100MB", "0"])
def test_other_amounts_are_refused(text: object) -> None:
    assert "512MB" in memory_fault(text)


def test_an_amount_without_number_names_what_was_read() -> None:
    with pytest.raises(ArgumentError, match=r"内存大小写法不对(.|\n)*很多"):
        amount("很多")


def test_addresses() -> None:
    assert address("sc://10.0.0.8:15010") == ("10.0.0.8", 15010)
    assert address("sc://spark.example/;use_ssl=true") == ("spark.example", 15002)
    assert [master_fault(one) == "" for one in ("sc://a", "spark://a", "sc://a:0x", 3)] == [True, False, False, False]


def test_faults_name_what_is_expected() -> None:
    assert engine_fault("duckdb") == ""
    assert "spark" in engine_fault("hadoop")
    assert spill_fault("/data/tmp") == ""
    assert spill_fault(" ") == "一个文件夹"


def test_a_limit_of_memory_alone_chooses_the_engine_that_keeps_it() -> None:
    assert EngineSettings().chosen == "auto"
    assert EngineSettings(memory="1GB").chosen == "duckdb"
    assert EngineSettings("spark", memory="1GB").chosen == "spark"


def test_buffers_leave_room_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert buffer_limit(GB) == GB - BASE
    assert buffer_limit(BASE) == BASE // 4
    monkeypatch.setattr(memory, "machine_memory", lambda: 8 * GB)
    assert buffer_limit(None) == 4 * GB - BASE
    monkeypatch.setattr(memory, "machine_memory", lambda: None)
    assert buffer_limit(None) is None
    assert (machine_memory() or GB) >= GB
