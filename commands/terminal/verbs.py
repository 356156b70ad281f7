"""The verbs that each command needs, any of them: the same table as for pages and exports (`accounts.roles`)."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.grants import may, require
from accounts.verbs import Verb

BOTH = (Verb.COLLECT, Verb.RUN)
SERVED = (Verb.READ, Verb.RUN)
NEEDS: Mapping[str, tuple[Verb, ...]] = {
    "init": BOTH,
    "mock": BOTH,
    "collect": BOTH,
    "field": (Verb.COLLECT,),
    "keys": BOTH,
    "drain": BOTH,
    "lint": (Verb.COLLECT,),
    "import": (Verb.COLLECT,),
    "mapping": (Verb.COLLECT,),
    "map": (Verb.COLLECT,),
    "export": (Verb.EXPORT,),
    "xlsform": (Verb.COLLECT,),
    "history": BOTH,
    "undo": (Verb.COLLECT,),
    "verify": (*BOTH, Verb.CHECK),
    "repair": BOTH,
    "rejects": (Verb.COLLECT,),
    "dashboard": SERVED,
    "demo": SERVED,
    "publish": (Verb.PUBLISH,),
    "audit": (Verb.AUDIT,),
    "text": (Verb.VOICES,),
    "weak": (Verb.READ,),
    "area": (Verb.READ,),
    "change": (Verb.READ,),
    "compare": (Verb.ANALYSE,),
    "crosstab": (Verb.ANALYSE,),
    "pass": (Verb.FORECAST,),
    "plan": (Verb.ANALYSE,),
    "outreach": (Verb.OUTREACH,),
    "ledger": (Verb.LEDGER,),
    "brief": (Verb.READ,),
    "quality": (Verb.ANALYSE,),
    "integrity": (Verb.ANALYSE,),
    "derive": BOTH,
    "exclude": (Verb.ANALYSE,),
    "bursts": (Verb.ANALYSE,),
    "purge": BOTH,
    "backup": BOTH,
    "restore": BOTH,
    "account": (Verb.ACCOUNTS,),
    "doctor": BOTH,
    "rates": (Verb.READ,),
}
"""Command -> any of the verbs; a command without a verb runs for nobody."""


def require_command(name: str) -> None:
    """Refuse a command that the role does not allow.

    Raises:
        AccountError: the role has none of its verbs.
        ArgumentError: the person has no role, or the environment names an unknown one.
    """
    if not any(may(verb) for verb in NEEDS[name]):
        require(NEEDS[name][0], f"命令 {name}")
