"""Options of `silu brief` for templates: use one, check one, start one from ours."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.exit_codes import EXIT_NEEDS_YOU

if TYPE_CHECKING:
    from documents.forms import Form
    from survey.study.study import Study


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--template", metavar="文件", type=Path, action="append", default=[], help="用本单位的 .pptx 或 .docx 模板"
    )
    parser.add_argument("--check-template", metavar="文件", type=Path, help="检查模板，逐条说明哪里要改")
    parser.add_argument("--new-template", metavar="文件", type=Path, help="做一份起步模板，例如 母版.pptx、公文.docx")


def run(args: argparse.Namespace) -> int | None:
    """Check or write a template; None where neither was asked for."""
    if args.check_template is not None:
        return _check(args.check_template)
    if args.new_template is not None:
        return _start(args.new_template)
    return None


def known_forms(study: Study, templates: Sequence[Path]) -> dict[str, Form]:
    """Return every form by its name, with the templates that were given, else with those of the study.

    Raises:
        ArgumentError: a template with faults.
    """
    from documents.templates.check import templated
    from documents.templates.own import own_forms

    given = {form.suffix: form for form in map(templated, templates)}
    return {name: given.get(one.suffix, one) for name, one in own_forms(study).items()}


def forms_of(study: Study, names: Sequence[str], templates: Sequence[Path]) -> list[Form]:
    """Return the forms that were asked for, with their templates; a template alone asks for its form.

    Raises:
        ArgumentError: an unknown form, or a template with faults.
    """
    from documents.forms import form_of

    known = {form.suffix: form for form in known_forms(study, templates).values()}
    asked = [form_of(name).suffix for name in names or ([] if templates else ["docx"])]
    return [known[suffix] for suffix in dict.fromkeys([*asked, *(path.suffix.lower() for path in templates)])]


def _check(path: Path) -> int:
    from documents.templates.check import check, read_template

    faults = check(path.name, read_template(path))
    for fault in faults:
        print(f"× {fault}")
    print(f"{path.name}：{'有要改的地方' if faults else '可以用'}")
    return EXIT_NEEDS_YOU if faults else 0


def _start(path: Path) -> int:
    from documents.templates.starter import starter
    from survey.errors import ArgumentError
    from survey.host.disk import write_whole

    content = starter(path.name)
    if path.exists():
        raise ArgumentError("文件已经有了", got=str(path), cure="换一个文件名")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, partial(_fill, content))
    print(f"已存到 {path}：改字体、颜色、位置和图标，花括号里的占位符不要改；改好后用 --check-template 检查")
    return 0


def _fill(content: bytes, draft: Path) -> None:
    draft.write_bytes(content)
