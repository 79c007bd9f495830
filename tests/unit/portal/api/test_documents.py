"""docs/api.md tells of the API as it is."""

import re

from services.portal.access.limits import TOKEN
from services.portal.api.reading import MAX_BODY_BYTES
from services.portal.desk import proofs, tokens
from services.portal.desk.actor import Permission
from services.portal.desk.holdings import MOST_DESTINATIONS, MOST_PROFILES, MOST_SUBSCRIPTIONS
from tools.make_api_table import DOCUMENT, written

TEXT = DOCUMENT.read_text("utf-8")


def test_the_table_of_routes_is_that_of_the_endpoints() -> None:
    assert written(TEXT) == TEXT, "run: python -m tools.make_api_table"


def test_every_scope_is_told() -> None:
    told = set(re.findall(r"`([a-z:]+)`", TEXT.partition("## Tokens")[2].partition("## Errors")[0]))
    assert {scope.value for scope in Permission} <= told


def test_the_limits_are_those_that_are_kept() -> None:
    limits = TEXT.partition("## Limits")[2].partition("\n## ")[0].replace("\n", " ")
    for said in (
        f"{TOKEN.quota} requests a minute",
        f"{MOST_PROFILES} profiles, {MOST_DESTINATIONS} destinations, {MOST_SUBSCRIPTIONS} subscriptions, {tokens.MOST} tokens",
        f"{proofs.MESSAGES_AN_HOUR} codes and test messages",
        f"{MAX_BODY_BYTES // 1024} KiB",
    ):
        assert said in limits
