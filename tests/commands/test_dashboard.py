"""`silu dashboard`: mistakes are told before anything is served; a real server answers, and stops without a fuss."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import cli
from survey.study.study import init_study

ROOT = Path(__file__).parent.parent.parent


def test_a_folder_that_is_no_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dashboard", str(tmp_path)]) == 2
    assert "study.toml" in capsys.readouterr().err


def test_a_port_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = init_study(tmp_path / "study")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        assert cli.main(["dashboard", str(study), "--port", str(port)]) == 2
    text = capsys.readouterr().err
    assert "端口不能使用" in text
    assert str(port) in text


@pytest.mark.server
def test_the_server_answers_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    study = init_study(tmp_path / "study")
    command = [sys.executable, str(ROOT / "cli.py"), "dashboard", str(study), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None
        for page in ("", "/weak_areas"):
            with urllib.request.urlopen(found.group() + page, timeout=60) as answer:
                assert '<html lang="zh-CN">' in answer.read().decode()
                assert "default-src 'self'" in answer.headers["content-security-policy"]
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "Traceback" not in complaints
