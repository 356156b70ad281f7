"""Coordinate systems of boundary files: named by the file, or recognised by the range of the coordinates.

Nothing is converted: one map holds one system, and files of different systems are refused with both names. GCJ-02, in
which public web maps of China are drawn, lies 300 to 700 m beside WGS-84 and CGCS2000, which agree within a metre.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system.

    Attributes:
        key: equal for systems that may be drawn on one map.
        title: name for people.
        metres: whether coordinates are metres; degrees otherwise.
    """

    key: str
    title: str
    metres: bool = False


WGS84 = System("wgs84", "WGS-84")
GCJ02 = System("gcj02", "GCJ-02（火星坐标，高德、腾讯和 DataV 的地图）")
MERCATOR = System("mercator", "Web 墨卡托投影（米）", metres=True)
DEGREES = System("degrees", "经纬度（没有写明是哪一种）")
SWAPPED = System("swapped", "纬度写在经度前面")
BEYOND = System("beyond", "超出地球范围的数")
CHOICES: Mapping[str, System] = {
    "wgs84": WGS84,
    "cgcs2000": System(WGS84.key, "CGCS2000 经纬度"),
    "gcj02": GCJ02,
    "bd09": System("bd09", "BD-09（百度坐标）"),
}
"""What a person can state about a file with degrees that names no system."""
LARGEST = 1e8
"""Metres; no projection has larger coordinates."""


def of_prj(text: str) -> System | None:
    """Return the system that a .prj file names; None where it names none."""
    if found := re.search(r'PROJ(?:CS|CRS)\s*\[\s*"([^"]+)"', text):
        name = found.group(1)
        mercator = "mercator" in name.lower() and "auxiliary" in name.lower()
        return MERCATOR if mercator else System(name.lower(), f"{name}（投影，米）", metres=True)
    found = re.search(r'GEOG(?:CS|CRS)\s*\[\s*"([^"]+)"', text)
    return _geographic(found.group(1)) if found else None


def of_crs(crs: object) -> System | None:
    """Return the system that the `crs` member of a GeoJSON file names; None where it names none."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if "CRS84" in name:
        return WGS84
    code = re.search(r"EPSG:+(?:[\d.]*:)?(\d{4,6})$", name)
    if code is None:
        return None
    number = code.group(1)
    known = {"4326": WGS84, "4490": CHOICES["cgcs2000"], "3857": MERCATOR}
    degrees = {"4214": "Beijing 1954", "4610": "Xian 1980"}
    if number in degrees:
        return System(degrees[number].lower(), degrees[number])
    return known.get(number) or System(f"epsg:{number}", f"EPSG:{number}（投影，米）", metres=True)


def _geographic(name: str) -> System:
    plain = name.lower().replace("_", " ")
    if "wgs" in plain:
        return WGS84
    if "2000" in plain:
        return CHOICES["cgcs2000"]
    return System(plain, name)


def of_range(west: float, south: float, east: float, north: float) -> System:
    """Return the system that the smallest and largest coordinates allow, without naming one of several for degrees."""
    if not all(abs(one) < LARGEST for one in (west, south, east, north)):
        return BEYOND
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return DEGREES
    if west >= 3 and east <= 54 and south >= 73 and north <= 136:
        return SWAPPED
    return _metres(west, south, east, north)


def _metres(west: float, south: float, east: float, north: float) -> System:
    gauss = south >= 1.5e6 and north <= 6.5e6
    if gauss and west >= 15.5e6 and east < 46e6:
        zone = int(west // 1e6)
        return System(f"gauss-{zone}", f"高斯投影，{zone} 带（米）", metres=True)
    if gauss and west >= 7.5e6 and east <= 15.5e6:
        return MERCATOR
    if gauss and west >= 1e5 and east < 1e6:
        return System("gauss", "高斯投影，不带带号（米）", metres=True)
    return System("local", "地方坐标（米）", metres=True)
