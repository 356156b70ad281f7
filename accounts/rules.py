"""Settings of accounts: `accounts/login.toml`, beside the account file, because it may hold a secret of OIDC.

[password]
days = 90            # a password must be changed after so many days; 0 for never
once_days = 14       # a one-time password serves so long
[session]
idle_minutes = 30    # end of a session without activity
hours = 12           # end of every session
[proxy]
addresses = ["127.0.0.1"]      # of reverse proxies whose headers are believed
user = "X-Remote-User"         # header with the name of the account; without it the proxy names nobody
[administrators]
addresses = ["192.168.1.0/24"]    # from which the three administrators work; without it, from anywhere
[oidc]
issuer = "https://sso.example.cn"
client_id = "silu"
client_secret = "…"
claim = "preferred_username"   # claim with the name of the account
label = "统一身份认证"
address = "https://silu.example.cn/silu"    # of the dashboard in the browser; only needed under a path
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

from accounts.database import FOLDER
from survey.errors import AccountError
from survey.host.access import Role
from survey.host.permissions import make_private

FILE = FOLDER / "login.toml"
LOCAL = ("127.0.0.1", "::1")
ADMINISTRATORS = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Reverse proxies whose headers are believed.

    Attributes:
        addresses: addresses or networks; a proxy on this machine by default.
        user: header in which they name the account; "" for none.
    """

    addresses: tuple[str, ...] = LOCAL
    user: str = ""

    def trusts(self, address: str) -> bool:
        """Return whether an address is one of the proxies."""
        return _within(self.addresses, address)


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider; none where `issuer` is "".

    Attributes:
        issuer: its address.
        client_id: name of this application there.
        client_secret: its secret; "" for a public client.
        claim: claim with the name of the account.
        label: name of the button.
        address: address of the dashboard in the browser, path included; "" to take it from the request.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    claim: str = "preferred_username"
    label: str = "统一身份认证"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """All settings of accounts.

    Attributes:
        days: days after which a password must be changed; 0 for never.
        once_days: days for which a one-time password serves.
        idle_minutes: minutes without activity that end a session.
        hours: hours that end every session.
        proxies: reverse proxies.
        provider: OpenID Connect.
        administrators: addresses or networks from which the three administrators work; none for anywhere.
    """

    days: int = 90
    once_days: int = 14
    idle_minutes: int = 30
    hours: int = 12
    proxies: Proxies = Proxies()
    provider: Provider = Provider()
    administrators: tuple[str, ...] = ()

    def admits(self, role: str | None, address: str) -> bool:
        """Return whether somebody of a role may work from an address."""
        return not self.administrators or role not in ADMINISTRATORS or _within(self.administrators, address)


LIMITS: Mapping[str, tuple[int, int]] = {
    "days": (0, 365),
    "once_days": (1, 90),
    "idle_minutes": (1, 240),
    "hours": (1, 24),
}
TABLES: Mapping[str, tuple[str, ...]] = {
    "password": ("days", "once_days"),
    "session": ("idle_minutes", "hours"),
    "proxy": ("addresses", "user"),
    "administrators": ("addresses",),
    "oidc": tuple(one.name for one in fields(Provider)),
}


def read_rules(study: Path) -> Rules:
    """Read the settings of accounts of a study; the defaults where there is no file.

    Raises:
        AccountError: the file is no TOML, or a table, key or value is invalid.
    """
    path = study / FILE
    if not path.exists():
        return Rules()
    make_private(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccountError("登录设置读不出", where=str(path), got=str(error), expected="UTF-8 的 TOML 文件") from error
    for table, keys in tables.items():
        known = TABLES.get(table, ())
        if odd := [key for key in keys if key not in known] if isinstance(keys, dict) and known else [""]:
            raise _fault(path, f"[{table}] {odd[0]}", "没有这一项", "、".join(known or TABLES))
    numbers = {
        key: _number(path, key, value)
        for table in ("password", "session")
        for key, value in tables.get(table, {}).items()
    }
    return Rules(
        **numbers,
        proxies=_proxies(path, tables.get("proxy", {})),
        provider=_provider(path, tables.get("oidc", {})),
        administrators=_networks(path, tables.get("administrators", {}).get("addresses", [])),
    )


def _number(path: Path, key: str, value: Any) -> int:
    least, most = LIMITS[key]
    if type(value) is not int or not least <= value <= most:
        raise _fault(path, key, str(value), f"{least} 到 {most} 的整数")
    return value


def _proxies(path: Path, table: Mapping[str, Any]) -> Proxies:
    addresses, user = _networks(path, table.get("addresses", list(LOCAL))), table.get("user", "")
    if not isinstance(user, str) or (not user.replace("-", "").isalnum() and user):
        raise _fault(path, "user", str(user), "一个请求头的名称，例如 X-Remote-User")
    return Proxies(addresses, user.lower())


def _networks(path: Path, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and _is_network(one) for one in value):
        raise _fault(path, "addresses", str(value), '地址或网段的列表，例如 ["127.0.0.1", "10.0.0.0/24"]')
    return tuple(value)


def _provider(path: Path, table: Mapping[str, Any]) -> Provider:
    if odd := [key for key, value in table.items() if not isinstance(value, str)]:
        raise _fault(path, odd[0], str(table[odd[0]]), "一段文字（写在引号里）")
    provider = Provider(**table)
    if provider.issuer and not provider.client_id:
        raise _fault(path, "client_id", "", "在统一身份认证登记的名称")
    if provider.issuer and not provider.issuer.startswith("https://") and "//127.0.0.1" not in provider.issuer:
        raise _fault(path, "issuer", provider.issuer, "https:// 开头的地址")
    return provider


def _within(networks: tuple[str, ...], address: str) -> bool:
    """Return whether an address is one of these, or in one of these networks."""
    try:
        given = ip_address(address)
    except ValueError:
        return False
    return any(given in network for network in map(_network, networks))


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _is_network(text: str) -> bool:
    try:
        return bool(_network(text))
    except ValueError:
        return False


def _fault(path: Path, where: str, got: str, expected: str) -> AccountError:
    return AccountError(
        "登录设置写法不对", where=f"{path} {where}", got=got, expected=expected, cure="改正后重新启动看板"
    )
