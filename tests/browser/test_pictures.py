"""A real picture of 总览: made by the server, of exact size, with the mark of simulated data, and no file is left."""

import io
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.desk import SCREENS, Visit, served
from tests.browser.phone import SHOTS, needs_chromium
from tests.city_folder import imported_city

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]
OPERATED = """all => all.filter(one => getComputedStyle(one).pointerEvents !== 'none')
  .filter(one => one.getBoundingClientRect().bottom > 0).map(one => one.textContent)"""
"""Texts of what can be clicked, without Streamlit's skip link above the window."""


def test_the_first_page_is_saved_as_it_stands_in_picture_mode(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A socket's path may have 107 characters.
    system = Path(tempfile.mkdtemp(prefix="s-"))
    monkeypatch.setenv("TMPDIR", str(system))
    city = imported_city(tmp_path / "city", districts=3, streets_per_district=3, communities_per_street=2, texts=False)
    chosen = f"sex={quote('女')}"
    with served(city) as address:
        visit = Visit(browser, SCREENS[0])
        visit.go(f"{address}/?{chosen}&shot=16x9", 0)
        badge = visit.page.locator(".silu-badge").bounding_box()
        frame = visit.page.locator(".st-key-shot-16x9").bounding_box()
        head = visit.page.locator(".silu-head h1").bounding_box()
        assert badge is not None
        assert head is not None
        assert frame == {"x": 0, "y": 0, "width": 1920, "height": 1080}
        shown = visit.page.locator("button:visible, a:visible, input:visible, [role=combobox]:visible")
        assert shown.evaluate_all(OPERATED) == ["退出截图模式"]
        visit.clean(address)
        answer = httpx.get(f"{address}/_silu/picture/overview?{chosen}&shot=16x9", timeout=120)
        assert answer.status_code == 200, answer.text
        picture = Image.open(io.BytesIO(answer.content)).convert("L")
        SHOTS.mkdir(exist_ok=True)
        picture.save(SHOTS / "picture-overview.png")
        assert picture.size == (1920, 1080)
        seen = Image.open(io.BytesIO(visit.page.screenshot())).convert("L")
        for box in (badge, head):
            left, top = int(box["x"]), int(box["y"])
            part = (left, top, left + int(box["width"]), top + int(box["height"]))
            ours, theirs = (np.asarray(one.crop(part), dtype=float) for one in (picture, seen))
            assert (ours < 128).mean() > 0.03, "nothing is written there"
            assert abs(ours - theirs).mean() < 4
        visit.page.close()
        with httpx.Client(base_url=address, headers={"host": "evil.example"}) as stranger:
            assert stranger.get("/_silu/picture/overview?shot=16x9").status_code == 403
    # Its profile, in a scratch folder of ours, goes with the browser.
    left = [path for path in system.iterdir() if "chrom" in path.name.lower()]
    assert [*left, *system.rglob("stderr")] == []
    shutil.rmtree(system)
