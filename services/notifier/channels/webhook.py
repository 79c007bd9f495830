"""``webhook``: a signed call of an address of the receiver's own.

Source: Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md). ``webhook-id``
is the delivery's id on every try, by which a receiver knows what it has already.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from services.notifier.channels import signing
from services.notifier.channels.outgoing_http import Outgoing
from services.notifier.channels.receiver_address import check_receiver, refuse_inside
from services.notifier.channels.receiver_replies import judge_status
from services.notifier.channels.signing import Scheme
from services.notifier.templates import webhook_body
from shared.errors import InvalidInputError
from shared.outlets import Prepared
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.notifier.channels.outgoing_http import Reply
    from services.notifier.channels.port import Frame, Means, Message
    from shared.filing.events import Event
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

SECRET, SCHEME = "secret", "sign"
OLD_SECRET, OLD_UNTIL = "old_secret", "old_secret_until"
OLD_VALID = timedelta(hours=24)
"""How long calls are signed with the secret before, too, so that a receiver can change over in its own time."""


class WebhookChannel:
    """Posts to receivers; one call a message."""

    name = Channel.WEBHOOK
    idempotent = True
    shuns_round_minutes = False
    rate = None

    def __init__(self, means: "Means") -> None:
        self._clock = means.clock
        self._reach = means.settings.reach
        self._outgoing = Outgoing(self._reach, timeout_seconds=means.settings.send_timeout_seconds)

    def lane(self, destination: "Destination") -> str:
        """Return the destination's id: nothing is counted by."""
        return destination.id

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the address as it goes over the wire."""
        unknown = [name for name in options if name not in {SECRET, SCHEME}]
        if unknown:
            raise InvalidInputError(f"webhook 没有“{unknown[0]}”这个选项。可以用：{SECRET}、{SCHEME}。")
        scheme = options.get(SCHEME)
        if scheme is not None and scheme not in set(Scheme):
            raise InvalidInputError(f"sign={scheme} 不行。可以是 {'、'.join(Scheme)}。")
        if SECRET in options and scheme not in {None, signing.scheme_of(options[SECRET])}:
            raise InvalidInputError(f"这个 secret 不是 sign={scheme} 用的。请去掉 --set sign=…，或换一个 secret。")
        return check_receiver(address.strip(), self._reach)

    async def prepare(self, destination: "Destination", previous: "Destination | None") -> Prepared:
        """Refuse a name that leads inside the house; give the destination its secret, the one it had before if it can stay."""
        await refuse_inside(destination.address, self._reach)
        if SECRET in destination.options:
            return Prepared(destination)
        scheme = destination.options.get(SCHEME)
        kept = {} if previous is None else {n: v for n, v in previous.options.items() if n != SCHEME}
        if SECRET in kept and scheme in {None, signing.scheme_of(kept[SECRET])}:
            return Prepared(_with(destination, kept))
        secret = signing.new_secret(Scheme(scheme or Scheme.HMAC))
        return Prepared(_with(destination, {SECRET: secret}), _shown(secret), _keys(secret))

    async def rotate(self, destination: "Destination") -> Prepared:
        """Give it a new secret; the one it had signs for `OLD_VALID` more."""
        old = destination.options[SECRET]
        secret = signing.new_secret(signing.scheme_of(old))
        until = self._clock.now() + OLD_VALID
        options = {SECRET: secret, OLD_SECRET: old, OLD_UNTIL: until.isoformat()}
        return Prepared(
            _with(destination, options),
            f"{_shown(secret)}\n此后 24 小时内每次调用同时用新旧两个密钥签名，请在这段时间里换上新的。",
            _keys(secret),
        )

    def paginate(
        self,
        destination: "Destination",  # noqa: ARG002 - the port's
        frame: "Frame",
        alerts: "Sequence[Alert]",
    ) -> "list[tuple[Alert, ...]]":
        """Cut between items, by UTF-8 bytes."""
        return webhook_body.paginate(frame, alerts)

    async def send(self, message: "Message") -> None:
        """Call once."""
        await self._post(message.destination, message.id, self.shown(message))

    def shown(self, message: "Message") -> bytes:
        """Return the body; it is signed in the headers."""
        return webhook_body.render(message)

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Call with a sentence that says that it works."""
        body = webhook_body.render_test("知推测试消息：这个地址可以收到专利推送。", now)
        await self._post(destination, f"test-{now.timestamp() * 1e6:.0f}", body)

    async def challenge(self, destination: "Destination", code: str, now: datetime) -> bool:
        """Call with a code that the receiver must repeat in the body of its answer."""
        body = webhook_body.render_challenge(code, now)
        reply = await self._post(destination, f"verify-{now.timestamp() * 1e6:.0f}", body)
        return code.encode() in reply.beginning

    async def announce(self, destination: "Destination", event: "Event") -> None:
        """Call with what happened to messages; the event's id is the call's."""
        await self._post(destination, event.id, webhook_body.render_event(event))

    async def close(self) -> None:
        """Close connections."""
        await self._outgoing.close()

    async def _post(self, destination: "Destination", message_id: str, body: bytes) -> "Reply":
        now = self._clock.now()
        timestamp = int(now.timestamp())
        keys = valid_keys(destination.options, now)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signing.signature_header(keys, message_id=message_id, timestamp=timestamp, body=body),
        }
        reply = await self._outgoing.post(destination.address, body, headers)
        failure = judge_status(reply.status, reply.retry_after, now)
        if failure is not None:
            raise failure
        return reply


def valid_keys(options: "Mapping[str, str]", now: datetime) -> list[str]:
    """Return the secrets that sign now, the newest first."""
    keys = [options[SECRET]]
    if OLD_SECRET in options and now < datetime.fromisoformat(options[OLD_UNTIL]):
        keys.append(options[OLD_SECRET])
    return keys


def _with(destination: "Destination", options: "Mapping[str, str]") -> "Destination":
    return msgspec.structs.replace(destination, options=dict(options))


def _keys(secret: str) -> dict[str, str]:
    name = "secret" if signing.scheme_of(secret) is Scheme.HMAC else "public_key"
    return {name: signing.told_to_receivers(secret)}


def _shown(secret: str) -> str:
    said = signing.told_to_receivers(secret)
    what = "密钥" if signing.scheme_of(secret) is Scheme.HMAC else "公钥"
    return f"接收方用这个{what}核对签名，只显示这一次，请现在记下：{said}"
