"""Behind an office's nginx the form lives at /wj/ and the dashboard at /silu/: all works, or says at once why not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cli import main
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.monitoring.arrivals import Arrivals
from survey.collect.monitoring.monitor import live
from tests.browser.desk import SCREENS, Visit, served
from tests.browser.phone import SHOTS, Server, consent, fill, needs_chromium, phone, serving, watched
from tests.browser.proxy import free_port, needs_nginx, proxied
from tests.city_folder import imported_city
from tests.survey.small_study import answer, make_study, write_csv

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium, needs_nginx]
SCREENED = {"请问您的年龄": "不满18岁"}
FORM = "location /wj/   { proxy_pass http://127.0.0.1:8600/;"


@contextmanager
def form_behind(tmp_path: Path, changes: dict[str, str] | None = None) -> Iterator[tuple[Server, str]]:
    """A form and its address behind nginx."""
    with serving(tmp_path, 'contact = "测试市调查队 0990-1234567"') as server:
        ports = {**(changes or {}), "127.0.0.1:8600": f"127.0.0.1:{server.port}"}
        with proxied(tmp_path / "nginx", free_port(), ports) as address:
            yield server, f"{address}/wj/"


def text(page: Page) -> str:
    return page.locator("main").inner_text()


def submitted(page: Page) -> str:
    page.get_by_role("button", name="提交", exact=True).tap()
    page.wait_for_selector("#receipt", timeout=60_000)
    return page.locator("#receipt").inner_text()


def test_a_form_under_a_path_takes_keeps_and_withdraws_answers(browser: Browser, tmp_path: Path) -> None:
    with form_behind(tmp_path) as (server, address), watched(phone(browser)) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        code = server.study.areas.points[0].code
        page.goto(f"{address}?p={code}")
        assert "调查点" in text(page)
        consent(page)
        fill(page, SCREENED)
        receipt = submitted(page)
        (stored,) = server.submissions()
        assert stored.submission.place == code
        page.get_by_role("button", name="撤回这份答卷").tap()
        assert page.locator("input.line").input_value() == receipt
        page.get_by_role("button", name="撤回", exact=True).tap()
        page.get_by_text("答卷已撤回").wait_for()
        assert server.submissions() == []
        assert not [url for url in asked if not url.startswith(address)], "nothing is asked outside of the path"


def test_a_form_under_a_path_opens_without_a_network_and_sends_later(browser: Browser, tmp_path: Path) -> None:
    with form_behind(tmp_path) as (server, address), watched(phone(browser)) as page:
        page.goto(address)
        assert page.evaluate("() => navigator.serviceWorker.ready.then(one => one.scope)") == address
        server.kill()
        page.context.set_offline(True)
        page.goto(address)
        consent(page)
        fill(page, SCREENED)
        page.get_by_role("button", name="提交", exact=True).tap()
        page.get_by_text("已存在手机里").wait_for()
        server.start()
        page.context.set_offline(False)
        page.wait_for_selector("#receipt", timeout=60_000)
        assert len(server.submissions()) == 1


@pytest.mark.slow
def test_links_and_codes_lead_to_the_path(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    public = f"http://127.0.0.1:{port}/wj/"
    with serving(tmp_path, f'public_url = "{public}"') as server:
        out = tmp_path / "out"
        command = ["field", str(server.study.root), "--out", str(out), "--invitations", "1", "--interviewer", "访01"]
        assert main([*command, "--place", str(server.study.areas.points[0].code)]) == 0
        texts = [path.read_text(encoding="utf-8-sig") for path in sorted(out.glob("*.csv"))]
        tables = [csv.DictReader(io.StringIO(one)) for one in texts]
        links = [row["链接"] for table in tables for row in table]
        assert len(links) == 2
        assert all(link.startswith(public) for link in links)
        ports = {"127.0.0.1:8600": f"127.0.0.1:{server.port}"}
        with proxied(tmp_path / "nginx", port, ports):
            for link in links:
                with watched(phone(browser)) as page:
                    page.goto(link)
                    page.wait_for_selector("#age")
                    assert "无效" not in text(page)
        # A proxy that leaves the path on is understood too, for the settings name it.
        whole = {**ports, f"{server.port}/;": f"{server.port};"}
        with proxied(tmp_path / "whole", port, whole), watched(phone(browser)) as page:
            page.goto(links[1])
            consent(page)
            fill(page, SCREENED)
            submitted(page)
        assert len(server.submissions()) == 1


NO_PUT = {FORM: FORM.replace("{", "{ if ($request_method = PUT) { return 405; } ", 1)}
LOST = {
    "only the page is passed on": ({FORM: FORM.replace("/wj/   {", "= /wj/ {")}, 405),
    "only the page is passed on, all else is not found": (
        {FORM: FORM.replace("location /wj/   {", "location /wj/ { return 404; } location = /wj/ {")},
        404,
    ),
    "no PUT": (NO_PUT, 405),
    "no PUT by right": ({FORM: FORM.replace("{", "{ limit_except GET POST { deny all; } ", 1)}, 403),
}


@pytest.mark.parametrize("width", [390, pytest.param(1366, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", LOST)
def test_a_form_whose_answers_cannot_arrive_says_so_before_the_first_question(
    name: str, width: int, browser: Browser, tmp_path: Path
) -> None:
    changes, status = LOST[name]
    with form_behind(tmp_path, changes) as (server, address), watched(phone(browser)) as page:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(address)
        page.get_by_text("现在收不到答卷").wait_for()
        shown = text(page)
        assert f"网址设置有误，提交的答卷会被退回（返回 {status}）" in shown
        assert "测试市调查队 0990-1234567" in shown
        assert not page.get_by_role("button", name="我同意").count()
        page.screenshot(path=SHOTS / f"form-fault-{width}.png")
        if name == "no PUT":
            page.wait_for_timeout(1000)
            backend = SqliteBackend(server.study.root / "inbox" / "inbox.sqlite")
            assert dict(live(server.study, backend, Arrivals().look(backend)).faults) == {405: 1}
            backend.close()


def test_an_answer_that_a_proxy_turns_back_is_no_matter_of_the_network(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, 'contact = "测试市调查队"') as server, watched(phone(browser)) as page:
        ports = {"127.0.0.1:8600": f"127.0.0.1:{server.port}"}
        with proxied(tmp_path / "good", port, ports) as address:
            page.goto(f"{address}/wj/")
            consent(page)
            fill(page, SCREENED)
        bad = {
            old.replace("8600", str(server.port)): new.replace("8600", str(server.port)) for old, new in NO_PUT.items()
        }
        with proxied(tmp_path / "bad", port, {**ports, **bad}):
            page.get_by_role("button", name="提交", exact=True).tap()
            page.get_by_text("还没有交上").wait_for(timeout=30_000)
            shown = text(page)
            assert "返回 405" in shown
            assert "不是您的手机或网络的问题" in shown
            assert "放心" not in shown
            assert "网络不好" not in shown
            page.screenshot(path=SHOTS / "form-undelivered.png")
        with proxied(tmp_path / "mended", port, ports):
            page.get_by_role("button", name="再试一次").tap()
            page.wait_for_selector("#receipt", timeout=60_000)
        assert len(server.submissions()) == 1


def test_a_page_kept_from_before_learns_that_the_wave_is_over(browser: Browser, tmp_path: Path) -> None:
    with form_behind(tmp_path) as (server, address), watched(phone(browser)) as page:
        page.goto(address)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        server.kill()
        settings = server.study.root / "study.toml"
        ended = settings.read_text(encoding="utf-8").replace(
            str(server.study.waves[0].end), str(server.study.waves[0].start)
        )
        settings.write_text(ended, encoding="utf-8")
        server.start()
        page.route("**/wj/", lambda route: route.abort())
        page.route("**/check", lambda route: route.continue_())
        page.goto(address)
        page.get_by_text("结束").wait_for()
        assert not page.get_by_role("button", name="我同意").count()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported_city(tmp_path_factory.mktemp("subpath") / "city", districts=3, texts=False)


@contextmanager
def dashboard_behind(
    root: Path, folder: Path, changes: dict[str, str] | None = None, *, named: bool = True
) -> Iterator[str]:
    """The address of a dashboard behind nginx."""
    port = free_port()
    options = ("--name", f"127.0.0.1:{port}") if named else ()
    with served(root, *options) as own:
        ports = {**(changes or {}), "127.0.0.1:8501": own.removeprefix("http://")}
        with proxied(folder, port, ports) as address:
            yield f"{address}/silu"


@pytest.mark.parametrize(
    "screen", [SCREENS[1], pytest.param((390, 844), marks=pytest.mark.slow)], ids=["desk", "phone"]
)
def test_the_dashboard_under_a_path(screen: tuple[int, int], city: Path, browser: Browser, tmp_path: Path) -> None:
    with dashboard_behind(city, tmp_path / "nginx") as address:
        visit = Visit(browser, screen)
        visit.go(f"{address}/", 0)
        visit.go(f"{address}/expert?measure=参与率", 1)
        assert visit.page.url.startswith(f"{address}/expert")
        if screen[0] > 1000:
            visit.page.get_by_role("link", name="办", exact=True).click()
            visit.page.wait_for_url(f"{address}/outreach*")
            visit.settle()
            with visit.page.expect_download() as download:
                visit.page.get_by_role("button", name="出任务单").click()
            assert download.value.url.startswith(address)
        visit.page.goto(f"{address}/nothing/here")
        visit.drawn(0)
        assert "没有“nothing/here”这个页面" in visit.page.inner_text("[data-testid=stMain]")
        assert visit.page.url.startswith(f"{address}/?")
        assert visit.faults == []
        visit.page.close()


@pytest.mark.slow
def test_files_are_imported_under_a_path(browser: Browser, tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    file = write_csv(tmp_path / "答卷.csv", [answer(1), answer(2)])
    with dashboard_behind(study.root, tmp_path / "nginx") as address:
        visit = Visit(browser, SCREENS[1])
        visit.page.goto(f"{address}/imports")
        visit.page.wait_for_selector("[data-testid=stFileUploaderDropzone]", timeout=60_000)
        visit.settle()
        visit.page.set_input_files("[data-testid=stFileUploaderDropzoneInput]", str(file))
        visit.page.wait_for_selector("text=② 预览", timeout=60_000)
        assert "读到 2 行" in visit.page.inner_text("[data-testid=stMain]")
        visit.page.close()


UPGRADE = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrade;"


@pytest.mark.parametrize(
    ("changes", "named", "message"),
    [({UPGRADE: ""}, True, "没有转发 WebSocket"), ({}, False, "启动时加上：--name 127.0.0.1:")],
    ids=["the websocket header is stripped", "the name is not known"],
)
def test_a_dashboard_that_cannot_be_served_says_why(
    changes: dict[str, str], named: bool, message: str, city: Path, browser: Browser, tmp_path: Path
) -> None:
    with dashboard_behind(city, tmp_path / "nginx", changes, named=named) as address:
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/")
        page.wait_for_selector("[role=alert]")
        assert message in page.inner_text("[role=alert]")
        page.close()


def test_the_live_page_says_that_answers_do_not_arrive(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        identity = "01900000-0000-7000-8000-000000000001"
        with browser.new_context() as context:
            context.request.get(server.url(f"healthz?put=405&id={identity}"))
        with served(server.study.root) as address:
            for screen in (SCREENS[1], (390, 844)):
                visit = Visit(browser, screen)
                visit.page.goto(f"{address}/live")
                visit.page.get_by_text("过去一天有 1 份答卷送不到问卷服务器（返回 405）").wait_for(timeout=60_000)
                visit.page.screenshot(path=SHOTS / f"live-fault-{screen[0]}.png")
                visit.page.close()
