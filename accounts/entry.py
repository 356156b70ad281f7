"""Enter: by name and password, by the word of a trusted proxy or provider, and set a password of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from accounts import sessions
from accounts.audit.log import DONE, REFUSED, Act, record
from accounts.clock import Clock
from accounts.database import AccountFile, account_file
from accounts.lockout import LOCKED, forget_tries, is_doubtful, is_locked, take_try
from accounts.passwords import Hasher, check_password, normal
from accounts.rules import Rules, read_rules
from accounts.users import User, add_users, all_users, check_name, find_user, plain_name, update
from survey.errors import AccountError
from survey.host.access import Role

WRONG = "用户名或口令不对"
LONGEST_NAME = 64
LEFT, CHANGED, FIRST = "退出", "换自己的口令", "设第一位安全管理员"
"""Deeds of people with their own account, for the log."""


class RefusedError(AccountError):
    """A login was refused; `why` is for the log and never shown."""

    def __init__(self, what: str, why: str, cure: str = "") -> None:
        """Keep the reason beside the message."""
        super().__init__(what, cure=cure)
        self.why = why


@dataclass(frozen=True)
class Entry:
    """All that is needed to let people in.

    Attributes:
        file: the account file.
        rules: the settings.
        hasher: hashes of passwords.
        clock: what time it is.
    """

    file: AccountFile
    rules: Rules = field(default_factory=Rules)
    hasher: Hasher = field(default_factory=Hasher)
    clock: Clock = field(default_factory=Clock)

    @property
    def root(self) -> Path:
        """Return the folder of the study."""
        return self.file.path.parents[1]

    def log_in(self, name: str, password: str, address: str) -> str:
        """Return the token of a new session; both success and refusal are logged.

        Unknown, disabled and known names take the same work and get the same words.

        Raises:
            RefusedError: the name or password is wrong, the account is disabled, there were too many tries, or an
                administrator comes from another address than the settings name.
            AccountError: too many requests at once.
            DamagedError: the account file is damaged or missing.
        """
        plain = plain_name(name[:LONGEST_NAME])
        try:
            return self._log_in(plain, password, address)
        except RefusedError as error:
            self._log(plain, address, f"{sessions.PASSWORD}：{error.why}", REFUSED)
            raise

    def _log_in(self, plain: str, password: str, address: str) -> str:
        with self.file.reading() as found:  # whoever is locked out waits for no place and takes none from others
            if is_locked(found, plain, address, self.clock.now()):
                raise _locked()
            doubtful = is_doubtful(found, address, self.clock.now())
        with self.hasher.place(address, doubtful=doubtful):
            with self.file.changing() as found:
                if not take_try(found, plain, address, self.clock.now()):
                    raise _locked()
                row = found.execute(
                    "SELECT hash, disabled, once, changed FROM users WHERE name = ?", (plain,)
                ).fetchone()
            hashed, disabled, once, changed = row or ("", False, False, 0.0)
            right = self.hasher.matches(hashed, password)
        late = once and self.clock.now() - changed > self.rules.once_days * sessions.DAY
        if not right or disabled or late:
            why = "unknown" if row is None else "wrong" if not right else "disabled" if disabled else "late"
            raise RefusedError(WRONG, why, "检查大小写和输入法；忘了口令请安全管理员重置")
        return self._begin(plain, address, sessions.PASSWORD, hashed)

    def vouched(self, name: str, address: str, way: str) -> str:
        """Return the token of a new session for a name that a trusted proxy or provider vouches for.

        Raises:
            RefusedError: there is no such account, or it is disabled.
        """
        user = find_user(self.file, name[:LONGEST_NAME])
        if user is None or user.disabled:
            why = "unknown" if user is None else "disabled"
            self._log(plain_name(name[:LONGEST_NAME]), address, f"{way}：{why}", REFUSED)
            raise RefusedError("您在四率里还没有可用的账户", why, "请安全管理员添加或启用")
        return self._begin(user.name, address, way)

    def vouched_session(self, name: str, address: str) -> sessions.Session | None:
        """Return the session of a name that a trusted proxy vouches for; begin one where there is none.

        Raises:
            RefusedError: there is no such account, or it is disabled.
        """
        key = sessions.last_of(self.file, plain_name(name), address, sessions.PROXY)
        found = self.find(key) if key else None
        return found or self.find(sessions.key_of(self.vouched(name, address, sessions.PROXY)))

    def _begin(self, name: str, address: str, way: str, hashed: str | None = None) -> str:
        """Begin a session, unless the account changed since its password was checked."""
        now = self.clock.now()
        with self.file.changing() as found:
            row = found.execute("SELECT hash, disabled, role FROM users WHERE name = ?", (name,)).fetchone()
            if row is None or row[1] or hashed not in (None, row[0]):
                raise RefusedError(WRONG, "changed")
            if not self.rules.admits(row[2], address):
                raise RefusedError("管理员只能从指定的地址登录", "address", "换到管理用的电脑")
            sessions.sweep(found, self.rules, now)
            forget_tries(found, name, address)
            self._log(name, address, way, DONE)
            return sessions.begin(found, name, address, now, way)

    def leave(self, token: str, address: str) -> None:
        """End the session of a token, and log that; an unknown one is nothing.

        Raises:
            DamagedError: the account file is damaged or missing.
        """
        key = sessions.key_of(token)
        if session := self.find(key):
            self._log(session.user.name, address, LEFT, DONE)
        sessions.end(self.file, key)

    def _log(self, name: str, address: str, way: str, result: str, act: Act = Act.LOGIN) -> None:
        """Log what somebody does with their own account; what cannot be logged is refused."""
        facts = {"who": name, "account": name, "role": "", "from": address, "way": way}
        record(self.root, act, facts, result=result, durable=act is Act.GRANT)

    def find(self, key: str) -> sessions.Session | None:
        """Return the session of a key; None where it has ended."""
        found = sessions.find_session(self.file, key, self.rules, self.clock.now())
        return found if found and self.rules.admits(found.user.role, found.address) else None

    def set_password(self, name: str, old: str, new: str, address: str) -> str:
        """Set a password of one's own, end all sessions of the user, and return the token of a new one.

        Raises:
            RefusedError: the old password is wrong, or was tried too often.
            AccountError: the new password is too simple, or the old one again.
        """
        wanted = check_password(new, plain_name(name))
        if wanted == normal(old):
            raise AccountError("新口令和原来的一样", cure="换一个口令")
        self.log_in(name, old, address)
        self.put_password(name, self.hasher.hash(wanted), once=False)
        self._log(plain_name(name), address, CHANGED, DONE, Act.GRANT)
        return self._begin(plain_name(name), address, sessions.PASSWORD)

    def put_password(self, name: str, hashed: str, *, once: bool) -> None:
        """Store the hash of a password, end all sessions of the user, and forget wrong tries.

        Raises:
            AccountError: there is no such user.
        """
        with self.file.changing() as found:
            update(found, name, "hash = ?, changed = ?, once = ?", (hashed, self.clock.now(), once))
            sessions.end_all(found, name)
            forget_tries(found, plain_name(name))

    def set_up(self, name: str, password: str, address: str = "") -> None:
        """Make the first account, a security administrator, where there is none.

        Raises:
            AccountError: there are accounts already, or the name or password is not acceptable.
        """
        hashed = self.hasher.hash(check_password(password, check_name(name)))
        now = self.clock.now()
        first = User(check_name(name), name, Role("security"), made=now, changed=now)
        if not self.file.exists:
            self.file.make()
        add_users(self.file, [(first, hashed)], only_first=True)
        self._log(first.name, address, FIRST, DONE, Act.GRANT)

    @property
    def empty(self) -> bool:
        """Return whether the first account is still to be made; a damaged file raises an error instead."""
        return not self.file.exists or not all_users(self.file)


def entry_of(study: Path) -> Entry:
    """Return the entry of a study, with its settings.

    Raises:
        AccountError: the settings are invalid.
    """
    return Entry(account_file(study), read_rules(study))


def _locked() -> RefusedError:
    return RefusedError(LOCKED, "locked", "过后再试，或请安全管理员重置口令")
