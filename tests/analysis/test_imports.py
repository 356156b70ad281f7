"""Packages that take long to load are loaded by the function that needs them."""

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
    told = f"import sys, {', '.join(names)}; print({loaded})"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
