"""Named views: kept, renamed and removed by person; two at once lose nothing; damaged files are named."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reports.desk.desk import FOLDER, owner, read_desk
from reports.desk.named_views import LONGEST, MOST, NamedView, drop_view, keep_view, named_views, rename_view
from survey.errors import ArgumentError, StoreError
from survey.host.access import Role
from survey.host.person import Person, acting


def view(name: str, page: str = "overview", **query: str) -> NamedView:
    return NamedView(name, page, query)


def test_views_are_kept_renamed_and_removed(tmp_path: Path) -> None:
    keep_view(tmp_path, "甲", view(" 东湖  满意 ", "area", district="东湖区"))
    keep_view(tmp_path, "甲", view("总览"))
    keep_view(tmp_path, "甲", view("总览", wave="W1"))
    rename_view(tmp_path, "甲", "东湖 满意", "东湖")
    assert [(one.name, one.page, dict(one.query)) for one in named_views(tmp_path, "甲")] == [
        ("东湖", "area", {"district": "东湖区"}),
        ("总览", "overview", {"wave": "W1"}),
    ]
    drop_view(tmp_path, "甲", "总览")
    drop_view(tmp_path, "甲", "总览")
    assert [one.name for one in named_views(tmp_path, "甲")] == ["东湖"]
    assert named_views(tmp_path, "乙") == ()


def test_names_are_checked(tmp_path: Path) -> None:
    keep_view(tmp_path, "甲", view("一"))
    keep_view(tmp_path, "甲", view("二"))
    for name in ("", "  ", "长" * (LONGEST + 1)):
        with pytest.raises(ArgumentError, match="起个名字"):
            keep_view(tmp_path, "甲", view(name))
    with pytest.raises(ArgumentError, match="已经用在"):
        rename_view(tmp_path, "甲", "一", "二")
    with pytest.raises(ArgumentError, match="没有这个视图"):
        rename_view(tmp_path, "甲", "三", "四")
    assert [one.name for one in named_views(tmp_path, "甲")] == ["一", "二"]


def test_two_at_once_lose_nothing_and_there_is_an_end(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: keep_view(tmp_path, "甲", view(f"第{at}个")), range(24)))
    assert len(named_views(tmp_path, "甲")) == 24
    content = read_desk(tmp_path, "甲")
    assert not [path for path in (tmp_path / FOLDER).iterdir() if path.suffix not in (".json", ".lock")]
    assert len(content["views"]) < MOST


def test_too_many_views_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.desk.named_views.MOST", 1)
    keep_view(tmp_path, "甲", view("一"))
    keep_view(tmp_path, "甲", view("一", "area"))
    with pytest.raises(ArgumentError, match="太多"):
        keep_view(tmp_path, "甲", view("二"))


@pytest.mark.parametrize(
    "damage", ["", "[", "{}", '{"content": {"views": [{"name": 3}]}}', '{"content": {"views": 3}}']
)
def test_a_damaged_file_is_named_and_kept(tmp_path: Path, damage: str) -> None:
    keep_view(tmp_path, "甲", view("一"))
    (path,) = (tmp_path / FOLDER).glob("*.json")
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(StoreError, match="读不出来"):
        named_views(tmp_path, "甲")
    with pytest.raises(StoreError, match="读不出来"):
        keep_view(tmp_path, "甲", view("二"))
    assert path.read_text(encoding="utf-8") == damage


def test_the_owner_is_the_account_that_acts(tmp_path: Path) -> None:
    with acting(Person("wang", "王某", Role.LEADER)):
        assert owner() == "wang"
        keep_view(tmp_path, owner(), view("../../坏名字"))
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / FOLDER]
