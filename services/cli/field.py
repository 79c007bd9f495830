"""``zhitui field``: the catalogue of technical fields, listed, looked at and checked."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.cli.output import json_lines, say, table

if TYPE_CHECKING:
    from services.matcher.health import FindingTold
    from services.portal.catalogue.catalogue import Catalogue

_AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]

FLOOD = 300
"""Publications a week from which a field is told as one that brings very many."""

HELP = """技术领域目录：可以直接订阅的现成画像。

  zhitui field list 磷酸铁锂      # 按名称、编号、英文名或关键词找

  zhitui field show xsy-2.1.1     # 它的条件、每周件数、来源

  zhitui field show xsy-2.1.1 --profile > 画像.jsonl  # 作为订阅画像，再用 zhitui profile add 增加
"""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What ``list --json`` writes of one field.

    Attributes:
        a_week: publications to be expected, as measured with the shipped rules; ``None``: edited here since.
        rules: how many it has; 0: it holds together what lies below it.
    """

    code: str
    zh: str
    en: str
    parent: str | None
    a_week: int | None
    rules: int


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What ``check --json`` writes of one field; ``findings`` as ``zhitui profile check`` has them."""

    code: str
    zh: str
    a_week: int | None
    findings: "list[FindingTold]"


def register(app: typer.Typer) -> None:
    """Add ``field``."""
    commands = typer.Typer(no_args_is_help=True, help=HELP)
    app.add_typer(commands, name="field")
    commands.command(name="list")(list_all)
    commands.command()(show)
    commands.command()(check)


def list_all(
    words: Annotated[list[str] | None, typer.Argument(help="只列有这些词的。", metavar="[WORD…]")] = None,
    *,
    empty: Annotated[bool, typer.Option("--empty", help="只列量测的公报里一件也没有的。")] = False,
    floods: Annotated[bool, typer.Option("--floods", help=f"只列每周 {FLOOD} 件以上的。")] = False,
    as_json: _AsJson = False,
) -> None:
    """列出技术领域；不写词是全部。"""
    catalogue = _catalogue()
    found = catalogue.search(" ".join(words), limit=len(catalogue.fields)) if words else catalogue.fields
    rows = [
        Row(code=f.code, zh=f.zh, en=f.en, parent=f.parent, a_week=_a_week(catalogue, f.code), rules=len(f.rules))
        for f in found
    ]
    if empty or floods:
        rows = [
            row
            for row in rows
            if row.rules
            and row.a_week is not None
            and ((empty and row.a_week == 0) or (floods and row.a_week >= FLOOD))
        ]
    if as_json:
        json_lines(rows)
        return
    table(
        "技术领域",
        ("编号", "名称", "英文名", "每周约（件）"),
        [(row.code, row.zh, row.en, row.a_week) for row in rows],
        empty="没有这样的领域。换个说法，或用 zhitui field list 列出全部。",
    )


def show(
    code: Annotated[str, typer.Argument(help="领域的编号，见 zhitui field list。", metavar="CODE")],
    *,
    as_profile: Annotated[bool, typer.Option("--profile", help="输出一行订阅画像，可存成文件再增加。")] = False,
    as_json: _AsJson = False,
) -> None:
    """显示一个技术领域。"""
    from services.cli.profile import in_short
    from services.portal.catalogue.catalogue import volumes
    from services.portal.desk.fields import profile_of
    from shared.errors import NotFoundError

    catalogue = _catalogue()
    if code not in catalogue:
        raise NotFoundError(f"没有编号为“{code}”的技术领域；zhitui field list 列出全部")
    field, path = catalogue.get(code), catalogue.path(code)
    if as_profile:
        json_lines([profile_of(catalogue, code)])
        return
    if as_json:
        json_lines([field])
        return
    typer.echo(f"{field.code} {field.zh}（{field.en}）")
    typer.echo(f"  位置：{' › '.join(above.zh for above in path) or '顶层'}")
    typer.echo(f"  说明：{field.about}")
    for number, said in enumerate(in_short(profile_of(catalogue, code)) if field.rules else (), start=1):
        typer.echo(f"  条件 {number}：{said}")
    a_week = _a_week(catalogue, code)
    measured = f"约 {a_week} 件（{volumes().basis}）" if a_week is not None else "本地编辑过，请用 zhitui backtest 回测"
    typer.echo(f"  每周：{measured}")
    typer.echo(f"  来源：{(*path, field)[0].source}")
    for below in catalogue.below(code):
        typer.echo(f"  下级：{below.code} {below.zh}")


def check(*, as_json: _AsJson = False) -> None:
    """检查全部技术领域的规则；有错误时退出码为 1。"""
    from services.cli.profile_health import rings_in_force
    from services.matcher.health import Knowledge, Severity, check_profile
    from services.portal.desk.fields import profile_of

    catalogue = _catalogue()
    ruled = [field for field in catalogue.fields if field.rules]
    profiles = [profile_of(catalogue, field.code) for field in ruled]
    known = Knowledge.of(profiles, rings=rings_in_force())
    found = [check_profile(profile, known) for profile in profiles]
    rows = [
        Checked(code=f.code, zh=f.zh, a_week=_a_week(catalogue, f.code), findings=[one.told for one in findings])
        for f, findings in zip(ruled, found, strict=True)
    ]
    if as_json:
        json_lines(rows)
    else:
        for row, findings in zip(rows, found, strict=True):
            for finding in findings:
                if finding.severity is not Severity.HINT:
                    typer.echo(f"{row.code} {row.zh}：{finding.severity.in_words}，{finding.in_words}")
    wrong = sum(finding.severity is Severity.ERROR for row in rows for finding in row.findings)
    none = sum(row.a_week == 0 for row in rows)
    floods = [
        f"{row.code} {row.zh}（{row.a_week} 件）" for row in rows if row.a_week is not None and row.a_week >= FLOOD
    ]
    say(
        f"检查了 {len(rows)} 个技术领域：{wrong} 处错误。量测的公报里一件也没有的 {none} 个，见 zhitui field list --empty。"
    )
    say(f"每周 {FLOOD} 件以上的：{'、'.join(floods) or '没有'}。")
    raise typer.Exit(1 if wrong else 0)


def _catalogue() -> "Catalogue":
    """Return the catalogue as this installation's curators have it; the shipped one where there is no installation."""
    from services.cli.session import in_session
    from services.portal.catalogue.catalogue import shipped
    from services.portal.desk.fields import Fields
    from shared.embedded import DATABASE_FILE
    from shared.settings import load_settings

    settings = load_settings()
    if settings.store == "embedded" and not (settings.data_dir / DATABASE_FILE).exists():
        return shipped()
    return in_session(lambda around: Fields(around).current())


def _a_week(catalogue: "Catalogue", code: str) -> int | None:
    from services.portal.catalogue.catalogue import shipped, volumes

    return volumes().a_week(code) if catalogue.rules(code) == shipped().rules(code) else None
