"""Settings of all tests: property tests have no deadline, because a busy machine is not a defect."""

import atexit
import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

from cli import COLLECT_AFTER, ONE_THREAD
from survey.host.person import use_source
from tests.long_runs import KEPT, draw_fewer
from tests.run_folder import make_run_folder

# As commands do: libraries create a million objects that stay, and threads of BLAS wait for each other.
gc.set_threshold(COLLECT_AFTER)
os.environ.setdefault(*ONE_THREAD)
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `KEPT` leaves out of every run, before slow tests are left out; draw fewer examples."""
    for test in {item.obj for item in items if isinstance(item, pytest.Function)}:
        draw_fewer(test)
    seen = Counter[str]()
    for item in items:
        name = item.nodeid.split("[")[0]
        if name in KEPT:
            seen[name] += 1
            if seen[name] > KEPT[name]:
                item.add_marker(pytest.mark.slow)


def pytest_configure(config: pytest.Config) -> None:
    """Let all processes of a run share a folder; those of xdist inherit its name."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(make_run_folder())


def pytest_collection_finish() -> None:
    """Leave what was imported out of all garbage collections but the last one."""
    gc.freeze()
    atexit.register(gc.unfreeze)


@pytest.fixture(autouse=True)
def rights() -> Iterator[None]:
    """A command that runs within a test lets new files be private; the next test begins as this one did."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


# pyspark takes a process without a main file, as those of xdist are, for its own doctests, and ends it.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__


@pytest.fixture(autouse=True, scope="module")
def components_found_once() -> None:
    """Each `AppTest` looks through all installed packages for components of Streamlit; once per process is enough."""
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        if not hasattr(manifest_scanner.scan_component_manifests, "cache_info"):
            manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True, scope="module")
def no_visitor() -> Iterator[None]:
    """A dashboard that is made within a test asks who visits it; the next module begins without one."""
    yield
    if (visitor := sys.modules.get("views.door.visitor")) is not None:
        visitor._OWNERS.clear()
        visitor._ENTRIES.clear()
        use_source(None)


@pytest.fixture(autouse=True, scope="session")
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The key of the audit log lies in a folder of the tests, not in that of whoever runs them."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    yield
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before
