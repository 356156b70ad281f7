"""Names in cells: broken between names only."""

import pytest

from documents.docx.layout import SHEET, whole_names
from reports.briefing.blocks import plain, text_of
from reports.sentences.sentence import Name, say


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3, 1.0])
def test_names_are_broken_between_them_only(share: float) -> None:
    words = "、".join(["汀兰", "槐汐", "青苇", "栖枫", "墨湖", "黛川"])
    found = text_of(whole_names(plain(say("{words}", words=Name(words))), share, SHEET))
    assert found.replace("\n", "") == words
    room = SHEET.width * share * 72 / 25.4 / SHEET.table.size
    assert all(len(line) <= max(room, len("汀兰、")) for line in found.split("\n"))
    assert all(line.endswith("、") for line in found.split("\n")[:-1])
    assert ("\n" in found) == (len(words) > room - 0.4)


def test_other_words_stay_as_they_are() -> None:
    for words in ("甲、乙 3 份，丙、丁" * 9, "没有分项" * 20, ""):
        cell = plain(say("{words}", words=Name(words)))
        assert whole_names(cell, 0.1, SHEET) == cell
