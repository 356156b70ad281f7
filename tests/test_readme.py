"""The README is correct: its example runs, and its links and commands exist."""

import re
from pathlib import Path

import pytest

import cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_example_runs_and_finds_the_planted_districts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.+?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert code
    assert len(code.group(1).strip().splitlines()) <= 11  # ten lines and the blank one after the imports
    exec(compile(code.group(1), name, "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    found = {word: [line.split()[1] for line in printed if word in line] for word in ("确认薄弱", "观察")}
    assert found["确认薄弱"] == ["青苇区"]  # one of the two whose satisfaction was planted below the target
    assert "望澄区" in found["观察"]  # the other


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    lost = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    used = set(re.findall(r"(?:^|`)silu ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert used <= set(cli.COMMANDS)
