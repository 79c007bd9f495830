"""A centre gets its first operator, and looks at its audit log."""

import pytest
from argon2 import PasswordHasher

from services.cli.session import in_session
from services.portal.desk.desk import Desk
from services.portal.desk.refusals import ConflictError
from services.portal.desk.visitor import Visitor
from shared.errors import InvalidInputError, NotFoundError
from shared.filing.accounts import Account
from shared.filing.audit_entries import AUDIT_ENTRIES
from shared.runtime.role import Surroundings
from tests.integration.cli.commands import refused, rows, works, zhitui

pytestmark = pytest.mark.usefixtures("own_folder", "_little_work")


@pytest.fixture
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed with other parameters: what these cost is no concern of commands."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("services.portal.desk.passwords.production_hasher", lambda: quick)


def signed_in(email: str, password: str) -> Account:
    async def work(around: Surroundings) -> Account:
        desk = Desk(around)
        try:
            return await desk.sign_in.by_password(Visitor(address="127.0.0.1"), email, password)
        finally:
            desk.close()

    return in_session(work)


def test_the_first_operator_signs_in_with_the_password_that_was_printed() -> None:
    password = works("account", "add", "op@example.cn", "--name", "老王").stdout.strip()
    assert signed_in("op@example.cn", password).role == "operator"
    replaced = works("account", "reset-password", "op@example.cn").stdout.strip()
    assert signed_in("op@example.cn", replaced).organisation_id == "centre"
    (row,) = rows("account", "list")
    assert (row["email"], row["role"], row["organisation"]) == ("o***@example.cn", "operator", "信息中心")


def test_doctor_misses_an_operator_where_people_come_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_PUBLIC_URL", "https://zhitui.example.cn")
    works("account", "list")
    assert "还没有中心运维的账号" in zhitui("doctor").stdout
    works("account", "add", "op@example.cn")
    assert "还没有中心运维的账号" not in zhitui("doctor").stdout


def test_a_company_gets_members_and_what_cannot_be_is_told_in_words() -> None:
    works("account", "add", "a@b.cn", "--role", "owner", "--new-organisation", "某科技")
    organisation = str(rows("account", "list")[0]["organisation_id"])
    works("account", "add", "c@b.cn", "--role", "viewer", "--organisation", organisation)
    assert "已有账号" in refused("account", "add", "A@b.cn", error=InvalidInputError)
    assert "角色" in refused("account", "add", "d@b.cn", "--role", "boss", error=InvalidInputError)
    wrong = ("account", "add", "d@b.cn", "--role", "operator", "--organisation", organisation)
    assert "没有 operator" in refused(*wrong, error=InvalidInputError)
    assert "单位" in refused("account", "add", "d@b.cn", "--role", "viewer", "--organisation", "o-x")
    assert "--organisation" in refused("account", "add", "d@b.cn", "--role", "owner", error=InvalidInputError)
    assert "没有这个邮箱" in refused("account", "lock", "nobody@b.cn", error=NotFoundError)


def test_who_asks_the_centre_gets_another_address_or_is_erased() -> None:
    works("account", "add", "a@b.cn", "--role", "owner", "--new-organisation", "某科技")
    password = works("account", "reset-password", "a@b.cn").stdout.strip()
    works("account", "change-email", "a@b.cn", "new@b.cn")
    assert signed_in("new@b.cn", password).role == "owner"
    assert "没有这个邮箱" in refused("account", "reset-password", "a@b.cn")
    works("account", "add", "c@b.cn")
    assert "已有账号" in refused("account", "change-email", "new@b.cn", "c@b.cn", error=ConflictError)
    assert "最后一位管理员" in refused("account", "remove", "new@b.cn", error=ConflictError)
    works("account", "remove", "new@b.cn", "--with-organisation")
    assert "不能注销" in refused("account", "remove", "c@b.cn", "--with-organisation", error=ConflictError)
    assert [row["email"] for row in rows("account", "list")] == ["c***@b.cn"]


def test_what_commands_did_is_in_the_audit_log_and_who_touches_it_is_found() -> None:
    works("account", "add", "a@b.cn", "--role", "owner", "--new-organisation", "某科技")
    works("account", "lock", "a@b.cn")
    works("account", "unlock", "a@b.cn")
    entries = rows("audit", "list")
    assert [entry["action"] for entry in entries] == ["member.unlocked", "member.locked", "member.joined"]
    organisation, _, head = works("audit", "verify").stdout.strip().split("\t")
    works("audit", "verify", "--organisation", organisation, "--expect", head)

    async def cut(around: Surroundings) -> None:
        await around.store.shelf(AUDIT_ENTRIES).remove(f"{organisation}.2")

    in_session(cut)
    assert "审计日志被动过" in refused("audit", "verify", error=InvalidInputError)
