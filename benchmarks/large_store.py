"""A study of any size: rows of a mock city drawn again and again, spread over a frame of any size (模拟数据).

python -m benchmarks.large_store FOLDER ROWS [COMMUNITIES] [WAVES]

Only the columns that the headline rates, age, sex and education need are filled; the others are NULL, so that 1e8 rows
take a few GB of disk. Everything is drawn from one seed.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from reports.definitions import headlines
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import W_SCALE, ResponseStore
from survey.study.responses import response_schema
from survey.study.study import load_study

PART = 2_500_000
STREETS = 20
"""Communities of a street."""
HEAD = "代码,区县,街道,社区,城乡代码,场所类型,人口,层\n"


def make(
    root: Path, rows: int, communities: int = 2000, waves: int = 4, *, districts: int = 5, part: int = PART
) -> Path:
    """Write a study and return its folder.

    Args:
        root: the folder to create.
        rows: number of responses over all waves.
        communities: of the frame; each is a sampling point of every wave.
        waves: number of waves.
        districts: districts of the frame, of equal size.
        part: responses of a part at most.
    """
    seed = _seed_rows(root)
    frame, codes = _frame(communities, districts)
    (root / "frame.csv").write_text(frame, encoding="utf-8")
    (root / "margins.csv").write_text("区县,人口\n", encoding="utf-8")
    (root / "targets.csv").write_text("指标,题目,区县,目标,出处,日期\n", encoding="utf-8")
    _settings(root, waves)
    store, rng = ResponseStore(root / "store"), np.random.default_rng(rows)
    for wave, size in _parts(rows, waves, part):
        batch = _draw(seed, wave, size, codes, rng)
        store.commit(ImportBatch(wave, batch, TEXTS.empty_table(), pa.table({})), expected=store.version)
    return root


def _seed_rows(root: Path) -> pa.Table:
    """Write a small mock city for its questionnaire; return its household answers in the columns that are filled."""
    mock = draw(MockSpec(districts=4, online=False, faults=False, texts=False))
    write_folder(mock, root, practice=False)
    import_folder(root, mock)
    study = load_study(root)
    filled = {"mode", "age", "sex", "education", *(name for rate in headlines(study) for name in rate.columns)}
    rows = ResponseStore(root / "store").read()
    schema = response_schema(study.questionnaire)
    for name in ("store", "raw", "truth"):
        shutil.rmtree(root / name, ignore_errors=True)
    (root / "raw").mkdir()
    columns = [rows[one.name] if one.name in filled else pa.nulls(rows.num_rows, one.type) for one in schema]
    return pa.table(columns, schema=schema)


def _frame(communities: int, districts: int) -> tuple[str, np.ndarray]:
    """Return the frame as CSV, and the 12-digit codes of its communities."""
    lines, codes = [HEAD], []
    for at in range(communities):
        street = at // STREETS
        district = at * districts // communities
        code = (100_001 + district) * 10**6 + (street % 999 + 1) * 1000 + at % STREETS + 1
        codes.append(code)
        place = f"{district + 1}区,{street + 1}街道,{at + 1}社区"
        lines.append(f"{code},{place},111,其他,{2000 + at % 7 * 500},{district + 1}区\n")
    return "".join(lines), np.array(codes)


def _settings(root: Path, waves: int) -> None:
    path = root / "study.toml"
    head, _, rest = path.read_text("utf-8").partition("[[waves]]")
    thresholds = rest.partition("[[thresholds]]")[2]
    rounds = "".join(
        f'[[waves]]\nname = "W{at + 1}"\ntitle = "第 {at + 1} 轮"\nstart = {2000 + at}-03-01\nend = {2000 + at}-03-14\n'
        'modes = ["household"]\n\n'
        for at in range(waves)
    )
    path.write_text(f"{head}{rounds}[[thresholds]]{thresholds}", encoding="utf-8")


def _parts(rows: int, waves: int, part: int) -> Iterator[tuple[str, int]]:
    """Yield wave and size of each part."""
    for at in range(waves):
        left = rows // waves + (at < rows % waves)
        while left > 0:
            yield f"W{at + 1}", min(left, part)
            left -= part


def _draw(seed: pa.Table, wave: str, size: int, codes: np.ndarray, rng: np.random.Generator) -> pa.Table:
    """Draw a part, sorted by sampling point as the store keeps it; weights are lognormal."""
    rows = seed.take(pa.array(rng.integers(0, seed.num_rows, size)))
    stamp = int(rng.integers(1 << 40))
    made: dict[str, Any] = {
        "response_id": pa.array([f"{wave}-{stamp:x}-{at}" for at in range(size)]),
        "wave": pa.array(np.full(size, wave)),
        "psu": pa.array(np.sort(rng.choice(codes, size))),
        "w_fx": pa.array(np.round(rng.lognormal(0, 0.5, size) * W_SCALE).astype(np.int64) + 1),
        "import_id": pa.array(np.full(size, f"import-{stamp:x}")),
    }
    columns = [made.get(one.name, rows[one.name]) for one in seed.schema]
    return pa.table(columns, schema=seed.schema)


if __name__ == "__main__":
    numbers = [int(float(one)) for one in sys.argv[2:]]
    print(make(Path(sys.argv[1]), *numbers))
