"""`import analysis`: names without import cost, each in its listed module."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).parents[3]
HEAVY = ("numpy", "pandas", "scipy", "narwhals", "plotly", "statsmodels", "formulaic", "pyarrow", "duckdb")


def loaded(code: str) -> set[str]:
    """Return the heavy packages that a fresh interpreter has loaded after this code."""
    listed = f"{code}\nimport sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def seen_by_type_checkers() -> dict[str, str]:
    """Return name -> module, as the block for type checkers imports it."""
    tree = ast.parse((ROOT / "analysis" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: f"{node.module}" for node in imports for alias in node.names}


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_name_is_in_its_listed_module(name: str) -> None:
    found = getattr(analysis, name)
    module = import_module(analysis.PLACES[name])
    assert found is getattr(module, name, module)
    assert found.__doc__
    assert getattr(analysis, name) is found


def test_type_checkers_and_completion_see_the_same_names() -> None:
    seen = seen_by_type_checkers()
    assert set(seen) == set(analysis.PLACES) == set(analysis.__all__) == set(dir(analysis))
    assert {name: place for name, place in seen.items() if name != "contrasts"} == {
        name: place for name, place in analysis.PLACES.items() if name != "contrasts"
    }
    assert 18 <= len(analysis.__all__) <= 25


def test_no_name_hides_a_subpackage() -> None:
    """A submodule of the same name would replace it as soon as it is imported."""
    rooms = {path.stem for path in (ROOT / "analysis").iterdir()}
    assert not rooms & set(analysis.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="svydesign"):
        analysis.svydesign  # noqa: B018  the access is the test


def test_importing_the_front_door_loads_nothing_heavy() -> None:
    assert loaded("import analysis; dir(analysis)") == set()
    assert "scipy" not in loaded("from analysis import survey_design, rates, Estimates")
