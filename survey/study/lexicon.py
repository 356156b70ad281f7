"""Lexicon: the word lists of the text analysis, one entry per line, read from one or more folders.

They include official phrases, which occur in slogans and documents but hardly ever in residents' own words.
"""

from __future__ import annotations

import hashlib
import re
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from survey.errors import StudyError
from survey.storage.files import place

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SHARED = Path("share") / "silu" / "lexicon"
PLACES = (
    ROOT / "data" / "lexicon",
    Path(sysconfig.get_path("data")) / SHARED,
    ROOT / SHARED,  # pip install --target
    Path(sysconfig.get_path("data", sysconfig.get_preferred_scheme("user"))) / SHARED,
)
"""Possible folders of the built-in lists: in the repository, or as installed by a wheel."""
DEFAULT = next((place for place in PLACES if place.is_dir()), PLACES[0])
DIRECTIONS = ("down", "up", "better", "worse")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists; `themes` is the text of the codebook, and `fingerprint` changes with any entry.

    `words` maps a user word to a forced frequency, or to 0 to let the segmenter choose it.
    `positive`, `negative` and `degrees` map a word to a strength > 0, `changes` to one of `DIRECTIONS`.
    """

    words: Mapping[str, int]
    stop: frozenset[str]
    greetings: frozenset[str]
    nonanswers: frozenset[str]
    negations: frozenset[str]
    shields: frozenset[str]
    synonyms: Mapping[str, str]
    positive: Mapping[str, float]
    negative: Mapping[str, float]
    degrees: Mapping[str, float]
    changes: Mapping[str, str]
    intents: Mapping[str, str]
    themes: str
    fingerprint: str


def load_lexicon(*folders: Path) -> Lexicon:
    """Read the built-in lists and add those of further folders, for example of a study.

    Entries of later folders override earlier ones; the last `themes.toml` replaces the others entirely.

    Raises:
        StudyError: the built-in lists are missing, a file is not UTF-8, a file contains an entry twice, or a value is
            invalid.
    """
    if not DEFAULT.is_dir():
        raise StudyError("找不到随软件安装的词典", where=str(DEFAULT), cure="重新安装 silu")
    chosen = (DEFAULT, *folders)
    files = [folder / name for folder in chosen for name in (*(f"{one}.txt" for one in CONVERTERS), "themes.toml")]
    return _load(chosen, tuple(_facts(file) for file in files))


def _facts(path: Path) -> tuple[int, ...]:
    """Return what tells a file from its next edition; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _load(chosen: tuple[Path, ...], _files: tuple[tuple[int, ...], ...]) -> Lexicon:
    """Read the lists again only where a file has changed: they take .1 CPU s, and a run asks for them twenty times."""
    lists: dict[str, dict[str, str]] = {name: {} for name in CONVERTERS}
    for folder in chosen:
        for name, entries in lists.items():
            entries.update(read_entries(folder / f"{name}.txt", CONVERTERS[name]))
    themes = [folder / "themes.toml" for folder in chosen if (folder / "themes.toml").is_file()]
    text = read_text(themes[-1])
    return Lexicon(
        words=_values(lists["words"], int),
        stop=frozenset(lists["stop"]),
        greetings=frozenset(lists["greetings"]),
        nonanswers=frozenset(lists["nonanswers"]),
        negations=frozenset(lists["negations"]),
        shields=frozenset(lists["shields"]),
        synonyms=lists["synonyms"],
        positive=_values(lists["positive"], float),
        negative=_values(lists["negative"], float),
        degrees=_values(lists["degrees"], float),
        changes=lists["changes"],
        intents=lists["intents"],
        themes=text,
        fingerprint=_fingerprint(lists, text),
    )


def add_words(folder: Path, words: Sequence[str]) -> int:
    """Add user words to `words.txt` in the lexicon of a study, atomically; return the number of new words.

    Raises:
        StudyError: a word with a blank, a punctuation mark or fewer than two characters, or an unreadable file.
        StoreError: the file cannot be written.
    """
    for word in words:
        if not re.fullmatch(r"[\u3400-\u9fffA-Za-z0-9]{2,12}", word):
            raise StudyError("不能作为词加入词典", got=word, expected="2 到 12 个字，中间没有空格和标点")
    path = folder / "words.txt"
    known = read_entries(path, CONVERTERS["words"])
    new = [word for word in dict.fromkeys(words) if word not in known]
    if new:
        before = (
            read_text(path).rstrip("\n") + "\n" if path.is_file() else "# 本调查自己的词，由人工确认。每行一个词。\n"
        )
        text = before + "".join(f"{word}\n" for word in new)
        place(path, lambda copy: copy.write_text(text, encoding="utf-8"), "词典")
    return len(new)


def read_entries(path: Path, check: Callable[[str], object]) -> dict[str, str]:
    """Return the entries of one file, `word` or `word<TAB>value`; empty if the file is missing.

    Lines that start with # are comments. `check` raises ValueError for an invalid value.
    """
    if not path.is_file():
        return {}
    entries: dict[str, str] = {}
    seen: dict[str, int] = {}
    for number, raw in enumerate(read_text(path).splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        word, _, value = (part.strip() for part in line.partition("\t"))
        where = f"{path.name} 第 {number} 行"
        if word in seen:
            raise StudyError(
                "词典里有重复的词条", where=where, got=word, cure=f"删去这一行，它在第 {seen[word]} 行已有"
            )
        try:
            check(value)
        except (ValueError, KeyError):
            raise StudyError(
                "词典的值不能用", where=where, got=line, expected=EXPECTED.get(path.stem, "每行只写一个词")
            ) from None
        entries[word], seen[word] = value, number
    return entries


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file with or without a byte order mark.

    Raises:
        StudyError: a byte that is not UTF-8, with its line.
    """
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise StudyError(
            "词典文件不是 UTF-8 编码", where=f"{path.name} 第 {line} 行", cure="用记事本另存为，编码选 UTF-8"
        ) from None


def _values(entries: Mapping[str, str], convert: Callable[[str], T]) -> dict[str, T]:
    return {word: convert(value or "0") for word, value in entries.items()}


def _fingerprint(lists: Mapping[str, Mapping[str, str]], themes: str) -> str:
    digest = hashlib.sha256(themes.encode())
    for name in sorted(lists):
        for word in sorted(lists[name]):
            digest.update(f"{name}\t{word}\t{lists[name][word]}\n".encode())
    return digest.hexdigest()[:16]


def _nothing(value: str) -> None:
    if value:
        raise ValueError(value)


def _count(value: str) -> None:
    if value and int(value) < 1:
        raise ValueError(value)


def _strength(value: str) -> None:
    if not 0 < float(value) <= 10:
        raise ValueError(value)


def _direction(value: str) -> None:
    if value not in DIRECTIONS:
        raise ValueError(value)


def _word(value: str) -> None:
    if not value:
        raise ValueError(value)


CONVERTERS: dict[str, Callable[[str], None]] = {
    "words": _count,
    "stop": _nothing,
    "greetings": _nothing,
    "nonanswers": _nothing,
    "negations": _nothing,
    "shields": _nothing,
    "synonyms": _word,
    "positive": _strength,
    "negative": _strength,
    "degrees": _strength,
    "changes": _direction,
    "intents": _word,
}
EXPECTED = {
    "words": "词，或 词<TAB>频率（正整数）",
    "synonyms": "变体<TAB>标准词",
    "positive": "词<TAB>强度（0 到 10）",
    "negative": "词<TAB>强度（0 到 10）",
    "degrees": "词<TAB>倍数（0 到 10）",
    "changes": "词<TAB>方向（down、up、better、worse 之一）",
    "intents": "词<TAB>意图（complaint、suggestion、question、praise 之一）",
}


FILE = "official.txt"


def official_phrases(*folders: Path) -> frozenset[str]:
    """Return the official phrases of the built-in list and of further folders, for example of a study.

    Raises:
        StudyError: a file is not UTF-8 or contains an entry twice.
    """
    return frozenset(phrase for folder in (DEFAULT, *folders) for phrase in read_entries(folder / FILE, str))
