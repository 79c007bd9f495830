"""``/feeds/{token}.atom`` and ``.json``: whoever has the address reads the feed, nobody else learns that there is one."""

import hmac
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from aiohttp import ETag, web

from services.portal.feeds.content import MAX_DELIVERIES, MAX_ENTRIES, compose, fingerprint
from services.portal.feeds.forms import FORMS
from shared.errors import RetryLaterError
from shared.feed_address import destination_of, feed_urls
from shared.runtime.openapi import describe
from shared.store.records import DeliveryState, WantedDeliveries
from shared.unsubscribe import token_hash
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.runtime.role import Surroundings
    from shared.store.port import Store
    from shared.store.records import Alert, Delivery
    from shared.wire.subscription import Destination

AGE_SECONDS = 900
"""How long a reader need not ask again."""

SETTLED = timedelta(seconds=60)
"""Younger moments are not told as ``Last-Modified``: more may come within the same second, which it cannot tell apart (RFC 9110, 8.8.2.2)."""

_NOBODY = token_hash("")
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def feed_routes(around: "Surroundings") -> list[web.RouteDef]:
    """Return the one route of all feeds."""
    store, clock = around.store, around.clock
    base, key = around.settings.public_url, around.secrets.derive("feed-ids")

    @describe(
        responses={
            "200": {
                "description": "The newest 50 deliveries, at most 500 publications.",
                "content": {form.content_type: {} for form in FORMS.values()},
            },
            "304": {"description": "Nothing new since (`If-None-Match`, `If-Modified-Since`)."},
            "404": {"description": "Nobody has such a feed, or its address was replaced."},
            "503": {"description": "Cannot be read just now; try again."},
        },
    )
    async def feed(request: web.Request) -> web.Response:
        """A feed, by its secret address."""
        token, ending = request.match_info["token"], request.match_info["ending"]
        form = FORMS[ending]
        try:
            destination = await _whose(store, token)
            if destination is None:
                return _refused(404, "没有这个订阅源，或它的地址已经更换。请向给您地址的人要新的地址。")
            newest = await _newest(store, destination)
            url = getattr(feed_urls(base, token), ending) if base else None
            tag = fingerprint(destination, newest, form=ending, url=url)
            changed_at = max((one.sent_at for one in newest if one.sent_at), default=destination.created_at)
            told_at = changed_at if clock.now() - changed_at > SETTLED else None
            if _has_it(request, tag, told_at):
                return _answer(304, tag, told_at)
            told = await _alerts(store, newest)
        except RetryLaterError:
            return _refused(503, "系统这会儿读不出订阅源，请过几分钟再试。")
        response = _answer(200, tag, told_at)
        response.content_type, response.charset = form.content_type, "utf-8"
        response.body = form.write(compose(destination, told, key=key, url=url))
        return response

    return [web.get("/feeds/{token:[A-Za-z0-9_-]+}.{ending:" + "|".join(FORMS) + "}", feed)]


async def _whose(store: "Store", token: str) -> "Destination | None":
    """Return the feed of a token; a wrong one costs the same whatever is wrong with it."""
    found = await store.destinations.get(destination_of(token) or "-")
    served = found is not None and found.channel is Channel.FEED and found.state is DestinationState.ACTIVE
    stored = found.address if found is not None and served else _NOBODY
    return found if hmac.compare_digest(stored, token_hash(token)) else None


async def _newest(store: "Store", destination: "Destination") -> "list[Delivery]":
    wanted = WantedDeliveries(state=DeliveryState.SENT, destination_id=destination.id)
    sent = await store.deliveries.recent(wanted, limit=MAX_DELIVERIES)
    # What is older was told to somebody else, whose destination had this id before it was removed.
    own = [delivery for delivery in sent if delivery.created_at >= destination.created_at]
    # Pages that were planned together are as old as each other; the first has what fits best.
    return sorted(own, key=lambda delivery: (-delivery.created_at.timestamp(), delivery.subscription_id, delivery.page))


async def _alerts(store: "Store", newest: "Sequence[Delivery]") -> "list[tuple[Delivery, list[Alert]]]":
    """Return what the deliveries tell, of as many as fit into a feed."""
    counts = accumulate(len(delivery.publication_numbers) for delivery in newest)
    shown = [one for n, (one, count) in enumerate(zip(newest, counts, strict=True)) if not n or count <= MAX_ENTRIES]
    told = await store.alerts.of_deliveries([delivery.id for delivery in shown])
    return [(delivery, told.get(delivery.id, [])) for delivery in shown]


def _has_it(request: web.Request, tag: str, told_at: "datetime | None") -> bool:
    # Where a reader says both, the tag alone counts (RFC 9110, 13.1.3).
    if request.if_none_match is not None:
        return any(one.value in {tag, "*"} for one in request.if_none_match)
    since = request.if_modified_since
    return since is not None and told_at is not None and told_at.replace(microsecond=0) <= since


def _answer(status: int, tag: str, told_at: "datetime | None") -> web.Response:
    response = web.Response(status=status, headers=_HEADERS)
    response.headers["Cache-Control"] = f"private, max-age={AGE_SECONDS}"
    response.etag = ETag(tag)
    response.last_modified = told_at
    return response


def _refused(status: int, sentence: str) -> web.Response:
    headers = {**_HEADERS, "Cache-Control": "no-store", **({"Retry-After": "60"} if status == 503 else {})}  # noqa: PLR2004 - Service Unavailable
    return web.Response(status=status, text=sentence, headers=headers)
