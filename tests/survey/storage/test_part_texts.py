"""Texts of one part: those of all parts together are the texts of the store, and one part brings only its own."""

from pathlib import Path

import pyarrow as pa
import pytest

from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.part_texts import part_texts
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import stored_parts, text_parts


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    """Return a store of three imports; the second has texts of nobody, as a killed import would leave them."""
    found = ResponseStore(tmp_path / "store")
    for at, wave in enumerate(("W1", "W2", "W2")):
        ids, own = [f"r{at}{n}" for n in range(4)], f"import{at}"
        rows = {"response_id": ids, "wave": [wave] * 4, "mode": ["online", "household"] * 2, "import_id": [own] * 4}
        people = [*ids, "nobody"] if at == 1 else ids[1:]
        said = [
            {"response_id": one, "wave": wave, "item": item, "text": f"{one} 说 {item}", "import_id": own}
            for one in people
            for item in ("H1", "H2")
        ]
        batch = ImportBatch(wave, pa.table({**rows, "psu": ["1"] * 4}), pa.Table.from_pylist(said, TEXTS), pa.table({}))
        found.commit(batch, expected=found.version)
    return found


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("item", ["H1", "H2", "H3"])
def test_the_parts_are_the_texts_of_the_store(store: ResponseStore, version: int, item: str) -> None:
    responses, found = stored_parts(store.root, version), []
    for part in text_parts(store.root):
        carriers = [one for one in responses if one.imports() & part.imports()]
        if carriers:
            texts, rows = part_texts(part, carriers, item)
            assert part.read(["text"])["text"].take(pa.array(rows)).equals(texts["text"])
            found.append(texts)
    every = store.texts(version=version, item=item, described=True)
    assert pa.concat_tables(found).to_pylist() == every.select(found[0].column_names).to_pylist()
    assert "nobody" not in every["response_id"].to_pylist()
