"""Titles, place names and open answers are plain text on every page: no Markdown, link, picture or tag."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from tests.security.conftest import Attack
from tests.security.hostile import hostile_city
from tests.views.page_words import open_page
from views.panels.texts.findings import FOLDED
from views.shell.markup import LATE, MARKS, WORD_JOINER, literal, plain
from views.shell.navigation import PAGES
from views.visitor.session import STUDY_VARIABLE

ROOT = Path(__file__).parent.parent.parent
MARKDOWN = {
    "Markdown": ("body", "help"),
    "Alert": ("body",),
    "Heading": ("body", "help"),
    "Metric": ("label", "help", "delta", "body"),
    "Expandable": ("label",),
    "Tab": ("label",),
    "Progress": ("text",),
    "Radio": ("label", "help", "options"),
    **dict.fromkeys(
        ("Checkbox", "Button", "DownloadButton", "Selectbox", "MultiSelect", "TextInput", "TextArea", "NumberInput"),
        ("label", "help"),
    ),
    **dict.fromkeys(("Slider", "FileUploader", "DateInput"), ("label", "help")),
}
"""Elements of Streamlit -> their fields that take Markdown."""
RAW = re.compile(
    r"\*\*粗|\[点\]|<b>|</b>|<img|\$x\$|:red\[y|!\[图|~~删|:material/home|:smile:|`z`|https?://|\| a \||_街_"
)
"""Pieces of the hostile names that do something, where they are not escaped."""


def shown(node: Any) -> Iterator[tuple[str, str]]:
    """Element and text of everything on a page that takes Markdown."""
    proto = getattr(node, "proto", None)
    kind = proto.DESCRIPTOR.name if hasattr(proto, "DESCRIPTOR") else ""
    for field in MARKDOWN.get(kind, ()):
        value = getattr(proto, field)
        yield from ((kind, str(one)) for one in ([value] if isinstance(value, str) else value))
    if kind == "ButtonGroup":
        yield from ((kind, option.content) for option in proto.options)
    if kind == "Table":
        data = proto.arrow_data.data
        table = pa.ipc.open_stream(data).read_all().to_pandas()
        yield from ((kind, one) for one in [*table.columns, *table.to_numpy().ravel()] if isinstance(one, str))
    for child in getattr(node, "children", {}).values():
        yield from shown(child)


def loose(text: str) -> list[str]:
    """Marks of a hostile name that are neither escaped nor broken."""
    return RAW.findall(re.sub(r"\\.", "", text).replace(WORD_JOINER, ""))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = hostile_city(tmp_path_factory.mktemp("hostile") / "city")
    ids = ResponseStore(root / "store").read(["response_id"], waves=["W2"])["response_id"].to_pylist()[:5]
    Decisions(root / FILE).exclude(
        ids, wave="W2", who="**粗** :red[y]", why="<b>x</b> ![图](http://evil.example)", grounds=""
    )
    return root


def opened(root: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv(STUDY_VARIABLE, str(root))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    open_page(app, f"views/pages/{file}", {})
    assert not app.exception
    return app


PARTS = ("主题与区县", "各轮变化", "地方", "雷同", "发现", "人工编码")
FILES = [file for pages in PAGES.values() for file, _, _ in pages]


@pytest.mark.parametrize("file", FILES)
def test_no_page_obeys_a_name(file: str, city: Path, monkeypatch: pytest.MonkeyPatch, attack: Attack) -> None:
    app = opened(city, file, monkeypatch)
    texts = list(shown(app._tree))
    assert [(kind, text, loose(text)) for kind, text in texts if loose(text)] == []
    if file != "live.py":
        assert any("粗" in text for _, text in texts)
    attack(f"Markdown, links, pictures and tags as title and names on {len(FILES)} pages: texts", len(texts), "shown")


@pytest.mark.parametrize("file", FILES)
def test_no_figure_obeys_a_name(file: str, city: Path, monkeypatch: pytest.MonkeyPatch, attack: Attack) -> None:
    app = opened(city, file, monkeypatch)
    figures = [json.dumps(json.loads(chart.proto.spec), ensure_ascii=False) for chart in app.get("plotly_chart")]
    for figure in figures:
        assert "<b>斜" not in figure
        assert "<img" not in figure
        assert "<b>x" not in figure
    attack("tags as title and names in figures", len(figures), "drawn as text")


def test_what_stands_in_a_link_is_quoted_and_not_obeyed(
    city: Path, monkeypatch: pytest.MonkeyPatch, attack: Attack
) -> None:
    monkeypatch.setenv(STUDY_VARIABLE, str(city))
    value = "**粗** [点](http://evil.example) <b>x</b> ![图](http://evil.example/a.png)"
    keys = ("wave", "mode", "age", "sex", "place", "nopage", "measure", "district", "tab")
    for key in keys:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        if key in ("measure", "district", "tab"):
            app.run()
            app.switch_page("views/pages/expert.py")
            app.query_params["tab"] = "街道和项目"
        app.query_params[key] = value
        app.run()
        texts = [text for _, text in shown(app._tree)]
        assert [text for text in texts if loose(text)] == []
        assert any("没有这个选项" in text or "没有“" in text for text in texts), key
    attack("Markdown in the address of a page", len(keys), "quoted")


@pytest.mark.parametrize("part", PARTS)
def test_no_part_of_the_voices_obeys_a_name(part: str, city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STUDY_VARIABLE, str(city))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    app.switch_page("views/pages/voices.py")
    app.query_params.update({"part": part, FOLDED: "true"})
    app.run()
    assert not app.exception
    assert [text for _, text in shown(app._tree) if loose(text)] == []


def test_a_study_without_answers_obeys_none_either(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "city"
    shutil.copytree(city, root, ignore=shutil.ignore_patterns("store"))
    for file in ("planning.py", "imports.py", "live.py", "overview.py"):
        app = opened(root, file, monkeypatch)
        assert [text for _, text in shown(app._tree) if loose(text)] == []


def test_an_error_obeys_nothing_of_what_it_quotes() -> None:
    app = AppTest.from_function(quoting, default_timeout=30).run()
    (text,) = [text for _, text in shown(app._tree)]
    assert loose(text) == []
    assert text.startswith("**坏文件**")
    assert "粗" in text


def quoting() -> None:
    from survey.errors import ReadError
    from tests.security.hostile import DISTRICTS, TITLE
    from views.panels import page

    page.problem(ReadError("坏文件", where=f"{DISTRICTS[1]}.csv", got=TITLE))


@given(st.text())
@example("-->")
@example("http://a www.a a@b.c :material/home: :red[x] ->")
def test_plain_escapes_every_mark_and_loses_no_sign(text: str) -> None:
    made = plain(text)
    assert not MARKS.search(re.sub(r"\\.", "", made))
    assert not LATE.search(re.sub(r"\\(.)", r"\1", made))
    read = re.sub(r"\\(.)", r"\1", made).replace(WORD_JOINER, "")
    assert read == " ".join(text.split()).replace(WORD_JOINER, "")


@given(st.text())
def test_literal_leaves_no_tag_and_no_entity(text: str) -> None:
    assert not re.search(r"<[a-z/]|&[a-z#]", literal(text))
    assert literal(text).replace(WORD_JOINER, "") == text.replace(WORD_JOINER, "")
