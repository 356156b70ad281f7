"""The address of the form is written into study.toml without touching anything else."""

import tomllib
from pathlib import Path

import pytest

from survey.collect.public_address import save_public_url
from survey.errors import StudyError

URL = "https://a.example.cn/wj/"


@pytest.mark.parametrize(
    "text",
    [
        'title = "甲"\n',
        'title = "甲"\n\n[collect] # 网上问卷\ncontact = "1"\n\n[[waves]]\nname = "W1"\n',
        '[collect]\npublic_url = "http://b/" # 旧\nquota = 3\n[report]\npublic_url = "x"\n',
    ],
)
def test_only_the_address_changes(text: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    save_public_url(tmp_path, URL)
    found, before = tomllib.loads(path.read_text(encoding="utf-8")), tomllib.loads(text)
    assert found == {**before, "collect": {**before.get("collect", {}), "public_url": URL}}
    kept = [line for line in text.splitlines() if "http://b/" not in line]
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if line in kept] == kept


@pytest.mark.parametrize(("text", "url"), [("a = 1\n", "wj"), ("collect = { quota = 3 }\n", URL), ("a = \n", URL)])
def test_what_cannot_be_written_leaves_the_file_unchanged(text: str, url: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError):
        save_public_url(tmp_path, url)
    assert path.read_text(encoding="utf-8") == text
