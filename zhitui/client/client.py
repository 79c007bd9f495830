"""The client."""

from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import msgspec

from zhitui.client.drafts import DestinationDraft, ProfileDraft, SubscriptionDraft
from zhitui.client.models import (
    Delivery,
    Destination,
    Event,
    Match,
    Me,
    Preview,
    Profile,
    Progress,
    Proof,
    Publication,
    Remark,
    Subscription,
    Told,
    WhyNot,
)
from zhitui.client.things import Things
from zhitui.client.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date, datetime
    from types import TracebackType


class _Remarks(msgspec.Struct):
    items: list[Remark]


class Client:
    """A client of one server, for one organisation; an async context manager.

    Everything raises `ProblemError` when the API refuses, and `aiohttp.ClientError` when the server cannot be reached.

    Args:
        address: of the server, ``https://patents.example.cn``.
        token: ``zhitui_…``, of the console's page or ``zhitui``'s operator.
        language: of what problems, remarks and reasons say, ``zh`` or ``en``.
        timeout_seconds: of one request, or of one step of a back-test.

    Attributes:
        profiles, destinations, subscriptions: what the organisation has.
    """

    def __init__(self, address: str, token: str, *, language: str = "zh", timeout_seconds: float = 60.0) -> None:
        self._wire = wire = Wire(address, token, language=language, timeout_seconds=timeout_seconds)
        self.profiles: Things[Profile, ProfileDraft] = Things(wire, "/profiles", Profile)
        self.destinations: Things[Destination, DestinationDraft] = Things(wire, "/destinations", Destination)
        self.subscriptions: Things[Subscription, SubscriptionDraft] = Things(wire, "/subscriptions", Subscription)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        await self._wire.close()

    async def me(self) -> Me:
        """Return who the token speaks for, and what it may."""
        return await self._wire.ask("GET", "/me", Me)

    def matches(self, *, subscription_id: str | None = None, since: "datetime | None" = None) -> "AsyncIterator[Match]":
        """Walk over what the subscriptions tell, the newest first."""
        query = {
            "subscription_id": subscription_id,
            "since": None if since is None else since.isoformat(),
            "limit": 100,
        }
        return self._wire.pages("/matches", Match, query)

    async def judge(self, key: str, verdict: str | None, *, profile_id: str | None = None) -> None:
        """Say that a match was ``relevant`` or ``irrelevant``; ``None`` takes it back."""
        body = {"verdict": verdict, "profile_id": profile_id}
        await self._wire.ask("PUT", f"/matches/{quote(key, safe='')}/feedback", msgspec.Raw, body=body)

    def deliveries(self, *, destination_id: str | None = None, state: str | None = None) -> "AsyncIterator[Delivery]":
        """Walk over the messages, the newest first."""
        return self._wire.pages("/deliveries", Delivery, {"destination_id": destination_id, "state": state})

    def events(self, *, since: "datetime | None" = None) -> "AsyncIterator[Event]":
        """Walk over what happened to messages, the oldest first: what webhooks are called with beside matches."""
        return self._wire.pages("/events", Event, {"since": None if since is None else since.isoformat(), "limit": 100})

    async def delivery(self, delivery_id: str) -> Told:
        """Return a message with its attempts, what it tells, and the events that it was given up."""
        return await self._wire.ask("GET", f"/deliveries/{delivery_id}", Told)

    async def retry(self, delivery_id: str) -> Told:
        """Send a message that was given up once more."""
        return await self._wire.ask("POST", f"/deliveries/{delivery_id}/retry", Told)

    async def retry_event(self, event_id: str) -> Event:
        """Have the webhooks that did not take an event called with it again."""
        return await self._wire.ask("POST", f"/events/{event_id}/retry", Event)

    async def send_proof(self, destination_id: str) -> Proof:
        """Have a code sent to a destination that is not verified, a test message to one that is."""
        return await self._wire.ask("POST", f"/destinations/{destination_id}/proofs", Proof)

    async def proof(self, destination_id: str, proof_id: str) -> Proof:
        """Return what came of a code or test message."""
        return await self._wire.ask("GET", f"/destinations/{destination_id}/proofs/{proof_id}", Proof)

    def search(self, text: str = "", **query: str) -> "AsyncIterator[Publication]":
        """Walk over stored publications, the newest first; ``ipc``, ``applicant``, ``region``, ``since``, ``before``."""
        return self._wire.pages("/publications", Publication, {"text": text, **query}, items="publications")

    async def publication(self, number: str) -> Publication:
        """Return a publication."""
        return await self._wire.ask("GET", f"/publications/{quote(number, safe='')}", Publication)

    async def check(self, draft: ProfileDraft) -> list[Remark]:
        """Return what is wrong, or doubtful, about a profile."""
        return (await self._wire.ask("POST", "/trials/check", _Remarks, body={"profile": draft})).items

    async def preview(self, draft: ProfileDraft, *, weeks: int = 4, examples: int = 20) -> Preview:
        """Return what a profile would have brought in the last weeks."""
        body = {"profile": draft, "weeks": weeks, "examples": examples}
        return await self._wire.ask("POST", "/trials/preview", Preview, body=body)

    def backtest(self, draft: ProfileDraft, *, since: "date") -> "AsyncIterator[Progress]":
        """Match everything since a day; the last answer has the result."""
        return self._wire.lines("/trials/backtest", Progress, {"profile": draft, "since": since})

    async def why_not(self, draft: ProfileDraft, publication_number: str) -> WhyNot:
        """Hold a profile against one stored publication, condition by condition."""
        body = {"profile": draft, "publication_number": publication_number}
        return await self._wire.ask("POST", "/trials/why-not", WhyNot, body=body)
