"""A place in a trace stays on what the store carries from one stage to the next."""

import msgspec

from shared.store.port import Store
from tests.contract.made import NOW, alert, delivery, plan

PLACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_an_alert_keeps_its_place_in_a_trace_and_one_without_has_none(store: Store) -> None:
    traced = msgspec.structs.replace(alert("CN1A"), traceparent=PLACE)
    await store.alerts.record([], [traced, alert("CN2A")])
    waiting = await store.alerts.pending([("s-1", "d-1")], limit=9)
    assert {one.key.publication_number: one.traceparent for one in waiting} == {"CN1A": PLACE, "CN2A": msgspec.UNSET}


async def test_a_delivery_keeps_its_place_in_a_trace_and_one_without_has_none(store: Store) -> None:
    traced = msgspec.structs.replace(delivery("m-1", "CN1A"), traceparent=PLACE)
    await store.alerts.record([], [alert("CN1A"), alert("CN2A")])
    plans = [plan(traced, alert("CN1A")), plan(delivery("m-2", "CN2A"), alert("CN2A"))]
    assert await store.alerts.plan(plans) == [True, True]
    due = await store.deliveries.due(NOW, limit=9)
    assert {one.id: one.traceparent for one in due} == {"m-1": PLACE, "m-2": msgspec.UNSET}
