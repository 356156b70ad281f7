"""Licence and purpose of each package: from installed metadata, and from `packages.toml` where they are silent."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PLAIN: Mapping[str, str] = {
    "MIT License": "MIT",
    "Apache License 2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
}
"""Texts that packages write in place of an SPDX identifier."""
WORDS = 40
"""Characters of the field License at most that are a name; some packages put the whole text there."""


@cache
def _facts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((Path(__file__).parent / "packages.toml").read_text(encoding="utf-8"))


def licence_of(name: str) -> str:
    """SPDX expression of a package.

    Raises:
        LookupError: neither its metadata nor `packages.toml` say it; the package may not be installed.
    """
    if known := _facts()["licence"].get(name):
        return known
    try:
        told = metadata(name)
    except PackageNotFoundError as error:
        raise LookupError(f"{name} is not installed: write its licence into release/packages.toml") from error
    if "License-Expression" in told:
        return told["License-Expression"]
    said = told["License"].strip() if "License" in told else ""
    if not said or len(said) > WORDS:
        raise LookupError(f"{name} names no licence: read its licence file and write it into release/packages.toml")
    return PLAIN.get(said, said)


def purpose_of(name: str) -> str:
    """What Silu uses a package for; "" for one that only others need."""
    return _facts()["purpose"].get(name, "")


def duties() -> Mapping[str, str]:
    """SPDX expression -> what follows from it, for licences that ask for more than their notice."""
    return _facts()["duty"]


def described() -> frozenset[str]:
    """Packages that have a purpose; each must be required by Silu itself."""
    return frozenset(_facts()["purpose"])
