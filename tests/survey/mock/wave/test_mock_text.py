import re

import pandas as pd
import pytest

from survey.mock import MockCity, MockSpec, draw
from survey.mock.wave.phrases import PLANTED_FACTOR, misspelt, theme_codes, traditional
from survey.mock.words import read_words

MOBILE = re.compile(r"1[3-9]\d{9}")


@pytest.fixture(scope="module")
def answers(mock: MockCity) -> pd.DataFrame:
    """Return the texts with their labels."""
    labels = mock.truth.texts
    return mock.texts().to_pandas().merge(labels, on=["response_id", "wave", "item"], validate="one_to_one")


def test_every_text_has_a_label(mock: MockCity, answers: pd.DataFrame) -> None:
    assert len(answers) == len(mock.truth.texts) == mock.texts().num_rows
    assert (answers["text"].str.len() > 0).all()


def test_shares_of_blanks_and_non_answers(mock: MockCity, answers: pd.DataFrame) -> None:
    first = answers[answers["item"] == "H1"]
    whole = sum(int(draft.people.eligible.sum()) for draft in mock.drafts)
    assert 0.75 < len(first) / whole < 0.92
    assert 0.22 < first["theme"].isna().mean() < 0.38
    assert {"无", "没有"} <= set(first.loc[first["theme"].isna(), "text"])


def test_texts_match_their_labels(answers: pd.DataFrame) -> None:
    themes = read_words("themes")
    plain = answers[answers["theme"].notna() & ~answers["traditional"] & ~answers["typo"]]
    words = {"complaint": "problems", "suggestion": "wishes", "question": "problems", "praise": "praises"}
    for row in plain.head(400).itertuples():
        assert any(phrase in row.text for phrase in themes[row.theme][words[row.tone]]), row.text


def test_phone_numbers_emoji_slips_and_traditional_characters_occur(answers: pd.DataFrame) -> None:
    first = answers[answers["item"] == "H1"]
    assert first.loc[first["phone"], "text"].str.contains(r"\d{8}|找.").all()
    assert first.loc[~first["phone"], "text"].str.contains(MOBILE).sum() == 0
    assert first["text"].str.contains(MOBILE).sum() > 5
    assert first.loc[first["emoji"], "text"].str.contains(r"[^\w，。！？、/\-…]\ufe0f?$").all()
    content = first[first["theme"].notna()]
    assert 0.015 < content["traditional"].mean() < 0.05
    assert content["typo"].mean() > 0.05
    assert any(word in " ".join(content.loc[content["traditional"], "text"]) for word in ("沒", "車", "區", "樓"))


def test_planted_themes_stand_out_in_their_district(mock: MockCity, answers: pd.DataFrame) -> None:
    city = draw(MockSpec(seed=3, responses=40_000))
    labels = city.truth.texts
    labels = labels[labels["theme"].notna()]
    where = city.responses().select(["response_id", "psu"]).to_pandas().merge(city.city.frame, on="psu")
    labels = labels.merge(where[["response_id", "district"]], on="response_id")
    planted = city.truth.themes
    assert len(planted) == 4
    assert not set(planted["theme"]) & {"parking", "garbage"}
    for row in planted.itertuples():
        inside = labels["district"] == row.district
        others = set(planted.loc[planted["theme"] == row.theme, "district"])
        outside = ~labels["district"].isin(others)
        ratio = (labels.loc[inside, "theme"] == row.theme).mean() / (labels.loc[outside, "theme"] == row.theme).mean()
        assert 0.55 * PLANTED_FACTOR < ratio < 1.45 * PLANTED_FACTOR, row


def test_satisfied_people_praise_more(mock: MockCity, answers: pd.DataFrame) -> None:
    content = answers.merge(mock.responses().select(["response_id", "E0"]).to_pandas(), on="response_id")
    content = content[content["theme"].notna()]
    praise = content["tone"] == "praise"
    assert praise[content["E0"].isin([1, 2])].mean() > praise[content["E0"].isin([3, 4, 5])].mean() + 0.03


def test_other_texts_only_where_other_was_chosen(mock: MockCity) -> None:
    for draft in mock.drafts:
        for name in ("B1", "D1", "C2"):
            written = draft.texts[f"{name}.other"].text.is_valid().to_numpy(zero_copy_only=False)
            assert (draft.columns[f"{name}.97"][written] == 1).all()
            assert written.sum() >= 0.5 * (draft.columns[f"{name}.97"] == 1).sum()


def test_themes_of_the_word_list_are_complete() -> None:
    themes = read_words("themes")
    assert len(theme_codes()) >= 24
    for code, entry in themes.items():
        assert entry["label"], code
        assert entry["share"] > 0, code
        assert all(len(entry[kind]) >= 1 for kind in ("problems", "wishes", "praises")), code
    labels = [entry["label"] for entry in themes.values()]
    assert len(set(labels)) == len(labels)


def test_forms() -> None:
    assert traditional("车位不够") == "車位不夠"
    assert misspelt("路灯坏了") == "路登坏了"
    assert misspelt("无") == "无"
