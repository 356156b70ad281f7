"""Every notebook runs from top to bottom, defines nothing and is stored without outputs."""

import asyncio
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from benchmarks.cluster import NoServerError, server_home

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ON_SPARK = "06_spark"
"""It starts a Spark cluster, which takes minutes and an environment of its own."""


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != ON_SPARK], ids=lambda path: path.stem)
def test_notebook(path: Path) -> None:
    _check(path)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.filterwarnings("default")
def test_notebook_on_spark() -> None:
    try:
        server_home()
    except NoServerError as error:
        pytest.skip(f"SKIPPED, no Spark server on this machine: {error}")
    _check(ROOT / "notebooks" / f"{ON_SPARK}.ipynb")


def _check(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert not any(line.startswith(("def ", "class ")) for cell in code for line in cell.source.splitlines())
    assert not any(cell.outputs for cell in code)
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    assert all(output.output_type != "error" for cell in code for output in cell.outputs)
