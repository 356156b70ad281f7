"""Responses that a later file marks as not accepted, invalid or deleted: they leave the store once a person confirms.

Their rows are set apart like any other row with such a status; earlier versions of the store still hold the responses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from survey.importing.coding import CodedFile
from survey.importing.confirming.confirmations import Confirmation, Doubt

SHOWN = 3
CURE = "确认后这些答卷不再计入，这几行列入退回的行（以前的版本里还查得到）；标错了就在文件里改正状态，再导入"


def revocations(coded: Sequence[CodedFile], revoked: Collection[str]) -> Iterator[Confirmation]:
    """Yield what must be confirmed before stored responses are taken out.

    Args:
        coded: the files.
        revoked: ids of stored responses that the files set apart.
    """
    left = set(revoked)
    for file in coded:
        mine = [name for name in dict.fromkeys(file.refused) if name in left]
        left -= set(mine)
        if mine:
            more = "……" if len(mine) > SHOWN else ""
            found = f"{len(mine):,} 份已有的答卷在这个文件里标为不采用：{'、'.join(mine[:SHOWN])}{more}"
            yield Confirmation(Doubt.REVOKED, file.read.provenance.file, len(mine), found, CURE)
