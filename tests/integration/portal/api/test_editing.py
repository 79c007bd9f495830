"""Profiles, subscriptions and destinations through the API: made, changed without a lost update, put back, removed."""

import asyncio
from typing import Any

import pytest

from services.portal.desk.actor import Actor
from services.portal.desk.holdings import MOST_DESTINATIONS
from shared.filing.destination_cards import DESTINATION_CARDS, DestinationCard
from shared.profile_edits import LEASE
from shared.wire.subscription import DestinationState
from tests.integration.portal.api.bench import Bench, Tenant
from tests.states import put_in_state

pytestmark = pytest.mark.asyncio(loop_scope="package")

BATTERY = {"name": "固态电池", "rules": [{"groups": [["固态电池"]]}]}
MEMBRANE = {"name": "隔膜", "rules": [{"groups": [["隔膜"]]}]}
MAIL = {"channel": "email", "address": "wang@example.cn", "name": "专利部"}


async def test_a_profile_that_is_made_is_in_force(bench: Bench, ours: Tenant) -> None:
    status, headers, made = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
    assert (status, headers["ETag"], headers["Location"]) == (201, '"1"', f"/api/v1/profiles/{made['id']}")
    stored = await bench.around.store.profiles.get(made["id"])
    assert stored is not None
    assert stored.name == "固态电池"
    lease = await bench.around.store.leases.acquire(LEASE, "next", seconds=1.0)
    assert lease, "the editors' lease is given back"
    await bench.around.store.leases.release(lease)
    status, headers, read = await bench.ask(ours.token, "GET", f"/profiles/{made['id']}")
    assert (status, headers["ETag"], read) == (200, '"1"', made)


async def test_of_two_who_edit_the_same_revision_one_is_told_that_it_changed(bench: Bench, ours: Tenant) -> None:
    _, _, made = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
    path = f"/profiles/{made['id']}"
    names = [f"名称{n}" for n in range(5)]
    answers = await asyncio.gather(
        *(bench.ask(ours.token, "PUT", path, {**MEMBRANE, "name": name}, If_Match='"1"') for name in names)
    )
    assert sorted(status for status, _, _ in answers) == [200, 412, 412, 412, 412]
    won = next(body for status, _, body in answers if status == 200)
    _, headers, read = await bench.ask(ours.token, "GET", path)
    assert read["profile"]["name"] == won["profile"]["name"]
    assert headers["ETag"] == '"2"'


async def test_an_edit_that_names_no_revision_is_not_done(bench: Bench, ours: Tenant) -> None:
    _, _, made = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
    for headers in ({}, {"If_Match": "*"}):
        status, _, body = await bench.ask(ours.token, "PUT", f"/profiles/{made['id']}", MEMBRANE, **headers)
        assert (status, body["code"]) == (428, "if-match-required")
    status, _, _ = await bench.ask(ours.token, "PUT", f"/profiles/{made['id']}", MEMBRANE, If_Match="tag")
    assert status == 412


async def test_an_earlier_version_of_a_profile_is_put_back_as_a_new_one(bench: Bench, ours: Tenant) -> None:
    _, _, made = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
    path = f"/profiles/{made['id']}"
    await bench.ask(ours.token, "PUT", path, MEMBRANE, If_Match='"1"')
    status, _, back = await bench.ask(ours.token, "POST", f"{path}/restore", {"version": 1}, If_Match='"2"')
    assert (status, back["version"], back["profile"]["name"]) == (200, 3, "固态电池")
    _, _, history = await bench.ask(ours.token, "GET", f"{path}/history")
    assert [(one["version"], one["profile"]["name"], one["restores"]) for one in history["items"]] == [
        (3, "固态电池", 1),
        (2, "隔膜", None),
        (1, "固态电池", None),
    ]


async def test_a_profile_that_can_never_match_is_refused_with_the_place(bench: Bench, ours: Tenant) -> None:
    draft = {"name": "x", "rules": [{"groups": [["电池", "写错了"]]}]}
    status, _, body = await bench.ask(ours.token, "POST", "/profiles", draft)
    assert (status, body["faults"][0]["pointer"]) == (422, "/rules/0/groups/0/1")
    assert await bench.listed(ours.token, "/profiles") == []


async def test_what_a_subscription_needs_stays_until_the_subscription_is_gone(bench: Bench, ours: Tenant) -> None:
    _, _, profile = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
    _, _, mail = await bench.ask(ours.token, "POST", "/destinations", MAIL)
    draft = {"name": "每天", "profiles": [profile["id"]], "destinations": [mail["id"]], "schedule": "daily@09:00"}
    status, _, subscription = await bench.ask(ours.token, "POST", "/subscriptions", draft)
    assert status == 201
    for path in (f"/profiles/{profile['id']}", f"/destinations/{mail['id']}"):
        status, _, body = await bench.ask(ours.token, "DELETE", path, If_Match='"1"')
        assert (status, body["code"]) == (409, "in-use")
        assert "每天" in body["detail"]
    assert (await bench.ask(ours.token, "DELETE", f"/subscriptions/{subscription['id']}", If_Match='"1"'))[0] == 204
    for path in (f"/profiles/{profile['id']}", f"/destinations/{mail['id']}"):
        assert (await bench.ask(ours.token, "DELETE", path, If_Match='"1"'))[0] == 204
        assert (await bench.ask(ours.token, "GET", path))[0] == 404
    store = bench.around.store
    assert await store.profiles.get(profile["id"]) is None
    assert await store.destinations.get(mail["id"]) is None
    assert await store.subscriptions.get(subscription["id"]) is None


async def test_a_subscription_is_paused_and_goes_on(bench: Bench, ours: Tenant) -> None:
    subscription = await subscribed(bench, ours)
    for word, paused in (("pause", True), ("pause", True), ("resume", False)):
        status, _, body = await bench.ask(ours.token, "POST", f"/subscriptions/{subscription['id']}/{word}")
        assert (status, body["paused"]) == (200, paused)
        stored = await bench.around.store.subscriptions.get(subscription["id"])
        assert stored is not None
        assert stored.paused is paused


async def test_each_part_of_a_subscription_that_is_wrong_is_pointed_at(bench: Bench, ours: Tenant) -> None:
    draft = {"profiles": ["pf-1"], "destinations": ["dn-1"], "schedule": "noon", "quiet": "x", "events": ["party"]}
    status, _, body = await bench.ask(ours.token, "POST", "/subscriptions", draft)
    assert status == 422
    assert {one["pointer"] for one in body["faults"]} == {
        "/schedule",
        "/quiet",
        "/events",
        "/profiles/0",
        "/destinations/0",
    }


async def test_another_address_must_be_verified_again(bench: Bench, ours: Tenant) -> None:
    _, _, mail = await bench.ask(ours.token, "POST", "/destinations", MAIL)
    path = f"/destinations/{mail['id']}"
    await put_in_state(bench.around.store, mail["id"], DestinationState.ACTIVE)
    status, _, renamed = await bench.ask(ours.token, "PUT", path, {"name": "新名字"}, If_Match='"1"')
    assert (status, renamed["state"], renamed["name"]) == (200, "active", "新名字")
    change = {"name": "新名字", "address": "li@example.cn"}
    status, _, moved = await bench.ask(ours.token, "PUT", path, change, If_Match='"2"')
    assert (status, moved["state"], moved["address"]) == (200, "unverified", "l***@example.cn")


async def test_a_webhooks_secret_is_told_once(bench: Bench, ours: Tenant) -> None:
    draft = {"channel": "webhook", "address": "https://93.184.216.34/hook"}
    _, _, hook = await bench.ask(ours.token, "POST", "/destinations", draft)
    assert "whsec_" in hook["told"]
    assert hook["told"].endswith(hook["keys"]["secret"])
    _, _, read = await bench.ask(ours.token, "GET", f"/destinations/{hook['id']}")
    assert (read["told"], read["keys"]) == ("", {})
    assert read["options"] == {"secret": "…"}
    status, _, rotated = await bench.ask(ours.token, "POST", f"/destinations/{hook['id']}/rotate")
    assert status == 200
    assert "whsec_" in rotated["told"]
    assert rotated["keys"]["secret"] in rotated["told"]
    _, _, feed = await bench.ask(ours.token, "POST", "/destinations", {"channel": "feed", "address": "self"})
    assert set(feed["keys"]) == {"atom", "json"}
    assert all(url in feed["told"] for url in feed["keys"].values())
    assert rotated["told"].split("whsec_")[1] != hook["told"].split("whsec_")[1]


async def test_an_address_inside_the_house_is_refused(bench: Bench, ours: Tenant) -> None:
    for address in ("http://127.0.0.1:8080/", "https://10.0.0.1/", "https://169.254.169.254/latest", "file:///etc"):
        status, _, body = await bench.ask(
            ours.token, "POST", "/destinations", {"channel": "webhook", "address": address}
        )
        assert (status, body["faults"][0]["pointer"]) == (422, "/address"), address


async def filled_up(bench: Bench, who: Actor) -> None:
    """Give an organisation as many destinations as it may have, but one."""
    now = bench.around.clock.now()
    cards = [
        DestinationCard(
            id=f"dn-{who.organisation_id}-{n}",
            organisation_id=who.organisation_id,
            name=str(n),
            made_by=who.account_id,
            made_at=now,
            changed_by=who.account_id,
            changed_at=now,
        )
        for n in range(MOST_DESTINATIONS - 1)
    ]
    await bench.around.store.shelf(DESTINATION_CARDS).add(cards)


async def test_an_organisation_has_so_many_things_and_no_more(bench: Bench, ours: Tenant) -> None:
    await filled_up(bench, ours.actor)
    assert (await bench.ask(ours.token, "POST", "/destinations", MAIL))[0] == 201
    status, _, body = await bench.ask(ours.token, "POST", "/destinations", MAIL)
    assert (status, body["code"]) == (409, "limit-reached")


async def test_nor_when_several_are_made_at_once(bench: Bench, ours: Tenant) -> None:
    await filled_up(bench, ours.actor)
    answers = await asyncio.gather(*(bench.ask(ours.token, "POST", "/destinations", MAIL) for _ in range(6)))
    made = [body for status, _, body in answers if status == 201]
    assert len(made) <= 1
    assert {status for status, _, _ in answers} <= {201, 409}
    count = await bench.around.store.shelf(DESTINATION_CARDS).count(ours.actor.organisation_id)
    assert count == MOST_DESTINATIONS - 1 + len(made)


async def subscribed(bench: Bench, who: Tenant) -> dict[str, Any]:
    """Make a profile, a destination, and a subscription of both."""
    _, _, profile = await bench.ask(who.token, "POST", "/profiles", BATTERY)
    _, _, mail = await bench.ask(who.token, "POST", "/destinations", MAIL)
    draft = {"profiles": [profile["id"]], "destinations": [mail["id"]]}
    subscription: dict[str, Any]
    _, _, subscription = await bench.ask(who.token, "POST", "/subscriptions", draft)
    return subscription
