"""A command that finds a thing changed between its reading and its writing writes nothing and says so."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from shared.errors import RetryLaterError
from shared.store.embedded.destinations import EmbeddedDestinations
from shared.store.embedded.subscriptions import EmbeddedSubscriptions
from shared.wire.subscription import Destination, DestinationState, Subscription
from tests.integration.cli.commands import refused, rows, works
from tests.integration.cli.test_telling_commands import add_profile, subscribe

pytestmark = pytest.mark.usefixtures("own_folder")

FEED = ("destination", "add", "news", "feed", "self")
BOX = ("destination", "add", "box", "email", "wang@example.cn", "--verified")


@contextmanager
def meddling(collection: type[Any], change: Callable[[Any, Any], Awaitable[None]]) -> Iterator[None]:
    """Let somebody else change a thing whenever a command has just read it."""
    get = collection.get

    async def read(self: Any, thing_id: str) -> Any:  # noqa: ANN401 - of either collection
        found = await get(self, thing_id)
        if found is not None:
            await change(self, found)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collection, "get", read)
        yield


async def opt_out(subscriptions: EmbeddedSubscriptions, found: Subscription) -> None:
    await subscriptions.opt_out(found.id, "box")


async def disable(destinations: EmbeddedDestinations, found: Destination) -> None:
    await destinations.put(msgspec.structs.replace(found, state=DestinationState.DISABLED, state_reason="坏了"))


async def readdress(destinations: EmbeddedDestinations, found: Destination) -> None:
    await destinations.put(msgspec.structs.replace(found, address=f"{found.address}0"))


@pytest.mark.parametrize("command", [("pause", "s"), ("add", "s", "--profile", "p", "--destination", "box")])
def test_who_opts_out_while_a_subscription_is_changed_stays_out(command: tuple[str, ...]) -> None:
    add_profile()
    works(*BOX)
    assert subscribe("--cap", "3").exit_code == 0
    with meddling(EmbeddedSubscriptions, opt_out):
        assert "订阅 s 刚刚被别处修改" in refused("subscription", *command, error=RetryLaterError)
    (row,) = rows("subscription", "list")
    assert (row["opted_out"], row["paused"], row["cap"]) == (["box"], False, 3)
    works("subscription", *command)
    (row,) = rows("subscription", "list")
    assert row["opted_out"] == ["box"]


def test_a_destination_that_is_switched_off_while_it_is_registered_anew_stays_off() -> None:
    works(*BOX)
    with meddling(EmbeddedDestinations, disable):
        assert "目的地 box 刚刚被别处修改" in refused(*BOX, error=RetryLaterError)
    (row,) = rows("destination", "list")
    assert (row["state"], row["state_reason"]) == ("disabled", "坏了")


@pytest.mark.parametrize("command", ["rotate", "enable"])
def test_a_destination_that_gets_another_address_meanwhile_keeps_that(command: str) -> None:
    works(*FEED)
    with meddling(EmbeddedDestinations, readdress):
        said = refused("destination", command, "news", error=RetryLaterError)
    assert "目的地 news 刚刚被别处修改" in said
    assert "http" not in said, "no address is told that leads nowhere"


def test_a_new_key_of_a_destination_that_is_switched_off_meanwhile_does_not_switch_it_on() -> None:
    works(*FEED)
    with meddling(EmbeddedDestinations, disable):
        works("destination", "rotate", "news")
    (row,) = rows("destination", "list")
    assert row["state"] == "disabled"
