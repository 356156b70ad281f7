"""Installed packages: when they came, whether they are those of a release's list (SBOM), and known vulnerabilities.

Everything is read on this machine: the list of a release is CycloneDX (`make sbom`), that of vulnerabilities is OSV.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from reports.health.machine_health import Checkup, State
from reports.packages.osv_file import read_records
from reports.packages.vulnerabilities import Packages, Vulnerability, installed_packages, vulnerabilities
from survey.errors import ReadError

OLD = timedelta(days=180)
"""Age above which nobody has looked after the packages for long."""
MARKER = "silu:environment-marker"
"""Property of a component that is installed on some machines only, as `release.sbom` writes it."""
SHOWN = 5
CARE = "用新的漏洞清单核对：silu doctor --vulnerabilities 文件；有问题就装新版本的四率"


def package_age(now: datetime) -> Checkup:
    """Say when the newest of the installed packages came; a hint where that is long ago."""
    times = [path.stat().st_mtime for one in distributions() if (path := Path(str(one.locate_file("")))).exists()]
    if not times:
        return Checkup("软件包的年龄", State.HINT, "看不出软件包是什么时候装的", CARE)
    newest = datetime.fromtimestamp(max(times), UTC)
    found = f"最近一次安装在 {newest:%Y-%m-%d}，{(now - newest).days} 天前"
    if now - newest > OLD:
        return Checkup("软件包的年龄", State.HINT, found, CARE)
    return Checkup("软件包的年龄", State.GOOD, found)


def against_bill(path: Path, packages: Packages | None = None) -> Checkup:
    """Compare the installed packages with the list of a release.

    Args:
        path: CycloneDX as JSON, as `make sbom` writes it.
        packages: name -> version; those of this environment when None.

    Raises:
        ReadError: the file is no such list.
    """
    listed, only_some = _bill(path)
    have = installed_packages() if packages is None else packages
    other = [
        f"{name} {have[name]}（清单 {'、'.join(map(str, versions))}）"
        for name, versions in listed.items()
        if name in have and have[name] not in versions
    ]
    gone = [name for name in listed if name not in have and name not in only_some]
    kinds = {"版本不同": other, "没有装": gone}
    if said := "；".join(f"{kind}：{'、'.join(names[:SHOWN])}" for kind, names in kinds.items() if names):
        found = f"清单里 {len(listed)} 个，{len(other) + len(gone)} 个对不上；{said}"
        return Checkup("软件包清单", State.FAULT, found, "按发布的锁定文件重新安装，或换成这一版的清单")
    return Checkup("软件包清单", State.GOOD, f"清单里 {len(listed)} 个软件包，装着的版本都一样")


def known_vulnerabilities(path: Path) -> list[Checkup]:
    """Hold the installed packages against a list of vulnerabilities.

    Raises:
        ReadError: the list cannot be used.
    """
    records, packages = read_records(path), installed_packages()
    found = vulnerabilities(records, packages)
    if not found:
        return [Checkup("漏洞", State.GOOD, f"清单里 {len(records):,} 条，{len(packages)} 个软件包都不在其中")]
    return [Checkup("漏洞", State.FAULT, *_told(one)) for one in found]


def _told(one: Vulnerability) -> tuple[str, str]:
    names = "、".join([one.identity, *one.aliases])
    cure = f"升级到 {one.fixed} 或更新的版本" if one.fixed else "清单里没有修复的版本，请软件维护人员评估"
    return f"{one.package} {one.version}：{names} {one.summary}".rstrip(), cure


def _bill(path: Path) -> tuple[Mapping[str, list[Version]], frozenset[str]]:
    """Return package -> its versions, one for each kind of machine, and the packages that only some machines have."""
    listed: dict[str, list[Version]] = {}
    only_some = set()
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if read["bomFormat"] != "CycloneDX":
            raise ValueError(read["bomFormat"])
        for one in read["components"]:
            name = canonicalize_name(one["name"])
            listed.setdefault(name, []).append(Version(one["version"]))
            if any(each["name"] == MARKER for each in one.get("properties", ())):
                only_some.add(name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        expected = "make sbom 写的软件包清单（CycloneDX，JSON）"
        raise ReadError("软件包清单读不出", where=str(path), got=str(error)[:100], expected=expected) from error
    return listed, frozenset(only_some)
