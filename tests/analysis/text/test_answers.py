"""The table of readings: one row per answer, no personal data kept, stable keys."""

import numpy as np
import pyarrow as pa

from analysis.text.answers import attach, digest, digests
from analysis.text.reader import read_texts
from survey.study.lexicon import Lexicon


def test_attach_keeps_one_row_an_answer_and_no_raw_text(lexicon: Lexicon) -> None:
    texts = pa.table(
        {
            "response_id": ["1", "2", "3"],
            "wave": ["W1"] * 3,
            "item": ["H1"] * 3,
            "text": ["找王主任没用", None, "找王主任没用"],
        }
    )
    read = read_texts([raw or "" for raw in texts["text"].to_pylist()], lexicon)
    table = attach(texts, read)
    assert table["response_id"].to_pylist() == ["1", "2", "3"]
    assert table["text"].to_pylist() == ["找某主任没用", "", "找某主任没用"]
    assert table["says"].to_pylist() == [True, False, True]
    names = np.array([digest(""), digest("找王主任没用"), digest("")])
    assert attach(texts, read, names)["text"].to_pylist() == ["", "找某主任没用", ""]
    empty = attach(texts.slice(0, 0), read_texts([], lexicon))
    assert empty.num_rows == 0
    assert empty.schema.names == table.schema.names


def test_digests_are_stable() -> None:
    assert digest("路灯") == digest("路灯") != digest("路灯 ")
    assert digest("\ud83d") >= 0
    assert digests(["路灯", "路灯 "]).tolist() == [digest("路灯"), digest("路灯 ")]
