"""Pages start the online form only for analysts at a dashboard that no other machine reaches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.collect.serving.server import Listen
from survey.errors import ArgumentError
from survey.host import access
from survey.study.study import load_study
from tests.views.page_words import Run, page_text, title
from views import server
from views.cached import form
from views.panels.collecting import starting

LIVE = "views/pages/live.py"


class StillForm:
    """A form that only remembers whether it was started."""

    listens: Listen | None = None

    def start(self, listen: Listen) -> None:
        self.listens = listen

    def stop(self) -> None:
        self.listens = None


@pytest.fixture(autouse=True)
def nobody_served() -> Iterator[None]:
    form.stop_forms()
    yield
    form.stop_forms()


def test_only_a_server_of_this_machine_permits_it(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(city)
    monkeypatch.setattr(server.uvicorn.Server, "run", lambda *_args, **_options: None)
    for host, names, permitted in (
        ("0.0.0.0", (), False),
        ("127.0.0.1", (("silu.example.cn", None),), False),
        ("127.0.0.1", (), True),
    ):
        with server.listen(host, 0) as door:
            server.serve(city, door, names)
        assert (not form.refused(study)) is permitted, (host, names)
        if not permitted:
            with pytest.raises(ArgumentError, match="silu collect"):
                form.form_of(study)
    monkeypatch.setenv(access.VARIABLE, "leader")
    assert form.refused(study) == form.NOT_YOU


def test_the_page_starts_and_stops_it(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    app = run(city, LIVE)
    assert "不能从这里启动：看板能从别的电脑打开" in page_text(app)
    assert not [one.key for one in app.button if one.key == "form-start"]
    form.permit(city)
    monkeypatch.setattr(form, "FormProcess", lambda _root: still)
    monkeypatch.setattr(starting, "own_address", lambda: "192.168.1.20")
    monkeypatch.setattr(starting, "free", lambda _host: True)
    still = StillForm()
    app.run()
    assert title(app) == "现在没有网上轮次，不影响四率：不用启动网上问卷"
    assert "silu collect" not in page_text(app)
    app.selectbox(key="form-host").set_value("0.0.0.0").run()
    assert "form-port" not in {one.key for one in app.number_input}
    monkeypatch.setattr(starting, "free", lambda _host: False)
    app.run()
    app.number_input(key="form-port").set_value(8765).run()
    app.button(key="form-start").click().run()
    assert still.listens == Listen("0.0.0.0", 8765)
    assert title(app) == "网上问卷还没有收到答卷：请社区工作人员把二维码发给居民"
    assert "<figcaption>http://192.168.1.20:8765/</figcaption>" in "".join(one.proto.body for one in app.get("html"))
    app.button(key="form-stop").click().run()
    assert still.listens is None
    assert "不用启动网上问卷" in title(app)
