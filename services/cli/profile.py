"""``zhitui profile``: standing queries, added, looked at, checked and removed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, say, table
from services.cli.profile_health import check, tell_findings

if TYPE_CHECKING:
    from shared.wire.profile import Profile

BAD_PROFILES = 2


def register(app: typer.Typer) -> None:
    """Add ``profile``."""
    commands = typer.Typer(no_args_is_help=True, help="订阅画像：增加、查看、检查、删除。")
    app.add_typer(commands, name="profile")
    commands.command()(add)
    commands.command(name="list")(list_all)
    commands.command()(show)
    commands.command()(check)
    commands.command()(remove)


def load_or_exit(path: Path) -> "list[Profile]":
    """Read a profile file; say what is wrong with it and leave with status 2."""
    from services.cli.profile_files import read_profiles
    from shared.errors import InvalidInputError

    try:
        return read_profiles(path)
    except InvalidInputError as error:
        say(str(error))
        raise typer.Exit(BAD_PROFILES) from None


def add(file: Annotated[Path, typer.Argument(help="订阅画像文件，每行一个 JSON 对象。", metavar="FILE")]) -> None:
    """增加订阅画像，同 id 的会被替换。先全部检查，有一处错误就一个也不存。"""
    from services.cli.session import in_session
    from shared.profile_edits import save

    profiles = load_or_exit(file)
    if tell_findings(profiles):
        say("一个也没有保存。请改正以上错误后再试。")
        raise typer.Exit(1)
    in_session(lambda around: save(around, profiles))
    for profile in profiles:
        typer.echo(profile.id)


def list_all(*, as_json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")] = False) -> None:
    """列出全部订阅画像。"""
    from services.cli.session import in_session

    profiles = in_session(lambda around: around.store.profiles.all())
    if as_json:
        json_lines(profiles)
        return
    rows = [(p.id, p.name, len(p.rules), "；".join(in_short(p))) for p in profiles]
    table("订阅画像", ("id", "名称", "规则", "内容"), rows, empty="还没有订阅画像。用 zhitui profile add 文件 增加。")


def in_short(profile: "Profile") -> list[str]:
    """Return each rule in words."""
    from shared.wire.profile import as_term

    said = []
    for rule in profile.rules:
        words = [[as_term(term).text for term in group] for group in rule.groups]
        parts = [f"（{' 或 '.join(group)}）" if len(group) > 1 else group[0] for group in words]
        listed = (("IPC", rule.ipc), ("申请人", rule.applicants), ("地区", rule.regions), ("种类", rule.kinds))
        parts += [f"{label} {'、'.join(values)}" for label, values in listed if values]
        without = [*(as_term(term).text for term in rule.none), *rule.not_ipc, *rule.not_applicants]
        parts += [f"不含 {'、'.join(without)}"] if without else []
        said.append(" 且 ".join(parts))
    return said


def show(
    profile_id: Annotated[str, typer.Argument(help="订阅画像的 id。", metavar="ID")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出一行 JSON。")] = False,
) -> None:
    """显示一个订阅画像。"""
    import msgspec

    from services.cli.session import in_session
    from shared.errors import NotFoundError

    profile = in_session(lambda around: around.store.profiles.get(profile_id))
    if profile is None:
        raise NotFoundError(f"没有 id 为“{profile_id}”的订阅画像；zhitui profile list 列出全部")
    if as_json:
        json_lines([profile])
    else:
        typer.echo(msgspec.json.format(msgspec.json.encode(profile), indent=2).decode())


def remove(profile_id: Annotated[str, typer.Argument(help="订阅画像的 id。", metavar="ID")]) -> None:
    """删除一个订阅画像，立即不再匹配。"""
    from services.cli.session import in_session
    from shared.errors import NotFoundError
    from shared.profile_edits import forget

    if not in_session(lambda around: forget(around, profile_id)):
        raise NotFoundError(f"没有 id 为“{profile_id}”的订阅画像；zhitui profile list 列出全部")
    typer.echo(f"已删除 {profile_id}")
