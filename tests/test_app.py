"""The main module of the dashboard."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_a_process_that_reads_texts_for_a_page_does_not_run_the_dashboard() -> None:
    """multiprocessing imports the main module of the dashboard under this name; a page there would break the pool."""
    assert "main" in runpy.run_path(str(ROOT / "app.py"), run_name="__mp_main__")
