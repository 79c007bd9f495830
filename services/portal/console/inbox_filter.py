"""The filter of the inbox, between a page's address and the desk."""

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.portal.desk.inbox import Opinion, Wanted
from services.portal.desk.refusals import Text
from shared.divisions import meant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

WEEKS = 12
"""How many are offered to choose from; others can be asked for by address."""

_CHARACTERS = 80
_REGION = re.compile(r"\d{2}(?:\d{2}){0,2}")

OPINIONS = {
    Opinion.OPEN: Text("还没判断", "Not judged yet"),
    Opinion.RELEVANT: Text("相关", "Relevant"),
    Opinion.IRRELEVANT: Text("不相关", "Not relevant"),
}


def wanted_in(query: "Mapping[str, str]") -> Wanted:
    """Return what an address or a form asks for; what cannot be is left out.

    A form names the region as people call it (``where=天河``), an address by its code (``region=440106``).
    """

    def said(name: str) -> str:
        return query.get(name, "").strip()[:_CHARACTERS]

    return Wanted(
        subscription_id=said("subscription"),
        profile_id=said("profile"),
        opinion=said("opinion") if said("opinion") in OPINIONS else "",
        monday=_monday(said("week")),
        region=said("region") if _REGION.fullmatch(said("region")) else _region_called(said("where")),
        applicant=said("applicant"),
        assigned_to=said("assigned"),
        unread=said("unread") == "yes",
    )


def query_of(wanted: Wanted, **changes: str) -> str:
    """Return the part of an address that asks for it, ``""`` for everything; changes replace fields, ``""`` leaves one out."""
    said = {
        "subscription": wanted.subscription_id,
        "profile": wanted.profile_id,
        "opinion": wanted.opinion,
        "week": wanted.monday.isoformat() if wanted.monday else "",
        "region": wanted.region,
        "applicant": wanted.applicant,
        "assigned": wanted.assigned_to,
        "unread": "yes" if wanted.unread else "",
        **changes,
    }
    return urlencode({name: value for name, value in said.items() if value})


def weeks_until(now: datetime, zone: "ZoneInfo") -> list[tuple[str, str]]:
    """Return the last weeks to choose from, the newest first: the Monday, and the days (``11-23–11-29``)."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday - timedelta(weeks=n) for n in range(WEEKS)]
    return [(day.isoformat(), f"{day:%m-%d}–{day + timedelta(days=6):%m-%d}") for day in days]


def _monday(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2100 else None  # noqa: PLR2004 - others are made up


def _region_called(text: str) -> str:
    one = meant(text)
    return one.code if one else ""
