"""The form of a subscription, between what people choose and a draft. Pure."""

from typing import TYPE_CHECKING, NamedTuple

from services.portal.console.digits import number_in
from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.refusals import Fault, InvalidError, Text
from services.portal.desk.schedule_words import WEEKDAYS as WEEKDAY_WORDS
from services.portal.desk.schedule_words import in_words
from shared.errors import InvalidInputError
from shared.schedule import WEEKDAYS, parse_quiet, parse_schedule

if TYPE_CHECKING:
    from collections.abc import Callable

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
    "workdays": "", "heartbeat": "", "cap": "", "name": "",
}  # fmt: skip
"""What the form of a new one says at first."""

_CAP = Text("请写 1 到 1000 的数，不限就留空。", "Write a number from 1 to 1000, or nothing for no limit.")
_EVERY = Text("请选择什么时候发。", "Choose when it is sent.")
_AT = Text("请写 00:00 到 23:59 的时间，例如 09:00。", "Write a time from 00:00 to 23:59, such as 09:00.")
_QUIET = Text(
    "不打扰的时间请写成 22:00 到 08:00 这样，开始和结束不能相同。",
    "Write the quiet hours like 22:00 to 08:00; they cannot end when they begin.",
)
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
    times = _times(form)
    faults += _faults(times)
    if faults:
        raise InvalidError(*faults)
    shown = {"name", "profiles", "destinations", *_Times._fields}
    kept = {name: getattr(before, name) for name in SubscriptionDraft.__struct_fields__ if before and name not in shown}
    return SubscriptionDraft(
        name=form.get("name", "").strip(),
        profiles=profiles,
        destinations=destinations,
        **times._asdict(),
        **kept,
    )


def sentence_of(form: "MultiMapping[str]") -> Text:
    """Return the times of a form in words, or what is wrong with them."""
    times = _times(form)
    faults = _faults(times)
    return faults[0].text if faults else in_words(**times._asdict())


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
        "heartbeat": "yes" if said.heartbeat else "",
    }


def _faults(times: "_Times") -> list[Fault]:
    """Return what is wrong with the times of a form, as its fields are called."""
    faults = []
    if times.cap is not None and not 1 <= times.cap <= 1_000:  # noqa: PLR2004 - as drafts have it
        faults.append(Fault("/cap", _CAP))
    if times.schedule.partition("@")[0] not in EVERY:
        faults.append(Fault("/schedule", _EVERY))
    elif not _is_readable(parse_schedule, times.schedule):
        faults.append(Fault("/at", _AT))
    if times.quiet is not None and not _is_readable(parse_quiet, times.quiet):
        faults.append(Fault("/quiet", _QUIET))
    return faults


def _is_readable(parse: "Callable[[str], object]", text: str) -> bool:
    try:
        parse(text)
    except InvalidInputError:
        return False
    return True


class _Times(NamedTuple):
    """What a form says of when, as a subscription has it."""

    schedule: str
    quiet: str | None
    cap: int | None
    workdays: bool
    heartbeat: bool


def _times(form: "MultiMapping[str]") -> _Times:
    def said(name: str) -> str:
        return form.get(name, "").strip()

    every = said("every")
    schedule = {
        "daily": f"daily@{said('at')}",
        "weekly": f"weekly@{said('day')}-{said('at')}",
    }.get(every, every)
    quiet = f"{said('quiet_from')}-{said('quiet_to')}" if said("quiet") == "yes" else None
    cap = (number_in(said("cap"), digits=4) or 0) if said("cap") else None
    return _Times(schedule, quiet, cap, workdays=said("workdays") == "yes", heartbeat=said("heartbeat") == "yes")
