"""Write a mock city as a study folder for `survey.study.study.load_study`, together with its truth."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from survey.boundaries.stored import write_boundaries
from survey.errors import StudyError
from survey.host.names import check_new_name
from survey.importing.ingest import Imported, import_files
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.borders import mock_boundaries
from survey.mock.drawing import DEFAULT_QUESTIONNAIRE, MockCity
from survey.mock.settings import study_settings
from survey.mock.summary import NOTICE, truth_summary
from survey.storage.spreadsheets import csv_text, exact_writer
from survey.study.areas import FRAME_COLUMNS, Areas
from survey.study.settings import read_settings
from survey.study.study import load_study

BOM = "\ufeff".encode()
MADE = ("raw", "truth", "store")
Progress = Callable[[str, float], None]


def write_folder(
    mock: MockCity,
    root: Path,
    *,
    overwrite: bool = False,
    questionnaire: Path = DEFAULT_QUESTIONNAIRE,
    practice: bool = False,
) -> Path:
    """Write a mock city as a study folder.

    Args:
        mock: the city.
        root: the folder; it may exist if it is empty or holds mock data.
        overwrite: whether to replace the answers and the store of an earlier mock city.
        questionnaire: file of the questionnaire.
        practice: whether to add an empty wave that is always open.

    Raises:
        StudyError: the folder holds other data, or answers that must not be replaced; nothing is written.
    """
    check_folder(root, overwrite=overwrite)
    root.mkdir(parents=True, exist_ok=True)
    for name in MADE:
        shutil.rmtree(root / name, ignore_errors=True)
    asked = root / "questionnaire.json"
    if not (asked.exists() and asked.samefile(questionnaire)):
        shutil.copyfile(questionnaire, asked)
    (root / "study.toml").write_text(study_settings(mock.spec, practice=practice), encoding="utf-8", newline="\n")
    _write_rows(root / "frame.csv", FRAME_HEADINGS, _frame_rows(mock.city.areas))
    _write_rows(root / "margins.csv", *_margin_rows(mock.margins, mock.questionnaire))
    _write_rows(root / "targets.csv", TARGET_HEADINGS, _target_rows(mock.targets))
    write_boundaries(root, mock_boundaries(mock.city.areas, mock.spec.seed))
    (root / "raw").mkdir()
    for name, table in mock.files():
        write_answers(table, root / "raw" / f"{name}.csv")
    write_truth(mock, root / "truth")
    return root


def import_folder(root: Path, mock: MockCity, progress: Progress | None = None) -> list[Imported]:
    """Import the answer files of a mock study, each as one version, as `silu import` does."""
    study, done = load_study(root), []
    for index, draft in enumerate(mock.drafts):
        wave, mode = draft.people.wave, draft.people.mode
        path = root / "raw" / f"{wave}_{mode}.csv"
        if progress:
            progress(f"导入 {path.name}", index / len(mock.drafts))
        done.append(import_files(study, [path], wave, mode=mode, who="silu mock", note="模拟数据"))
    return done


def check_folder(root: Path, *, overwrite: bool) -> None:
    """Raise StudyError if a folder may not be called so, or holds anything but mock data; see `write_folder`."""
    check_new_name(root)
    if root.exists() and not root.is_dir():
        raise StudyError("目标不是文件夹", where=str(root), cure="换一个新的目录名")
    settings = root / "study.toml"
    if settings.exists() and read_settings(settings).get("study", "data", "real") != "mock":
        raise StudyError("这里是一个真实调查，不会写入模拟数据", where=str(root), cure="换一个新的目录名")
    entries = {entry.name for entry in root.iterdir()} if root.exists() else set()
    if entries - {"questionnaire.json"} and not settings.exists():
        raise StudyError("目标已存在且不是模拟调查，没有写入任何文件", where=str(root), cure="换一个新的目录名")
    if (root / "store").exists() and not overwrite:
        raise StudyError(
            "这里已有模拟城市和导入的答卷", where=str(root), cure="换一个新的目录名，或加上 --overwrite 重新生成"
        )


FRAME_HEADINGS = tuple(FRAME_COLUMNS)
TARGET_HEADINGS = ("指标", "题目", "区县", "目标", "出处", "日期")
MARGIN_HEADINGS: Mapping[str, str] = {
    "district": "区县",
    "age": "年龄",
    "sex": "性别",
    "education": "文化程度",
    "population": "人口",
}


def _write_rows(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a small table with a BOM and the notice as a leading comment line."""
    text = io.StringIO(newline="")
    writer = exact_writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    path.write_bytes(BOM + f"# {NOTICE}\n{text.getvalue()}".encode())


def _frame_rows(areas: Areas) -> Iterable[Sequence[object]]:
    return ([getattr(point, name) for name in FRAME_COLUMNS.values()] for point in areas.points)


def _margin_rows(
    margins: pd.DataFrame, questionnaire: Questionnaire
) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    labels = {
        role: {entry.code: entry.label for entry in question.bands or question.choices}
        for role, question in questionnaire.roles.items()
    }
    rows = (
        ["" if pd.isna(value) else labels.get(str(name), {}).get(value, value) for name, value in row.items()]
        for row in margins.to_dict("records")
    )
    return [MARGIN_HEADINGS[name] for name in margins.columns], rows


def _target_rows(targets: pd.DataFrame) -> Iterable[Sequence[object]]:
    for row in targets.to_dict("records"):
        yield [measure_label(row["measure"]), row["item"], row["district"], row["target"], row["source"], row["date"]]


def write_answers(table: pa.Table, path: Path) -> None:
    """Write an answer file: CSV in UTF-8 with BOM."""
    with path.open("wb") as file:
        file.write(BOM)
        pacsv.write_csv(table, file)


def write_truth(mock: MockCity, folder: Path) -> None:
    """Write truth.json and the truth tables: small ones as CSV, the labels of all texts as Parquet."""
    folder.mkdir()
    truth = mock.truth
    for name in ("rates", "effects", "channels", "themes", "faults"):
        table: pd.DataFrame = getattr(truth, name)
        (folder / f"{name}.csv").write_bytes(BOM + csv_text(table, end="\n").encode())
    labels = pa.Table.from_pandas(truth.texts, preserve_index=False).replace_schema_metadata()
    pq.write_table(labels, folder / "texts.parquet", compression="zstd")
    text = json.dumps(truth_summary(mock), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")
