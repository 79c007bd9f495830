"""However the matches of a publication are cut into events, batches and shards, and however often they come, the alert is the same."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.reading import Found
from services.notifier.routes import Routes
from services.notifier.routing import make_alerts
from shared.store.merging import merge_alert
from shared.store.records import Alert, MatchRecord, Why
from tests.unit.notifier.making import NOW, alert, publication, subscription, why

PROFILES = [f"p{n}" for n in range(6)]
WHYS = st.lists(
    st.builds(
        lambda profile, score: why(profile, score=score), st.sampled_from(PROFILES), st.sampled_from([0.1, 0.5, 0.9])
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.profile_id,
)


def merged(alerts: list[Alert]) -> Alert:
    stored = alerts[0]
    for found in alerts[1:]:
        stored = merge_alert(stored, found)
    return stored


def well_formed(one: Alert) -> Alert:
    return msgspec.structs.replace(one, whys=tuple(sorted(one.whys, key=lambda w: (-w.score, w.profile_id))))


@given(parts=st.lists(WHYS, min_size=1, max_size=4), again=st.data())
def test_taking_in_twice_is_taking_in_once(parts: list[list[Why]], again: st.DataObject) -> None:
    alerts = [well_formed(alert(None, *part)) for part in parts]
    once = merged(alerts)
    assert merge_alert(once, alerts[-1]) is once
    repeated = alerts + again.draw(st.lists(st.sampled_from(alerts[-1:]), max_size=3))
    assert merged(repeated) == once


@given(whys=WHYS, cut=st.integers(0, 6))
def test_parts_of_what_was_found_make_the_whole_in_either_order(whys: list[Why], cut: int) -> None:
    whole = well_formed(alert(None, *whys))
    parts = [well_formed(alert(None, *part)) for part in (whys[:cut], whys[cut:]) if part]
    assert merged(parts) == merged(parts[::-1]) == whole


@given(whys=WHYS, others=WHYS)
def test_a_corrected_content_has_its_own_reasons_only(whys: list[Why], others: list[Why]) -> None:
    corrected = well_formed(alert(publication(title="更正后的名称"), *others))
    taken = merge_alert(well_formed(alert(None, *whys)), corrected)
    assert (taken.publication, taken.whys, taken.score) == (corrected.publication, corrected.whys, corrected.score)


@given(
    held=st.lists(st.lists(st.sampled_from(PROFILES), min_size=1, max_size=3), max_size=5),
    events=st.lists(WHYS, min_size=1, max_size=3),
)
def test_routes_owe_what_a_look_at_every_subscription_owes(held: list[list[str]], events: list[list[Why]]) -> None:
    subscriptions = [subscription(id=f"s{n}", profiles=tuple(profiles)) for n, profiles in enumerate(held)]
    routes = Routes()
    for one in subscriptions:
        routes.put(one)
    found = [
        Found(
            publication=publication(),
            matches=MatchRecord(publication_number="CN110083831A", profile_ids=(), matched_at=NOW),
            whys=tuple(whys),
        )
        for whys in events
    ]
    last = {one.profile_id: one for whys in events for one in whys}
    alerts = make_alerts(found, routes, now=NOW, due_at=lambda _: NOW)
    assert {one.key.subscription_id: {w.profile_id: w for w in one.whys} for one in alerts} == {
        one.id: {profile: last[profile] for profile in one.profiles if profile in last}
        for one in subscriptions
        if not last.keys().isdisjoint(one.profiles)
    }
