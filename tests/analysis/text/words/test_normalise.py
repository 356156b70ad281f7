"""Normalising: width, script, mojibake, pinyin, residue; any string is accepted and none raises."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.words.normalise import NonAnswers, Normaliser, is_nonanswer
from survey.study.lexicon import Lexicon, load_lexicon
from tests.analysis.text.probes import every_sentence

NORMALISE = Normaliser()
LISTED = load_lexicon().nonanswers
NOTHING = NonAnswers(LISTED)


@pytest.mark.parametrize(
    ("raw", "text", "flags"),
    [
        ("擴(kuò)大會(huì)議", "扩大会议", ("traditional", "pinyin")),
        ("老舊小區，乾淨！", "老旧小区，干净！", ("traditional",)),
        ("乾隆皇帝", "乾隆皇帝", ("traditional",)),
        ("ＡＢＣ１２３", "ABC123", ()),
        ("太吵了！！！！", "太吵了！", ()),
        ("路灯\x00不\u200b亮\ufeff", "路灯 不亮", ()),
        ("见http://a.example/b?c=1，路灯坏<br>了", "见 ，路灯坏 了", ("residue",)),
        ("\ud83d坏了", "坏了", ("broken",)),
        ("锟斤拷路灯", "路灯", ("broken",)),
        ("停车(APP)好用", "停车(APP)好用", ()),
        ("窗口(12号)", "窗口(12号)", ()),
        ("", "", ()),
        ("😡", "😡", ()),
        ("يول چىرىقى يانمايدۇ", "يول چىرىقى يانمايدۇ", ()),
        ("ལམ་སྒྲོན་", "ལམ་སྒྲོན་", ()),
    ],
)
def test_normalise(raw: str, text: str, flags: tuple[str, ...]) -> None:
    found = NORMALISE(raw)
    assert (found.text, found.flags) == (text, flags)


@pytest.mark.parametrize(
    ("wrong", "right"), [("latin-1", "utf-8"), ("latin-1", "gb18030"), ("gb18030", "utf-8"), ("cp1252", "gb18030")]
)
def test_mojibake_is_repaired(wrong: str, right: str) -> None:
    plain = "垃圾没人清理影响通行"
    try:
        spoilt = plain.encode(right).decode(wrong)
    except UnicodeDecodeError:
        spoilt = plain.encode(right).decode(wrong, errors="replace")
    found = NORMALISE(spoilt)
    assert found.flags == ("mojibake",)
    assert sum(a == b for a, b in zip(found.text, plain, strict=False)) >= len(plain) - 2


def test_good_chinese_is_never_repaired() -> None:
    for text in ("涓涓细流", "长江路鍋炉房", "浣熊公园很好"):
        assert "mojibake" not in NORMALISE(text).flags


@given(st.text(st.characters(), max_size=60))
def test_folding_is_idempotent(raw: str) -> None:
    once = NORMALISE(raw).text
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Cf"} for letter in once)
    assert once == once.strip()


def test_a_long_answer() -> None:
    assert len(NORMALISE("擴大會議，" * 10_000).text) == 50_000


def test_nonanswers(lexicon: Lexicon) -> None:
    empty = [
        "无",
        "没有",
        "暂无",
        "无意见",
        "-",
        "。。。",
        "没有了。",
        "暂时没有意见",
        "无，谢谢",
        "123",
        "嗯嗯",
        "",
        " ",
    ]
    for raw in empty:
        assert is_nonanswer(NORMALISE(raw).text, lexicon.nonanswers), raw
    for raw in ("没有路灯", "无障碍设施太少", "堵", "😡", "没有人管", "停车", "没有意见，但是路灯不亮"):
        assert not is_nonanswer(NORMALISE(raw).text, lexicon.nonanswers), raw


def test_what_is_not_folded_is_folded_to_itself() -> None:
    """Texts of plain characters alone are not folded; each of these must fold to itself, and be no traditional one."""
    folding = NORMALISE._folding
    plain = [chr(code) for code in range(0x110000) if not NORMALISE._folded.search(chr(code))]
    assert len(plain) > 3_700
    assert [each for each in plain if each.translate(folding) != each] == []
    assert folding.traditional.isdisjoint(plain)
    assert all(unicodedata.is_normalized("NFC", each) for each in plain)


USUAL = st.text(st.sampled_from("路灯不亮了没有全顶源， 。：a1.(没无谢目前暂时的啊反正😀👏…“遛"), max_size=9)


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=20), USUAL))
def test_what_is_kept_at_a_glance_is_normal(raw: str) -> None:
    assert not NORMALISE.keeps([raw])[0] or NORMALISE(raw) == (raw, ())


def test_most_sentences_are_kept_at_a_glance() -> None:
    texts = [NORMALISE(text).text for text in every_sentence()]
    assert sum(NORMALISE.keeps(texts)) > 0.5 * len(texts)


@given(st.lists(st.text(st.sampled_from("路灯坏了希望，。 ？\0亮a、")), max_size=6))
def test_many_texts_are_kept_as_one_by_one(raws: list[str]) -> None:
    letters = "[路灯坏了希望亮a]"
    plain = re.compile(f"{letters}+(?:[，。 ？、]{letters}+)*[，。？、]?")
    expected = [plain.fullmatch(raw) is not None and not {*"路了希望"}.isdisjoint(raw) for raw in raws]
    assert NORMALISE.keeps(raws) == expected


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=20), USUAL))
def test_nonanswers_at_a_glance(text: str) -> None:
    assert (text in NOTHING) == is_nonanswer(text, LISTED)
