"""The form of a subscription, between what people choose and a draft. Pure."""

from typing import TYPE_CHECKING

from services.portal.console.digits import number_in
from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.refusals import Fault, InvalidError, Text
from services.portal.desk.schedule_words import WEEKDAYS as WEEKDAY_WORDS
from services.portal.desk.schedule_words import in_words
from shared.errors import InvalidInputError
from shared.schedule import WEEKDAYS

if TYPE_CHECKING:
    from multidict import MultiMapping

    from services.portal.desk.subscriptions import OwnSubscription
    from shared.wire.subscription import Subscription

EVERY = {
    "immediate": Text("一公开就发", "At once"),
    "hourly": Text("每小时汇总", "Every hour"),
    "daily": Text("每天汇总", "Every day"),
    "weekly": Text("每周汇总", "Every week"),
}
DAYS = dict(zip(WEEKDAYS, WEEKDAY_WORDS, strict=True))
DEFAULTS = {
    "every": "daily", "at": "09:00", "day": "mon", "quiet": "yes", "quiet_from": "22:00", "quiet_to": "08:00",
    "workdays": "", "cap": "", "name": "",
}  # fmt: skip
"""What the form of a new one says at first."""

_CAP = Text("请写 1 到 1000 的数，不限就留空。", "Write a number from 1 to 1000, or nothing for no limit.")
_PROFILE = Text("请至少选一个画像。", "Choose at least one profile.")
_DESTINATION = Text("请至少选一个接收方式。", "Choose at least one destination.")


def draft_in(form: "MultiMapping[str]", before: "Subscription | None" = None) -> SubscriptionDraft:
    """Return what a form asks for; what the form does not show stays as it was.

    Raises:
        InvalidError: nothing is chosen, or the cap is no number.
    """
    profiles, destinations = tuple(form.getall("profiles", [])), tuple(form.getall("destinations", []))
    faults = []
    if not profiles:
        faults.append(Fault("/profiles", _PROFILE))
    if not destinations:
        faults.append(Fault("/destinations", _DESTINATION))
    schedule, quiet, cap, workdays = _times(form)
    if _is_wrong(cap):
        faults.append(Fault("/cap", _CAP))
    if faults:
        raise InvalidError(*faults)
    shown = {"name", "profiles", "destinations", "schedule", "quiet", "cap", "workdays"}
    kept = {name: getattr(before, name) for name in SubscriptionDraft.__struct_fields__ if before and name not in shown}
    return SubscriptionDraft(
        name=form.get("name", "").strip(),
        profiles=profiles,
        destinations=destinations,
        schedule=schedule,
        quiet=quiet,
        cap=cap,
        workdays=workdays,
        **kept,
    )


def sentence_of(form: "MultiMapping[str]") -> Text:
    """Return the times of a form in words, or what is wrong with them."""
    schedule, quiet, cap, workdays = _times(form)
    if _is_wrong(cap):
        return _CAP
    try:
        return in_words(schedule, quiet, cap=cap, workdays=workdays)
    except InvalidInputError as error:
        return Text(str(error), "The time cannot be read; write it as 09:00.")


def words_of(subscription: "Subscription") -> Text:
    """Return when a subscription sends, in words; one that an older version wrote and nobody can read is said as it is."""
    try:
        return in_words(subscription.schedule, subscription.quiet, cap=subscription.cap, workdays=subscription.workdays)
    except InvalidInputError:
        return Text(subscription.schedule, subscription.schedule)


def given_of(own: "OwnSubscription") -> dict[str, str]:
    """Return a subscription as its form shows it."""
    said = own.subscription
    every, _, at = said.schedule.partition("@")
    day, _, face = at.rpartition("-")
    start, _, end = (said.quiet or "").partition("-")
    return {
        "name": own.card.name,
        "every": every,
        "at": face or DEFAULTS["at"],
        "day": day or DEFAULTS["day"],
        "quiet": "yes" if said.quiet else "",
        "quiet_from": start or DEFAULTS["quiet_from"],
        "quiet_to": end or DEFAULTS["quiet_to"],
        "cap": "" if said.cap is None else str(said.cap),
        "workdays": "yes" if said.workdays else "",
    }


def _is_wrong(cap: int | None) -> bool:
    return cap is not None and not 1 <= cap <= 1_000  # noqa: PLR2004 - as drafts have it


def _times(form: "MultiMapping[str]") -> tuple[str, str | None, int | None, bool]:
    def said(name: str) -> str:
        return form.get(name, "").strip()

    every = said("every")
    schedule = {
        "daily": f"daily@{said('at')}",
        "weekly": f"weekly@{said('day')}-{said('at')}",
    }.get(every, every)
    quiet = f"{said('quiet_from')}-{said('quiet_to')}" if said("quiet") == "yes" else None
    cap = (number_in(said("cap"), digits=4) or 0) if said("cap") else None
    return schedule, quiet, cap, said("workdays") == "yes"
