"""Reading of texts on a Spark cluster: each worker runs the same `TextReader`, sent as a package with the query."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.engines.spark_errors import explained
from analysis.text.answers import SCHEMA, Digests, digests
from survey.study.lexicon import Lexicon

PACKAGE = "silu_code.zip"
HOME = Path(__file__).parents[2]
ROOMS = ("analysis", "survey")
TASK = 5_000
"""Texts of one task: some seconds of work."""
MOST_TASKS = 2_000
PLAIN = pa.schema([(each.name, pa.string() if pa.types.is_dictionary(each.type) else each.type) for each in SCHEMA])
"""`SCHEMA` without dictionaries, which Spark has not."""


def read_on_spark(texts: Any, count: int, lexicon: Lexicon, engine: str, known: Digests, folder: Path) -> pa.Table:
    """Read the different texts of a DataFrame on its cluster, see `analysis.text.reader.read_texts`.

    Args:
        texts: a Spark DataFrame with the column `text`.
        count: about how many different texts.
        lexicon: word lists and codebook.
        engine: the segmentation engine.
        known: digests of texts that need no reading.
        folder: an empty folder, for the package that is sent.

    Returns:
        Schema `SCHEMA`, in no particular order.

    Raises:
        EngineError: the cluster cannot do it; the message says why.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    with explained():
        texts.sparkSession.addArtifacts(str(write_package(folder)), pyfile=True)
        tasks = min(max(1, -(-count // TASK)), MOST_TASKS)
        different = texts.select("text").where("text IS NOT NULL").repartition(tasks, "text").dropDuplicates(["text"])
        read = different.mapInArrow(mapper(lexicon, engine, known), from_arrow_schema(PLAIN)).toArrow()
    return coded(read)


def mapper(lexicon: Lexicon, engine: str, known: Digests) -> Callable[[Iterator[Any]], Iterator[pa.RecordBatch]]:
    """Return the function that a worker runs on its batches of texts."""

    def read(batches: Iterator[Any]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            raws = batch.column(0).to_pylist()
            fresh = np.flatnonzero(~np.isin(digests(raws), known))
            if len(fresh):
                found = pa.Table.from_batches([_reader(lexicon, engine).read([raws[at] for at in fresh])])
                yield from found.cast(PLAIN).to_batches()

    return read


def coded(read: pa.Table) -> pa.Table:
    """Return a table of the schema `PLAIN` in `SCHEMA`."""
    columns = [
        read[each.name].dictionary_encode().cast(each.type)
        if pa.types.is_dictionary(each.type)
        else read[each.name].cast(each.type)
        for each in SCHEMA
    ]
    return pa.table(columns, schema=SCHEMA)


def write_package(folder: Path) -> Path:
    """Write the modules of the analysis into a zip that Python can import from; return it."""
    path = folder / PACKAGE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for file in sorted(found for room in ROOMS for found in (HOME / room).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                package.write(file, file.relative_to(HOME).as_posix())
    return path


_READERS: dict[str, Any] = {}


def _reader(lexicon: Lexicon, engine: str) -> Any:
    """Return the reader of a worker process, made once for a lexicon."""
    from analysis.text.reader import TextReader  # compiles the rules

    key = f"{lexicon.fingerprint}-{engine}"
    if key not in _READERS:
        _READERS.clear()
        _READERS[key] = TextReader(lexicon, engine)
    return _READERS[key]
