"""A button that is pressed twice does once what it says."""

import asyncio
import hashlib
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from shared.errors import RetryLaterError
from shared.ids import stable_id
from shared.once import KeyBusyError, once

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Handler
    from services.portal.console.visit import Visit

LEASE_SECONDS = 20.0
"""What a process that died was doing may be begun anew after this; what it had made by then is not made again."""

WAIT_SECONDS, STEP_SECONDS = 10.0, 0.1
"""How long the second press waits for what came of the first, and how often it looks."""


class _ShownAgainError(Exception):
    """Nothing was made: the form is shown again, with what is wrong or what was added."""


def pressed_once(handler: "Handler") -> "Handler":
    """Return the handler of a form that makes something; sent twice from one page, it makes one and leads to it both times.

    A form's token is another one in every page, so the same form from another page is another wish.
    """

    @wraps(handler)
    async def answer(visit: "Visit") -> "web.StreamResponse":
        form = urlencode(sorted(visit.form.items())).encode("utf-8", "replace")
        name = stable_id("form", visit.actor.account_id, visit.request.path, hashlib.sha256(form).hexdigest())
        named = replace(visit, guest=replace(visit.actor, request=name))
        made: list[web.StreamResponse] = []

        async def work() -> bytes:
            response = await handler(named)
            made.append(response)
            where = response.headers.get("Location") or response.headers.get("HX-Redirect")
            if where is None:
                raise _ShownAgainError
            return where.encode()

        keys = visit.frame.around.store.idempotency
        for _ in range(round(WAIT_SECONDS / STEP_SECONDS)):
            try:
                where = (await once(keys, name, "", work, lease_seconds=LEASE_SECONDS)).decode()
            except _ShownAgainError:
                return made[0]
            except KeyBusyError:
                await asyncio.sleep(STEP_SECONDS)
                continue
            if made:
                return made[0]
            return visit.sent_to(where)
        raise RetryLaterError("同样的表单还在处理，请稍后再试。", after_seconds=WAIT_SECONDS)

    return answer
