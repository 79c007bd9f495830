"""A request that is sent again because the portal died that worked on it: what that one had made is not made again."""

from typing import TYPE_CHECKING

import pytest

from services.portal.desk.audit import Audit
from shared.errors import RetryLaterError
from tests.integration.portal.api.bench import Bench, Tenant
from tests.integration.portal.api.test_editing import BATTERY, MAIL

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.fixture
def _forgetful(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Portals die before an answer is kept, and their keys are free at once."""

    async def too_late(*_: object, **__: object) -> None:
        raise RetryLaterError("the portal is gone")

    monkeypatch.setattr(type(bench.around.store.idempotency), "finish", too_late)
    monkeypatch.setattr("services.portal.api.idempotency.LEASE_SECONDS", 0.0)


@pytest.mark.usefixtures("_forgetful")
async def test_what_was_made_before_the_portal_died_is_answered_with_and_not_made_again(
    bench: Bench, ours: Tenant, theirs: Tenant
) -> None:
    made: dict[str, str] = {}
    drafts: dict[str, Callable[[], object]] = {
        "profiles": lambda: BATTERY,
        "destinations": lambda: MAIL,
        "subscriptions": lambda: {"profiles": [made["profiles"]], "destinations": [made["destinations"]]},
    }
    for listing, draft in drafts.items():
        body = draft()
        answers = [await bench.ask(ours.token, "POST", f"/{listing}", body, Idempotency_Key="k") for _ in range(3)]
        assert [(status, one["id"]) for status, _, one in answers] == [(201, answers[0][2]["id"])] * 3
        made[listing] = answers[0][2]["id"]
        assert [one["id"] for one in await bench.listed(ours.token, f"/{listing}")] == [made[listing]]
        _, _, other = await bench.ask(ours.token, "POST", f"/{listing}", body, Idempotency_Key="other")
        assert other["id"] != made[listing], "another key is another wish"
    _, _, theirs_too = await bench.ask(theirs.token, "POST", "/profiles", BATTERY, Idempotency_Key="k")
    assert theirs_too["id"] != made["profiles"], "a key is its organisation's"


@pytest.mark.usefixtures("_forgetful")
async def test_a_message_that_was_asked_for_before_the_portal_died_is_not_sent_again(
    bench: Bench, ours: Tenant
) -> None:
    _, _, mail = await bench.ask(ours.token, "POST", "/destinations", MAIL)
    path = f"/destinations/{mail['id']}/proofs"
    first, again = [await bench.ask(ours.token, "POST", path, Idempotency_Key="k") for _ in range(2)]
    assert first[2]["id"] == again[2]["id"]


@pytest.mark.parametrize("last", ["put", "record"])
async def test_what_was_half_made_is_completed(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """It dies before the destination is stored beside its card, or after that, before it is in the audit log."""

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("the portal is gone")

    with monkeypatch.context() as patched:
        dying = Audit if last == "record" else type(bench.around.store.destinations)
        patched.setattr(dying, last, dies)
        assert (await bench.ask(ours.token, "POST", "/destinations", MAIL, Idempotency_Key="k"))[0] == 500
    status, _, made = await bench.ask(ours.token, "POST", "/destinations", MAIL, Idempotency_Key="k")
    assert (status, made["state"], made["name"]) == (201, "unverified", "专利部")
    assert [one["id"] for one in await bench.listed(ours.token, "/destinations")] == [made["id"]]


async def test_who_asks_while_the_same_is_under_way_is_told_when_to_come_again(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise RetryLaterError("the portal is gone")

    with monkeypatch.context() as patched:
        for last_words in ("finish", "give_up"):
            patched.setattr(type(bench.around.store.idempotency), last_words, dies)
        assert (await bench.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k"))[0] == 201
    status, headers, body = await bench.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k")
    assert (status, body["code"], headers["Retry-After"]) == (409, "under-way", "7")
