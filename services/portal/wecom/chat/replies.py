"""What the app says in a chat. All of it is short, plain, and safe to show: titles and names were written by strangers."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.schedule_words import words_of
from shared.wording.advice import page_text
from shared.wording.items import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from services.portal.wecom.chat.own import Entry
    from services.portal.wecom.chat.terms import Wanted
    from shared.advice import Preview
    from shared.wire.publication import Publication

LIMIT_BYTES = 1_900
"""The vendor cuts a text off at 2,048 without a word."""

EXAMPLES = 3
_TITLE = 40
_MORE = "……"
_TAGS = str.maketrans("<>", "＜＞")

HELP = """发给我一句话就行：
· 订阅 固态电池、全固态电池 隔膜 -铅酸
  （空格：都要有；顿号：有一个就行；减号：不要。也可以写公司名或 H01M10 这样的分类号）
· 我的订阅
· 最近 5 条
· 静音 一周 / 恢复
· 退订 1
· 绑定 码（在知推网页“企业微信”页取码）"""

WELCOME = f"您好，我是知推，把新公开的专利推送给您。\n{HELP}"
NOT_TEXT = "目前只看得懂文字。发“帮助”看看能做什么。"
NOTHING_ASKED = "没有等您确认的事。发“帮助”看看能做什么。"
DROPPED = "好的，没有做任何改动。"
NO_WORDS = "请写上要订阅的关键词。例如：订阅 固态电池、全固态电池 隔膜 -铅酸"
NO_SUBSCRIPTIONS = "您在这里还没有订阅。发“订阅 关键词”就能开始，例如：订阅 固态电池 隔膜"
NOTHING_RECENT = "您的订阅还没有推送过专利。有新公开会发到这里。"
WHICH = "要退订哪一个？请回复“退订 序号”，例如：退订 1"
SHARED = "这份订阅发给多个人，请在知推网页里由管理员退订。"
MUTED_NOTHING = "您在这里还没有订阅，不用静音。"
BIND_HOW = "请写上绑定码，例如：绑定 ABCD2345。绑定码在知推网页的“企业微信”页取。"
BIND_WRONG = "绑定码不对或已过期（10 分钟内有效，只能用一次）。请在知推网页重新取一个。"
BIND_TOO_OFTEN = "绑定码输错太多次，请一小时后再试。"
BOUND = "绑定成功。以后在这里的操作都算在您的知推账号上。"
READ_ONLY = "您的角色只能查看，不能新增订阅。请找本单位的管理员。"
NOT_READY = "知推还在准备历史数据，暂时看不到预览。"


def fitted(text: str) -> str:
    """Return a text that nothing in it can turn into a link or a call, cut at a line to what the vendor takes."""
    safe = "\n".join("".join(c if c.isprintable() else " " for c in line) for line in text.translate(_TAGS).split("\n"))
    if len(safe.encode("utf-8", "replace")) <= LIMIT_BYTES:
        return safe
    kept: list[str] = []
    room = LIMIT_BYTES - len(_MORE.encode())
    for line in safe.split("\n"):
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:  # one line that is longer than all that is taken
        return safe.encode("utf-8", "replace")[: LIMIT_BYTES - len(_MORE.encode())].decode("utf-8", "ignore") + _MORE
    return "\n".join((*kept, _MORE))


def preview(wanted: "Wanted", seen: "Preview | None") -> str:
    """Return what a subscription would bring, and the question whether it is wanted."""
    lines = [f"将查找：{wanted.in_words}。"]
    if seen is None:
        lines.append(NOT_READY)
    elif seen.count.matches == 0:
        lines.append("最近 4 周没有命中。可以少写几个词，或用顿号多写几种说法。")
    else:
        about = "约 " if not seen.count.exact else ""
        lines.append(f"最近 4 周有 {about}{seen.count.matches} 篇，大约每周 {max(1, round(seen.a_week))} 篇，例如：")
        lines += [item(example.publication) for example in seen.examples[:EXAMPLES]]
        lines += [f"注意：{page_text(remark, 'zh')}" for remark in seen.remarks if remark.level == "warning"][:2]
    lines.append(
        "回复“确认”开始订阅（即同意知推保存您的账号和订阅），每天 9 点左右汇总发到这里；想改就重新发“订阅 …”。"
    )
    return "\n".join(lines)


def subscribed(wanted: "Wanted", *, joined: bool) -> str:
    """Return that it is done; ``joined``: one message tells it together with what was subscribed to before."""
    together = "和之前的订阅合成一条，" if joined else ""
    return f"已订阅：{wanted.in_words}。\n有新公开的专利，{together}每天 9 点左右汇总发到这里。发“我的订阅”查看，“退订”取消。"


def listing(owned: "Sequence[Entry]", muted_until: "datetime | None", zone: "ZoneInfo") -> str:
    """Return subscriptions, with the numbers that `退订` takes."""
    lines = [f"您的订阅（{len(owned)} 个）："]
    lines += numbered(owned)
    if muted_until is not None:
        lines.append(f"静音中，到 {moment(muted_until, zone)}。发“恢复”立即继续。")
    lines.append("发“退订 序号”取消其中一个。")
    return "\n".join(lines)


def numbered(owned: "Sequence[Entry]") -> list[str]:
    """Return a line for each."""
    lines = []
    for number, one in enumerate(owned, 1):
        told = one.own.subscription
        state = "，已暂停" if told.paused else ""
        lines.append(f"{number}. {name_of(one)}（{words_of(told).zh}{state}）")
    return lines


def is_it(corrected: str) -> str:
    """Return the question whether this is meant."""
    return f"您是想发“{corrected}”吗？回复“确认”就照办，不是请忽略。"


def item(publication: "Publication") -> str:
    """Return a publication in a line."""
    title = shorten(one_line(publication.title), _TITLE) or "（无标题）"
    return f"· {one_line(publication.publication_number)} {title}"


def name_of(one: "Entry") -> str:
    """Return what a subscription is called."""
    return shorten(one_line(one.name), _TITLE)


def muted(until: "datetime", zone: "ZoneInfo") -> str:
    """Return that there is silence now."""
    return f"已静音到 {moment(until, zone)}。期间的新专利先攒着，到时一起发；发“恢复”可提前恢复。"


def moment(at: "datetime", zone: "ZoneInfo") -> str:
    """Return a moment as people of the zone read it."""
    local = at.astimezone(zone)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def until(now: "datetime", days: int) -> "datetime":
    """Return when a silence of so many days is over."""
    return now + timedelta(days=days)
