"""The pages by section: one row a page."""

from __future__ import annotations

# section -> (file in views/pages, title in the bar, last part of the URL): read, compute, act, administer
PAGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "看": (
        ("overview.py", "总览", "overview"),
        ("weak_areas.py", "薄弱区域", "weak_areas"),
        ("area.py", "区域档案", "area"),
        ("change.py", "趋势与回头看", "change"),
        ("voices.py", "市民留言", "voices"),
    ),
    "算": (
        ("passing.py", "达标预测", "passing"),
        ("planning.py", "样本设计", "planning"),
        ("crosstab.py", "交叉分析", "crosstab"),
        ("expert.py", "专家分析", "expert"),
    ),
    "办": (
        ("outreach.py", "宣传规划", "outreach"),
        ("ledger.py", "整改台账", "ledger"),
        ("briefing.py", "简报", "briefing"),
    ),
    "管": (
        ("quality.py", "数据质量", "quality"),
        ("imports.py", "数据导入", "imports"),
        ("live.py", "实时回收", "live"),
    ),
}

OF_ACCOUNTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "管": (
        ("office/people.py", "用户与权限", "people"),
        ("office/audit.py", "审计", "audit"),
        ("office/system.py", "系统", "system"),
    ),
    "我的": (("office/me.py", "我的账户", "me"),),
}
"""Pages that exist where people log in, in the same form."""


def all_pages() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Return the pages of both tables, by section."""
    return {name: (*PAGES.get(name, ()), *OF_ACCOUNTS.get(name, ())) for name in (*PAGES, *OF_ACCOUNTS)}
