"""Rows in memory are read as the CSV that is kept of them would be."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from survey.importing.answer_rows import AnswerRows
from survey.readers.files.opening import open_file
from survey.readers.files.sheet import as_text
from survey.storage.files import keep_raw_content, raw_is_right

HEADING = ("response_id", "A1", "H1")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(TEXT.filter(str.strip), TEXT, TEXT), min_size=1, max_size=8))
@example([("1", "|;\t,\n|;\t,", '"'), ("2", "", "a\r\nb\u2028\x85\x1a\ufffe")])
def test_reading_the_csv_gives_the_same_cells_and_rows(cells: list[tuple[str, str, str]]) -> None:
    rows = AnswerRows("a.csv", HEADING, tuple(cells))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(rows.content)
        opened = open_file(path)
        made = rows.opened
        assert (made.sha256, made.kind, made.name) == (opened.sha256, opened.kind, opened.name)
        assert made.sheets[0].head == opened.sheets[0].head[:2]
        bodies = [one.sheets[0].load(2, (1,)) for one in (made, opened)]
        frames = [[as_text(column).to_pylist() for column in body.frame.columns] for body in bodies]
        assert frames[0] == frames[1]
        assert bodies[0].rows.tolist() == bodies[1].rows.tolist()


def test_the_content_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    content = AnswerRows("a.csv", HEADING, (("1", "2", "三"),)).content
    kept = keep_raw_content(tmp_path, content, ".csv")
    assert kept == tmp_path / "raw" / f"{hashlib.sha256(content).hexdigest()}.csv"
    assert kept.read_bytes() == content
    assert raw_is_right(kept)
    kept.write_bytes(b"spoilt")
    assert keep_raw_content(tmp_path, content, ".csv").read_bytes() == content
    assert [path.name for path in (tmp_path / "raw").iterdir()] == [kept.name]
