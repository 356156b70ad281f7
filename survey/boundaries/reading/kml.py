"""KML: every placemark with an area, wherever its folder lies; parsed strictly, without entities or other files."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastkml.containers import Document, Folder
from fastkml.data import Data, SchemaData
from fastkml.features import Placemark
from fastkml.kml import KML
from lxml import etree

from survey.boundaries.reading.geometries import geometry_of
from survey.boundaries.reading.source import Feature, Source, field_text
from survey.boundaries.reading.texts import read_text
from survey.boundaries.systems import WGS84
from survey.errors import ReadError

FOLDER = "文件夹"
"""Attribute of placemarks: the folder they lie in, which often is the district of streets."""
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
logging.getLogger("fastkml").setLevel(logging.CRITICAL)


def read_kml(path: Path, name: str, kind: str = "KML") -> Source:
    """Read a KML file.

    Args:
        path: the file.
        name: its name for people.
        kind: KML, or KMZ where the file was in one.

    Raises:
        ReadError: it is no KML, incomplete, or declares entities.
    """
    text, encoding = read_text(path)
    features: list[Feature] = []
    notes: list[str] = []
    for number, (mark, folder) in enumerate(_placemarks(_parsed(text, name), ""), 1):
        where = f"{name} 第 {number} 个地标"
        geometry = geometry_of(getattr(mark.geometry, "__geo_interface__", None))
        if isinstance(geometry, str):
            notes.append(f"{where}“{field_text(mark.name)[:20]}”：{geometry}，没有使用")
        else:
            features.append(Feature(where, _fields(mark, folder), geometry))
    return Source(path, name, kind, encoding, tuple(features), tuple(notes), presumed=WGS84)


def _parsed(text: str, name: str) -> KML:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ReadError("KML 里有实体声明，可能有害，没有读取", where=name, cure="用 GIS 软件重新导出 KML")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)
    try:
        root = etree.fromstring(DECLARATION.sub("", text, count=1).encode(), parser)
    except etree.XMLSyntaxError as error:
        cure = "文件可能没有下载完，重新下载或重新导出"
        raise ReadError("KML 文件不完整或写法有错", where=f"{name} 第 {error.lineno} 行", cure=cure) from error
    if etree.QName(root).localname != "kml":
        got = etree.QName(root).localname
        raise ReadError("这个 XML 不是 KML", where=name, got=got, expected="<kml> 开头的文件", cure="换成 KML 文件")
    space = etree.QName(root).namespace
    ns = f"{{{space}}}" if space else ""
    return KML.class_from_element(ns=ns, name_spaces={"kml": ns}, element=root, strict=False)


def _placemarks(holder: Any, folder: str) -> Iterator[tuple[Placemark, str]]:
    """Yield all placemarks with the name of the innermost folder they lie in."""
    for one in holder.features:
        if isinstance(one, Placemark):
            yield one, folder
        elif isinstance(one, Folder | Document):
            yield from _placemarks(one, field_text(one.name) if isinstance(one, Folder) else folder)


def _fields(mark: Placemark, folder: str) -> Mapping[str, str]:
    texts = {"name": field_text(mark.name), FOLDER: folder}
    for one in mark.extended_data.elements if mark.extended_data else ():
        if isinstance(one, Data):
            texts[field_text(one.name)] = field_text(one.value)
        elif isinstance(one, SchemaData):
            texts |= {field_text(each.name): field_text(each.value) for each in one.data}
    return {key: value for key, value in texts.items() if key and value}
