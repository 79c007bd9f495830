"""People are told of a subscription by the name that they gave it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import msgspec

from services.notifier.channels.port import NAME_CHARACTERS
from services.notifier.delivery.needed import needed
from services.notifier.delivery.writing import written
from services.notifier.templates import mail
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS, SubscriptionCard
from shared.unsubscribe import Unsubscriber
from shared.wording.items import view
from tests.contract.made import delivery
from tests.surroundings import open_surroundings
from tests.unit.notifier.making import alert, mailbox

NOW = datetime(2026, 1, 5, tzinfo=UTC)


async def test_a_message_names_its_subscription_as_its_people_do_and_one_of_the_command_line_by_its_id(
    tmp_path: Path,
) -> None:
    async with open_surroundings(tmp_path, public_url="https://zt.example.cn") as around:
        await around.store.shelf(SUBSCRIPTION_CARDS).add(
            [
                SubscriptionCard(
                    id="sb-1", organisation_id="o", name="<b>研发部</b>的\t早报" + "长" * 90, made_by="a", made_at=NOW,
                    changed_by="a", changed_at=NOW,
                )
            ]
        )  # fmt: skip
        unsubscriber = Unsubscriber(around.secrets, around.settings.public_url)
        planned = [
            msgspec.structs.replace(delivery(f"m-{one}"), subscription_id=one, left_out=3)
            for one in ("sb-1", "nightly")
        ]
        needs = await needed(around.store, planned)
        named, plain = [
            await written(
                around,
                unsubscriber,
                one,
                mailbox(),
                Mock(idempotent=False),
                needs=replace(needs[one], alerts=[alert()]),
            )
            for one in planned
        ]
    assert named.frame.called == "<b>研发部</b>的 早报" + "长" * 25 + "…"
    assert len(named.frame.called) == NAME_CHARACTERS
    assert named.frame.list_url == "https://zt.example.cn/inbox?subscription=sb-1"
    assert plain.frame.called == "nightly"
    assert plain.frame.list_url is None
    _, page = mail.render(named, [view(one) for one in named.alerts])
    assert "&lt;b&gt;研发部&lt;/b&gt;" in page
