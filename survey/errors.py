"""Every error that Silu tells a user about, in one tree.

    SiluError
    ├── ArgumentError        a command or an option cannot be used as given
    ├── QuestionnaireError   the questionnaire file breaks its own rules
    ├── StudyError           the study folder is incomplete or contradicts itself
    ├── ReadError            an answer file cannot be read at all
    ├── CodingError          answers cannot be matched with the questionnaire
    ├── StoreError           the response store refuses a read or a write
    │   └── DamagedError     a file of a study is not what was written, or is missing
    ├── CollectError         the online form or its inbox cannot work
    ├── DesignError          the sampling design does not allow the estimate
    └── CalibrationError     weights cannot meet their margins

Each says what was wrong, where, what was met, what was expected and how to mend it,
in Chinese, because the reader is an analyst at a desk and not a programmer.
"""

from __future__ import annotations


class SiluError(Exception):
    """A problem that the user can understand and mend.

    Args:
        what: one sentence, what went wrong.
        where: file, sheet, row, column, or setting.
        got: the value that was met.
        expected: what would have been right.
        cure: what to do next.
    """

    def __init__(self, what: str, *, where: str = "", got: str = "", expected: str = "", cure: str = "") -> None:
        """Keep the five parts; the text is made from those that are not empty."""
        self.what, self.where, self.got, self.expected, self.cure = what, where, got, expected, cure
        parts = [what]
        labelled = (("位置", where), ("读到", got), ("应为", expected), ("处理办法", cure))
        parts += [f"{label}：{value}" for label, value in labelled if value]
        super().__init__("\n".join(parts))

    @property
    def code(self) -> str:
        """Stable name of the kind of error, for programs: "design", "store", ..."""
        return type(self).__name__.removesuffix("Error").lower()

    @property
    def summary(self) -> str:
        """One English sentence about the kind of error, beside the Chinese text about this one."""
        return (type(self).__doc__ or "").partition("\n")[0]


class ArgumentError(SiluError):
    """A command or an option cannot be used as given."""


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
    """A file of a study is not what was written, or is missing."""


class CollectError(SiluError):
    """The online form or its inbox cannot work."""


class DesignError(SiluError):
    """The sampling design does not allow the estimate."""


class CalibrationError(SiluError):
    """Weights cannot meet their margins."""
