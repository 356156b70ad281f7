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
from survey.study.template.new_study import init_study
from views.door.door import Doorway

ROOT = Path(__file__).parent.parent.parent.parent


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
    assert "没有账户，只能在本机打开" in output
    assert "--accounts" in output
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("more", [[], ["--insecure-lan"]])
def test_a_name_for_others_needs_accounts_too(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = init_study(tmp_path / "study")
    assert cli.main(["dashboard", str(study), "--port", "0", "--name", "silu.example.cn", *more]) == 2
    assert "没有账户，只能在本机打开" in capsys.readouterr().err


def test_without_encryption_the_network_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = init_study(tmp_path / "study")
    words = ["dashboard", str(study), "--host", "0.0.0.0", "--port", "0", "--accounts"]
    assert cli.main(words) == 2
    assert "没有加密，不能对局域网开放" in capsys.readouterr().err
    assert cli.main([*words, "--tls-cert", "cert.pem"]) == 2
    assert "证书和私钥要一起写" in capsys.readouterr().err
    (study / "accounts").mkdir()
    (study / "accounts" / "accounts.sqlite").write_bytes(b"")
    assert cli.main([*words, "--insecure-lan"]) == 3
    assert "账户文件损坏或丢失" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "login", "warned"),
    [
        (["--host", "127.0.0.1", "--insecure-lan"], False, False),
        (["--host", "localhost"], False, False),
        (["--host", "127.0.0.1", "--accounts"], True, False),
        (["--host", "0.0.0.0", "--accounts", "--insecure-lan"], True, True),
    ],
)
def test_who_must_log_in_and_what_is_said(
    words: list[str],
    login: bool,
    warned: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served: list[Doorway | None] = []

    def serve(study: Path, door: socket.socket, names: object, way: Doorway | None, tls: object) -> None:
        door.close()
        served.append(way)

    monkeypatch.setattr("views.server.serve", serve)
    study = init_study(tmp_path / "study")
    assert cli.main(["dashboard", str(study), *words, "--port", "0"]) == 0
    output = capsys.readouterr()
    (way,) = served
    assert (way is not None) is login
    assert ("警告：没有加密" in output.err) is warned
    assert f"http://{words[1]}:" in output.out
    if way is not None:
        assert len(way.code) == 14
        assert f"开通码：{way.code}" in output.out


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
