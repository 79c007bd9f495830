"""The file of company groups is sound: unambiguous, without circles, every rule of use."""

from collections import Counter

import pytest

from services.matcher.engine import company_groups
from services.matcher.engine.company_groups import belongs, groups, groups_of, today
from services.matcher.engine.company_names import is_legal_name, legal_name

GROUPS = pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)


def test_there_are_many_groups_and_no_name_calls_two_of_them() -> None:
    assert len(groups()) >= 60
    assert [name for name, n in Counter(name for group in groups() for name in group.names).items() if n > 1] == []


@GROUPS
def test_a_group_is_called_by_short_names_and_lists_full_ones(group: company_groups.Group) -> None:
    assert [name for name in group.names if name.endswith("公司") or len(name) < 2] == []
    assert [name for name in group.members if not is_legal_name(name)] == []
    assert group.members or group.starts


@GROUPS
def test_a_beginning_is_long_enough_to_mean_one_group(group: company_groups.Group) -> None:
    assert [start for start in group.starts if len(start) < 2] == []
    for start in group.starts:
        rivals = [
            o.name
            for o in groups()
            if o.name != group.name and any(s.startswith(start) and not s.startswith(group.others) for s in o.starts)
        ]
        assert rivals == [], f"{start} of {group.name} also begins names of {rivals}"


@GROUPS
def test_members_belong_and_to_no_other_group(group: company_groups.Group) -> None:
    for member in group.members:
        assert belongs(group, member)
        assert groups_of(member) == [group]


@GROUPS
def test_an_old_name_leads_to_another_name_of_today(group: company_groups.Group) -> None:
    for old, new in group.former:
        assert old != new
        assert today(old) == today(new)
        assert today(today(old)) == today(old)


def test_a_name_without_history_is_that_of_today() -> None:
    assert today(legal_name("某某有限公司")) == "某某有限公司"


def test_another_version_of_the_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_groups, "VERSION", 2)
    groups.cache_clear()
    with pytest.raises(ValueError, match="version 2"):
        groups()
    monkeypatch.undo()
    groups.cache_clear()
