"""What is kept can be taken away, and erased."""

import io
import json
import zipfile
from typing import Any

import msgspec
import pytest

from services.portal.desk.actor import Actor, Permission, Role, Way
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from services.portal.desk.refusals import ForbiddenError, InvalidError, MissingError
from shared.filing.accounts import ACCOUNTS, Account
from shared.filing.api_tokens import API_TOKENS
from shared.filing.sessions import SESSIONS
from shared.runtime.role import Surroundings
from shared.wire.profile import Profile
from shared.wire.subscription import Channel
from tests.people import HERE, PASSWORD, acting, join, sign_up

ROBOT = "693a91f6-7abc-4bc4-97a0-0ec2bf0a5aaa"


def unzipped(archive: bytes) -> dict[str, list[dict[str, Any]]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {
            name.removesuffix(".jsonl"): [json.loads(line) for line in opened.read(name).splitlines()]
            for name in opened.namelist()
            if name.endswith(".jsonl")
        }


@pytest.fixture
async def furnished(desk: Desk, owner: Actor) -> Actor:
    """The owner, with a profile, a destination and a subscription."""
    rule = {"groups": [["固态电池"]]}
    profile = msgspec.convert({"id": "p-1", "name": "固态电池", "rules": [rule]}, Profile)
    own = await desk.profiles.make(owner, profile)
    draft = DestinationDraft(name="群", channel=Channel.WECOM_ROBOT, address=ROBOT)
    group = await desk.destinations.make(owner, draft)
    wanted = SubscriptionDraft(name="订阅", profiles=(own.profile.id,), destinations=(group.destination.id,))
    await desk.subscriptions.make(owner, wanted)
    return owner


async def test_a_member_takes_away_what_is_kept_of_it_and_nothing_of_others(
    desk: Desk, account: Account, owner: Actor
) -> None:
    await desk.sessions.open(account, HERE, by="password")
    await join(desk, owner, "li@example.cn", "editor")
    files = unzipped(await desk.exporting_data.of_member(owner))
    assert [row["email"] for row in files["accounts"]] == ["wang@example.cn"]
    assert [row["address"] for row in files["sessions"]] == [HERE.address]
    assert [row["how"] for row in files["consents"]] == ["sign-up"]
    assert {row["account_id"] for row in files["audit_entries"]} == {account.id}
    assert b"li@example.cn" not in json.dumps(files).encode()


async def test_an_owner_takes_away_all_of_its_organisation_but_no_secrets(
    desk: Desk, account: Account, furnished: Actor
) -> None:
    issued = await desk.tokens.issue(furnished, name="OA", scopes=[Permission.READ])
    opened = await desk.sessions.open(account, HERE, by="password")
    await sign_up(desk, "chen@other.example.cn", organisation="别家")
    files = unzipped(await desk.exporting_data.of_organisation(furnished))
    assert [row["name"] for row in files["organisations"]] == ["某市电池有限公司"]
    assert [row["name"] for row in files["profiles"]] == ["固态电池"]
    assert [row["profiles"] for row in files["subscriptions"]] == [[files["profiles"][0]["id"]]]
    assert [row["address"] for row in files["destinations"]] == ["693a…"]
    everything = json.dumps(files, ensure_ascii=False)
    secrets = [issued.value, issued.token.token_key, opened.token, opened.session.token_key, str(account.password_hash)]
    assert [one for one in (*secrets, PASSWORD, "别家", ROBOT) if one in everything] == []


async def test_programs_and_editors_take_nothing_away(desk: Desk, account: Account, owner: Actor) -> None:
    editor = acting(await join(desk, owner, "li@example.cn", "editor"))
    with pytest.raises(ForbiddenError):
        await desk.exporting_data.of_organisation(editor)
    with pytest.raises(ForbiddenError):
        await desk.exporting_data.of_member(acting(account, Way.TOKEN))
    with pytest.raises(ForbiddenError):
        await desk.erasing_data.organisation(acting(account, Way.TOKEN), name="某市电池有限公司")


async def test_a_member_who_leaves_is_forgotten_but_what_it_did_stays_done(
    desk: Desk, owner: Actor, around: Surroundings
) -> None:
    colleague = await join(desk, owner, "li@example.cn", "editor")
    opened = await desk.sessions.open(colleague, HERE, by="password")
    await desk.people.remove(acting(colleague), colleague.id)
    assert await around.store.shelf(ACCOUNTS).get(colleague.id) is None
    assert await around.store.shelf(SESSIONS).count(colleague.id) == 0
    assert await desk.sessions.actor(opened.token, HERE) is None
    entries = [entry for entry in await desk.audit.page(owner) if entry.account_id == colleague.id]
    assert {"member.joined", "session.opened", "member.removed"} == {entry.action for entry in entries}
    assert all(entry.personal is None for entry in entries)
    assert (await desk.audit.verify(owner.organisation_id)).faults == []
    assert await desk.means.accounts.by_email("li@example.cn") is None


async def test_an_organisation_is_erased_with_all_it_has(
    desk: Desk, account: Account, furnished: Actor, around: Surroundings
) -> None:
    await desk.tokens.issue(furnished, name="OA", scopes=[Permission.READ])
    other = acting(await sign_up(desk, "chen@other.example.cn", organisation="别家"))
    with pytest.raises(InvalidError):
        await desk.erasing_data.organisation(furnished, name="别家")
    (profile,) = (await desk.profiles.page(furnished)).items
    (destination,) = (await desk.destinations.page(furnished)).items
    (subscription,) = (await desk.subscriptions.page(furnished)).items
    await desk.erasing_data.organisation(furnished, name="某市电池有限公司")
    assert await around.store.profiles.get(profile.profile.id) is None
    assert await around.store.destinations.get(destination.destination.id) is None
    assert await around.store.subscriptions.get(subscription.subscription.id) is None
    assert await around.store.shelf(ACCOUNTS).count(account.organisation_id) == 0
    assert await around.store.shelf(API_TOKENS).count(account.organisation_id) == 0
    with pytest.raises(MissingError):
        await desk.people.me(furnished)
    filed = await desk.organisations.shelf.get(account.organisation_id)
    assert filed
    assert filed.document.name == "（已注销）"
    assert (await desk.organisations.mine(other)).document.name == "别家"


async def test_the_log_of_an_erased_organisation_stays_without_persons(
    desk: Desk, account: Account, owner: Actor
) -> None:
    await desk.erasing_data.organisation(owner, name="某市电池有限公司")
    entries = await desk.audit.listed(account.organisation_id)
    assert entries[0].action == "organisation.erased"
    assert all(entry.personal is None for entry in entries)
    assert (await desk.audit.verify(account.organisation_id)).faults == []


async def test_an_erasure_that_was_interrupted_goes_on(desk: Desk, account: Account, furnished: Actor) -> None:
    filed = await desk.organisations.mine(furnished)
    (subscription,) = (await desk.subscriptions.page(furnished)).items
    await desk.subscriptions.remove(furnished, subscription.subscription.id)  # as if it had ended here
    await desk.erasing_data.finish(filed.document)
    await desk.erasing_data.finish(filed.document)
    assert await desk.means.accounts.get(account.id) is None


async def test_by_whose_address_somebody_was_invited_is_forgotten_with_the_member(desk: Desk, owner: Actor) -> None:
    colleague = await join(desk, owner, "li@example.cn", "editor")
    await desk.inviting.invite(owner, "zhao@example.cn", Role.VIEWER)
    await desk.people.remove(owner, colleague.id)
    entries = await desk.audit.page(owner)
    assert [entry.personal.who for entry in entries if entry.personal and entry.personal.who] == ["z***@example.cn"]
    assert (await desk.audit.verify(owner.organisation_id)).faults == []
