"""``zhitui backtest``: what the stored publications would have brought."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, say
from services.cli.profile import load_or_exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

NO_DATE = "日期不明"


def register(app: typer.Typer) -> None:
    """Add ``backtest``."""
    app.command()(backtest)


def backtest(
    profiles: Annotated[Path, typer.Option("--profiles", help="订阅画像文件，每行一个 JSON 对象。", metavar="FILE")],
    *,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="只看这一天起公布的。", metavar="DATE")
    ] = None,
) -> None:
    """回测：已入库的公开会给这些订阅画像带来什么。匹配逐行输出，每周件数在最后列出。"""
    from services.cli.session import in_session

    wanted = load_or_exit(profiles)
    weeks = in_session(lambda around: _match_stored(around, wanted, since.date() if since else None))
    for profile in wanted:
        counts = weeks.get(profile.id, Counter())
        by_week = "，".join(f"{week} {counts[week]} 件" for week in sorted(counts)) or "没有匹配"
        say(f"{profile.id} {profile.name}：共 {sum(counts.values())} 件；{by_week}")


async def _match_stored(
    around: "Surroundings", profiles: "Sequence[Profile]", since: date | None
) -> dict[str, Counter[str]]:
    """Write the matches and return profile id → week → matches."""
    from services.matcher.engine.engine import Engine
    from services.matcher.rings import ring_set

    engine = Engine.compile(profiles, ring_set(around.settings.data_dir))
    weeks: dict[str, Counter[str]] = {}
    async for publications in around.store.publications.scan(since=since):
        found = engine.match(publications)
        json_lines(match for matches in found for match in matches)
        for publication, matches in zip(publications, found, strict=True):
            for match in matches:
                weeks.setdefault(match.profile_id, Counter())[week_of(publication.published_on)] += 1
    return weeks


def week_of(day: date | None) -> str:
    """Return the Monday of a day's week."""
    return NO_DATE if day is None else f"{(day - timedelta(days=day.weekday())).isoformat()} 起一周"
