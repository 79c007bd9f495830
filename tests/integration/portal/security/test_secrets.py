"""What is told once is told nowhere else: no page, no answer of the API and no file has it afterwards."""

import re

from services.portal.desk.drafts import DestinationDraft
from services.portal.desk.inbox import Wanted
from shared.wire.subscription import Channel
from tests.integration.portal.security.conftest import Town

ROBOT_KEY = "693a91f6-7abc-4bc4-97a0-0ec2d1fa5aaa"
ROBOT = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={ROBOT_KEY}"
HOOK = "https://hooks.example.com/in/s3cr3t-path-1?token=s3cr3t-query-2"


async def test_no_page_and_no_answer_has_a_secret_after_it_was_told(town: Town) -> None:
    desk, actor = town.house.desk, town.ours.actor
    secrets = {"s3cr3t-path-1", "s3cr3t-query-2", ROBOT_KEY, "k" * 43, town.ours.token, town.owner.cookie}
    pages: dict[tuple[str, str], tuple[int, str]] = {}
    for channel, address in ((Channel.WEBHOOK, HOOK), (Channel.WECOM_ROBOT, ROBOT), (Channel.FEED, "self")):
        made = await desk.destinations.make(actor, DestinationDraft(channel=channel, address=address))
        secrets |= set(re.findall(r"[A-Za-z0-9_+/-]{24,}", made.told or "")) - {made.card.id}
        town.house.things["destination"] = made.card.id
        for template, path in town.routes("GET"):
            if made.card.id in path:
                pages[template, channel] = await town.get(path, town.owner)
    for template, path in town.routes("GET"):
        pages[template, ""] = await town.get(path, town.owner)
    shown = [(at, secret[:8]) for at, (_, text) in pages.items() for secret in secrets if secret in text]
    assert not shown
    assert sum(status == 200 for status, _ in pages.values()) > 40
    assert len(secrets) > 6, "what a webhook and a feed were told is not among what was looked for"


async def test_what_an_address_alone_opens_is_kept_by_nobody_and_found_by_no_search_engine(town: Town) -> None:
    handed = await town.house.desk.sharing.share(town.ours.actor, Wanted(), title="给代理人", days=1)
    bench = town.house.bench
    async with bench.session.get(f"{bench.address}/shared/{handed.token}") as response:
        assert "CN1A" in await response.text()
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"
