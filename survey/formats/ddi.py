"""Write the codebook as DDI-Codebook 2.5 XML for archives. It contains no answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

from survey.formats.codebook import Dataset, ExportVariable
from survey.study.study import Study

NAMESPACE = "ddi:codebook:2_5"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
FORMATS = {"code": "numeric", "number": "numeric", "decimal": "numeric", "text": "character", "time": "character"}
NATURES = {"code": "nominal", "number": "ratio", "decimal": "ratio", "text": "nominal", "time": "interval"}


def write_ddi(dataset: Dataset, study: Study, path: Path) -> None:
    """Write the codebook of a study.

    Args:
        dataset: source of columns and number of rows.
        study: source of title, organiser and waves.
        path: the XML file.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(
        f"{{{NAMESPACE}}}codeBook", {"version": "2.5", "{http://www.w3.org/XML/1998/namespace}lang": "zh"}
    )
    _study(root, dataset, study)
    file = _add(_add(root, "fileDscr", ID="F1"), "fileTxt")
    dimensions = _add(file, "dimensns")
    _add(dimensions, "caseQnty", str(dataset.table.num_rows))
    _add(dimensions, "varQnty", str(len(dataset.variables)))
    data = _add(root, "dataDscr")
    for number, variable in enumerate(dataset.variables, start=1):
        _variable(data, variable, f"V{number}")
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _study(root: ET.Element, dataset: Dataset, study: Study) -> None:
    description = _add(root, "stdyDscr")
    citation = _add(description, "citation")
    _add(_add(citation, "titlStmt"), "titl", study.title)
    if not any(one.part == "organiser" for one in study.leftovers):
        _add(_add(citation, "rspStmt"), "AuthEnty", study.organiser)
    _add(_add(citation, "prodStmt"), "prodDate", date.today().isoformat())
    info = _add(description, "stdyInfo")
    _add(info, "abstract", "；".join(dataset.notes))
    summary = _add(info, "sumDscr")
    for wave in study.waves:
        _add(summary, "collDate", f"{wave.title}（{wave.name}）", date=wave.start.isoformat(), event="start")
        _add(summary, "collDate", f"{wave.title}（{wave.name}）", date=wave.end.isoformat(), event="end")
    _add(summary, "universe", "抽样框内的居民")


def _variable(data: ET.Element, variable: ExportVariable, identity: str) -> None:
    interval = "contin" if variable.form in ("number", "decimal") else "discrete"
    described = _add(data, "var", ID=identity, name=variable.name, intrvl=interval, nature=NATURES[variable.form])
    _add(described, "labl", variable.label)
    if variable.question:
        _add(_add(described, "qstn"), "qstnLit", variable.question)
    if variable.asked_if:
        _add(described, "universe", f"符合条件者：{variable.asked_if}")
    for code, text in variable.labels.items():
        category = _add(described, "catgry", **({"missing": "Y"} if code in variable.missing else {}))
        _add(category, "catValu", str(code))
        _add(category, "labl", text)
    _add(described, "varFormat", type=FORMATS[variable.form])


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    made.text = "".join(character for character in text if character >= " " or character in "\t\n") or None
    return made
