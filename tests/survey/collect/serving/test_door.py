"""Obstacles to starting the form are reported before its address is printed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli import main
from survey.collect.serving import door
from survey.collect.serving.server import Listen
from survey.errors import CollectError
from tests.survey.collect.town import make_town


def test_a_free_port_is_left_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    door.check(Listen(port=port))
    door.check(Listen(port=port))


@pytest.mark.parametrize(
    ("listen", "words"),
    [
        (Listen(port=99999), "没有这个端口"),
        (Listen(port=0), "没有这个端口"),
        (Listen(host="203.0.113.7", port=8600), "这台机器没有这个地址"),
        (Listen(host="nowhere.invalid", port=8600), "监听地址不对"),
    ],
)
def test_each_reason_is_reported_separately(listen: Listen, words: str) -> None:
    with pytest.raises(CollectError, match=words):
        door.check(listen)


def test_a_port_in_use_is_reported_before_the_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_town(tmp_path / "town")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert main(["collect", str(tmp_path / "town"), "--port", str(listener.getsockname()[1])]) == 2
    printed = capsys.readouterr()
    assert "端口已被占用" in printed.err
    assert "网上问卷：http" not in printed.out


def test_an_invalid_certificate_is_reported(tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    with pytest.raises(CollectError, match="不存在"):
        door.check(Listen(port=port, certificate=junk, key=junk))
    junk.write_text("junk", encoding="utf-8")
    with pytest.raises(CollectError, match="证书或私钥不能用"):
        door.check(Listen(port=port, certificate=junk, key=junk))
