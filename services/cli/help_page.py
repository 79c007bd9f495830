"""The page that ``zhitui --help`` shows: it teaches the first alert."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

HELP = "知推：把新公开的专利，按关键词订阅，推送到邮箱和企业微信。"

# Paragraphs, because the help page joins single lines.
EPILOG = """[bold]第一条推送[/bold]（先看看样子：zhitui demo）

  zhitui up                      # 启动；另开一个终端继续

  zhitui profile add 画像.jsonl  # 想看什么

  zhitui destination add 邮箱 email you@example.cn --verified  # 发到哪里

  zhitui subscription add 订阅 --profile p-1 --destination 邮箱  # 连起来

  cp 公报.csv zhitui-data/watch/ # 放进文件，几秒后收到

不灵的时候：zhitui doctor
"""

PANELS = {
    "运行": ("demo", "up", "serve"),
    "订阅": ("profile", "field", "destination", "subscription", "terms"),
    "读取和匹配": ("ingest", "source", "parse", "mapping", "match", "backtest"),
    "查看和排障": ("doctor", "publication", "delivery", "quarantine", "dead-letter"),
    "Kafka 和 MongoDB": ("topics", "store"),
    "备份和搬迁": ("backup", "restore", "migrate", "secrets"),
    "账号、企业微信和审计": ("account", "wecom", "audit"),
    "度量": ("bench",),
}
"""The groups of commands, in the order in which somebody new meets them."""

OTHERS = "其他"


def arrange(app: "typer.Typer") -> None:
    """Sort the registered commands into their groups; call it when all are registered."""
    panels = {name: panel for panel, names in PANELS.items() for name in names}
    for command in app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        command.rich_help_panel = panels.get(name, OTHERS)
    for group in app.registered_groups:
        group.rich_help_panel = panels.get(str(group.name), OTHERS)
    # The help page shows the groups in the order in which it meets their first command.
    order = [*PANELS, OTHERS]
    app.registered_commands.sort(key=lambda command: order.index(str(command.rich_help_panel)))
