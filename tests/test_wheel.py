"""The wheel contains all files the program reads, and the program runs from it without the repository."""

import asyncio
import csv
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import openpyxl
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin

ROOT = Path(__file__).parent.parent
ROOMS = ("survey", "analysis", "accounts", "reports", "documents", "views", "commands")
NEEDED = (
    *("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md"),
    *("requirements/runtime.in", "app.py", "cli.py"),
)
LEXICON = "silu-{}.data/data/share/silu/lexicon"
WITHOUT = shutil.ignore_patterns("__pycache__", "*.pyc")
ALONE = ("--no-deps", "--no-index", "--disable-pip-version-check", "--no-cache-dir", "-q")
SIZE = ("--districts", "2", "--streets-per-district", "2", "--communities-per-street", "2")

pytestmark = pytest.mark.server


def pip(*words: str, cwd: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy of the working tree, because builds leave folders behind."""
    missing = [module for module in ("pip", "setuptools") if find_spec(module) is None]
    if missing:
        pytest.skip(f"the wheel is NOT tested: {missing} not installed")
    source = tmp_path_factory.mktemp("wheel") / "source"
    for room in (*ROOMS, "data/lexicon"):
        shutil.copytree(ROOT / room, source / room, ignore=WITHOUT)
    for name in NEEDED:
        (source / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    pip("wheel", *ALONE, "--no-build-isolation", "-w", str(source.parent), ".", cwd=source)
    (made,) = source.parent.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Return the folder of the installed wheel; its dependencies are those of this environment."""
    folder = wheel.parent / "installed"
    pip("install", *ALONE, "--target", str(folder), str(wheel), cwd=wheel.parent)
    return folder


@pytest.fixture(scope="module")
def surroundings(installed: Path) -> dict[str, str]:
    """Return the environment of a program with access to the folder but not the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SILU", "PYTHON", "COV"))}
    return {**kept, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}


def get(address: str) -> str:
    with urlopen(address, timeout=60) as page:
        assert page.status == 200
        body = page.read()
        packed = page.headers["Content-Encoding"] == "gzip"
    return (gzip.decompress(body) if packed else body).decode()


class Silu:
    """The `silu` of the wheel, run in a separate folder."""

    def __init__(self, installed: Path, surroundings: dict[str, str], folder: Path) -> None:
        self.program = [sys.executable, str(installed / "bin" / "silu")]
        self.surroundings, self.folder = surroundings, folder

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [*self.program, *words], cwd=self.folder, env=self.surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def served(self, command: str, healthy: str) -> Iterator[str]:
        """Return the address of a server on the city once it reports healthy."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        words = [*self.program, command, "city", "--port", str(port)]
        with subprocess.Popen(words, cwd=self.folder, env=self.surroundings, stdout=subprocess.DEVNULL) as process:
            try:
                for _ in range(600):  # a minute: a loaded machine takes its time
                    assert process.poll() is None, "the server stopped"
                    try:
                        get(f"http://127.0.0.1:{port}{healthy}")
                        break
                    except URLError:
                        time.sleep(0.1)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


@pytest.fixture(scope="module")
def silu(installed: Path, surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Silu:
    """Return a runner with a small mock city as `city`."""
    made = Silu(installed, surroundings, tmp_path_factory.mktemp("outside"))
    made("mock", "city", *SIZE)
    return made


WATCH = """
import os, sys, pathlib
OURS = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host is not None and host not in OURS:
        with open(os.environ["WATCHED"], "a") as file:
            print(os.getpid(), event, host, file=file)
sys.addaudithook(watch)
"""
"""A sitecustomize under which every process notes the other machines that it asks."""
CONTRARY = '[browser]\ngatherUsageStats = true\nserverAddress = "silu.example.com"\n[theme]\nprimaryColor = "#ff0000"\n'
"""Settings that lie where the dashboard is started."""


def test_every_file_of_the_rooms_is_inside(wheel: Path) -> None:
    """The wheel contains the code and data of all packages, and nothing else."""
    source = wheel.parent / "source"
    rooms = {path.relative_to(source).as_posix() for room in ROOMS for path in (source / room).rglob("*.*")}
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    lists = {name for name in inside if ".data/" in name}
    assert inside - lists == rooms | {"app.py", "cli.py"}
    folder = LEXICON.format(wheel.name.split("-")[1])
    assert lists == {f"{folder}/{path.name}" for path in (ROOT / "data" / "lexicon").iterdir()}


def test_it_is_the_wheel_that_runs(installed: Path, surroundings: dict[str, str], tmp_path: Path) -> None:
    code = "import cli, survey.study.lexicon as a, views.server as b; print(cli.__file__, a.DEFAULT, b.APP, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True
    )
    places = done.stdout.split("\n")[:3]
    assert [Path(place).is_relative_to(installed) and Path(place).exists() for place in places] == [True] * 3


def test_help_names_every_command(silu: Silu) -> None:
    output = silu("--help")
    for command in ("init", "import", "collect", "rates", "text", "dashboard"):
        assert re.search(rf"^ +{command}\b", output, re.MULTILINE)


def test_a_new_study_passes_its_own_lint(silu: Silu) -> None:
    silu("init", "mine", "--title", "测试")
    assert sorted(path.name for path in (silu.folder / "mine").iterdir()) == [
        *("frame.csv", "log", "margins.csv", "questionnaire.json", "raw", "study.toml", "targets.csv")
    ]
    silu("lint", "mine/questionnaire.json")


def test_rates_and_texts(silu: Silu) -> None:
    """Text analysis uses the word lists, which are outside the packages."""
    assert "满意" in silu("rates", "--study", "city", "--measure", "satisfaction")
    assert "停车" in silu("text", "--study", "city")


def test_a_workbook_is_read_by_the_parser_in_its_own_process(silu: Silu) -> None:
    with (silu.folder / "city" / "raw" / "W1_household.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if not row[0].startswith("#")]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(silu.folder / "answers.xlsx")
    output = silu("import", "answers.xlsx", "--study", "city", "--wave", "W1", "--mode", "household", "--yes")
    assert f"{len(rows) - 1:,}" in output


def test_posters_and_paper(silu: Silu) -> None:
    place = (silu.folder / "city" / "frame.csv").read_text(encoding="utf-8-sig").splitlines()[2].split(",")[0]
    silu("field", "city", "--url", "http://127.0.0.1:8600", "--out", "printed", "--place", place)
    assert sorted(path.name for path in (silu.folder / "printed").glob("*.pdf")) == ["海报.pdf", "纸质问卷.pdf"]


def test_the_form_is_served(silu: Silu) -> None:
    with silu.served("collect", "/healthz") as address:
        page = get(f"{address}/")
        assert "<html" in page
        assert not re.search(r"@[A-Z]{3,}@", page)
        for name in sorted(set(re.findall(r'(?:src|href)="(/?[\w./-]+\.\w+)"', page))):
            get(f"{address}/{name.lstrip('/')}")


def test_streamlit_is_set_whatever_lies_about(silu: Silu, tmp_path: Path) -> None:
    """No `.streamlit` is beside `app.py` in a wheel, and what variables and files say does not count."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(CONTRARY, encoding="utf-8")
    code = (
        "import json, pathlib, views.server, views.shell.options as table; from streamlit import config\n"
        "views.server.application(pathlib.Path('city'))\n"
        "print(json.dumps([{name: config.get_option(name) for name in table.OPTIONS}, dict(table.OPTIONS)]))"
    )
    contrary = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**silu.surroundings, **contrary},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, wanted = json.loads(done.stdout.splitlines()[-1])
    assert found == wanted
    assert (found["browser.gatherUsageStats"], found["browser.serverAddress"]) == (False, "127.0.0.1")


async def visited(address: str) -> list[ForwardMsg]:
    """What a browser is sent on the dashboard's first page, until its script has finished."""
    wish = BackMsg()
    wish.rerun_script.query_string = ""
    link = connect(address.replace("http", "ws", 1) + "/_stcore/stream", max_size=None, origin=Origin(address))
    sent: list[ForwardMsg] = []
    async with link as socket_:
        await socket_.send(wish.SerializeToString())
        while not sent or sent[-1].WhichOneof("type") != "script_finished":
            data = await asyncio.wait_for(socket_.recv(), 120)
            assert isinstance(data, bytes)
            sent.append(ForwardMsg.FromString(data))
    return sent


def test_nothing_outside_is_asked(silu: Silu, tmp_path: Path) -> None:
    """Neither by the server, through a whole visit, nor by the pages that it sends."""
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    trace = tmp_path / "trace"
    path = os.pathsep.join([str(tmp_path), silu.surroundings["PYTHONPATH"]])
    watched = Silu(
        Path(silu.program[1]).parents[1], {**silu.surroundings, "PYTHONPATH": path, "WATCHED": str(trace)}, silu.folder
    )
    with watched.served("dashboard", "/_stcore/health") as address:
        page, host = get(f"{address}/"), json.loads(get(f"{address}/_stcore/host-config"))
        sent = asyncio.run(visited(address))
    assert not trace.exists(), trace.read_text()
    (begun,) = (one.new_session for one in sent if one.WhichOneof("type") == "new_session")
    assert not begun.config.gather_usage_stats
    assert begun.custom_theme.primary_color == "#1F2328"
    assert not begun.custom_theme.font_sources
    assert len(sent) > 20
    assert any("满意" in str(one.delta) for one in sent), "the page was not made"
    assert host["metricsUrl"] == ""
    assert not re.findall(r'(?:src|href|action)="?(?:https?:)?//', page)
    messages = b"".join(one.SerializeToString() for one in sent)
    outside = set(re.findall(rb"https?://[\w.-]+", messages)) - {
        address.rpartition(":")[0].encode(),
        b"http://www.w3.org",
    }
    assert outside == set()


def test_the_watch_sees_who_asks(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    code = (
        "import socket, urllib.request as web\n"
        "made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); made.connect(('192.0.2.1', 9))\n"
        "try: web.urlopen('http://outside.invalid/', timeout=1)\n"
        "except OSError: pass"
    )
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path), "WATCHED": str(tmp_path / "trace")}
    subprocess.run([sys.executable, "-c", code], env=surroundings, check=True)
    trace = (tmp_path / "trace").read_text()
    assert "socket.connect 192.0.2.1" in trace
    assert "outside.invalid" in trace


def test_the_dashboard_is_served(silu: Silu) -> None:
    with silu.served("dashboard", "/_stcore/health") as address:
        assert 'lang="zh-CN"' in get(f"{address}/")
