"""Packages that are slow to import are loaded only by the functions that need them."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import analysis

ROOT = Path(analysis.__file__).parents[1]


def test_no_module_of_analysis_loads_statsmodels_or_formulaic() -> None:
    names = [each.name for each in pkgutil.walk_packages(analysis.__path__, "analysis.")]
    assert "analysis.inference.regression" in names
    loaded = "[name for name in ('statsmodels', 'formulaic', 'patsy') if name in sys.modules]"
    code = f"import sys, {', '.join(names)}; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
