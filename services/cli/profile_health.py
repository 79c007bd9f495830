"""``zhitui profile check``: what is wrong with profiles, in words, with what to do."""

import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.cli.output import json_lines, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from services.matcher.health import Finding, FindingTold, Knowledge, Measured, Volume
    from services.matcher.rings import Rings
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

MOST_LISTED = 50
"""Profiles of a file up to which those without a finding are listed, too."""
MANY = 20_000
"""Profiles beyond which saving does not wait for warnings."""
MOST_WEEKS = 8
PROGRESS_SECONDS = 2.0


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--json`` writes of one profile.

    Attributes:
        alerts_a_week: to expect.
        basis: ``stored`` (counted over stored publications) or ``statistics`` (estimated).
        weeks: Monday → publications matched, of stored ones.
        findings: see `services.matcher.health.FindingTold`; rules and groups are numbered from 0.
    """

    profile_id: str
    alerts_a_week: float
    basis: str
    weeks: "dict[str, int]"
    findings: "list[FindingTold]"


def check(
    file: Annotated[Path, typer.Argument(help="订阅画像文件，每行一个 JSON 对象。", metavar="FILE")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="每个画像输出一行 JSON。")] = False,
    per_week: Annotated[
        float | None,
        typer.Option("--per-week", min=1, help="每周有多少件公开；默认按已入库的，没有就按国家公报。", metavar="N"),
    ] = None,
    stored: Annotated[bool, typer.Option("--stored/--no-stored", help="是否用已入库的公开回测。")] = True,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="只用这一天起公布的回测。", metavar="DATE")
    ] = None,
) -> None:
    """检查订阅画像，什么也不存。有错误时退出码为 1，文件读不懂时为 2。"""
    from services.cli.profile import load_or_exit
    from services.matcher.health import Knowledge, Severity

    profiles = load_or_exit(file)
    rings = rings_in_force()
    measured = _measured(profiles, rings, since.date() if since else None) if stored else None
    known = Knowledge.of(profiles, rings=rings, publications_a_week=per_week, measured=measured)
    tally: Counter[Severity] = Counter()
    for profile, findings, volume in _checked(profiles, known):
        tally.update(finding.severity for finding in findings)
        weeks = _weeks(measured, profile)
        if as_json:
            basis = "stored" if volume.is_counted else "statistics"
            a_week = round(volume.a_week, 4)
            told = [finding.told for finding in findings]
            json_lines([Row(profile_id=profile.id, alerts_a_week=a_week, basis=basis, weeks=weeks, findings=told)])
        elif findings or len(profiles) <= MOST_LISTED:
            _tell(profile, findings, volume, weeks)
    in_all = "，".join(f"{tally[severity]} 处{severity.in_words}" for severity in Severity)
    say(f"检查了 {len(profiles)} 个订阅画像：{in_all}。")
    if tally[Severity.ERROR]:
        raise typer.Exit(1)


def tell_findings(profiles: "Sequence[Profile]") -> bool:
    """Say what is wrong with profiles that are about to be saved, hints left out; of very many, errors only.

    Returns:
        Whether there is an error.
    """
    from services.matcher.health import Knowledge, Severity, check_profile, errors

    rings = rings_in_force()
    if len(profiles) > MANY:
        say(f"共 {len(profiles):,} 个订阅画像，保存前只检查错误；提醒请看 zhitui profile check。")
        findings = ((profile.id, finding) for profile in profiles for finding in errors(profile, rings))
    else:
        known = Knowledge.of(profiles, rings=rings)
        findings = ((profile.id, finding) for profile in profiles for finding in check_profile(profile, known))
    wrong = False
    for profile_id, finding in findings:
        if finding.severity is not Severity.HINT:
            say(f"{profile_id}：{finding.severity.in_words}，{finding.in_words}")
            wrong |= finding.severity is Severity.ERROR
    return wrong


def rings_in_force() -> "Rings":
    """Return the synonym rings of this installation."""
    from services.matcher.rings import ring_set
    from shared.settings import load_settings

    return ring_set(load_settings().data_dir)


def _checked(profiles: "Sequence[Profile]", known: "Knowledge") -> "Iterator[tuple[Profile, list[Finding], Volume]]":
    """Check one after the other, and tell from time to time how far it is."""
    from services.matcher.health import health

    progress = Progress("已检查 {:,} 个订阅画像", len(profiles))
    for number, profile in enumerate(profiles):
        progress.reach(number)
        findings, volume = health(profile, known)
        yield profile, findings, volume


class Progress:
    """Says on standard error how far long work is, every `PROGRESS_SECONDS`."""

    def __init__(self, sentence: str, total: int) -> None:
        self._sentence, self._total = sentence, total
        self._told_at = time.monotonic()

    def reach(self, done: int) -> None:
        """Note how much is done, and say it if it is time."""
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_SECONDS:
            self._told_at = now
            say(f"{self._sentence.format(done)}（共 {self._total:,}）……")


def _measured(profiles: "Sequence[Profile]", rings: "Rings", since: "date | None") -> "Measured | None":
    """Match what is stored; ``None`` where nothing is, and no folder is made to find out."""
    from services.cli.session import in_session
    from shared.embedded import DATABASE_FILE
    from shared.settings import load_settings

    settings = load_settings()
    if settings.store == "embedded" and not (settings.data_dir / DATABASE_FILE).exists():
        return None
    return in_session(lambda around: _count(around, profiles, rings, since))


async def _count(
    around: "Surroundings", profiles: "Sequence[Profile]", rings: "Rings", since: "date | None"
) -> "Measured | None":
    from services.matcher.health import Probes

    total = await around.store.publications.count()
    if not total:
        return None
    probes = Probes(profiles, rings)
    progress = Progress("已用 {:,} 件已入库的公开回测", total)
    async for publications in around.store.publications.scan(since=since):
        probes.count(publications)
        progress.reach(probes.measured.publications)
    return probes.measured


def _weeks(measured: "Measured | None", profile: "Profile") -> dict[str, int]:
    if measured is None:
        return {}
    found = measured.matches[profile.id]
    return {week.isoformat(): found[week] for week in measured.full_weeks}


def _tell(profile: "Profile", findings: "Sequence[Finding]", volume: "Volume", weeks: dict[str, int]) -> None:
    from shared.wording.said import rounded

    name = f" {profile.name}" if profile.name else ""
    basis = "按已入库的公开" if volume.is_counted else "按词频估计"
    a_week = f"{volume.a_week:,.4g}" if volume.is_counted else rounded(volume.a_week)
    typer.echo(f"{profile.id}{name}：{basis}，每周约 {a_week} 件")
    if volume.is_counted:
        last = list(weeks.items())[-MOST_WEEKS:]
        typer.echo(f"  最近几周（周一起）：{'，'.join(f'{week} {count} 件' for week, count in last)}")
    for finding in findings:
        typer.echo(f"  {finding.severity.in_words}  {finding.in_words}")
