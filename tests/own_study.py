"""Replace parts of the `silu init` template by those of a city, as its staff would."""

import csv
from pathlib import Path

NAMES = {"示例一区": "河东区", "示例二区": "河西区"}
EVERY = ("targets", "frame", "margins", "organiser", "title", "wave", "approval")
TEXTS = {
    "organiser": (("（填写组织单位）", "市调查队"),),
    "title": (("文明城市创建模拟问卷调查", "某市二季度问卷调查"),),
    "wave": (("第一轮模拟测评", "二季度"),),
    "approval": (('number = ""', 'number = "统函1号"'),),
}


def settle(root: Path, *parts: str) -> Path:
    """Make these parts of a new study its own, all of them where none is named; return the folder.

    A frame of one's own renames the districts in margins.csv as well; its numbers stay those of the template unless
    "margins" is named.
    """
    chosen = parts or EVERY
    if "targets" in chosen:
        _edit(root / "targets.csv", ("示例目标，请换成本市文件规定的数值", "市文明办〔2026〕3号"))
    if "frame" in chosen:
        for name in ("frame.csv", "margins.csv"):
            _edit(root / name, *NAMES.items())
        _tenfold(root / "frame.csv")
    if "margins" in chosen and "frame" in chosen:
        _tenfold(root / "margins.csv")
    elif "margins" in chosen:
        (root / "margins.csv").write_text("性别,人口\n男,5100\n女,4900\n", encoding="utf-8")
    for part in set(chosen) & set(TEXTS):
        _edit(root / "study.toml", *TEXTS[part])
    return root


def _edit(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8-sig")
    for old, new in pairs:
        assert old in text, (path.name, old)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _tenfold(path: Path) -> None:
    """Multiply the residents by ten, so that no number is the template's."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "人口": int(row["人口"]) * 10} for row in rows)
