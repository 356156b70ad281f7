"""With the installed Streamlit, uploads and lists of choices are in Chinese, and table exports escape formulas."""

import re
import shutil
import subprocess
from importlib import resources

import pytest

from survey.storage.spreadsheets import guarded
from views.shell.scripts import CELL, WORDS, script

JS = resources.files("streamlit") / "static" / "static" / "js"


def name_of(kind: str) -> str:
    (found,) = [file.name for file in JS.iterdir() if re.fullmatch(rf"{kind}\.[\w-]+\.js", file.name)]
    return found


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_is_there_and_changed(kind: str) -> None:
    before, after = (JS / name_of(kind)).read_text(encoding="utf-8"), script(name_of(kind))
    assert after is not None
    for english, chinese in WORDS[kind].items():
        assert english in before
        assert english not in after
        assert chinese in after


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [("FileUploader", " per file`", "`每个文件不超过 ${"), ("Multiselect", " matches`", "`选中这 ${")],
)
def test_words_around_a_number_are_changed(kind: str, english: str, chinese: str) -> None:
    assert english in (JS / name_of(kind)).read_text(encoding="utf-8")
    assert english not in str(script(name_of(kind)))
    assert chinese in str(script(name_of(kind)))


def test_the_export_of_a_table_is_changed_in_one_place() -> None:
    name = name_of("DataFrame")
    before, after = (JS / name).read_text(encoding="utf-8"), script(name)
    assert after is not None
    assert len(CELL.findall(before)) == 1
    assert len(after) > len(before)


@pytest.mark.skipif(shutil.which("node") is None, reason="没有安装 node")
@pytest.mark.parametrize("text", ["=1+1", "@a", "-2", "-2+3", "+1,000", "\t=1", "\uff1d1", "a=1", "12%", ""])
def test_the_browser_guards_as_the_server_does(text: str) -> None:
    name = name_of("DataFrame")
    line = CELL.search((JS / name).read_text(encoding="utf-8"))
    assert line is not None
    changed = str(script(name))[line.start() :].partition(";return ")[0]
    program = f"const {line[2]} = x => String(x); (e => {{ {changed}; process.stdout.write({line[1]}) }})({text!r})"
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout == guarded(text)


def test_another_file_is_not_served() -> None:
    assert script("FileUploader.nothing.js") is None
