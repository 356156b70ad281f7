"""What a refresh did, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WORDS: Mapping[str, str] = {
    "overwritten": "生成区里改过的字已换成新的",
    "deleted": "已删去的生成区没有恢复",
    "removed": "新材料里没有了，已移走",
    "added": "新材料里有，已加上，请摆一下位置",
    "left out": "新材料里有，这份文件里放不下，需要时从新生成的文件里拷",
    "kept": "改得认不出是哪个生成区，没有更新",
    "notes": "备注里的方法说明改得太多，没有更新",
}
"""What happened to a region -> how it is said."""


@dataclass(slots=True)
class Notes:
    """What people should know of a refresh: kind of event -> regions."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, name: str) -> None:
        """Note something once."""
        names = self.found.setdefault(kind, [])
        if name not in names:
            names.append(name)

    def lines(self) -> list[str]:
        """Return one line for each kind."""
        return [f"{WORDS[kind]}：{'、'.join(names)}" for kind, names in self.found.items()]
