"""Reading texts: bad input, only new texts are read, in one process or several."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text import reader as reading
from analysis.text.answers import SCHEMA
from analysis.text.reader import TextReader, read_chunks, read_texts, script_of
from analysis.text.words.alphabet import scripts_of
from survey.study.lexicon import Lexicon, load_lexicon

READER = TextReader(load_lexicon())


def test_one_answer_in_full(reader: TextReader) -> None:
    row = reader.read(["老舊小區沒有人管，乱停车，电话13800138000"]).to_pylist()[0]
    assert row["text"] == "老旧小区没有人管，乱停车，电话[手机]"
    assert row["says"]
    assert row["script"] == "zh"
    assert row["flags"] == "traditional mobile"
    assert row["words"] == ["老旧小区", "没有人管", "乱停乱放", "电话"]
    assert set(row["themes"]) == {"property", "parking"}
    assert row["intent"] == "complaint"
    assert row["polarity"] == -1
    assert "没有人管" in row["evidence"]


@pytest.mark.parametrize(
    ("raw", "says", "script"),
    [
        ("", False, "sign"),
        ("堵", True, "zh"),
        ("😡😡", True, "sign"),
        ("The street lamp is broken", True, "latin"),
        ("كوچا چىرىغى يانمايدۇ", True, "uyghur"),
        ("ལམ་སྒྲོན་མི་འདུག", True, "tibetan"),
        ("\x00\x01\x02", False, "sign"),
        ("\ud83d", False, "sign"),
        ("路灯不亮" * 12_500, True, "zh"),
        ("路灯不亮" * 20_000, True, "zh"),
        ("a" * 50_000, True, "latin"),
        ("0" * 50_000, True, "sign"),
        ("王1@" * 16_000, True, "zh"),
    ],
)
def test_bad_input_is_accepted(reader: TextReader, raw: str, says: bool, script: str) -> None:
    row = reader.read([raw]).to_pylist()[0]
    assert (row["says"], row["script"]) == (says, script)
    assert len(row["text"]) <= 50_000


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(), max_size=40), max_size=5))
def test_any_texts_are_read_one_row_each(raws: list[str]) -> None:
    batch = READER.read(raws)
    assert batch.schema == SCHEMA
    assert batch.num_rows == len(raws)


def test_only_new_texts_are_read(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_texts(["路灯不亮", "停车难", "路灯不亮"], lexicon)
    assert first.num_rows == 2
    reported: list[tuple[int, int]] = []
    second = read_texts(["停车难", "垃圾多"], lexicon, known=first, progress=lambda *now: reported.append(now))
    assert reported == [(1, 1)]
    assert second["text"].to_pylist() == ["路灯不亮", "停车难", "垃圾多"]

    def fail(*_: object) -> None:
        raise AssertionError("nothing new, and still a reader was made")

    monkeypatch.setattr(reading, "TextReader", fail)
    assert read_texts(["停车难"], lexicon, known=second).equals(second)


def test_two_processes_read_the_same(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 40)
    raws = [f"{at}号线旁边路灯不亮，{'没有人管' if at % 2 else '已经修好了'}" for at in range(100)]
    one, two = read_texts(raws, lexicon), read_texts(raws, lexicon, workers=2)
    assert one.to_pylist() == two.to_pylist()


def test_texts_are_taken_as_workers_need_them(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 1)
    taken: list[str] = []

    def chunks() -> Iterator[list[str]]:
        for at in range(40):
            taken.append(f"{at}号线旁边路灯不亮")
            yield taken[-1:]

    read = read_chunks(chunks(), 40, lexicon, workers=2)
    first = next(read)
    assert len(taken) <= reading.HELD + 1
    assert [first, *read] == [READER.read([text]) for text in taken]


def test_the_script_of_other_letters() -> None:
    assert script_of("привет") == "other"


def test_the_scripts_of_many_texts_at_once() -> None:
    texts = ["路灯坏了 ok", "", "hello", "ياخشى", "བོད", "привет", "…！12", "㐀", "a\n路"]
    assert scripts_of(texts) == ["zh", "sign", "latin", "uyghur", "tibetan", "other", "sign", "zh", "zh"]
    assert scripts_of([]) == []
