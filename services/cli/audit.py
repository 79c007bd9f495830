"""``zhitui audit``: who changed what, and whether the log was touched."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from services.cli.output import json_lines, moment, say, table

if TYPE_CHECKING:
    from services.portal.desk.audit import AuditVerdict
    from shared.filing.audit_entries import AuditEntry
    from shared.runtime.role import Surroundings

AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
Whose = Annotated[
    str | None, typer.Option("--organisation", help="只看这个单位（id 见 account list）；不写：全部。", metavar="ID")
]


def register(app: typer.Typer) -> None:
    """Add ``audit``."""
    commands = typer.Typer(no_args_is_help=True, help="审计日志：谁改了什么，日志有没有被动过。")
    app.add_typer(commands, name="audit")
    commands.command(name="list")(list_all)
    commands.command()(verify)


def list_all(
    organisation: Whose = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="每个单位最多列出多少条，最新的在前。")] = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """列出审计日志，最新的在前。"""
    from services.cli.session import in_session
    from services.portal.desk.audit import Audit
    from services.portal.desk.audit_words import action_text
    from shared.settings import load_settings

    async def work(around: "Surroundings") -> "list[AuditEntry]":
        audit = Audit(around)
        return [
            entry
            for organisation_id in await _organisations(around, organisation)
            for entry in await audit.listed(organisation_id, limit=limit)
        ]

    entries = in_session(work)
    if as_json:
        json_lines(map(_shown, entries))
        return
    zone = load_settings().zone
    table(
        "审计日志",
        ("单位", "编号", "时间", "做了什么", "对象", "账号", "方式", "来源地址"),
        [
            (
                entry.organisation_id,
                entry.number,
                moment(entry.at, zone),
                action_text(entry.action).zh,
                entry.thing,
                entry.account_id,
                entry.way,
                entry.personal.address if entry.personal else "（已清除）",
            )
            for entry in entries
        ],
        empty="审计日志还是空的。",
    )


def verify(
    organisation: Whose = None,
    expect: Annotated[
        str | None,
        typer.Option(help="以前记下的“编号:校验值”；能发现末尾被整段删除。要同时写 --organisation。", metavar="N:HASH"),
    ] = None,
) -> None:
    """检查审计日志有没有被改过、删过；有问题时退出码为 1。每个单位打印“编号:校验值”，请抄在别处。"""
    from services.cli.session import in_session
    from services.portal.desk.audit import Audit
    from shared.errors import InvalidInputError

    if expect is not None and organisation is None:
        raise InvalidInputError("--expect 要和 --organisation 一起用。")

    async def work(around: "Surroundings") -> "dict[str, AuditVerdict]":
        audit = Audit(around)
        return {
            organisation_id: await audit.verify(organisation_id, expect=expect)
            for organisation_id in await _organisations(around, organisation)
        }

    verdicts = in_session(work)
    for organisation_id, verdict in verdicts.items():
        typer.echo(f"{organisation_id}\t{verdict.entries}\t{verdict.head}")
        for fault in verdict.faults:
            say(f"单位 {organisation_id}：{fault}")
    if any(verdict.faults for verdict in verdicts.values()):
        raise InvalidInputError("审计日志被动过，请保留现场，并与备份对照。")
    say("审计日志完整，没有被改动。")


async def _organisations(around: "Surroundings", chosen: str | None) -> list[str]:
    from services.portal.desk.audit import Audit
    from services.portal.desk.organisations import Organisations

    if chosen is not None:
        return [chosen]
    return [organisation.id async for organisation in Organisations(around, Audit(around)).each()]


def _shown(entry: "AuditEntry") -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(entry)
    personal = row.pop("personal") or {}
    return row | {"about": personal.get("who", ""), "address": personal.get("address", "")}
