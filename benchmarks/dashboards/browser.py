"""A visitor without a browser: speaks Streamlit's websocket protocol, opens a page and flips one of its filters."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

FILTER = "性别"
"""Label of the select box that a click flips between its first two options."""


class Visitor:
    """One open tab of a dashboard; `async with Visitor(port) as visitor`."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        """Prepare a tab of the server at a local port; headers may carry the cookie of a session."""
        self._port, self._headers = port, dict(headers or {})
        self._filter: Any = None
        self._clicks = 0
        self.page = ""

    async def __aenter__(self) -> Visitor:
        """Connect."""
        address = f"ws://127.0.0.1:{self._port}/_stcore/stream"
        headers = self._headers
        self._socket = await websockets.connect(address, max_size=None, compression=None, additional_headers=headers)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None):
        """Close the tab."""
        await self._socket.close()

    async def open(self, page: str, query: str = "") -> float:
        """Open a page; return the seconds until it is complete."""
        self.page, self._filter, self._clicks = page, None, 0
        return await self._run(query, None)

    async def click(self) -> float:
        """Flip the filter, or run the page again where it has none; return the seconds until the page is complete."""
        self._clicks += 1
        chosen = None if self._filter is None else self._filter.options[self._clicks % 2]
        return await self._run("", chosen)

    async def _run(self, query: str, chosen: str | None) -> float:
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = self.page
        if chosen is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = self._filter.id, chosen
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            got = ForwardMsg()
            got.ParseFromString(await self._socket.recv())
            kind = got.WhichOneof("type")
            if kind == "delta":
                self._see(got.delta)
            elif kind == "script_finished" and got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - start

    def _see(self, delta: Any) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "selectbox" and element.selectbox.label == FILTER:
            self._filter = element.selectbox
        elif kind == "exception" or (kind == "alert" and "页面出错" in element.alert.body):
            raise RuntimeError(f"{self.page} failed: {element}")
