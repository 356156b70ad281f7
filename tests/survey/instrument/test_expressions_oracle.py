"""Compare conditions with survey-core itself, run in V8.

The third-party JavaScript is not in the repository. These tests look for it in node_modules/ (after
`npm install --no-save survey-core@2.5.38`) and in the git-ignored vendor folder of the form, and are skipped without
it. ORACLE_CASES sets the number of random cases; `make test-slow` asks for more.
"""

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from survey.instrument.conditions.expressions import evaluate_one, parse
from survey.instrument.questionnaire import read_questionnaire
from survey.instrument.visibility import asked_one

ROOT = Path(__file__).parents[3]
FOLDERS = (ROOT / "node_modules" / "survey-core", ROOT / "survey" / "collect" / "static" / "vendor")
CORE = next((path for folder in FOLDERS for path in sorted(folder.glob("survey*core.min.js"))), None)
CASES = int(os.environ.get("ORACLE_CASES", "1000"))
# Browser globals that survey-core needs and V8 alone lacks.
STAGE = """
var window = undefined, navigator = {userAgent: "", maxTouchPoints: 0, platform: ""};
var console = {log() {}, warn() {}, error() {}};
var setTimeout = () => 0, clearTimeout = () => 0;
"""
CONDITIONS = """
function conditions(batch) {
  return JSON.stringify(JSON.parse(batch).map(([text, values]) => new Survey.ConditionRunner(text).runValues(values)));
}
function visible(survey, batch) {
  const model = new Survey.Model(JSON.parse(survey));
  return JSON.stringify(JSON.parse(batch).map((data) => {
    model.clear();
    model.data = data;
    return model.getAllQuestions().filter((question) => question.isVisible).map((question) => question.name);
  }));
}
"""


@pytest.fixture(scope="module")
def oracle() -> Iterator[Callable[..., Any]]:
    if CORE is None:
        pytest.skip("没有 survey-core：先运行 npm install --no-save survey-core@2.5.38；本组对照测试未运行")
    racer = pytest.importorskip("py_mini_racer")
    engine = racer.MiniRacer()
    engine.eval(STAGE + CORE.read_text(encoding="utf-8").replace("\ufeff", "") + CONDITIONS)
    yield lambda name, *args: json.loads(engine.call(name, *(json.dumps(arg) for arg in args)))
    engine.close()


NAMES = ["{A1}", "{A2}", "{B1}", "{E.E1}", "{E.E2}", "{E}", "{none}"]
VALUES: list[Any] = [
    *(None, 0, 1, 2, 3, 5, 12, 15, 98, -1, 1.5, "1", "2", "abc", "ABC", "abc def", "item1", True, False, "", "true"),
    *(
        "05",
        "1,5",
        "other",
        [1],
        [1, 2],
        [5, "other"],
        ["a", "b"],
        [],
        [0],
        ["1"],
        {"x": 1},
        "-3",
        "5 ",
        "2.50",
        " ",
        "0",
    ),
]
WRITTEN = [
    *("0", "1", "2", "3", "5", "12", "15", "98", "-1", "1.5", "'1'", "'2'", "'abc'", "'ABC '", "abc", "item1", "true"),
    *("false", "''", "'true'", "'05'", "'1,5'", "other", "'other'", "null", "undefined", "'5 '", "'-3'"),
]
SIGNS = [
    *("=", "==", "<>", "!=", "<", ">", "<=", ">=", "=>", "anyof", "allof", "contains", "notcontains", "noneof", "*="),
    *("less", "greaterorequal", "notequal"),
]


class Writer:
    """Generator of random conditions and answers, reproducible by seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def operand(self) -> str:
        return self.random.choice(NAMES) if self.random.random() < 0.6 else self.random.choice(WRITTEN)

    def leaf(self) -> str:
        if self.random.random() < 0.25:
            return f"{self.random.choice(NAMES)} {self.random.choice(('empty', 'notempty'))}"
        left = self.random.choice(NAMES) if self.random.random() < 0.9 else self.operand()
        items = [self.random.choice(WRITTEN[:-4]) for _ in range(self.random.randint(1, 3))]
        right = f"[{', '.join(items)}]" if self.random.random() < 0.3 else self.operand()
        return f"{left} {self.random.choice(SIGNS)} {right}"

    def condition(self, depth: int = 0) -> str:
        chance = self.random.random()
        if depth > 2 or chance < 0.5:
            return self.leaf()
        if chance < 0.65:
            return f"{self.random.choice(('!', 'negate '))}({self.condition(depth + 1)})"
        joint = self.random.choice((" and ", " or ", " && ", " || ", " AND "))
        text = joint.join(self.condition(depth + 1) for _ in range(self.random.randint(2, 3)))
        return f"({text})" if self.random.random() < 0.6 else text

    def answers(self) -> dict[str, Any]:
        found = {name: self.random.choice(VALUES) for name in ("A1", "A2", "B1") if self.random.random() < 0.85}
        if self.random.random() < 0.8:
            found["E"] = {row: self.random.choice(VALUES[:20]) for row in ("E1", "E2") if self.random.random() < 0.7}
        return found


@pytest.mark.parametrize("seed", [1, 2])
def test_conditions_mean_what_survey_core_means(oracle: Callable[..., Any], seed: int) -> None:
    writer = Writer(seed)
    batch = [(writer.condition(), writer.answers()) for _ in range(CASES // 2)]
    theirs = oracle("conditions", batch)
    ours = [evaluate_one(parse(text), answers) for text, answers in batch]
    assert [(*case, js) for case, js, own in zip(batch, theirs, ours, strict=True) if js is not own][:5] == []
    assert 0.2 < sum(ours) / len(ours) < 0.8  # the cases are informative


def test_survey_core_does_not_know_not(oracle: Callable[..., Any]) -> None:
    """The word is refused because the form would never show such a question."""
    assert oracle("conditions", [("not ({A1} = 1)", {"A1": 2}), ("!({A1} = 1)", {"A1": 2})]) == [False, True]


def test_default_questionnaire_shows_the_same_questions(oracle: Callable[..., Any]) -> None:
    """Compare random answers to the routed questions, without screening, as the model shows pages after an ending."""
    path = ROOT / "data" / "demo" / "questionnaire.json"
    questionnaire = read_questionnaire(path)
    draw = random.Random(7)
    people = []
    for _ in range(200):
        answers: dict[str, Any] = {"S1": draw.randint(1, 4), "S2": 1}
        for name, codes in (("A1", [1, 2, 3, 99]), ("C1", [1, 2, 3, 4, 5, 98, 99])):
            if draw.random() < 0.9:
                answers[name] = draw.choice(codes)
        for name, codes in (("B1", [1, 2, 15, 96, "other"]), ("D1", [1, 8, 96, "other"])):
            if checked := [code for code in codes if draw.random() < 0.3]:
                answers[name] = checked
        people.append(answers)
    theirs = oracle("visible", json.loads(path.read_text(encoding="utf-8")), copy.deepcopy(people))
    for answers, shown in zip(people, theirs, strict=True):
        assert set(shown) == asked_one(questionnaire, answers), answers
