"""Codebook, rules and themes: the shipped file is valid, and errors name their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.reader import TextReader
from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.rules import RuleSyntaxError, parse_rule
from survey.errors import StudyError
from survey.study.lexicon import Lexicon

SMALL = """
[[theme]]
code = "lamp"
name = "照明"
seeds = ["路灯"]
rules = ["灯 & (坏 | 暗) & !红绿灯"]
exclude = ["路灯杆广告"]

[[theme]]
code = "noise"
name = "噪音"
seeds = ["吵", "噪音"]
"""


def test_the_shipped_codebook(lexicon: Lexicon) -> None:
    book = parse_codebook(lexicon.themes)
    assert len(book.themes) >= 25
    assert all(theme.parent and theme.group and theme.unit for theme in book.themes)
    assert len({theme.parent for theme in book.themes}) >= 5


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("路灯不亮，晚上吵", {"lamp", "noise"}),
        ("楼道灯坏了", {"lamp"}),
        ("红绿灯坏了", set()),
        ("路灯杆广告太多", set()),
        ("路灯杆广告多，路灯也坏", {"lamp"}),
        ("", set()),
        ("吵", {"noise"}),
    ],
)
def test_seeds_rules_and_exclusions(text: str, codes: set[str]) -> None:
    assert set(ThemeRules(parse_codebook(SMALL))(text)) == codes


def test_evidence_names_the_words() -> None:
    assert ThemeRules(parse_codebook(SMALL))("噪音太吵")["noise"] == ("噪音", "吵")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[[theme]]\ncode = ", "第 2 行", "TOML"),
        ("", "themes.toml", "没有主题"),
        ('[[theme]]\ncode="a"\nname="甲"\nseeds=["x"]\n\n[[theme]]\ncode="b"\nname="乙"\n', "第 6 行", "没有种子词"),
        ('[[theme]]\ncode="a"\nname="甲"\nseeds=["x"]\n[[theme]]\ncode="a"\nname="乙"\nseeds=["y"]', "第 5 行", "重复"),
        ('[[theme]]\ncode="a"\nname="甲"\nrules=["x & (y"]', "第 1 行", "右括号"),
        ('[[theme]]\ncode="a"\nname="甲"\nseeds="x"', "第 1 行", "列表"),
        ('[[theme]]\ncode="a"\nname="甲"\nseeds=["x"]\ncolour="red"', "第 1 行", "不认识"),
        ('[[theme]]\ncode="停"\nname="甲"\nseeds=["x"]', "第 1 行", "代码"),
    ],
)
def test_faulty_codebooks_are_reported_with_their_line(text: str, where: str, what: str) -> None:
    with pytest.raises(StudyError) as caught:
        parse_codebook(text)
    assert where in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize("source", ["", "a &", "a b", "& a", "(a", "a)", "!a", "((" * 30 + "a" + "))" * 30])
def test_invalid_rules_are_refused(source: str) -> None:
    with pytest.raises(RuleSyntaxError):
        parse_rule(source)


@given(st.sets(st.sampled_from("abcd")))
def test_a_rule_is_boolean_algebra(present: set[str]) -> None:
    text = "".join(sorted(present))
    a, b, c, d = (letter in present for letter in "abcd")
    assert parse_rule("a & b | c & !d").test(text) == ((a and b) or (c and not d))
    assert parse_rule("a & (b | c) & !(c & d)").test(text) == (a and (b or c) and not (c and d))


@pytest.mark.parametrize(
    ("source", "triggers"),
    [("车 & (乱放 | 没地方停) & !公交车", ("乱放", "没地方停")), ("车", ("车",)), ("甲 | 乙乙 & 丙", ("甲", "乙乙"))],
)
def test_a_rule_is_triggered_by_its_rarest_words(source: str, triggers: tuple[str, ...]) -> None:
    assert parse_rule(source).triggers == triggers


def test_a_rule_tests_words_and_not_parts_of_words() -> None:
    """A word of a rule that begins inside one word of the text and ends inside another is not there."""
    book = '[[theme]]\ncode="a"\nname="甲"\nrules=["车辆 & 停车", "公交 & !办公"]'
    cut = {"暂停车辆通行": ["暂停", "车辆", "通行"], "办公交流": ["办公", "交流"], "停车辆": ["停", "车辆"]}.__getitem__
    rules = ThemeRules(parse_codebook(book), cut)
    assert rules("暂停车辆通行") == {}
    assert rules("办公交流") == {}
    assert set(ThemeRules(parse_codebook(book))("暂停车辆通行")) == {"a"}  # without a segmenter, wherever it stands
    assert rules("暂停车辆通行", ["暂", "停车", "辆", "通行", "车辆"]) == {"a": ("车辆 & 停车",)}  # cut by the caller


def test_a_rule_that_holds_without_its_words_is_refused() -> None:
    with pytest.raises(RuleSyntaxError):
        parse_rule("甲 | !乙")


@pytest.mark.parametrize(
    ("text", "code", "held"),
    [
        ("暂停车辆通行", "parking", False),
        ("乱停车没人管", "parking", True),
        ("办公交流困难", "transit", False),
        ("公交太少", "transit", True),
        ("运河道路不平", "water", False),
        ("安排水电工来看看", "drainage", False),
        ("地下水位下降", "drainage", False),
        ("垃圾短信太多", "garbage", False),
        ("垃圾食品害人", "garbage", False),
        ("垃圾短信多，垃圾桶也少", "garbage", True),
        ("交通堵塞严重", "drainage", False),
        ("物价信息不公开", "law", False),
        ("健身房倒闭不退卡", "green", False),
        ("施工队偷工减料", "safety", False),
        ("电梯坏了", "lift", True),
        ("加装电梯", "oldestate", True),
        ("充电桩不够", "corridor", False),
        ("充电桩不够", "charge", True),
        ("电动车推进楼道充电", "corridor", True),
        ("要确保安全", "property", False),
        ("工厂夜里偷排废水", "safety", False),
        ("挂羊头卖狗肉", "dogs", False),
        ("起早摸黑去上班", "lighting", False),
        ("养老金发晚了", "community", False),
        ("惊动了当地居民警告无果", "safety", False),
        ("KTV太吵", "noise", True),
    ],
)
def test_words_not_parts_of_words(lexicon: Lexicon, text: str, code: str, held: bool) -> None:
    assert (code in TextReader(lexicon).themes(text)) is held


def test_latin_seeds_end_at_word_boundaries() -> None:
    rules = ThemeRules(parse_codebook('[[theme]]\ncode="a"\nname="甲"\nseeds=["KTV", "app"]\n'))
    assert rules("KTV太吵") == {"a": ("KTV",)}
    assert rules("MKTV很好") == rules("apple手机") == rules("app2") == {}
    assert rules("apple的app不好用") == {"a": ("app",)}
