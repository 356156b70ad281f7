"""All errors that Silu reports to a user, as one class hierarchy.

    SiluError
    ├── ArgumentError        a command or an option is invalid
    ├── QuestionnaireError   the questionnaire file breaks its own rules
    ├── StudyError           the study folder is incomplete or contradicts itself
    ├── ReadError            an answer file cannot be read at all
    ├── CodingError          answers cannot be matched with the questionnaire
    ├── StoreError           the response store refuses a read or a write
    │   └── DamagedError     a file of a study is corrupt or missing
    ├── AccountError         an account cannot be used, made or changed
    ├── CollectError         the online form or its inbox cannot work
    ├── PictureError         a picture of a page cannot be made
    ├── EngineError          the engine that computes, or its cluster, cannot do it
    ├── DesignError          the sampling design does not allow the estimate
    └── CalibrationError     weights cannot meet their margins

Each message is in Chinese, for analysts who are not programmers, and states what was wrong, where, the value found, the
value expected, and the remedy.
"""

from __future__ import annotations


class SiluError(Exception):
    """A problem that the user can understand and resolve.

    Args:
        what: one sentence, what went wrong.
        where: file, sheet, row, column, or setting.
        got: the value found.
        expected: the valid values.
        cure: the remedy.
    """

    def __init__(self, what: str, *, where: str = "", got: str = "", expected: str = "", cure: str = "") -> None:
        """Keep the five parts; the message joins those that are not empty."""
        self.what, self.where, self.got, self.expected, self.cure = what, where, got, expected, cure
        parts = [what]
        labelled = (("位置", where), ("读到", got), ("应为", expected), ("处理办法", cure))
        parts += [f"{label}：{value}" for label, value in labelled if value]
        super().__init__("\n".join(parts))

    @property
    def code(self) -> str:
        """Return a stable name of the kind of error, for programs: "design", "store", ..."""
        return type(self).__name__.removesuffix("Error").lower()

    @property
    def summary(self) -> str:
        """Return an English sentence on the kind of error; the message itself is in Chinese."""
        return (type(self).__doc__ or "").partition("\n")[0]


class ArgumentError(SiluError):
    """A command or an option is invalid."""


class QuestionnaireError(SiluError):
    """The questionnaire file breaks its own rules."""


class StudyError(SiluError):
    """The study folder is incomplete or contradicts itself."""


class ReadError(SiluError):
    """An answer file cannot be read at all."""


class CodingError(SiluError):
    """Answers cannot be matched with the questionnaire."""


class StoreError(SiluError):
    """The response store refuses a read or a write."""


class DamagedError(StoreError):
    """A file of a study is corrupt or missing."""


class AccountError(SiluError):
    """An account cannot be used, made or changed."""


class CollectError(SiluError):
    """The online form or its inbox cannot work."""


class PictureError(SiluError):
    """A picture of a page cannot be made."""


class EngineError(SiluError):
    """The engine that computes, or its cluster, cannot do it."""


class DesignError(SiluError):
    """The sampling design does not allow the estimate."""


class CalibrationError(SiluError):
    """Weights cannot meet their margins."""
