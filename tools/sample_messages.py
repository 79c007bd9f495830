"""What pictures of messages show: publications of the sample gazette, told by one subscription or by two."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from services.ingest.reader import Reading
from services.ingest.records import Parsed
from services.notifier.channels.port import Frame
from services.notifier.channels.sections import Section
from shared.store.records import Alert, AlertKey, Why
from shared.wire.match import Evidence, HitKind
from shared.wording.sections import shown_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.wire.publication import Publication

ROOT = Path(__file__).resolve().parents[1]
TOLD = ("CN109994776A", "CN106058211B", "CN209088030U")
TERM = "电池"
NOW = datetime(2019, 7, 9, 1, 0, tzinfo=UTC)
MADE_AT = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
"""When a message of these is made, local time."""

LEFT_OUT = 4
_LEAVE = "https://zhitui.example.cn/u/AbCdEfGhIjKlMnOpQrStUv"
_OTHER, _OTHER_PROFILE = "同行动态", "主要竞争对手"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message before it is cut into pages: what it says around its items, and these."""

    frame: Frame
    alerts: tuple[Alert, ...]

    def cut(self, alerts: "Sequence[Alert]") -> "Sample":
        """Return the message of so many of its items."""
        return Sample(msgspec.structs.replace(self.frame, count=len(alerts)), tuple(alerts))


def of_one() -> Sample:
    """Return a message of one subscription whose cap left something out."""
    alerts = sample_alerts()
    frame = Frame(subscription_id="新能源", count=len(alerts), left_out=LEFT_OUT, unsubscribe_url=_LEAVE)
    return Sample(frame, alerts)


def of_two() -> Sample:
    """Return one of two subscriptions: both tell the first publication, each of them one more."""
    first, second, third = sample_alerts()
    shown = shown_once([second, first, _of_other(second), _of_other(third)])
    sections = (
        Section(subscription_id="新能源", left_out=LEFT_OUT, unsubscribe_url=_LEAVE),
        Section(subscription_id="others", name=_OTHER, unsubscribe_url=f"{_LEAVE[:-1]}w"),
    )
    frame = Frame(
        subscription_id="新能源",
        count=len(shown.alerts),
        left_out=LEFT_OUT,
        unsubscribe_url=f"{_LEAVE}.{_LEAVE[-22:-1]}w",
        sections=sections,
        told_by=shown.told_by,
    )
    return Sample(frame, shown.alerts)


def sample_alerts() -> tuple[Alert, ...]:
    """Return alerts about publications of the sample gazette."""
    with TemporaryDirectory() as spool:
        items = [item for item in Reading.of_path(ROOT / "samples/gazette", Path(spool)) if isinstance(item, Parsed)]
    found = {item.publication.publication_number: item.publication for item in items}
    return tuple(_alert(found[number]) for number in TOLD)


def _alert(publication: "Publication") -> Alert:
    start = publication.title.index(TERM)
    hit = Evidence(term=TERM, field="title", start=start, end=start + len(TERM), kind=HitKind.AFFIX, score=1.0)
    why = Why(profile_id="battery", profile_name="动力电池", rule=0, score=0.9, evidence=(hit,))
    number = publication.publication_number
    return Alert(
        key=AlertKey(subscription_id="新能源", publication_number=number, destination_id="group"),
        family_key=None,
        publication=publication,
        whys=(why,),
        score=0.9,
        created_at=NOW,
    )


def _of_other(alert: Alert) -> Alert:
    """Return the same publication as the other subscription tells it: by whom it applies."""
    key = msgspec.structs.replace(alert.key, subscription_id="others")
    name = alert.publication.applicants[0].name
    hit = Evidence(term=name, field="applicants[0].name", start=0, end=len(name), kind=HitKind.APPLICANT, score=1.0)
    why = Why(profile_id="rivals", profile_name=_OTHER_PROFILE, rule=0, score=0.8, evidence=(hit,))
    return msgspec.structs.replace(alert, key=key, whys=(why,), score=0.8)
