"""The address of pictures: who may ask, what is passed to the camera, and what is said where there is no picture."""

import asyncio
import threading
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from survey.errors import PictureError
from survey.host import browsers
from views.shell.camera import MOST, Camera
from views.shell.pictures import Pictures
from views.shell.shots import Order, read_order

ORDER = read_order("overview", {"shot": "16x9"})


class Fake(Camera):
    """A camera that keeps its orders."""

    def __init__(self, fault: str = "") -> None:
        super().__init__()
        self.fault, self.orders = fault, []

    def take(self, server: str, order: Order) -> bytes:
        if self.fault:
            raise PictureError(self.fault)
        self.orders.append((server, order))
        return b"picture"


def get(path: str, camera: Camera, **headers: str) -> httpx.Response:
    """One answer of a small server behind it."""

    def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("own")

    app = Starlette(routes=[Route("/{path:path}", answer)], middleware=[Middleware(Pictures, camera=camera)])

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as web:
            return await web.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(ask())


def test_a_picture_is_a_file_that_nobody_keeps() -> None:
    camera = Fake()
    answer = get("/_silu/picture/weak_areas?shot=16x9&sex=女", camera, sec_fetch_site="same-origin")
    assert (answer.status_code, answer.content) == (200, b"picture")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    assert unquote(answer.headers["content-disposition"]) == "attachment; filename*=UTF-8''薄弱区域-16比9.png"
    ((server, order),) = camera.orders
    assert server == "http://127.0.0.1:8501"
    assert order.query == (("sex", "女"),)
    assert get("/weak_areas", camera).text == "own"


def test_a_page_of_another_origin_gets_no_picture() -> None:
    camera = Fake()
    for site in ("cross-site", "same-site"):
        assert get("/_silu/picture/overview?shot=a4", camera, sec_fetch_site=site).status_code == 403
    assert not camera.orders


def test_what_is_missing_is_said_in_chinese() -> None:
    answer = get("/_silu/picture/overview?shot=a4", Fake("服务器上没有能画图的浏览器"))
    assert (answer.status_code, answer.text) == (503, "服务器上没有能画图的浏览器")
    assert get("/_silu/picture/nothing?shot=a4", Fake()).status_code == 404


def test_without_a_browser_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "installed", str)
    with pytest.raises(PictureError, match="安装 chromium"):
        Camera().take("http://127.0.0.1:1", ORDER)


def test_only_some_pictures_are_waited_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    camera, enter, leave = Camera(), threading.Semaphore(0), threading.Event()
    at_once: list[int] = []

    def take(server: str, order: Order) -> bytes:
        at_once.append(1)
        assert len(at_once) == 1
        enter.release()
        assert leave.wait(20)
        at_once.pop()
        return b""

    monkeypatch.setattr(camera, "_take", take)
    threads = [threading.Thread(target=camera.take, args=("", ORDER)) for _ in range(MOST)]
    for thread in threads:
        thread.start()
    assert enter.acquire(timeout=20)
    while camera._places._value:
        pass
    with pytest.raises(PictureError, match="同时在生成的图片太多"):
        camera.take("", ORDER)
    leave.set()
    for thread in threads:
        thread.join(20)
    assert not at_once
