"""A new study folder: settings with comments, the default questionnaire and example tables."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from survey.errors import StudyError
from survey.host.names import check_new_name
from survey.study.settings import FILES

TEMPLATE = ("study.toml", *FILES.values())


def init_study(root: Path | str, *, title: str = "文明城市创建模拟问卷调查") -> Path:
    """Write a new study folder: settings with comments, the default questionnaire and example tables.

    Args:
        root: folder to create; an existing folder must be empty.
        title: name of the survey, for study.toml.

    Raises:
        StudyError: the folder is not empty; nothing is written.
    """
    root = Path(root)
    check_new_name(root)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise StudyError("目标已存在且不是空文件夹，没有写入任何文件", where=str(root), cure="换一个新的目录名")
    template = resources.files("survey") / "template"
    root.mkdir(parents=True, exist_ok=True)
    for name in TEMPLATE:
        content = (template / name).read_bytes()
        if name == "study.toml":
            quoted = 'title = "' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
            line = quoted.replace("\\", r"\\")  # of a replacement
            titled = re.sub("^title = .*$", line, content.decode(), count=1, flags=re.MULTILINE)
            content = titled.encode()
        (root / name).write_bytes(content)
    (root / "raw").mkdir()
    return root
