"""`silu dashboard`: errors are reported before serving; a real server responds and stops cleanly."""

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


def test_a_folder_without_a_study_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dashboard", str(tmp_path)]) == 2
    assert "study.toml" in capsys.readouterr().err


def test_a_port_in_use_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = init_study(tmp_path / "study")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        assert cli.main(["dashboard", str(study), "--port", str(port)]) == 2
    text = capsys.readouterr().err
    assert "端口不能使用" in text
    assert str(port) in text


@pytest.mark.parametrize("command", ["dashboard", "demo"])
@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.20", "127.0.0.2", "silu.lan", "", "localhost.evil.example"]
)
def test_an_address_reachable_by_others_is_rejected(
    command: str, host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, str(tmp_path / "study"), "--host", host]) == 2
    output = capsys.readouterr().err
    assert "看板还没有账号，只能在本机打开" in output
    assert "--insecure-lan" in output
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(("host", "insecure"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_an_open_dashboard_prints_a_warning(
    host: str, insecure: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[bool] = []

    def serve(study: Path, door: socket.socket, names: object, *, insecure: bool) -> None:
        door.close()
        served.append(insecure)

    monkeypatch.setattr("views.server.serve", serve)
    study = init_study(tmp_path / "study")
    words = ["dashboard", str(study), "--host", host, "--port", "0", "--insecure-lan"]
    assert cli.main(words) == 0
    output = capsys.readouterr()
    assert served == [insecure]
    assert ("不用登录就以“分析员”的身份打开它" in output.err) is insecure
    assert f"http://{host}:" in output.out


def test_an_invalid_host_name_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = init_study(tmp_path / "study")
    assert cli.main(["dashboard", str(study), "--port", "0", "--name", "a/b"]) == 2
    assert "--name" in capsys.readouterr().err


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
