"""The browser of this machine that draws pages as pictures."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "msedge")
CURE = "安装 chromium 和中文字体：apt install chromium fonts-noto-cjk"


def installed() -> str:
    """Return the path of the first browser of `NAMES` on the search path; "" where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")
