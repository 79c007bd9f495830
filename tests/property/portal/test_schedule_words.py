"""A subscription's time in a sentence: for every schedule that can be, and for no two the same."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.portal.desk.schedule_words import in_words
from shared.schedule import WEEKDAYS

FACES = st.times().map(lambda moment: f"{moment:%H:%M}")
SCHEDULES = st.one_of(
    st.sampled_from(["immediate", "hourly"]),
    FACES.map("daily@{}".format),
    st.tuples(st.sampled_from(WEEKDAYS), FACES).map("weekly@{0[0]}-{0[1]}".format),
)
QUIETS = st.none() | st.lists(FACES, min_size=2, max_size=2, unique=True).map("-".join)
TIMES = st.fixed_dictionaries(
    {
        "schedule": SCHEDULES,
        "quiet": QUIETS,
        "cap": st.none() | st.integers(1, 1_000),
        "workdays": st.booleans(),
        "heartbeat": st.booleans(),
    }
)


@given(TIMES, TIMES)
def test_two_times_are_said_alike_only_when_they_are_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    said, also = in_words(**one), in_words(**other)
    assert (said.zh == also.zh) == (said.en == also.en) == (one == other)


@given(TIMES)
def test_every_number_that_was_chosen_is_said_in_both_languages(times: dict[str, Any]) -> None:
    said = in_words(**times)
    chosen = [
        f"{int(hour)}:{minute}"
        for hour, minute in re.findall(r"(\d\d):(\d\d)", f"{times['schedule']} {times['quiet']}")
    ]
    for text in (said.zh, said.en):
        assert re.findall(r"\d+:\d\d", text) == chosen
        assert times["cap"] is None or str(times["cap"]) in text
    assert not re.search(r"[\u4e00-\u9fff]", said.en)
