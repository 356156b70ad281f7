"""The `[collect]` table: invalid settings, opening hours, and the message while the form is closed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from survey.collect.form.notice import notice
from survey.collect.settings import CHINA, CollectSettings, collect_settings, opening
from survey.errors import StudyError
from survey.study.study import Study
from tests.survey.collect.town import make_town


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_town(tmp_path_factory.mktemp("study") / "town", start="2026-03-01", end="2026-03-14")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("opens = 07:00:00\ncloses = 07:00:00", "开始和结束相同"),
        ("body_limit = 0.5", "不小于 4,096 的整数"),
        ("burst = 0.5", "不小于 1 的整数"),
        ('database = "mysql://x/y"', "postgresql://"),
    ],
)
def test_settings_under_which_nobody_could_answer_are_refused(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(StudyError, match=words):
        collect_settings(make_town(tmp_path / "town", line))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-02-20 12:00", "调查还没有开始，2026年3月1日起可以填写"),
        ("2026-03-15 00:00", "调查已于2026年3月14日结束，感谢您的关注"),
        ("2026-03-02 23:30", "请在每天 07:00 至 22:00 之间填写"),
        ("2026-03-02 12:00", ""),
    ],
)
def test_the_message_of_a_closed_form_names_the_opening(study: Study, moment: str, words: str) -> None:
    settings = CollectSettings(opens=at("2026-01-01 07:00").time(), closes=at("2026-01-01 22:00").time())
    opened = opening(study, settings, at(moment))
    assert words in opened.reason
    assert (opened.wave is not None) == (not words)


def test_a_way_of_asking_that_was_never_meant_is_no_matter_of_time(study: Study) -> None:
    assert opening(study, CollectSettings(), at("2026-03-02 12:00"), "phone").reason == "本调查没有“电话访问”这种方式"


def test_a_sentence_that_ends_with_a_full_stop_gets_no_second(study: Study) -> None:
    settings = CollectSettings(purpose="了解民意。", retention="两年。", contact="市调查队 0990-1234567。")
    assert not [text for _, text in notice(study, settings) if "。。" in text]
