"""Shared lists: frozen, without persons, closed on their day or at once, nobody else's."""

from datetime import timedelta

import msgspec
import pytest

from services.portal.desk.inbox import Wanted
from services.portal.desk.refusals import ConflictError, InvalidError, MissingError
from services.portal.desk.sharing import MOST_LINKS
from shared.filing.share_links import SHARE_LINKS
from tests.integration.portal.inbox.conftest import Office

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_whoever_has_the_address_reads_what_was_shared_and_nothing_of_persons(office: Office) -> None:
    desk = office.desk
    await office.tell(*(office.alert(n) for n in range(4)))
    await desk.following_up.note(office.owner, "CN0001A", "内部备注")
    handed = await desk.sharing.share(office.owner, Wanted(), title="本周", days=7)
    await office.tell(office.alert(9))
    link = await desk.sharing.opened(handed.token)
    assert [one.publication.publication_number for one in link.items] == [f"CN{n:04}A" for n in (3, 2, 1, 0)]
    told = msgspec.json.encode(link.items).decode()
    assert not [word for word in ("张三", "李四", "某路", "内部备注", "王工", "固态电池隔膜") if word in told]
    assert "广州电池" in told
    assert handed.token not in repr(handed) + repr(link) + link.token_key
    assert all(hit.field in {"title", "abstract", "claim"} for one in link.items for hit in one.evidence)


async def test_a_link_opens_no_more_after_its_day_nor_when_it_was_taken_back(office: Office) -> None:
    desk = office.desk
    await office.tell(office.alert(1))
    first = await desk.sharing.share(office.owner, Wanted(), title="", days=1)
    second = await desk.sharing.share(office.owner, Wanted(), title="", days=7)
    with pytest.raises(MissingError):
        await desk.sharing.take_back(office.stranger, second.link.id)
    assert (await desk.sharing.opened(second.token)).id == second.link.id
    office.clock.set(office.clock.now() + timedelta(days=1, seconds=1))
    for token in (first.token, "", "x" * 32, first.token[:-1]):
        with pytest.raises(MissingError):
            await desk.sharing.opened(token)
    assert [link.id for link in await desk.sharing.all(office.owner)] == [second.link.id]
    assert await desk.sharing.all(office.stranger) == []
    await desk.sharing.take_back(office.owner, second.link.id)
    with pytest.raises(MissingError):
        await desk.sharing.opened(second.token)


async def test_nothing_is_shared_of_an_empty_list_for_ever_or_without_end(office: Office) -> None:
    desk = office.desk
    with pytest.raises(InvalidError):
        await desk.sharing.share(office.owner, Wanted(), title="", days=7)
    await office.tell(office.alert(1))
    for title, days in (("", 365), ("", 0), ("a\nb", 7), ("长" * 101, 7)):
        with pytest.raises(InvalidError):
            await desk.sharing.share(office.owner, Wanted(), title=title, days=days)
    for _ in range(MOST_LINKS):
        await desk.sharing.share(office.owner, Wanted(), title="", days=7)
    with pytest.raises(ConflictError):
        await desk.sharing.share(office.owner, Wanted(), title="", days=7)


async def test_the_store_has_neither_the_address_nor_the_list_in_the_clear(office: Office) -> None:
    await office.tell(office.alert(3))
    handed = await office.desk.sharing.share(office.owner, Wanted(), title="秘密名单", days=7)
    assert SHARE_LINKS.sealed
    folder = office.desk.around.settings.data_dir
    stored = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert handed.token.encode() not in stored
    assert "秘密名单".encode() not in stored
