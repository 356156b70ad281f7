"""New words, uncovered groups, places and quotes."""

import pyarrow as pa

from analysis.text.discovery import candidates, new_words, uncovered
from analysis.text.quotes import Quoter
from analysis.text.words.places import PlaceFinder, named_places, place_words
from survey.study.areas import Areas, SamplingPoint
from tests.analysis.text.probes import segmented

AROUND = "东南西北上下左右前后里外"


def test_a_word_used_in_many_ways_is_found() -> None:
    texts = [f"{before}槐安雅筑{after}" for before in AROUND for after in "好坏远近吵静贵大小"]
    others = ["".join(words) for words, _ in segmented()] * 4
    found = {each.word: each for each in new_words(texts + others, known={"雅筑"})}
    assert "槐安雅筑" in found
    assert found["槐安雅筑"].count == len(texts)
    # A part of the word always has the same neighbour.
    assert "安雅" not in found
    assert "槐安雅筑" not in {each.word for each in new_words(texts + others, known={"槐安雅筑"})}
    assert new_words([], known=()) == ()


def test_groups_that_no_theme_covers() -> None:
    lamps = [f"广播站声音听不见{at}" for at in range(14)]
    trees = [f"想要免费体检名额{at}" for at in range(9)]
    found = uncovered(lamps + trees, groups=2)
    assert [len(each.rows) for each in found] == [14, 9]
    assert set(found[0].rows) == set(range(14))
    assert uncovered(["短"] * 3) == ()


def _areas() -> Areas:
    return Areas(
        (
            SamplingPoint(990101001001, "汀兰区", "松桥街道", "杏堂社区", "城区", "老旧小区", 900, "汀兰区"),
            SamplingPoint(990101001002, "汀兰区", "松桥街道", "双井社区", "城区", "其他", 900, "汀兰区"),
            SamplingPoint(990102001001, "岚桥区", "石塔街道", "双井社区", "城区", "其他", 900, "岚桥区"),
        )
    )


def test_places() -> None:
    find = PlaceFinder(_areas())
    (found,) = find(["杏堂社区的背街小巷，松桥街道菜市场旁边，双井社区也是"])
    assert found.kinds == ("背街小巷", "农贸市场")
    assert found.codes == (990101001001,)
    assert found.streets == ("松桥街道",)
    assert [each.kinds for each in PlaceFinder()(["城乡接合部"])] == [("城乡结合部",)]
    assert {"杏堂社区", "杏堂", "汀兰", "老旧小区"} <= place_words(_areas())


def test_places_of_many_texts_are_those_of_each() -> None:
    find = PlaceFinder(_areas())
    texts = ["杏堂社区的背街小巷", "", "没有", "松桥街道菜市场旁边，双井社区", "石塔街道石塔街道"] * 3
    assert list(find(texts)) == [each for text in texts for each in find([text])]
    assert list(find([])) == []


def test_quotes_are_scrubbed_and_need_several_comments() -> None:
    quote = Quoter(_areas())
    texts = [f"杏堂社区路灯不亮，{at}月3日报修没人来" for at in range(1, 13)]
    assert quote(texts, fewest=13) == ()
    assert quote(["同一句话路灯不亮"] * 20, fewest=10) == ()
    shown = quote(texts, fewest=10)
    assert shown == ("某地路灯不亮，某日报修没人来",)
    assert quote(texts, fewest=10, word="停车") == ()


def test_candidates_leave_out_known_words() -> None:
    texts = [f"{before}槐安雅筑{after}" for before in AROUND for after in "好坏远近吵静贵大小"]
    texts += ["".join(words) for words, _ in segmented()] * 4
    assert "槐安雅筑" in {each.word for each in candidates(texts, lambda word: word == "雅筑")}
    assert candidates(texts, lambda word: True) == []


def test_named_places_with_their_districts() -> None:
    texts = ["杏堂社区路灯不亮", "杏堂社区太吵，杏堂社区", "双井社区不错", "石塔街道没人管"]
    keys = {"wave": ["W1"] * 4, "response_id": list("abcd")}
    responses = pa.table({**keys, "psu": [990101001001, 990102001001, 990102001001, None]})
    found = named_places(pa.table({**keys, "text": texts}), responses, _areas())
    rows = found[["name", "level", "district", "n", "outside"]].to_numpy().tolist()
    # Two communities are called 双井社区, so the name is ambiguous; one of the two who name 杏堂社区 lives elsewhere.
    assert rows == [["杏堂社区", "community", "汀兰区", 2, 1], ["石塔街道", "street", "岚桥区", 1, 0]]
