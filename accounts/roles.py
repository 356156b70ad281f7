"""Roles: the one table of role -> verbs. What is not listed is not allowed; without a role nothing is.

The three administrators are kept apart (GB/T 22239-2019, control 7): the one of the system sees no results, the one of
security grants roles but reads no log, and the one of audit alone reads the log and grants nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from accounts.verbs import Verb
from survey.host.access import Role

RIGHTS: Mapping[Role, frozenset[Verb]] = {
    Role.ANALYST: frozenset(
        {
            Verb.READ,
            Verb.FORECAST,
            Verb.VOICES,
            Verb.OUTREACH,
            Verb.LEDGER,
            Verb.ANALYSE,
            Verb.EXPORT,
            Verb.COLLECT,
            Verb.PUBLISH,
            Verb.ISSUE,
            Verb.RETRACT,
            Verb.CHECK,
            Verb.OWN,
        }
    ),
    Role.PUBLICITY: frozenset(
        {
            Verb.READ,
            Verb.FORECAST,
            Verb.VOICES,
            Verb.OUTREACH,
            Verb.LEDGER,
            Verb.ISSUE,
            Verb.RETRACT,
            Verb.CHECK,
            Verb.OWN,
        }
    ),
    Role.LEADER: frozenset({Verb.READ, Verb.FORECAST, Verb.ISSUE, Verb.CHECK, Verb.OWN}),
    Role.UNIT: frozenset({Verb.READ, Verb.LEDGER, Verb.ISSUE, Verb.OWN}),
    Role.INTERVIEWER: frozenset({Verb.OWN}),
    Role.SYSTEM: frozenset({Verb.RUN, Verb.OWN}),
    Role.SECURITY: frozenset({Verb.ACCOUNTS, Verb.OWN}),
    Role.AUDIT: frozenset({Verb.AUDIT, Verb.OWN}),
}
"""Role -> what it may do."""

LOCAL = frozenset(Verb)
"""What the owner of a study's files may do on a machine without accounts: there, file modes are the only wall."""
