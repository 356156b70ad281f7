"""Linear classifier over text features: trained with labels, explained by its n-grams, stored as a small table."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.text.themes.features import Space, make_space
from survey.errors import ArgumentError

Scores = npt.NDArray[np.float64]
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Scores of K classes: features @ weights + extra columns @ extras + bias.

    Attributes:
        space: the features.
        classes: [K] names.
        weights: [V, K].
        bias: [K].
        extras: [E, K] weights of columns beside the text, for example a lexicon score.
    """

    space: Space
    classes: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    extras: npt.NDArray[np.float32]

    def scores(
        self, texts: Sequence[str], words: Sequence[Sequence[str]] | None = None, extra: Scores | None = None
    ) -> Scores:
        """Return [N, K] one-against-all scores; above 0 is inside a class."""
        score = self.space.vectors(texts, words) @ self.weights + self.bias
        if extra is not None:
            score = score + extra @ self.extras
        return np.asarray(score, dtype=np.float64)

    def evidence(self, text: str, name: str, most: int = 6) -> tuple[tuple[str, float], ...]:
        """Return the features of the text that contribute most to a class, with their contributions."""
        column = self.classes.index(name)
        pieces = sorted({text[i : i + n] for n in (1, 2) for i in range(len(text) - n + 1)})
        if not pieces:
            return ()
        row = self.space.vectors([text])
        values = dict(zip(row.indices.tolist(), (row.data * self.weights[row.indices, column]).tolist(), strict=True))
        codes = {int(code): at for at, code in enumerate(self.space.codes)}
        named = [(piece, values.get(codes.get(_code(piece), -1), 0.0)) for piece in pieces]
        return tuple(sorted((each for each in named if each[1] > 0), key=lambda each: -each[1])[:most])

    def pruned(self, keep: int) -> LinearModel:
        """Keep only the features that move scores most: largest weight times spread over the classes."""
        if len(self.space) <= keep:
            return self
        power = np.abs(self.weights).max(axis=1) / np.sqrt(np.maximum(self.space.idf, 1e-6)) ** 3
        chosen = np.sort(np.argsort(-power, kind="stable")[:keep])
        return replace(self, space=self.space.only(chosen), weights=self.weights[chosen])

    def to_text(self) -> str:
        """Write the model as one line of text; weights are rounded to 8 bits, a few bytes per feature."""
        scale = float(np.abs(self.weights).max() or 1.0) / 127
        packed = {
            "codes": np.diff(self.space.codes, prepend=np.uint64(0)).astype("<u8"),
            "idf": (self.space.idf * 16).round().clip(0, 255).astype("u1"),
            "weights": (self.weights / scale).round().astype("i1"),
        }
        blob = b"".join(packed[name].T.tobytes() for name in packed)
        head = {"format": _FORMAT, "classes": self.classes, "n": len(self.space), "words": self.space.words}
        rest = {"scale": scale, "bias": self.bias.tolist(), "extras": self.extras.tolist()}
        body = base64.b85encode(zlib.compress(blob, 9)).decode()
        return json.dumps({**head, **rest, "body": body}, ensure_ascii=False)


def read_model(text: str) -> LinearModel:
    """Read a model that `to_text` wrote; numpy arrays only, nothing is executed.

    Raises:
        ArgumentError: not a stored model.
    """
    try:
        head = json.loads(text)
        if head["format"] != _FORMAT:
            raise ValueError(head["format"])
        n, k = int(head["n"]), len(head["classes"])
        blob = zlib.decompress(base64.b85decode(head["body"]))
        codes = np.cumsum(np.frombuffer(blob, "<u8", n), dtype=np.uint64)
        idf = (np.frombuffer(blob, "u1", n, 8 * n) / 16).astype(np.float32)
        weights = np.frombuffer(blob, "i1", n * k, 9 * n).reshape(k, n).T.astype(np.float32) * head["scale"]
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise ArgumentError("模型文件不能读取", got=str(error)[:60], cure="重新训练或删除该文件") from None
    extras = np.array(head["extras"], dtype=np.float32).reshape(-1, k)
    space = Space(codes, idf, bool(head["words"]))
    return LinearModel(space, tuple(head["classes"]), weights, np.array(head["bias"], dtype=np.float32), extras)


@dataclass(frozen=True, slots=True)
class Training:
    """Training settings.

    Attributes:
        cost: cost of the support vector machine.
        fewest: smallest number of texts with a feature.
        balanced: weight classes equally, whatever their number of texts.
        most: largest number of features.
        ratio: weight features by how unevenly the classes use them, the root of the absolute log-count ratio of
            naive Bayes (after Wang & Manning 2012, 2.3); better for opinions, where few words decide.
    """

    cost: float = 0.3
    fewest: int = 2
    balanced: bool = False
    most: int = 400_000
    ratio: bool = False


def train(
    texts: Sequence[str],
    labels: npt.NDArray[np.bool_],
    classes: Sequence[str],
    *,
    words: Sequence[Sequence[str]] | None = None,
    extra: Scores | None = None,
    how: Training | None = None,
) -> LinearModel:
    """Train one linear support vector machine per class, against all others.

    Args:
        texts: [N] normalised.
        labels: [N, K] whether a text belongs to a class; several may hold.
        classes: [K] names.
        words: [N] words beside the characters.
        extra: [N, E] columns beside the text.
        how: settings.

    Returns:
        A model; a class that no text or every text has scores -1 or 1 everywhere.
    """
    from sklearn.svm import LinearSVC

    how = how or Training()
    space = make_space(texts, words, fewest=how.fewest, most=how.most)
    matrix: Any = space.vectors(texts, words)
    width = 0 if extra is None else extra.shape[1]
    if extra is not None:
        from scipy import sparse

        matrix = sparse.hstack([matrix, sparse.csr_matrix(extra)]).tocsr()
    scaled = _over(matrix, matrix.data.astype(np.float64)) if how.ratio else matrix
    present: Any = _over(matrix, (matrix.data > 0).astype(np.float64)).T.tocsr() if how.ratio else None
    every: Any = present @ np.ones(len(texts)) if how.ratio else None
    weights = np.zeros((matrix.shape[1], len(classes)), dtype=np.float32)
    bias = np.where(labels.all(axis=0), 1.0, -1.0).astype(np.float32)
    for column in np.flatnonzero(labels.any(axis=0) & ~labels.all(axis=0)):
        weight = "balanced" if how.balanced else None
        scale = np.ones(matrix.shape[1])
        if how.ratio:
            scale = _ratio(present, every, labels[:, column], len(space))
            np.multiply(matrix.data, scale[matrix.indices], out=scaled.data)
        machine = LinearSVC(C=how.cost, class_weight=weight, random_state=0).fit(scaled, labels[:, column])
        weights[:, column], bias[column] = machine.coef_[0] * scale, machine.intercept_[0]
    size = len(space)
    return LinearModel(space, tuple(classes), weights[:size], bias, weights[size : size + width])


def _over(matrix: Any, data: npt.NDArray[np.floating[Any]]) -> Any:
    """Return a matrix with other values at the same places."""
    from scipy import sparse

    return sparse.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _ratio(present: Any, every: Scores, inside: npt.NDArray[np.bool_], size: int) -> Scores:
    """Return [V + E] roots of the absolute log-count ratio by feature, mean square 1; 1 for the extra columns.

    Args:
        present: [V + E, N] 1 where a text has a feature, else 0.
        every: [V + E] how many texts have it.
        inside: [N] whether a text belongs to the class.
        size: V.
    """
    mine = present @ inside.astype(np.float64)
    counts = (mine + 1, every - mine + 1)
    log_ratio = np.abs(np.log(counts[0] / (inside.sum() + 2)) - np.log(counts[1] / ((~inside).sum() + 2)))
    log_ratio /= np.sqrt(np.mean(log_ratio[:size] ** 2)) or 1.0
    return np.where(np.arange(len(log_ratio)) < size, np.sqrt(log_ratio), 1.0)


def _code(piece: str) -> int:
    return ord(piece) if len(piece) == 1 else ord(piece[0]) * (1 << 21) + ord(piece[1])
