"""The box for files speaks Chinese in the Streamlit that is installed."""

import re
from importlib import resources

from views.shell.uploader import WORDS, script

JS = resources.files("streamlit") / "static" / "static" / "js"
NAMES = [file.name for file in JS.iterdir() if re.fullmatch(r"FileUploader\.[\w-]+\.js", file.name)]


def test_every_word_is_there_and_changed() -> None:
    (name,) = NAMES
    before, after = (JS / name).read_text(encoding="utf-8"), script(name)
    assert after is not None
    for english, chinese in WORDS.items():
        assert english in before
        assert english not in after
        assert chinese in after
    assert "per file" in before
    assert "per file" not in after
    assert "每个文件不超过 ${" in after


def test_another_file_is_not_served() -> None:
    assert script("FileUploader.nothing.js") is None
