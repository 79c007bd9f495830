"""The audit log holds together, and shows when it was touched."""

import asyncio

import msgspec
import pytest

from services.portal.desk.actor import Actor
from services.portal.desk.audit import Audit
from services.portal.desk.desk import Desk
from services.portal.desk.refusals import ForbiddenError
from shared.filing.audit_entries import AUDIT_ENTRIES, AuditEntry
from shared.runtime.role import Surroundings
from shared.testing.clock import ManualClock
from tests.people import HERE, acting, join, sign_up


@pytest.fixture
async def log(desk: Desk, owner: Actor) -> Audit:
    for number in range(5):
        await desk.audit.record(owner, "profile.replaced", f"p-{number}", version=str(number))
    return desk.audit


async def rewrite(around: Surroundings, owner: Actor, number: int, **fields: object) -> None:
    shelf = around.store.shelf(AUDIT_ENTRIES)
    filed = await shelf.get(f"{owner.organisation_id}.{number}")
    assert filed
    assert await shelf.replace(msgspec.structs.replace(filed.document, **fields), revision=filed.revision)


async def faults(log: Audit, owner: Actor, **expect: str) -> list[str]:
    return (await log.verify(owner.organisation_id, **expect)).faults


async def test_who_did_what_to_what_when_and_from_where_is_written_down(
    log: Audit, owner: Actor, clock: ManualClock
) -> None:
    entry = (await log.page(owner, limit=1))[0]
    assert (entry.account_id, entry.way, entry.action, entry.thing, entry.at) == (
        owner.account_id, "session", "profile.replaced", "p-4", clock.now(),
    )  # fmt: skip
    assert entry.details == {"version": "4"}
    assert entry.personal
    assert entry.personal.address == HERE.address
    assert await faults(log, owner) == []


async def test_it_is_read_page_by_page_newest_first_and_by_owners_alone(log: Audit, owner: Actor, desk: Desk) -> None:
    first = await log.page(owner, limit=4)
    rest = await log.page(owner, before=first[-1].number, limit=50)
    assert [entry.number for entry in (*first, *rest)] == [6, 5, 4, 3, 2, 1]
    editor = acting(await join(desk, owner, "li@example.cn", "editor"))
    with pytest.raises(ForbiddenError):
        await log.page(editor)


async def test_others_do_not_see_it(log: Audit, desk: Desk) -> None:
    stranger = acting(await sign_up(desk, "chen@other.example.cn", organisation="别家"))
    assert [entry.action for entry in await log.page(stranger)] == ["organisation.made"]


async def test_an_entry_that_was_changed_is_found(log: Audit, owner: Actor, around: Surroundings) -> None:
    kept = (await log.page(owner, before=4, limit=1))[0]
    changes: list[dict[str, object]] = [
        {"action": "profile.made"}, {"details": {}}, {"account_id": "a-somebody"}, {"digest": "0" * 64},
    ]  # fmt: skip
    for change in changes:
        await rewrite(around, owner, 3, **change)
        assert any("第 3 条被改过" in fault for fault in await faults(log, owner))
        await rewrite(around, owner, 3, **{name: getattr(kept, name) for name in change})
    assert await faults(log, owner) == []


async def test_an_address_that_was_changed_is_found(log: Audit, owner: Actor, around: Surroundings) -> None:
    entry = (await log.page(owner, before=4, limit=1))[0]
    assert entry.personal
    forged = msgspec.structs.replace(entry.personal, address="192.0.2.66")
    await rewrite(around, owner, 3, personal=forged)
    assert await faults(log, owner) == ["第 3 条的来源地址或人名被改过。"]


async def test_an_entry_that_was_removed_is_found(log: Audit, owner: Actor, around: Surroundings) -> None:
    await around.store.shelf(AUDIT_ENTRIES).remove(f"{owner.organisation_id}.3")
    assert len(await faults(log, owner)) == 1
    await around.store.shelf(AUDIT_ENTRIES).remove(f"{owner.organisation_id}.1")
    assert any("不见了" in fault for fault in await faults(log, owner))


async def test_an_end_that_was_cut_off_is_found_by_who_wrote_the_last_number_down(
    log: Audit, owner: Actor, around: Surroundings
) -> None:
    head = (await log.verify(owner.organisation_id)).head
    assert await faults(log, owner, expect=head) == []
    await around.store.shelf(AUDIT_ENTRIES).remove(f"{owner.organisation_id}.6")
    assert await faults(log, owner) == []
    assert len(await faults(log, owner, expect=head)) == 1


async def test_an_entry_that_fits_another_log_is_found_in_this_one(
    log: Audit, owner: Actor, around: Surroundings
) -> None:
    shelf = around.store.shelf(AUDIT_ENTRIES)
    entry = (await log.page(owner, limit=1))[0]
    await shelf.remove(entry.id)
    moved: AuditEntry = msgspec.structs.replace(entry, id=f"{owner.organisation_id}.7", number=7)
    await shelf.add([moved])
    assert len(await faults(log, owner)) == 2


async def test_many_who_write_at_once_make_one_chain(log: Audit, owner: Actor) -> None:
    await asyncio.gather(*(log.record(owner, "profile.made", str(number)) for number in range(12)))
    verdict = await log.verify(owner.organisation_id)
    assert (verdict.entries, verdict.faults) == (18, [])


async def test_what_tells_of_a_person_can_be_erased_and_the_chain_still_holds(log: Audit, owner: Actor) -> None:
    assert await log.forget_person(owner.organisation_id, owner.account_id) == 6
    assert all(entry.personal is None for entry in await log.page(owner))
    assert await faults(log, owner) == []


async def test_entries_that_are_over_are_missed_by_nobody(log: Audit, owner: Actor, clock: ManualClock) -> None:
    await clock.advance(2 * 365 * 86_400)
    await log.record(owner, "profile.made", "p-9")
    await clock.advance(365 * 86_400)
    verdict = await log.verify(owner.organisation_id)
    assert (verdict.entries, verdict.faults) == (1, [])
