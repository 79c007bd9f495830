"""What happened to a patent, as the console calls it in both languages."""

from services.portal.desk.refusals import Text
from shared.wording.happenings import EVENT_NAMES, OTHER


def event_text(event: str) -> Text:
    """Return the name of a legal event; of one that is not known, that it is one."""
    if event not in EVENT_NAMES:
        return Text(OTHER, "legal event")
    return Text(EVENT_NAMES[event], event.replace("-", " "))
