"""The wheel holds all that the program reads, and the program runs from it with the repository out of reach."""

import csv
import gzip
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

ROOT = Path(__file__).parent.parent
ROOMS = ("survey", "analysis", "reports", "views", "commands")
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
    """Built from a copy of the working tree: a build leaves folders beside what it builds."""
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
    """The folder it is installed into; the packages it needs are those of this environment."""
    folder = wheel.parent / "installed"
    pip("install", *ALONE, "--target", str(folder), str(wheel), cwd=wheel.parent)
    return folder


@pytest.fixture(scope="module")
def surroundings(installed: Path) -> dict[str, str]:
    """Environment of a program that knows the folder and not the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SILU", "PYTHON", "COV"))}
    return {**kept, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}


def get(address: str) -> str:
    with urlopen(address, timeout=60) as page:
        assert page.status == 200
        body = page.read()
        packed = page.headers["Content-Encoding"] == "gzip"
    return (gzip.decompress(body) if packed else body).decode()


class Silu:
    """`silu` of the wheel, run in a folder of its own."""

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
        """The address of a server on the city, once it says that it is well."""
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
    """With a small mock city at hand as `city`."""
    made = Silu(installed, surroundings, tmp_path_factory.mktemp("outside"))
    made("mock", "city", *SIZE)
    return made


def test_every_file_of_the_rooms_is_inside(wheel: Path) -> None:
    """Code and data alike, for what lies in a room is read by it; and nothing that is not ours."""
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
    told = silu("--help")
    for command in ("init", "import", "collect", "rates", "text", "dashboard"):
        assert re.search(rf"^ +{command}\b", told, re.MULTILINE)


def test_a_new_study_passes_its_own_lint(silu: Silu) -> None:
    silu("init", "mine", "--title", "测试")
    assert sorted(path.name for path in (silu.folder / "mine").iterdir()) == [
        *("frame.csv", "margins.csv", "questionnaire.json", "raw", "study.toml", "targets.csv")
    ]
    silu("lint", "mine/questionnaire.json")


def test_rates_and_texts(silu: Silu) -> None:
    """Texts are read by the word lists, which lie outside the packages."""
    assert "满意" in silu("rates", "--study", "city", "--measure", "satisfaction")
    assert "停车" in silu("text", "--study", "city")


def test_a_workbook_is_read_by_the_parser_in_its_own_process(silu: Silu) -> None:
    with (silu.folder / "city" / "raw" / "W1_household.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if not row[0].startswith("#")]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(silu.folder / "answers.xlsx")
    told = silu("import", "answers.xlsx", "--study", "city", "--wave", "W1", "--mode", "household", "--yes")
    assert f"{len(rows) - 1:,}" in told


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


def test_the_dashboard_is_served(silu: Silu) -> None:
    with silu.served("dashboard", "/_stcore/health") as address:
        assert 'lang="zh-CN"' in get(f"{address}/")
