"""``zhitui secrets``: the keys under which addresses and secrets lie in the store."""

from typing import TYPE_CHECKING

import typer

from services.cli.output import say
from shared.filing.kinds import KINDS

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.store.filed import Resealable

_TOLD_EVERY = 5_000
_AT_ONCE = 500


def register(app: typer.Typer) -> None:
    """Add ``secrets``."""
    commands = typer.Typer(no_args_is_help=True, help="保存机密用的密钥：查看编号，更换。")
    app.add_typer(commands, name="secrets")
    commands.command(name="list")(list_keys)
    commands.command()(rotate)


def list_keys() -> None:
    """列出密钥的编号，新的在前；第一把用来加密，其余只用来打开以前的。"""
    from services.cli.session import in_session

    async def ids(around: "Surroundings") -> tuple[str, ...]:
        return around.secrets.key_ids

    for name in in_session(ids):
        typer.echo(name)


def rotate() -> None:
    """换一把新密钥，并用它重新加密已保存的地址和密钥；推送不停，可以中断，再执行一次就接着做。"""
    from services.cli.session import in_session

    in_session(renew)


async def renew(around: "Surroundings") -> None:
    """Add a key where the last change is complete, and put everything under the newest one.

    Raises:
        InvalidInputError: the only key comes from the settings.
    """
    from shared.secret_box import add_key

    if len(around.secrets.key_ids) > 1:
        left = await _reseal(around)
        if left or around.settings.secret_key is not None:
            say(f"已全部改用密钥 {around.secrets.key_ids[0]}（这次 {left:,} 条）；旧密钥请留着，以前的备份要用它打开。")
            return
    name = add_key(around.settings)
    around.secrets.refresh()
    say(f"新密钥 {name} 已写入密钥文件，在旧密钥之前。正在运行的程序会自己读到它。")
    say(
        f"已全部改用新密钥（{await _reseal(around):,} 条地址和资料）；旧密钥请留着，以前的备份要用它打开。请备份密钥文件。"
    )


async def _reseal(around: "Surroundings") -> int:
    """Put everything under the newest key, and return how many documents that took."""
    store = around.store
    collections: list[tuple[str, Resealable]] = [("目的地", store.destinations)]
    collections += [(kind.title, store.shelf(kind)) for kind in KINDS if kind.sealed]
    return sum([await _reseal_one(title, collection) for title, collection in collections])


async def _reseal_one(title: str, collection: "Resealable") -> int:
    resealed, looked_at, after = 0, 0, ""
    while True:
        count, last = await collection.reseal(after=after, limit=_AT_ONCE)
        if last is None:
            return resealed
        resealed, looked_at, after = resealed + count, looked_at + _AT_ONCE, last
        if looked_at % _TOLD_EVERY == 0:
            say(f"{title}：已处理 {looked_at:,} 条……")
