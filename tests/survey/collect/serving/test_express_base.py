"""What `express.py` relies on in uvicorn, which is private there: the pinned release, and the very protocol it extends.

When a test here fails, uvicorn was changed. Read the difference of `uvicorn/protocols/http/httptools_impl.py` beside
`survey/collect/serving/express.py`, run tests/survey/collect/serving/test_express.py and
`python -m benchmarks.collect_load`, and only then enter the new release and digest.
"""

import hashlib
import inspect
import re
from importlib.metadata import version
from pathlib import Path

import pytest
import uvicorn
from uvicorn.protocols.http import flow_control, httptools_impl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from survey.collect.serving.express import ExpressProtocol

ROOT = Path(__file__).parents[4]
RELEASE = "0.54.0"
DIGEST = "3192b7930f098423"
OVERRIDDEN = {
    *("__init__", "connection_made", "connection_lost", "data_received"),
    *("on_message_begin", "on_header", "on_headers_complete", "on_body", "on_message_complete"),
}
ATTRIBUTES = (
    *("app", "client", "cycle", "expect_100_continue", "flow", "headers", "loop", "parser", "pipeline", "server_state"),
    *("timeout_keep_alive", "transport"),
)


def test_uvicorn_is_pinned_and_installed_as_pinned() -> None:
    lines = (ROOT / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
    assert f"uvicorn=={RELEASE}" in lines
    locked = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    assert re.findall(r"^uvicorn==(\S+)", locked, re.MULTILINE) == [RELEASE]
    assert version("uvicorn") == RELEASE


def test_the_protocol_is_the_one_that_was_read() -> None:
    source = inspect.getsource(httptools_impl) + inspect.getsource(flow_control.FlowControl)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == DIGEST


def test_every_method_that_is_extended_exists() -> None:
    own = {name for name, value in vars(ExpressProtocol).items() if inspect.isfunction(value)}
    assert own & set(dir(HttpToolsProtocol)) == OVERRIDDEN
    assert callable(HttpToolsProtocol.send_400_response)
    assert callable(HttpToolsProtocol.on_response_complete)
    assert STATUS_LINE[201] == b"HTTP/1.1 201 Created\r\n"


async def _nothing(scope: object, receive: object, send: object) -> None:
    """An application that is never called."""


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_that_is_used_exists(name: str) -> None:
    config = uvicorn.Config(_nothing, http="httptools", ws="none", proxy_headers=False, log_config=None)
    assert hasattr(HttpToolsProtocol(config, ServerState(), {}, _loop=object()), name)  # type: ignore[arg-type]
