"""Find the parts of a study that are still those of the `silu init` template, which must not serve for judgements."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from survey.storage.tables import decode
from survey.study.study import Study

EXAMPLE_SOURCE, EXAMPLE_AREA, PLACEHOLDER = "示例目标", "示例", "（填写"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One part of a study that is still that of the template.

    Attributes:
        part: "targets", "margins", "frame", "organiser" or "approval".
        what: what is missing, in Chinese.
        where: file and key.
        cure: what to enter there.
    """

    part: str
    what: str
    where: str
    cure: str


def leftovers(study: Study) -> tuple[Leftover, ...]:
    """Return all parts that are still those of the template; none for a mock city, which is an example as a whole."""
    if study.mock:
        return ()
    found = (_targets(study), _frame(study), _margins(study), _organiser(study), _approval(study))
    return tuple(one for one in found if one is not None)


def _targets(study: Study) -> Leftover | None:
    examples = study.targets["source"].astype(str).str.startswith(EXAMPLE_SOURCE)
    if not examples.any():
        return None
    what = f"{int(examples.sum())} 个目标还是示例，不能用来判断达标"
    return Leftover("targets", what, "targets.csv", "换成本市文件规定的数值，写明出处和日期")


def _frame(study: Study) -> Leftover | None:
    examples = sorted({point.district for point in study.areas.points if point.district.startswith(EXAMPLE_AREA)})
    if not examples:
        return None
    what = f"抽样框里还有示例区县：{'、'.join(examples)}"
    return Leftover("frame", what, "frame.csv", "换成本市的社区名单：代码、区县、街道、社区、人口")


def _margins(study: Study) -> Leftover | None:
    ours = study.file("margins")
    template = resources.files("survey") / "template" / "margins.csv"
    if not ours.is_file() or _lines(ours.read_bytes()) != _lines(template.read_bytes()):
        return None
    return Leftover("margins", "人口结构还是示例，加权没有意义", "margins.csv", "换成本市普查或年鉴的人口数")


def _organiser(study: Study) -> Leftover | None:
    if study.organiser and not study.organiser.startswith(PLACEHOLDER):
        return None
    return Leftover("organiser", "没有填写组织单位", "study.toml [study] organiser", "填写组织调查的单位")


def _approval(study: Study) -> Leftover | None:
    if study.approval.number:
        return None
    where = "study.toml [approval] number"
    return Leftover("approval", "没有填写批准或备案文号，网上问卷不会开放", where, "填写文号、机关和有效期")


def _lines(raw: bytes) -> list[str]:
    return [line.strip() for line in decode(raw, "margins.csv").splitlines() if line.strip()]
