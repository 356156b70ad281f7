"""Table of attacks and their results: `python -m pytest tests/security --attack-table`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from views.shell.options import apply_options

Attack = Callable[[str, int, str], None]


@pytest.fixture(autouse=True, scope="session")
def options() -> None:
    """Pages run here as they are served."""
    apply_options()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--attack-table", action="store_true", help="print a Markdown table of attacks and results")


@pytest.fixture
def attack(record_property: Callable[[str, object], None]) -> Attack:
    """Record an attack, its number of variants and its results. Call this after the asserts."""

    def note(what: str, tries: int, result: str) -> None:
        record_property("attack", (what, tries, result))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--attack-table", default=False):
        return
    rows: dict[tuple[str, str, str], int] = {}
    for report in terminalreporter.stats.get("passed", ()):
        test = report.nodeid.split("tests/security/")[-1].partition("[")[0]
        for what, tries, result in (value for name, value in report.user_properties if name == "attack"):
            rows[what, result, test] = rows.get((what, result, test), 0) + tries
    terminalreporter.write_line("| attack | tries | passed through | what it got | test |")
    terminalreporter.write_line("|---|---|---|---|---|")
    for (what, result, test), tries in rows.items():
        terminalreporter.write_line(f"| {what} | {tries:,} | 0 | {result} | `{test}` |")
    terminalreporter.write_line(f"{len(rows)} attacks, {sum(rows.values()):,} tries, 0 passed through")
