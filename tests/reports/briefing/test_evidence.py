"""证据卷宗: the same bytes again, hashes that hold, every item of the disclosure, and less for other readers."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from accounts.audit.log import events
from documents.batch import write_dossier
from reports.briefing.build import Source, source
from reports.briefing.evidence.dossier import README, SUMS, dossier
from reports.sample import gather
from reports.selection import Selection
from survey.errors import AccountError
from survey.host.access import Role
from survey.host.person import Person, acting
from survey.study.study import load_study


def table(files: object, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(files[name]))  # type: ignore[index]


def test_the_same_version_gives_the_same_bytes(found: Source, city: Path, tmp_path: Path) -> None:
    one = write_dossier(tmp_path, tmp_path / "a.zip", found.facts)
    asked = Selection(mode="household")
    again = source(gather(load_study(city), asked), asked, quotes=False).facts
    assert one.read_bytes() == write_dossier(tmp_path, tmp_path / "b.zip", again).read_bytes()
    assert [line["what"] for line in events(tmp_path)] == ["证据卷宗"] * 2


def test_every_file_is_named_in_the_readme_and_its_hash_holds(found: Source) -> None:
    files = dossier(found.facts)
    sums = dict(line.split("  ")[::-1] for line in files[SUMS].decode().splitlines()[:-1])
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != SUMS}
    said = files[README].decode()
    assert [name for name in files if name != README and name not in said] == []
    assert "模拟数据" in said


def test_its_tables_are_the_results_and_every_item_is_disclosed(found: Source) -> None:
    files = dossier(found.facts)
    rates = table(files, "04_结果/区县四率.csv")
    shares = found.facts.districts.table["estimate"].astype(float)
    assert rates["比例"].tolist() == pytest.approx(shares.tolist(), rel=1e-12, nan_ok=True)
    items = table(files, "06_披露/披露清单.csv")
    assert items["内容"].notna().all()
    assert items.set_index("披露什么").loc["应答率", "内容"] == "没有提供"


def test_others_than_analysts_see_no_strata_and_no_people(found: Source) -> None:
    reserved = replace(found.facts, selection=replace(found.facts.selection, role=Role.LEADER))
    files = dossier(reserved)
    assert "02_抽样/抽样层.csv" not in files
    assert "经手人" not in table(files, "05_版本/数据版本.csv")
    assert "02_抽样/抽样层.csv" in dossier(found.facts)
    with acting(Person("su", "苏", Role.SYSTEM)), pytest.raises(AccountError, match="出领导材料"):
        dossier(reserved)
