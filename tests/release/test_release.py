"""Release files match the lock, and the bill of materials is valid CycloneDX."""

from __future__ import annotations

import json
from importlib import resources
from importlib.metadata import version
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from release import licences, notices, sbom
from release.lock import LOCK, Locked, read_lock

PACKAGES = read_lock()


def faults(text: str) -> list[str]:
    """Return what violates CycloneDX 1.6; its schemas come with cyclonedx-python-lib."""
    folder = resources.files("cyclonedx.schema") / "_res"
    files = {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir() if ".json" in path.name
    }
    registry = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in files.values() if "$id" in one
    )
    schema = files["bom-1.6.SNAPSHOT.schema.json"]
    return [error.message for error in Draft7Validator(schema, registry=registry).iter_errors(json.loads(text))]


def test_the_lock_is_read_to_its_last_hash() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert len(PACKAGES) == sum(line[:1].isalnum() for line in text.splitlines())
    assert sum(len(one.hashes) for one in PACKAGES) == text.count("--hash=sha256:")
    by_name = {one.name: one for one in PACKAGES}
    assert by_name["psycopg-binary"].needed_by == ("psycopg",)
    assert "implementation_name" in by_name["psycopg-binary"].marker
    assert (by_name["orjson"].direct, by_name["anyio"].direct) == (True, False)


@pytest.mark.parametrize("line", ["numpy>=2 --hash=sha256:" + "a" * 64, "numpy==2.0"])
def test_a_line_that_pins_nothing_or_has_no_hash_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "lock.txt"
    wanted, _, digest = line.partition(" ")
    path.write_text(f"{wanted} \\\n    {digest}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="numpy"):
        read_lock(path)


def test_the_bill_is_valid_cyclonedx_and_the_same_each_time() -> None:
    text = sbom.text()
    assert faults(text) == []
    assert sbom.text() == text
    wrong = json.loads(text)
    wrong["components"][0]["type"] = "thing"
    wrong["components"][1]["hashes"][0]["alg"] = "CRC"
    wrong["unknown"] = 1
    assert len(faults(json.dumps(wrong))) == 3


def test_the_bill_names_every_package_with_its_hashes_licence_and_needs() -> None:
    bill = json.loads(sbom.text())
    listed = {(one["name"], one["version"]): one for one in bill["components"]}
    assert set(listed) == {(one.name, one.version) for one in PACKAGES}
    for one in PACKAGES:
        component = listed[one.name, one.version]
        assert {each["content"] for each in component["hashes"]} == set(one.hashes)
        assert component["licenses"][0]["expression"] == licences.licence_of(one.name)
    needs = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
    (psycopg,) = (ref for ref in needs if ref.startswith("pkg:pypi/psycopg@"))
    assert any(ref.startswith("pkg:pypi/psycopg-binary@") for ref in needs[psycopg])
    direct = {one.name for one in PACKAGES if one.direct}
    assert {ref.partition("/")[2].partition("@")[0] for ref in needs["silu"]} == direct


def test_make_sbom_writes_what_the_test_validates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["sbom", str(tmp_path / "build" / "sbom.cdx.json")])
    sbom.main()
    assert faults((tmp_path / "build" / "sbom.cdx.json").read_text()) == []


def rows() -> dict[tuple[str, str], list[str]]:
    lines = notices.NOTICES.read_text(encoding="utf-8").partition("## All packages")[2].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {(one[0], one[1]): one for one in cells if one[0] != "package"}


def test_the_notices_are_up_to_date_with_the_lock() -> None:
    assert set(rows()) == {(one.name, one.version) for one in PACKAGES}, "run: make notices"
    assert all(len(one) == 4 and all(one) for one in rows().values())


def test_the_notices_are_what_the_command_writes_here() -> None:
    here = all(_installed(one) for one in PACKAGES if not one.marker)
    assert here, "the installed packages are not those of the lock: make test installs them"
    assert notices.text(PACKAGES) == notices.NOTICES.read_text(encoding="utf-8"), "run: make notices"


def _installed(one: Locked) -> bool:
    return version(one.name) == one.version


def test_licences_that_ask_for_more_are_called_out() -> None:
    head = notices.NOTICES.read_text(encoding="utf-8").partition("## All packages")[0]
    for name, word in (("psycopg", "LGPL"), ("psycopg-binary", "LGPL"), ("certifi", "MPL"), ("orjson", "MPL")):
        assert name in head
        assert word in rows()[next(key for key in rows() if key[0] == name)][2]
    copyleft = {one[2] for one in rows().values() if "GPL" in one[2] or "MPL" in one[2]}
    assert copyleft == set(licences.duties()), "a licence that asks for more has no words about what follows"


def test_purposes_are_written_for_what_silu_itself_requires() -> None:
    assert licences.described() == {one.name for one in PACKAGES if one.direct}


def test_a_package_without_a_licence_is_no_empty_cell() -> None:
    with pytest.raises(LookupError, match=r"packages\.toml"):
        licences.licence_of("no-such-package")


def test_a_word_list_that_derives_from_a_package_carries_its_notice() -> None:
    written = notices.NOTICES.read_text(encoding="utf-8")
    assert "`data/lexicon/ordinary.txt`" in written
    assert "Copyright (c) 2013 Sun Junyi" in written
