"""Convert a draft to coded responses, free texts, an answer file in the native layout, and truth labels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import City
from survey.mock.draft import Draft
from survey.mock.wave.phrases import TONES, TRADITIONAL, TYPO, theme_codes
from survey.mock.wave.sample import interviewer_name
from survey.mock.wave.session import NULL
from survey.storage.import_batch import TEXTS
from survey.storage.store import W_SCALE
from survey.study.responses import FIXED, TYPES, column_of, response_schema, role_column

MODE_PREFIXES = {"household": "H", "online": "N"}


def response_ids(draft: Draft) -> pa.Array:
    """Return ids such as W1-H-0000001, in row order."""
    serial = pc.utf8_lpad(pa.array(np.arange(1, len(draft.people) + 1)).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(f"{draft.people.wave}-{MODE_PREFIXES[draft.people.mode]}-", serial, "")


def _submitted(draft: Draft) -> pa.Array:
    return pa.array(draft.submitted).cast(pa.timestamp("us"))


def _psu(draft: Draft, city: City) -> pa.Array:
    return pa.array(city.psu[draft.people.community], mask=~draft.people.placed)


def _interviewer(draft: Draft, city: City) -> pa.Array:
    index = draft.people.interviewer
    names = pa.array([interviewer_name(city, number) for number in range(int(index.max(initial=0)) + 1)], pa.string())
    return names.take(pa.array(index, mask=index < 0))


def _particulars(draft: Draft, city: City) -> dict[str, pa.Array]:
    """Return the fixed columns that files and the store share."""
    rows = len(draft.people)
    return {
        "response_id": response_ids(draft),
        "wave": pa.repeat(draft.people.wave, rows).cast(pa.string()),
        "mode": pa.repeat(draft.people.mode, rows).cast(pa.string()),
        "psu": _psu(draft, city),
        "submitted": _submitted(draft),
        "seconds": pa.array(draft.seconds, pa.int32()),
        "interviewer": _interviewer(draft, city),
    }


def response_table(draft: Draft, city: City, questionnaire: Questionnaire) -> pa.Table:
    """Return coded responses in `responses.response_schema`; import_id, source_row and row_hash are NULL."""
    rows = len(draft.people)
    weight = draft.people.weight
    fixed = np.where(np.isnan(weight), 1.0, np.round(weight, 4)) * W_SCALE
    columns = _particulars(draft, city) | {"w_fx": pa.array(np.rint(fixed).astype(np.int64))}
    columns |= {name: pa.nulls(rows, FIXED.field(name).type) for name in FIXED.names if name not in columns}
    for item in questionnaire.items:
        values = draft.columns[item.name]
        columns[column_of(item, questionnaire)] = pa.array(values, mask=values == NULL).cast(TYPES[item.form])
    for role, question in questionnaire.roles.items():
        columns[role] = role_column(question, columns[column_of(question.items[0], questionnaire)])
    return pa.table(columns, schema=response_schema(questionnaire))


def text_table(draft: Draft) -> pa.Table:
    """Return free texts in `store.TEXTS`."""
    ids, parts = response_ids(draft), [TEXTS.empty_table()]
    for item, answered in draft.texts.items():
        written = pc.is_valid(answered.text)
        found, count = ids.filter(written), len(ids.filter(written))
        wave, name = (pa.repeat(word, count).cast(pa.string()) for word in (draft.people.wave, item))
        columns = [found, wave, name, answered.text.filter(written), pa.nulls(count, pa.string())]
        parts.append(pa.table(columns, schema=TEXTS))
    return pa.concat_tables(parts)


def file_table(draft: Draft, city: City, questionnaire: Questionnaire) -> pa.Table:
    """Return an answer file in the native layout: codes, and empty cells where not asked or not answered."""
    columns = _particulars(draft, city)
    columns["submitted"] = pc.strftime(columns["submitted"].cast(pa.timestamp("s")), format="%Y-%m-%d %H:%M:%S")
    if draft.people.mode == "online":
        del columns["interviewer"]
        columns |= _device(draft)
    else:
        columns["weight"] = pa.array(np.round(draft.people.weight, 4))
    for question in questionnaire.questions:
        columns |= _question_columns(draft, question)
    return pa.table(columns)


def _device(draft: Draft) -> dict[str, pa.Array]:
    """Return the device number, and a private IP address derived from it."""
    device = draft.device
    parts = [pa.array(device // 256**power % 256).cast(pa.string()) for power in (2, 1, 0)]
    return {
        "ip": pc.binary_join_element_wise("10", *parts, "."),
        "device": pc.binary_join_element_wise("D", pa.array(device).cast(pa.string()), ""),
    }


def _question_columns(draft: Draft, question: Question) -> dict[str, pa.Array]:
    if any(item.form == "flag" for item in question.items):
        columns = {question.name: _checked(draft.columns, question)}
    else:
        columns = {item.name: _cells(draft.columns[item.name]) for item in question.items}
    texts = {name: draft.texts[name].text for name in question.text_items if name in draft.texts}
    return columns | texts


def _cells(values: npt.NDArray[np.int8]) -> pa.Array:
    return pa.array(values, mask=(values == NULL) | (values == BLANK))


def _checked(columns: Mapping[str, npt.NDArray[np.int8]], question: Question) -> pa.Array:
    """Return the chosen codes in one cell, "1|8|9", formatted once per distinct combination."""
    bits = np.zeros(len(columns[question.items[0].name]), dtype=np.int64)
    for place, item in enumerate(question.items):
        bits |= (columns[item.name] == 1).astype(np.int64) << place
    codes = [str(item.option) for item in question.items]
    encoded = pa.array(bits).dictionary_encode()
    words = [
        "|".join(code for place, code in enumerate(codes) if combination >> place & 1) or None
        for combination in encoded.dictionary.to_pylist()
    ]
    return pa.array(words, pa.string()).take(encoded.indices)


def fault_table(draft: Draft) -> pd.DataFrame:
    """Return response_id, wave, mode, fault, detail (id of the original of a duplicate, else interviewer or place)."""
    rows = np.flatnonzero(draft.fault != "")
    ids = response_ids(draft)
    details = [ids[int(value)].as_py() if isinstance(value, int) else value for value in draft.detail[rows]]
    return pd.DataFrame(
        {
            "response_id": ids.take(pa.array(rows)).to_pandas(),
            "wave": draft.people.wave,
            "mode": draft.people.mode,
            "fault": draft.fault[rows],
            "detail": details,
        }
    ).astype("str")


def answer_table(draft: Draft) -> pd.DataFrame:
    """Return response_id, wave, item, theme and tone (NA without content) and form flags of each open answer."""
    ids, parts = response_ids(draft), []
    for item, answered in draft.texts.items():
        rows = np.flatnonzero(np.asarray(pc.is_valid(answered.text).to_numpy(zero_copy_only=False), dtype=bool))
        parts.append(
            pd.DataFrame(
                {
                    "response_id": ids.take(pa.array(rows)).to_pandas(),
                    "wave": draft.people.wave,
                    "item": item,
                    "theme": pd.Categorical.from_codes(answered.theme[rows], pd.Index(theme_codes())),
                    "tone": pd.Categorical.from_codes(answered.tone[rows], pd.Index(TONES)),
                    "traditional": answered.form[rows] == TRADITIONAL,
                    "typo": answered.form[rows] == TYPO,
                    "phone": answered.phone[rows],
                    "emoji": answered.emoji[rows],
                }
            )
        )
    columns = ["response_id", "wave", "item", "theme", "tone", "traditional", "typo", "phone", "emoji"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
