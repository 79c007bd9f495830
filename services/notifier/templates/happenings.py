"""Moved to `shared.wording.happenings`; this name goes away."""

from shared.wording.happenings import EVENT_NAMES as EVENT_NAMES
from shared.wording.happenings import check_events as check_events
from shared.wording.happenings import mark_of as mark_of
