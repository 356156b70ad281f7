"""Software bill of materials: `python -m release.sbom build/sbom.cdx.json` writes CycloneDX of the runtime lock.

The same lock gives the same bytes: there is no time in it, and its serial number is made from its content.
"""

from __future__ import annotations

import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from release.licences import licence_of
from release.lock import LOCK, ROOT, Locked, read_lock

MARKER = "silu:environment-marker"
"""Property of a component that is installed on some machines only: PEP 508 marker."""


def bill(packages: tuple[Locked, ...], *, version: str, seed: str) -> Bom:
    """The packages as components of Silu, with licences, hashes of their files, and who needs whom.

    Args:
        packages: of the lock.
        version: of Silu.
        seed: what the serial number is made from.
    """
    root = Component(name="silu", version=version, type=ComponentType.APPLICATION, bom_ref="silu")
    root.licenses.add(LicenseExpression("MIT"))
    made = {one: _component(one) for one in packages}
    bom = Bom(components=made.values(), serial_number=uuid5(NAMESPACE_URL, seed))
    bom.metadata.component = root
    bom.metadata.timestamp = None  # type: ignore[assignment]
    bom.register_dependency(root, [made[one] for one in packages if one.direct])
    for one in packages:
        bom.register_dependency(made[one], [made[other] for other in packages if one.name in other.needed_by])
    return bom


def _component(one: Locked) -> Component:
    purl = PackageURL("pypi", None, one.name, one.version)
    marker = [Property(name=MARKER, value=one.marker)] if one.marker else []
    return Component(
        name=one.name,
        version=one.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in one.hashes],
        licenses=[LicenseExpression(licence_of(one.name))],
        properties=marker,
    )


def text(lock: Path = LOCK) -> str:
    """The bill of a lock as CycloneDX 1.6 JSON."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    seed = sha256(lock.read_bytes()).hexdigest()
    bom = bill(read_lock(lock), version=project["version"], seed=f"silu {project['version']} {seed}")
    return JsonV1Dot6(bom).output_as_string(indent=2)


def main() -> None:
    """Write the file that the command line names."""
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text() + "\n", encoding="utf-8")
    print(f"{path}: {len(read_lock())} packages")


if __name__ == "__main__":
    main()
