"""First render of the phone form, cold and warm, beside the same questionnaire under survey-core + survey-js-ui 2.5.38.

    python -m benchmarks.form_render

Headless chromium at 390 x 844, no cache, on three networks; the two slow ones with a four times slower CPU. Ours is the
real `silu collect`; the rival is fetched by npm into a scratch folder and served with brotli, as small as it gets.
"""

from __future__ import annotations

import http.server
import json
import mimetypes
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.collect_load import free_port, start, stop

ROUNDS = 5
NETWORKS: dict[str, tuple[float, int, int]] = {
    "unthrottled": (0, 0, 1),
    "9 Mbit/s, 60 ms, CPU / 4": (9e6, 60, 4),
    "1.6 Mbit/s, 150 ms, CPU / 4": (1.6e6, 150, 4),
}
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="survey-core.fontless.min.css"><div id="form"></div>
<script src="survey.core.min.js"></script><script src="simplified-chinese.min.js"></script>
<script src="survey-js-ui.min.js"></script><script>
const model = new Survey.Model(%s);
model.onAfterRenderQuestion.add(() => requestAnimationFrame(() => setTimeout(() => {
  window.ready = window.ready || performance.now(); })));
model.render(document.getElementById("form"));</script></html>"""
FILES = (
    "survey-core/survey.core.min.js",
    "survey-core/survey-core.fontless.min.css",
    "survey-core/i18n/simplified-chinese.min.js",
    "survey-js-ui/survey-js-ui.min.js",
)
BROTLI = """const z = require("zlib"), fs = require("fs");
for (const name of process.argv.slice(1))
  fs.writeFileSync(name + ".br", z.brotliCompressSync(fs.readFileSync(name)));"""
OURS = "() => document.querySelector('#main button') && performance.now()"
RIVAL = "() => window.ready"


def rival(folder: Path, questionnaire: dict[str, Any]) -> Callable[[], None]:
    """Fetch, compress and serve survey-core; return the function that stops it. `folder/url` holds the address."""
    packages = ["survey-core@2.5.38", "survey-js-ui@2.5.38"]
    options = ["--silent", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(["npm", "install", *options, *packages], cwd=folder, check=True)
    for name in FILES:
        shutil.copy(folder / "node_modules" / name, folder)
    subprocess.run(["node", "-e", BROTLI, *(name.rpartition("/")[2] for name in FILES)], cwd=folder, check=True)
    (folder / "index.html").write_text(PAGE % json.dumps(questionnaire, ensure_ascii=False), encoding="utf-8")

    class Files(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Send one file, compressed where a compressed one exists."""
            path = folder / (self.path.strip("/") or "index.html")
            packed = path.with_name(path.name + ".br")
            body = packed.read_bytes() if packed.exists() else path.read_bytes() if path.exists() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", mimetypes.guess_type(path)[0] or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            if packed.exists():
                self.send_header("Content-Encoding", "br")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Discard log messages."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "url").write_text(f"http://127.0.0.1:{server.server_port}/")
    return server.shutdown


def cold(browser: Browser, url: str, ready: str, network: str) -> tuple[float, float]:
    """Return the milliseconds to the first render, and bytes over the wire."""
    rate, latency, cpu = NETWORKS[network]
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True,
        service_workers="block",
    )  # fmt: skip
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    received: list[float] = []
    tools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    if rate:
        limits = {"offline": False, "latency": latency, "downloadThroughput": rate / 8, "uploadThroughput": rate / 16}
        tools.send("Network.emulateNetworkConditions", limits)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    page.goto(url)
    handle = page.wait_for_function(ready, polling=10)
    taken = float(handle.json_value())
    context.close()
    return taken, sum(received)


def main() -> None:
    """Print the Markdown table."""
    from tests.survey.collect.town import make_town

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        make_town(folder / "town", "drain_seconds = 0")
        port = free_port()
        process = start(folder / "town", port)
        (folder / "rival").mkdir()
        questionnaire = json.loads((folder / "town" / "questionnaire.json").read_text(encoding="utf-8"))
        end = rival(folder / "rival", questionnaire)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            print("| network | form | first render ms, median (best) | kB over the wire |\n|---|---|---|---|")
            forms = (
                ("ours", f"http://127.0.0.1:{port}/", OURS),
                ("survey-core + survey-js-ui", (folder / "rival" / "url").read_text(), RIVAL),
            )
            for network in NETWORKS:
                for label, url, ready in forms:
                    runs = [cold(browser, url, ready, network) for _ in range(ROUNDS)]
                    times = [taken for taken, _ in runs]
                    print(f"| {network} | {label} | {statistics.median(times):.0f} ({min(times):.0f}) "
                          f"| {runs[0][1] / 1000:.0f} |", flush=True)  # fmt: skip
        finally:
            browser.close()
            end()
            stop(process)


if __name__ == "__main__":
    main()
