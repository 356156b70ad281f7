"""Set Streamlit's options in the same way for the repository and for an installed wheel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from streamlit import config
from streamlit.logger import set_log_level

from views.shell import palette

_FONT = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        # No telemetry, and no request to any other machine.
        "browser.gatherUsageStats": False,
        "browser.serverAddress": "127.0.0.1",
        # No toolbar and no English traceback.
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "server.address": "127.0.0.1",
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": 200,
        "server.enableStaticServing": False,
        # The key of the visitor's session, given by `views.door`: it names a visitor, and only the same one may resume.
        "server.trustedUserHeaders": {"X-Silu-Session": "session"},
        "runner.magicEnabled": False,
        # A full collection after every run held all visitors up for 0.2 s a click; see `views.shell.heap`.
        "runner.postScriptGC": False,
        "theme.base": "light",
        "theme.primaryColor": palette.INK,
        "theme.textColor": palette.INK,
        "theme.font": _FONT,
        "theme.headingFont": _FONT,
        "theme.headingFontSizes": ["1.5rem", "1.3rem", "1.15rem", "1rem", "1rem", "1rem"],
        "theme.paddingTop": "1rem",
        "theme.showWidgetBorder": True,
        "logger.level": "warning",
    }
)
"""Option -> value. Environment variables and config.toml files, wherever they lie, change none of these."""


def apply_options() -> None:
    """Set every option; call this before the application is created, because some are read only then.

    Streamlit reads `STREAMLIT_*` variables only in its command line, and config.toml only from the home folder, the
    working directory and the folder of the script, none of which a wheel can provide.
    """
    for name, value in OPTIONS.items():
        config.set_option(name, value)
    set_log_level(OPTIONS["logger.level"])
