"""Columns, types and parameters of the XLSForm standard (pyxform 4.5), and how each is treated on import.

A column is read, listed as a note, or has a rule of its own in `rows`; a type is a question, is left out with a note,
or is refused. Anything else is not part of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"})
"""Suffixes of the workbooks that can hold a form."""
ALIASES: Mapping[str, str] = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "relevance": "relevant",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "readonly": "read_only",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "noapperrorstring": "no_app_error_string",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
}
BIND: Mapping[str, str] = {
    "relevant": "relevant",
    "required": "required",
    "constraint": "constraint",
    "readonly": "read_only",
    "calculate": "calculation",
    "jr:constraintmsg": "constraint_message",
    "jr:requiredmsg": "required_message",
}
"""Second part of a heading such as `bind::relevant` -> column."""
MEDIA = ("image", "big-image", "audio", "video")
TRANSLATED = frozenset(
    {"label", "hint", "guidance_hint", "constraint_message", "required_message", "no_app_error_string", *MEDIA}
)
"""Columns that may occur once per language."""
READ = frozenset({"type", "name", "label", "hint", "required", "relevant", "constraint", "silu"})
RULED = frozenset({"calculation", "choice_filter", "default", "disabled", "parameters", "read_only", "trigger"})
"""Columns of the survey sheet with a rule of their own."""
DISPLAY = "只影响显示或录入方式"
WORDS = "这些文字或媒体不显示"
OUTSIDE = "只用于平板软件或服务器"
NOTED: Mapping[str, str] = {
    "appearance": DISPLAY,
    "autoplay": DISPLAY,
    "rows": DISPLAY,
    "body": DISPLAY,
    "control": DISPLAY,
    "guidance_hint": WORDS,
    "constraint_message": WORDS,
    "required_message": WORDS,
    "no_app_error_string": WORDS,
    **dict.fromkeys(MEDIA, WORDS),
    "media": WORDS,
    "repeat_count": "重复组没有对应",
    "intent": OUTSIDE,
    "instance": OUTSIDE,
    "bind": OUTSIDE,
    "save_to": OUTSIDE,
    "compact_tag": OUTSIDE,
    **{f"sms_{name}": OUTSIDE for name in ("field", "option", "separator", "allow_media", "response")},
    **{f"sms_{name}_format": OUTSIDE for name in ("date", "datetime")},
}
"""Columns of the survey sheet that do not change an answer -> reason why they are not imported."""
CHOICES_READ = frozenset({"list_name", "name", "label", "silu"})
CHOICES_NOTED: Mapping[str, str] = {**dict.fromkeys(MEDIA, WORDS), "media": WORDS, "geometry": OUTSIDE}
SETTINGS_READ = frozenset({"form_title", "form_id", "version", "default_language", "allow_choice_duplicates", "silu"})
SETTINGS_NOTED: Mapping[str, str] = dict.fromkeys(
    (
        *("style", "public_key", "submission_url", "auto_send", "auto_delete", "instance_name", "instance_id"),
        *("sms_keyword", "omit_instanceid", "name", "clean_text_values", "namespaces", "attribute", "prefix"),
        *("delimiter", "client_editable", "client_edit", "flat", "add_none_option", "entity_version", "compact_prefix"),
    ),
    OUTSIDE,
)
SHEETS: Mapping[str, str] = {
    "entities": "实体表只用于 ODK 服务器",
    "osm": "OSM 标签没有对应",
    "external_choices": "外部选项表没有对应",
}
"""Further sheets of the standard -> reason why they are not read."""

ONE, SEVERAL, RANK = "select_one", "select_multiple", "rank"
SELECTS: Mapping[str, str] = {
    "add select one prompt using": ONE,
    "select one from": ONE,
    "select1": ONE,
    "select_one": ONE,
    "select one": ONE,
    "add select multiple prompt using": SEVERAL,
    "select all that apply from": SEVERAL,
    "select all that apply": SEVERAL,
    "select_multiple": SEVERAL,
    "rank": RANK,
}
FOREIGN_SELECTS = (
    *("select_one_from_file", "select_multiple_from_file", "select one from file", "select multiple from file"),
    "select_one_external",
)
SELECT = re.compile(
    rf"(?P<kind>{'|'.join(sorted((*SELECTS, *FOREIGN_SELECTS), key=len, reverse=True))}) (?P<list>\S+)"
    r"(?P<other> (?:or specify other|or_other|or other))?"
)
BEGIN = re.compile(r"begin[\s_](?P<kind>group|lgroup|repeat|loop|looped group)(?: (?:over )?(?P<list>\S+))?")
END = re.compile(r"end[\s_](?P<kind>group|lgroup|repeat|loop|looped group)")
CONTROLS: Mapping[str, str] = {"lgroup": "repeat", "looped group": "repeat"}

NUMBER: Mapping[str, Any] = {"type": "text", "inputType": "number"}
TEXT: Mapping[str, Any] = {"type": "comment"}
DATE: Mapping[str, Any] = {"type": "text", "inputType": "date"}
QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("integer", "int", "q int", "add integer prompt"), NUMBER),
    **dict.fromkeys(("decimal", "q decimal", "add decimal prompt", "range"), NUMBER),
    "percentage": {**NUMBER, "min": 0, "max": 100},
    **dict.fromkeys(("text", "string", "q string", "add text prompt"), TEXT),
    **dict.fromkeys(("date", "q date", "add date prompt"), DATE),
    **dict.fromkeys(("time", "dateTime", "datetime", "date time", "q date time", "q dateTime"), TEXT),
    **dict.fromkeys(
        ("add date time prompt", "add dateTime prompt", "barcode", "q barcode", "add barcode prompt"), TEXT
    ),
}
"""Type -> element of the questionnaire."""
FRACTIONS = frozenset({"decimal", "q decimal", "add decimal prompt"})
AS_TEXT = frozenset(name for name, made in QUESTIONS.items() if made is TEXT) - {
    *("text", "string", "q string", "add text prompt"),
}
"""Types whose answers are read as free text."""
NOTES = frozenset({"note", "q note", "add note prompt"})
COMPUTED = frozenset({"calculate", "q calculate", "add calculate prompt"})
DEVICE = frozenset(
    {
        *("start", "end", "today", "deviceid", "username", "phonenumber", "email", "simserial", "subscriberid"),
        *("imei", "audit", "hidden", "start-geopoint", "background-audio", "background-geopoint"),
        *("get start time", "get end time", "start time", "end time", "get today", "get phone number", "phone number"),
        *("get sim id", "sim id", "get subscriber id", "subscriber id", "get device id", "device id"),
        *(f"uri:{name}" for name in ("subscriberid", "phonenumber", "simserial", "deviceid", "username", "email")),
    }
)
"""Types that a device fills in by itself."""
UNSTORED: Mapping[str, str] = {
    **dict.fromkeys(("geopoint", "q geopoint", "location", "q location", "add location prompt", "gps"), "定位"),
    **dict.fromkeys(("geoshape", "geotrace", "q geoshape", "q geotrace", "osm"), "地图"),
    **dict.fromkeys(("image", "photo", "q image", "q picture", "add image prompt", "add photo prompt"), "照片"),
    **dict.fromkeys(("audio", "q audio", "add audio prompt"), "录音"),
    **dict.fromkeys(("video", "q video", "add video prompt"), "录像"),
    **dict.fromkeys(("file", "add file prompt"), "文件"),
    **dict.fromkeys(("acknowledge", "q acknowledge", "add acknowledge prompt", "trigger"), "确认框"),
    **dict.fromkeys(("xml-external", "csv-external"), "外部数据"),
}
"""Types of questions whose answers Silu does not store -> their name in Chinese."""

WORDING = frozenset({"label", "hint", "guidance_hint", *MEDIA})
"""Columns of which a question needs at least one."""
EXTERNAL = frozenset({"xml-external", "csv-external"})
CHOICE_KEYS = frozenset({"randomize", "seed"})
GEO_KEYS = frozenset({"allow-mock-accuracy", "incremental", "reference-geometry"})
PARAMETERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(SELECTS.values(), CHOICE_KEYS),
    "range": frozenset({"start", "end", "step", "tick_interval", "placeholder", "tick_labelset"}),
    "text": frozenset({"rows"}),
    **dict.fromkeys(("photo", "image", "add image prompt", "add photo prompt"), frozenset({"app", "max-pixels"})),
    **dict.fromkeys(("audio", "add audio prompt", "background-audio"), frozenset({"quality"})),
    "geopoint": frozenset({"allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"}),
    **dict.fromkeys(("geoshape", "geotrace"), GEO_KEYS),
    "audit": frozenset(
        {
            *("identify-user", "location-max-age", "location-min-interval", "location-priority"),
            *("track-changes", "track-changes-reasons"),
        }
    ),
}
"""Type -> valid keys of the column `parameters`; other types allow any."""

INTEGER = r"-?\d+"
TRUTH = r"true|false"
DECIMAL = r"-?\d{1,15}(\.\d+)?"
VALUES: Mapping[str, str] = {
    "rows": INTEGER,
    "max-pixels": INTEGER,
    "app": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+",
    "quality": r"voice-only|low|normal|external",
    "capture-accuracy": r"\d+(\.\d+)?",
    "warning-accuracy": r"\d+(\.\d+)?",
    "allow-mock-accuracy": TRUTH,
    "incremental": r"true",
    "identify-user": TRUTH,
    "track-changes": TRUTH,
    "track-changes-reasons": r"on-form-edit",
    "location-priority": r"no-power|low-power|balanced|high-accuracy",
    "location-min-interval": r"\d+",
    "location-max-age": r"\d+",
    "randomize": TRUTH,
    "seed": r"-?\d{1,15}(\.\d+)?|\$\{[^{}]+\}",
    "start": DECIMAL,
    "end": DECIMAL,
    "step": DECIMAL,
}
"""Key of a parameter -> pattern of its valid values."""

YES = frozenset({"yes", "true", "true()", "1"})
NO = frozenset({"", "no", "false", "false()", "0"})
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
NCNAME = rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*"
NAME = re.compile(rf"{NCNAME}(?::{NCNAME})?")
"""Valid names of the survey sheet: names of XML elements."""
REFERENCE = re.compile(r"\$\{(?P<name>[^}]*)\}|\$\{[^}]*$")
"""A reference such as `${q1}`, or one that is not closed."""
REFERENCED = re.compile(rf"(?:last-saved#)?(?P<name>{NCNAME})")


def yes(text: str) -> bool | None:
    """Return whether a cell says yes or no; None for an expression."""
    plain = text.strip().lower()
    return True if plain in YES else False if plain in NO else None
