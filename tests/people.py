"""People of the portal in tests: passwords that cost nothing to hash, an organisation with its owner, the mails that were filed."""

import re
from typing import Any

from argon2 import PasswordHasher

from services.portal.desk.accounts import actor_of
from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.desk import Desk
from services.portal.desk.joining import Newcomer
from services.portal.desk.organisations import Particulars
from services.portal.desk.passwords import Passwords
from services.portal.desk.visitor import Visitor
from shared.filing.accounts import Account
from shared.filing.errands import ERRANDS, Errand
from shared.runtime.role import Surroundings

PASSWORD = "三月的风 walks uphill"
HERE = Visitor(address="203.0.113.7", device="Firefox · Linux")
ELSEWHERE = Visitor(address="198.51.100.9")

WITH_MAIL: dict[str, Any] = {"smtp_host": "127.0.0.1", "public_url": "https://zhitui.example.cn"}
"""Settings under which the portal can have mails sent, and people reach it."""


class CountedPasswords(Passwords):
    """The real ones with the least work, and a count of verifications.

    Attributes:
        verifications: how often a password was held against a hash.
    """

    def __init__(self) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.verifications = 0

    def _verified(self, kept: str, password: str) -> bool:
        self.verifications += 1
        return super()._verified(kept, password)


async def letters(around: Surroundings, state: str = "waiting") -> list[Errand]:
    """Return the mails that were filed since this was last asked."""
    shelf = around.store.shelf(ERRANDS)
    filed = [one.document for one in await shelf.page(state, limit=500)]
    for errand in filed:
        await shelf.remove(errand.id)
    return filed


async def last_code(around: Surroundings) -> str:
    """Return the code in the one mail that was filed since mails were last read."""
    (mail,) = await letters(around)
    found = re.search(r"\d{4} \d{4}", mail.text)
    assert found
    return found.group()


async def sign_up(desk: Desk, email: str = "wang@example.cn", *, organisation: str = "某市电池有限公司") -> Account:
    """Return the owner of a new organisation."""
    newcomer = Newcomer(name="王工", password=PASSWORD, agrees=True)
    flow = await desk.joining.sign_up(HERE, email, newcomer, Particulars(name=organisation))
    return await desk.joining.confirm(HERE, flow, await last_code(desk.around))


async def join(desk: Desk, owner: Actor, email: str, role: str) -> Account:
    """Return a colleague who was invited and came."""
    await desk.inviting.invite(owner, email, Role(role))
    found = re.search(r"/join/(\S+)", (await letters(desk.around))[-1].text)
    assert found
    return await desk.inviting.accept(HERE, found.group(1), Newcomer(name="李工", password=PASSWORD, agrees=True))


def acting(account: Account, way: Way = Way.SESSION) -> Actor:
    """Return a member as somebody who asks."""
    return actor_of(account, HERE, way)
