"""The frame around Streamlit: its first page in Chinese, and a policy without other machines."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from views.shell import shell
from views.shell.navigation import all_pages
from views.shell.shell import ContentPolicy, FirstPage, first_page, inline_hashes, pages

FOLDER = Path(shell.__file__).parents[1] / "pages"


def get(path: str, host: str = "localhost", scheme: str = "http") -> httpx.Response:
    """One answer of a small server behind both."""

    def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("own")

    around = [Middleware(ContentPolicy), Middleware(FirstPage)]
    app = Starlette(routes=[Route("/{path:path}", answer)], middleware=around)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{scheme}://localhost") as web:
            return await web.get(path, headers={"host": host})

    return asyncio.run(ask())


def test_pages_get_the_first_page_and_own_routes_pass() -> None:
    for path in ("/", "/weak_areas"):
        assert get(path).text == first_page()
        assert "JavaScript：请" in get(path).text
    for path in ("/_stcore/health", "/static/js/index.js", "/media/x.png", "/favicon.png"):
        assert get(path).text == "own"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/overview", "./"),
        ("/overview?wave=W1", "./?wave=W1"),
        ("/weak_areas/?sex=1", "../weak_areas?sex=1"),
        ("/nothing/here?wave=W1", "../?wave=W1&nopage=nothing/here"),
        ("/nothing%2Fhere", "./?nopage=nothing/here"),
        ("/%E6%80%BB%E8%A7%88", "./?nopage=%E6%80%BB%E8%A7%88"),
    ],
)
def test_an_address_that_is_no_page_leads_to_one(path: str, target: str) -> None:
    answer = get(path)
    assert answer.status_code == 302
    assert answer.headers["location"] == target


def test_every_page_is_called_as_its_file() -> None:
    listed = {(file, path) for section in all_pages().values() for file, _, path in section}
    assert {(name, Path(file).stem) for file, name in listed} == {(name, name) for name in pages()}
    files = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.py") if file.name != "__init__.py"}
    assert {file for file, _ in listed} == files


def test_the_first_page_is_chinese_and_knows_its_server() -> None:
    page = first_page()
    assert '<html lang="zh-CN">' in page
    assert "<title>四率</title>" in page
    assert "BACKEND_BASE_URL: base.href" in page


def test_the_policy_lets_only_the_known_scripts_run() -> None:
    policy = get("/", "survey.lan:8501").headers["content-security-policy"]
    assert "connect-src 'self' ws://survey.lan:8501 wss://survey.lan:8501;" in policy
    hashes = inline_hashes(first_page())
    assert len(hashes) == 4
    assert all(one in policy for one in hashes)
    assert "script-src 'self' 'unsafe" not in policy


def test_a_forged_host_does_not_get_into_the_policy() -> None:
    policy = get("/", "a; script-src *").headers["content-security-policy"]
    assert "script-src *" not in policy


def test_headers_that_keep_the_page_to_itself_and_strict_transport_under_tls_alone() -> None:
    plain, secure = get("/").headers, get("/", scheme="https").headers
    assert plain["referrer-policy"] == "same-origin"
    assert "geolocation=()" in plain["permissions-policy"]
    assert (plain["x-content-type-options"], plain["x-frame-options"]) == ("nosniff", "DENY")
    assert "frame-ancestors 'none'" in plain["content-security-policy"]
    assert "strict-transport-security" not in plain
    assert secure["strict-transport-security"] == "max-age=31536000"
    assert all(len(plain.get_list(name)) == 1 for name in plain)
