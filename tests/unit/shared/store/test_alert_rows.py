"""Alerts as rows of the embedded store."""

import msgspec

from shared.store.embedded.alert_rows import Unread, read
from shared.store.embedded.documents import encode
from shared.store.records import Alert, AlertState
from tests.unit.notifier.making import alert, publication


def names(kind: type[msgspec.Struct]) -> set[str]:
    return {one.name for one in msgspec.structs.fields(kind)}


def test_nothing_of_an_alert_is_left_unread() -> None:
    assert names(Unread) == names(Alert) - {"state", "delivery_id"}
    told = msgspec.structs.replace(alert(publication(title="石墨烯")), traceparent="00-1-2-01")
    assert read(encode(told)) == told
    planned = msgspec.structs.replace(told, state=AlertState.PLANNED, delivery_id="d-1")
    assert read(encode(told), AlertState.PLANNED, "d-1") == planned


def test_alerts_of_one_publication_share_it_and_of_another_content_do_not() -> None:
    first, second = (read(encode(alert(publication(title="石墨烯"), subscription_id=one))) for one in "ab")
    assert first.publication is second.publication
    assert read(encode(alert(publication(title="石墨")))).publication.title == "石墨"
