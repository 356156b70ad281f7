"""Features, the linear model and the coder: counts by hand, round trips, training by rules and by people."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.themes.agreement import agreement, f1_by_theme, joint_kappa, live_f1, next_to_code
from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.classifier import Training, read_model, train
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.coder import NONE, CodedTexts, Prior, _share_of_people, code, model_of_rules, prior_of
from analysis.text.themes.evidence import matched_themes, reasons, seed_evidence
from analysis.text.themes.features import character_codes, make_space, word_codes
from survey.errors import ArgumentError

BOOK = """
[[theme]]
code = "lamp"
name = "照明"
seeds = ["路灯", "照明"]
[[theme]]
code = "noise"
name = "噪音"
seeds = ["噪音", "吵闹"]
"""
RULES = ThemeRules(parse_codebook(BOOK))
CODES = RULES.codebook.codes
RNG = np.random.default_rng(7)
LAMP = ["晚上黑黑的看不见", "摸黑走夜路摔跤", "灯泡坏掉发黑", "夜里伸手不见五指"]
NOISE = ["半夜音响震天响", "睡觉被喇叭惊醒", "音响喇叭叫卖", "半夜施工轰鸣睡觉难"]


def _texts(count: int) -> tuple[list[str], list[str]]:
    texts, codes = [], []
    for at in range(count):
        lamp = at % 2 == 0
        pool, seed = (LAMP, "路灯") if lamp else (NOISE, "噪音")
        parts = RNG.choice(pool, 2, replace=False)
        texts.append(f"{parts[0]}{seed if at % 3 else ''}{parts[1]}{at % 17}")
        codes.append("lamp" if lamp else "noise")
    return texts, codes


def test_character_codes_are_all_singles_and_pairs() -> None:
    row, code = character_codes(["路灯", "", "灯"])
    assert row.tolist() == [0, 0, 2, 0]
    assert len(set(code.tolist())) == 3


@given(st.lists(st.lists(st.text(max_size=4), max_size=4), min_size=1, max_size=5))
def test_word_codes_are_the_same_for_the_same_word(words: list[list[str]]) -> None:
    row, code = word_codes(words)
    flat = [(at, word) for at, each in enumerate(words) for word in each if word]
    assert row.tolist() == [at for at, _ in flat]
    names: dict[str, int] = {}
    for (_, word), found in zip(flat, code.tolist(), strict=True):
        assert names.setdefault(word, found) == found


def test_vectors_by_hand() -> None:
    space = make_space(["灯灯", "灯"], fewest=1)
    row = space.vectors(["灯灯"]).toarray()[0]
    single, pair = (1 + math.log(2)) * (math.log(3 / 3) + 1), 1 * (math.log(3 / 2) + 1)
    assert row == pytest.approx(np.array([single, pair]) / math.hypot(single, pair), abs=1e-6)
    assert space.vectors(["无关", ""]).nnz == 0


@pytest.mark.parametrize("ratio", [False, True])
def test_a_model_survives_its_text_form_and_pruning(ratio: bool) -> None:
    texts, codes = _texts(120)
    labels = np.array([[code == name for name in ("lamp", "noise")] for code in codes])
    model = train(texts, labels, ("lamp", "noise"), how=Training(cost=1.0, ratio=ratio))
    again = read_model(model.pruned(60).to_text())
    assert len(again.space) == 60
    assert (again.scores(texts).argmax(axis=1) == labels.argmax(axis=1)).mean() >= 0.95
    assert len(model.pruned(5000).to_text()) < 100_000
    pieces = dict(model.evidence("摸黑走夜路", "lamp"))
    assert pieces
    assert all(value > 0 and piece in "摸黑走夜路" for piece, value in pieces.items())


@pytest.mark.parametrize(
    "text", ["", "{}", '{"format": 9}', '{"format":1,"classes":["a"],"n":3,"words":false,"body":"x"}']
)
def test_a_faulty_model_file_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="模型文件"):
        read_model(text)


def _prior(texts: list[str], *, every: bool = True) -> Prior:
    found = pa.array([reasons(text, RULES(text)) for text in texts], pa.list_(pa.string()))
    model = model_of_rules(seed_evidence(found, CODES), texts, [[]] * len(texts))
    return prior_of(matched_themes(found, CODES), texts, [[]] * len(texts), model, every=every)


def _coded(texts: list[str], human: dict[int, tuple[str, ...]]) -> CodedTexts:
    return code(_prior(texts), CODES, texts, [[]] * len(texts), human)


def test_evidence_by_hand() -> None:
    texts = ["路灯，路灯照明", "噪音", "别的"]
    found = [reasons(text, RULES(text)) for text in texts]
    assert found == [["lamp:路灯", "lamp:路灯", "lamp:照明"], ["noise:噪音"], []]
    rarity = math.log(3 / 2)
    assert seed_evidence(found, CODES) == pytest.approx(
        np.array([[(math.log(3) + math.log(2)) * rarity, 0], [0, math.log(2) * rarity], [0, 0]])
    )
    shared = seed_evidence([["lamp:灯"], ["noise:灯"], [], []], CODES)  # a word of two themes counts half for each
    assert shared[0] == pytest.approx([math.log(2) * math.log(2) / 2, 0])
    assert seed_evidence([["lamp:灯"]] * 2, CODES)[0, 0] > 0  # in every text, and evidence all the same


def test_the_model_generalises_beyond_the_rules() -> None:
    texts, codes = _texts(240)
    coded = _coded(texts, {})
    silent = [at for at in range(240) if at % 3 == 0]
    assert not any(RULES(texts[at]) for at in silent)
    themes = coded.themes(CODES).to_pylist()
    assert np.mean([themes[at] == [codes[at]] for at in silent]) >= 0.9
    few = code(_prior(texts, every=False), CODES, texts, [[]] * 240, {})
    assert (few.primary == coded.primary).all()


def test_what_people_code_wins_at_once() -> None:
    texts, _ = _texts(60)
    assert RULES(texts[1])
    human = {1: ("lamp",), 2: ("noise", "lamp"), 4: ()}  # against the codebook; two themes; none fits
    coded = _coded(texts, human)
    themes = coded.themes(CODES).to_pylist()
    assert [themes[at] for at in (1, 2, 4)] == [["lamp"], ["noise", "lamp"], []]
    assert [coded.primary[at] for at in (1, 2, 4)] == [0, 1, NONE]
    assert coded.assigned[2].all()
    assert not coded.assigned[4].any()


def test_codes_by_people_take_over_little_by_little() -> None:
    """These people code the opposite of the codebook: their share of the other answers rises without a jump."""
    texts, codes = _texts(440)
    other = {"lamp": "noise", "noise": "lamp"}
    prior = _prior(texts)
    turned = []
    for count in (0, 1, 298, 300, 302, 380):
        human = {at: (other[codes[at]],) for at in range(count)}
        coded = code(prior, CODES, texts, [[]] * 440, human)
        primary = [CODES[at] for at in coded.primary[380:]]
        turned.append(np.mean([name == other[right] for name, right in zip(primary, codes[380:], strict=True)]))
    assert turned[0] == turned[1] == 0
    assert turned[2] == pytest.approx(turned[3], abs=0.04)
    assert turned[3] == pytest.approx(turned[4], abs=0.04)
    assert turned[-1] >= 0.9


def test_the_weight_of_people_grows_with_the_codes_of_a_theme() -> None:
    given = np.array([[True, False, False]] * 20 + [[False, False, True]] * 5)
    prior = np.array([[1.0, -1, -1]] * 20 + [[-1.0, 1, -1]] * 5)
    assert _share_of_people(given, prior) == pytest.approx([20 / 40, 5 / 25, 5 / 25])


def test_none_is_learned_from_people() -> None:
    texts, codes = _texts(200)
    human = {at: () if codes[at] == "noise" else ("lamp",) for at in range(150)}
    coded = _coded(texts, human)
    none = [coded.primary[at] == NONE for at in range(150, 200) if codes[at] == "noise"]
    assert np.mean(none) >= 0.9
    assert not coded.assigned[coded.primary == NONE].any()


def test_too_few_texts_leave_the_rules_alone() -> None:
    coded = _coded(["路灯坏了", "无关"], {})
    assert coded.assigned.tolist() == [[True, False], [False, False]]
    assert coded.primary.tolist() == [0, NONE]
    assert _coded([], {}).assigned.shape == (0, 2)


def test_agreement_by_hand() -> None:
    one = {0: frozenset({"lamp"}), 1: frozenset({"lamp"}), 2: frozenset({"noise"}), 3: frozenset()}
    other = {0: frozenset({"lamp"}), 1: frozenset({"noise"}), 2: frozenset({"noise"}), 9: frozenset()}
    found = agreement(one, other, ("lamp", "noise"))
    assert found.n == 3
    assert found.f1 == pytest.approx(2 / 3)  # each theme: 2 x 1 / 3
    assert found.kappa == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    assert math.isnan(agreement({}, other, ("lamp",)).f1)
    assert np.isnan(f1_by_theme(np.zeros((2, 1), bool), np.zeros((2, 1), bool))).all()


def test_coders_who_always_agree_have_a_kappa_of_one() -> None:
    both = {at: frozenset({"lamp"}) for at in range(5)}
    assert agreement(both, both, ("lamp", "noise")).kappa == 1.0
    assert joint_kappa([both] * 3, ("lamp", "noise")) == (5, 1.0)
    nothing = {at: frozenset[str]() for at in range(5)}
    assert agreement(nothing, nothing, ("lamp",)).n == 5
    assert math.isnan(agreement(nothing, nothing, ("lamp",)).kappa)


def test_joint_kappa_by_hand() -> None:
    says = ["110", "111", "000", "100", "011"]  # which of three coders assigned the theme to each of five texts
    coders = [{at: frozenset({"lamp"} if row[who] == "1" else ()) for at, row in enumerate(says)} for who in range(3)]
    coders[0][9] = frozenset({"lamp"})  # coded by one alone: does not count
    share = 8 / 15
    chance = share**2 + (1 - share) ** 2
    observed = np.mean([1 / 3, 1, 1, 1 / 3, 1 / 3])
    n, kappa = joint_kappa(coders, ("lamp",))
    assert n == 5
    assert kappa == pytest.approx((observed - chance) / (1 - chance))
    assert math.isnan(joint_kappa([{0: frozenset({"lamp"})}, {1: frozenset({"lamp"})}], ("lamp",))[1])


def test_live_f1_and_the_queue() -> None:
    texts, codes = _texts(80)
    human = {at: (codes[at],) for at in range(60)}
    assert live_f1(lambda known: _coded(texts, dict(known)), CODES, human) >= 0.9
    assert math.isnan(live_f1(lambda known: _coded(texts, dict(known)), CODES, {0: ()}))
    margin = np.arange(80)[::-1].astype(float)
    queue = next_to_code(margin, texts, frozenset({79}), most=5)
    assert 79 not in queue
    assert len(queue) == len(set(queue)) <= 5
    assert queue[0] == 78
