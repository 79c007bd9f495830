"""The messages that the goldens show, and how they are held to their files."""

import os
from pathlib import Path

from services.notifier.channels.port import Frame, Message
from shared.store.records import Alert
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant
from shared.wire.subscription import Destination
from tests.unit.notifier.making import NOW, ZONE, alert, mailbox, publication, why

HERE = Path(__file__).parent
URL = "https://ip-information-centre.guangzhou.example.cn/zhitui/u/AbCdEfGhIjKlMnOpQrStUv"


def alerts() -> tuple[Alert, ...]:
    plain = alert()
    nasty = alert(
        publication(
            "CN210012345U",
            '一种<b>"LiPF_6"</b> & [固态电池]*测试*`装置`\n（https://evil.example）',
            applicants=tuple(Applicant(name=f"第{n}家<公司>") for n in range(1, 6)),
        ),
        why(start=25),
        why("p-2", score=0.5, term="测试", start=34),
    )
    bare = alert(
        publication("CN301234567S", "电池包", published_on=None, applicants=(), ipc=(), locarno=("13-02",)),
        why().__class__(
            profile_id="p-3",
            profile_name="",
            rule=2,
            score=0.4,
            evidence=(
                Evidence(term="4401", field="applicants[0].address", start=0, end=3, kind=HitKind.REGION, score=1.0),
                Evidence(term="蓄电池", field="title", start=0, end=2, kind=HitKind.SYNONYM, score=0.8),
            ),
        ),
    )
    return plain, nasty, bare


def message(destination: Destination | None = None, **changes: object) -> Message:
    values: dict[str, object] = {
        "subscription_id": "battery",
        "count": 3,
        "page": 2,
        "pages": 3,
        "left_out": 37,
        "unsubscribe_url": URL,
    }
    return Message(
        id="d-0123456789abcdef01234567",
        destination=destination or mailbox(),
        frame=Frame(**{**values, **changes}),  # type: ignore[arg-type]
        alerts=alerts(),
        created_at=NOW.astimezone(ZONE),
    )


def held(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("ZHITUI_UPDATE_GOLDEN"):
        path.write_text(text, "utf-8", newline="")
    assert path.read_bytes().decode() == text
