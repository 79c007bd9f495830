"""What a starting process tells the person in front of it."""

from typing import TYPE_CHECKING

from services.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.settings import Settings

FIRST_STEPS = """
还没有订阅画像。可以在网页里建：先添加一个账号（会显示密码），再打开控制台登录，向导带您建好第一个：
  zhitui account add you@example.cn --role operator
也可以再开一个终端，三条命令就能收到第一条推送：
  zhitui profile add 画像.jsonl
  zhitui destination add 我的邮箱 email you@example.cn --verified
  zhitui subscription add 我的订阅 --profile 画像编号 --destination 我的邮箱
"""


def tell_listening(address: str, settings: "Settings", roles: "Sequence[str]") -> None:
    """Say where things are, as soon as the process listens."""
    if "portal" in roles:
        say(f"控制台      {address}/")
    else:
        say(f"运行状况    {address}/healthz")
    if "ingest" in roles:
        say(f"监视文件夹  {settings.watch_folder.absolute()}")
    say(f"数据文件夹  {settings.data_dir.absolute()}")


def tell_ready(problems: "Sequence[str]", *, first_steps: bool) -> None:
    """Say that the process is ready and what to do next, or what is still missing."""
    if problems:
        say("还没有就绪：")
        for problem in problems:
            say(f"  - {problem}")
        return
    if first_steps:
        say(FIRST_STEPS)
    say("已就绪。按 Ctrl-C 停止。")
