"""The form as a child: it listens after start, ends after stop, and says why where it cannot start."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest

from benchmarks.collect_load import free_port
from survey.collect.serving.child import LOG, FormProcess, own_address
from survey.collect.serving.server import Listen
from survey.errors import CollectError
from tests.survey.collect.town import make_town

pytestmark = pytest.mark.server


def test_the_form_runs_from_start_to_stop(tmp_path: Path) -> None:
    root = tmp_path / "town"
    make_town(root, "drain_seconds = 0")
    form, listen = FormProcess(root), Listen(port=free_port())
    assert form.listens is None
    form.start(listen)
    form.start(Listen(port=free_port()))
    assert form.listens == listen, "a second start changes nothing"
    with urllib.request.urlopen(f"http://127.0.0.1:{listen.port}/") as page:
        assert page.status == 200
    form.stop()
    form.stop()
    assert form.listens is None
    with socket.socket() as visitor:
        assert visitor.connect_ex(("127.0.0.1", listen.port)) != 0
    assert (root / LOG).stat().st_mode & 0o077 == 0
    assert "Application shutdown complete" in (root / LOG).read_text(encoding="utf-8"), "stopped in good order"


def test_a_port_in_use_and_a_faulty_study_are_said(tmp_path: Path) -> None:
    root = tmp_path / "town"
    make_town(root, "drain_seconds = 0")
    form = FormProcess(root)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CollectError, match="端口已被占用"):
            form.start(Listen(port=taken.getsockname()[1]))
    (root / "questionnaire.json").write_text("{", encoding="utf-8")
    with pytest.raises(CollectError) as caught:
        form.start(Listen(port=free_port()))
    assert "questionnaire.json" in caught.value.got
    assert form.listens is None


def test_the_own_address_is_one_of_this_machine() -> None:
    own = own_address()
    if own:
        with socket.socket() as door:
            door.bind((own, 0))
