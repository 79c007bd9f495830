"""``zhitui account``: who may sign in; the first operator of a centre is made here."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, moment, say, table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.portal.desk.actor import Role
    from services.portal.desk.desk import Desk
    from shared.filing.accounts import Account
    from shared.runtime.role import Surroundings

ROLES = {"owner": "管理员", "editor": "编辑", "viewer": "只看", "operator": "中心运维", "curator": "领域编辑"}

_WORDS = 5
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeiou"]
"""60: a password of five words of three has 88 bits, and can be read out on the telephone."""

Email = Annotated[str, typer.Argument(help="邮箱地址，也是登录名。", metavar="EMAIL")]
AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
Ask = Annotated[bool, typer.Option("--ask-password", help="自己输入密码；不加时生成一个，只显示这一次。")]


def register(app: typer.Typer) -> None:
    """Add ``account``."""
    commands = typer.Typer(no_args_is_help=True, help="账号：谁可以登录控制台。")
    app.add_typer(commands, name="account")
    commands.command()(add)
    commands.command(name="list")(list_all)
    commands.command(name="reset-password")(reset_password)
    commands.command(name="change-email")(change_email)
    commands.command()(remove)
    commands.command()(lock)
    commands.command()(unlock)


def add(
    email: Email,
    role: Annotated[
        str, typer.Option(help="角色：operator、curator（信息中心的人），owner、editor、viewer（企业的人）。")
    ] = "operator",
    organisation: Annotated[
        str | None, typer.Option(help="已有企业的 id，见 account list；信息中心的人不用写。", metavar="ID")
    ] = None,
    new_organisation: Annotated[
        str | None, typer.Option(help="新建这个名称的企业（中心第一次用时，是中心自己的名称）。", metavar="NAME")
    ] = None,
    name: Annotated[str, typer.Option(help="姓名。")] = "",
    *,
    ask_password: Ask = False,
) -> None:
    """添加一个账号。没有 --ask-password 时生成密码并打印在标准输出，请转交本人并让其登录后修改。"""
    from services.cli.session import in_session
    from shared.errors import InvalidInputError

    known_role = _known_role(role)
    password, told = _password(email, asked=ask_password)

    async def work(around: "Surroundings") -> "Account":
        with _desk(around) as desk:
            if await desk.means.accounts.by_email(email) is not None:
                raise InvalidInputError("这个邮箱已有账号；要换密码，请用 zhitui account reset-password。")
            organisation_id = await _organisation(desk, known_role, organisation, new_organisation)
            return await desk.people.add(
                organisation_id, known_role, way="command-line", email=email, name=name, password=password
            )

    account = in_session(work)
    say(f"已添加 {account.masked_email}（{ROLES[account.role]}，单位 {account.organisation_id}）。")
    if told:
        typer.echo(password)


def list_all(*, as_json: AsJson = False) -> None:
    """列出全部账号；邮箱只显示一部分。"""
    from services.cli.session import in_session
    from shared.settings import load_settings

    async def work(around: "Surroundings") -> "list[tuple[str, Account]]":
        with _desk(around) as desk:
            return [(name, account) async for name, account in _everybody(desk)]

    rows = in_session(work)
    if as_json:
        json_lines(
            {
                "id": account.id,
                "email": account.masked_email,
                "name": account.name,
                "role": account.role,
                "organisation_id": account.organisation_id,
                "organisation": organisation,
                "created_at": account.created_at,
                "locked_at": account.locked_at,
            }
            for organisation, account in rows
        )
        return
    zone = load_settings().zone
    table(
        "账号",
        ("邮箱", "姓名", "角色", "单位", "单位 id", "添加于", "停用于"),
        [
            (
                account.masked_email or "（企业微信）",
                account.name,
                ROLES.get(account.role, account.role),
                organisation,
                account.organisation_id,
                moment(account.created_at, zone),
                moment(account.locked_at, zone),
            )
            for organisation, account in rows
        ],
        empty="还没有账号。用 zhitui account add 邮箱 --role operator 添加第一位中心运维。",
    )


def reset_password(email: Email, *, ask_password: Ask = False) -> None:
    """换一个新密码；这个账号在所有设备上都会退出登录。"""
    from services.cli.session import in_session

    password, told = _password(email, asked=ask_password)

    async def work(around: "Surroundings") -> None:
        with _desk(around) as desk:
            await desk.changing_password.set_by_operator(await _find(desk, email), password)

    in_session(work)
    say("密码已更换，所有设备都已退出登录。")
    if told:
        typer.echo(password)


def change_email(email: Email, new: Annotated[str, typer.Argument(help="新的邮箱地址。", metavar="NEW")]) -> None:
    """换一个邮箱地址；请先确认新邮箱是本人的。这个账号在所有设备上都会退出登录。"""
    from services.cli.session import in_session

    async def work(around: "Surroundings") -> None:
        with _desk(around) as desk:
            await desk.people.move_by_operator(await _find(desk, email), new)

    in_session(work)
    say("邮箱已更换，请用新邮箱登录。")


def remove(
    email: Email,
    *,
    with_organisation: Annotated[
        bool,
        typer.Option("--with-organisation", help="连同整个单位一起注销：成员、画像、目的地、订阅全部删除，不能恢复。"),
    ] = False,
) -> None:
    """应本人或单位的要求删除账号和它的个人信息，不能恢复；审计日志保留，但不再含个人信息。"""
    from services.cli.session import in_session

    async def work(around: "Surroundings") -> None:
        with _desk(around) as desk:
            account = await _find(desk, email)
            if with_organisation:
                await desk.erasing_data.by_operator(account.organisation_id)
            else:
                await desk.people.remove_by_operator(account)

    in_session(work)
    say("单位已注销。" if with_organisation else "账号已删除。")


def lock(email: Email) -> None:
    """停用一个账号：马上退出登录，不能再登录，它的 API 令牌也失效。"""
    _set_lock(email, locked=True)
    say("已停用。")


def unlock(email: Email) -> None:
    """重新启用一个账号。"""
    _set_lock(email, locked=False)
    say("已启用。")


def _set_lock(email: str, *, locked: bool) -> None:
    from services.cli.session import in_session

    async def work(around: "Surroundings") -> None:
        with _desk(around) as desk:
            await desk.people.lock_by_operator(await _find(desk, email), locked=locked)

    in_session(work)


async def _organisation(desk: "Desk", role: "Role", organisation_id: str | None, new_name: str | None) -> str:
    from services.portal.desk.organisations import Particulars
    from services.portal.desk.roles import roles_in
    from shared.errors import InvalidInputError, NotFoundError
    from shared.filing.organisations import CENTRE_ID

    if organisation_id is None and new_name is None and role not in roles_in(CENTRE_ID):
        raise InvalidInputError("企业的账号要写 --organisation 单位id，或用 --new-organisation 名称 新建一个企业。")
    if organisation_id is None and role in {"operator", "curator"}:
        return (await desk.organisations.centre(new_name or "信息中心")).id
    if organisation_id is None and new_name is not None:
        organisation_id = (await desk.organisations.make(Particulars(name=new_name))).id
    chosen = organisation_id or CENTRE_ID
    if await desk.organisations.shelf.get(chosen) is None:
        raise NotFoundError(f"没有 id 为“{chosen}”的单位；zhitui account list 列出已有的。")
    if role not in roles_in(chosen):
        raise InvalidInputError(f"单位 {chosen} 没有 {role} 这种角色；可以用：{'、'.join(roles_in(chosen))}。")
    return chosen


async def _find(desk: "Desk", email: str) -> "Account":
    from shared.errors import NotFoundError

    account = await desk.means.accounts.by_email(email)
    if account is None:
        raise NotFoundError("没有这个邮箱的账号；zhitui account list 列出全部。")
    return account


async def _everybody(desk: "Desk") -> "AsyncIterator[tuple[str, Account]]":
    async for organisation in desk.organisations.each():
        async for filed in desk.means.accounts.of(organisation.id):
            yield organisation.name, filed.document


def _desk(around: "Surroundings") -> "closing[Desk]":
    from services.portal.desk.desk import Desk

    return closing(Desk(around))


def _known_role(text: str) -> "Role":
    from services.portal.desk.actor import Role
    from shared.errors import InvalidInputError

    try:
        return Role(text)
    except ValueError:
        raise InvalidInputError(f"没有名为“{text}”的角色。可以用：{'、'.join(ROLES)}。") from None


def _password(email: str, *, asked: bool) -> tuple[str, bool]:
    import secrets

    from services.portal.desk.passwords import password_faults
    from shared.errors import InvalidInputError

    if not asked:
        return "-".join("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(_WORDS)), True
    password: str = typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次", err=True)
    faults = password_faults(password, pointer="", known=(email,))
    if faults:
        raise InvalidInputError(faults[0].text.zh)
    return password, False
