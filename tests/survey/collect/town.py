"""A small open study for the tests of the online form."""

from __future__ import annotations

import json
import random
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from survey.collect.submission.answer_rules import COMMENT
from survey.collect.submission.validation import Validator
from survey.instrument.question import OTHER, OTHER_VALUE, Question, Shape
from survey.instrument.questionnaire import Questionnaire
from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study


def make_town(root: Path, collect: str = "", modes: str = '["online", "household"]', **dates: str) -> Study:
    """The study of `silu init`, approved, with a wave open today."""
    init_study(root, title="测试市居民问卷")
    today = datetime.now(timezone(timedelta(hours=8))).date()
    start, end = dates.get("start", str(today - timedelta(days=1))), dates.get("end", str(today + timedelta(days=1)))
    text = (root / "study.toml").read_text(encoding="utf-8")
    text = text.replace("（填写组织单位）", "测试市调查队").replace('number = ""', 'number = "测统函〔2026〕1号"', 1)
    text = text.replace("2027-03-01", start).replace("2027-03-14", end).replace('["household"]', modes, 1)
    (root / "study.toml").write_text(text + f"\n[collect]\n{collect}\n", encoding="utf-8")
    return load_study(root)


def uuid7(chance: random.Random | None = None) -> str:
    """A UUIDv7 with random content."""
    bits = (chance or random.Random()).getrandbits(128)
    bits = bits & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)
    return str(uuid.UUID(int=bits))


def answer(question: Question, chance: random.Random) -> Any:
    """A random answer that fits the question."""
    codes = [choice.code for choice in question.choices if not (question.other and choice.code == OTHER)]
    match question.type.shape:
        case Shape.CELLS:
            return {row.name: chance.choice(codes) for row in question.rows}
        case Shape.CODES:
            free = [choice.code for choice in question.choices if not choice.exclusive and choice.code in codes]
            return chance.sample(free, chance.randint(1, min(3, len(free))))
        case Shape.TRUTH:
            return chance.random() < 0.5
        case Shape.NUMBER:
            return chance.randint(int(question.minimum or 0), int(question.maximum or 100))
        case Shape.DATE:
            return "2026-11-03"
        case Shape.TEXT:
            return chance.choice(["路灯不亮", "希望多建停车位", "很好"])
    return chance.choice(codes)


def answers_of(questionnaire: Questionnaire, chance: random.Random, *, eligible: bool = True) -> dict[str, Any]:
    """Random answers that the questionnaire accepts."""
    validator = Validator(questionnaire)
    answers: dict[str, Any] = {}
    for question in questionnaire.questions:
        if question.name not in validator.visible(answers):
            continue
        if question.required or chance.random() < 0.9:
            answers[question.name] = answer(question, chance)
            if question.other and question.type.name == "single" and chance.random() < 0.2:
                answers[question.name] = OTHER_VALUE
                answers[question.name + COMMENT] = "别的"
    if eligible:
        answers.update({"S1": 2, "S2": 1})
    return answers


def body_of(study: Study, identity: str, answers: dict[str, Any], **more: Any) -> bytes:
    """A body as the phone makes it."""
    content = {
        "id": identity, "version": study.questionnaire.fingerprint[:16], "place": None, "started": 0, "seconds": 300,
        "device": "d", "consent": {"agreed": True, "under14": False, "notice": "n"}, "answers": answers, **more,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False).encode()
