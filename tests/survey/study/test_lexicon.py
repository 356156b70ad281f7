"""Word lists: the built-in lists are sorted and valid, errors name their line, and studies add their own."""

from pathlib import Path

import pytest

from survey.errors import StudyError
from survey.study.lexicon import DEFAULT, load_lexicon

FILES = sorted(DEFAULT.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_built_in_lists_are_sorted_and_name_their_sources(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# 来源")
    entries = [line for line in lines if not line.startswith("#")]
    assert entries == sorted(entries)
    assert len(entries) >= 20


def test_shipped_lists_do_not_contradict_each_other() -> None:
    lexicon = load_lexicon()
    assert not lexicon.positive.keys() & lexicon.negative.keys()
    assert not lexicon.negations & lexicon.stop
    assert not set("不没无别未") & lexicon.stop
    assert all(target not in lexicon.synonyms for target in lexicon.synonyms.values())
    assert set(lexicon.intents.values()) == {"complaint", "suggestion", "question", "praise"}


def test_missing_lists_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.study.lexicon.DEFAULT", tmp_path / "gone")
    with pytest.raises(StudyError, match="找不到随软件安装的词典"):
        load_lexicon()


def test_a_study_adds_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("# 来源：测试\n汀兰雅苑\n老旧小区\t50\n", encoding="utf-8")
    own, shipped = load_lexicon(tmp_path), load_lexicon()
    assert own.words["汀兰雅苑"] == 0
    assert own.words["老旧小区"] == 50
    assert "背街小巷" in own.words
    assert own.fingerprint != shipped.fingerprint
    assert load_lexicon().fingerprint == shipped.fingerprint


@pytest.mark.parametrize(
    ("name", "raw", "where", "what"),
    [
        ("words.txt", "路灯\n停车\n路灯\n".encode(), "第 3 行", "重复"),
        ("words.txt", "路灯\t很多\n".encode(), "第 1 行", "频率"),
        ("stop.txt", "的\n路灯\n".encode("gb18030"), "第 1 行", "UTF-8"),
        ("stop.txt", "的\n".encode() + "路灯".encode("gb18030"), "第 2 行", "UTF-8"),
        ("positive.txt", "好\t-1\n".encode(), "第 1 行", "强度"),
        ("positive.txt", "好\n".encode(), "第 1 行", "强度"),
        ("changes.txt", "少了\tsideways\n".encode(), "第 1 行", "方向"),
        ("synonyms.txt", "创城\n".encode(), "第 1 行", "标准词"),
        ("stop.txt", "的\t1\n".encode(), "第 1 行", "一个词"),
    ],
)
def test_faulty_lists_are_reported_with_their_line(
    tmp_path: Path, name: str, raw: bytes, where: str, what: str
) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(StudyError) as caught:
        load_lexicon(tmp_path)
    assert name in str(caught.value)
    assert where in str(caught.value)
    assert what in str(caught.value)
