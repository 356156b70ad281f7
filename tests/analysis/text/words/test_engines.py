"""jieba and rjieba give the same words; jieba replaces a missing rjieba, and leaves no files or output."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.reader import TextReader, read_texts
from analysis.text.words.alphabet import SIGNS
from analysis.text.words.segment import Segmenter, resolve
from survey.errors import StudyError
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.study.lexicon import Lexicon, load_lexicon
from survey.study.settings import AUTO, JIEBA, RJIEBA
from tests.analysis.text.probes import negation, privacy, segmented

ROOT = Path(__file__).parents[4]
# Words of a study: rare characters, letters and signs, single characters; known words with another frequency.
OWN = {
    "䶮家村": 0,
    "㙦㙦桥": 0,
    "C盘": 0,
    "wxid_a1": 0,
    "AB-1": 0,
    "3-4栋": 1,
    "AB12": 1,
    "路灯": 900_000,
    "的士": 0,
    "亮": 3,
}
LATIN = (
    *("8-2-301", "wxid_a1", "hello_w01", "199.1234.5678", "0512-6543210", "li.si_88@mail.example.cn", "A-12B34", "50%"),
    *(
        "3.14",
        "1-2",
        "2-3年",
        "AT&T",
        "C++",
        "c#",
        "5G",
        "PM2.5",
        "http://a.b/c?d=1&e=2",
        "T恤",
        "K歌",
        "１２３",
        "wifi",
        "AB12",
    ),
)
RARITIES = "䶮㙦㐀䶵鿖鿿豈\U00020000\U0002a700\U0002b740𫝀𪜀"
SPACES = (" ", "\n", "\r\n", "\t", "\u3000", "，", "。", "！", "（", "）", "[手机]", "😊", "ﬁ", "が")


@cache
def pair() -> tuple[Segmenter, Segmenter]:
    """The two engines with the shipped words and those of a study."""
    words = {**load_lexicon().words, **OWN}
    return Segmenter(words, engine=RJIEBA), Segmenter(words, engine=JIEBA)


def corpus(lexicon: Lexicon) -> Iterator[str]:
    """Yield sentences of the mock city, every lexicon word in a sentence, and combinations of all of them."""
    sentences = sorted(set(draw(MockSpec(seed=3, waves=1, faults=False)).texts()["text"].to_pylist()))
    yield from sentences
    chance = random.Random(12)
    words = sorted({*lexicon.words, *lexicon.positive, *lexicon.negative, *lexicon.synonyms, *lexicon.greetings, *OWN})
    clauses = [
        *("".join(row) for row, _ in segmented()),
        *(text for _, text in negation()),
        *(row[1] for row in privacy()),
    ]
    yield from (f"{chance.choice(clauses)}{word}{chance.choice(clauses)}" for word in words)
    pools: tuple[Callable[[], str], ...] = (
        lambda: chance.choice(words),
        lambda: chance.choice(sentences)[: chance.randint(1, 20)],
        lambda: chance.choice(clauses)[: chance.randint(1, 20)],
        lambda: chance.choice(LATIN),
        lambda: chance.choice(RARITIES),
        lambda: chance.choice(SPACES),
        lambda: chr(chance.randint(0x4E00, 0x9FD5)),
        lambda: chance.choice("abzAZ019" + SIGNS.replace("\\", "")),
    )
    while True:
        yield "".join(chance.choice(pools)() for _ in range(chance.randint(2, 6)))


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_engines_agree_on_many_sentences(lexicon: Lexicon, count: int) -> None:
    fast, slow = pair()
    sentences = corpus(lexicon)
    seen: set[str] = set()
    while len(seen) < count:
        seen.add(text := next(sentences))
        assert (words := fast.cut(text)) == slow.cut(text), text
        assert "".join(words) == text


@given(
    st.text(st.sampled_from("ab09中华人民路灯不亮䶮㙦\U00020000" + SIGNS.replace("\\", "") + " \r\n。"), max_size=12)
)
def test_engines_agree_at_the_edges(text: str) -> None:
    fast, slow = pair()
    assert fast.cut(text) == slow.cut(text)
    assert fast.cut_for_search(text) == slow.cut_for_search(text)


@given(st.text(max_size=40))
def test_engines_agree_on_any_text(text: str) -> None:
    fast, slow = pair()
    assert fast.cut(text) == slow.cut(text)


def test_known_words_are_the_same() -> None:
    fast, slow = pair()
    for word in (*OWN, "路", "中华人民", "中华人民共", "", "wxid_a", "汀兰雅苑", "停车难"):
        assert fast.knows(word) == slow.knows(word), word


def test_jieba_segments_as_the_original() -> None:
    """This package changes only the dictionary in memory and the rare characters of jieba."""
    code = "import jieba, sys; jieba.setLogLevel(60); print(*jieba.cut(sys.argv[1]), sep='|')"
    text = "，".join(
        ["路灯一直不亮8-2-301", *LATIN, "江南style的T恤1.5%", *("".join(row) for row, _ in segmented()[:60])]
    )
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, text], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert found.stdout.rstrip("\n").split("|") == Segmenter(engine=JIEBA).cut(text)


def test_both_engines_read_answers_alike(lexicon: Lexicon) -> None:
    texts = [text for _, text in negation()] + [row[1] for row in privacy()]
    assert read_texts(texts, lexicon, engine=JIEBA).equals(read_texts(texts, lexicon, engine=RJIEBA))


class Hidden(MetaPathFinder):
    """An import hook that hides rjieba."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] == "rjieba":
            raise ModuleNotFoundError(name)


@pytest.fixture
def without_rjieba(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rjieba", "rjieba.rjieba"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Hidden(), *sys.meta_path])


@pytest.mark.usefixtures("without_rjieba")
def test_jieba_replaces_a_missing_rjieba(lexicon: Lexicon) -> None:
    assert resolve(AUTO) == resolve(JIEBA) == JIEBA
    reader = TextReader(lexicon)
    assert "rjieba.rjieba" not in sys.modules
    assert reader.display_words("小区停车难，路灯不亮") == ["小区", "停车难", "路灯", "不亮"]
    with pytest.raises(StudyError, match="没有安装 rjieba") as error:
        Segmenter(engine=RJIEBA)
    assert '"jieba"' in str(error.value)


def test_a_wheel_for_another_machine_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ImportError("version `GLIBC_2.99' not found")

    monkeypatch.setattr("analysis.text.words.rjieba_engine.load", broken)
    assert resolve(AUTO) == JIEBA


def test_rjieba_is_the_default() -> None:
    assert resolve(AUTO) == RJIEBA


def test_jieba_prints_nothing_and_writes_nothing(tmp_path: Path) -> None:
    """Compiled with warnings as errors: nothing on stdout or stderr, no dictionary in the temporary folder."""
    code = (
        "from analysis.text.words.segment import Segmenter\n"
        "assert Segmenter(engine='jieba').cut('道路破损') == ['道路', '破损']"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    folders = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME", "PYTHONPYCACHEPREFIX"), str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, env={**kept, **folders, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", [RJIEBA, JIEBA])
def test_a_word_with_a_rare_character_stays_whole(engine: str) -> None:
    assert Segmenter({"鿖村": 0}, engine=engine).cut("我在鿖村") == ["我", "在", "鿖村"]
