from itertools import accumulate
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from services.matcher.engine.index import BIBLIOGRAPHY, EXCLUDING, KEYWORDS
from services.matcher.engine.records import FIRST_GROUP, LEAST, SERIAL, read_records, write_records

Lists = list[list[int]]
Ints = NDArray[np.int32]


def starts_of(lists: Lists) -> list[int]:
    return list(accumulate(map(len, lists), initial=0))


def ints(values: list[int]) -> Ints:
    return np.array(values, np.int32)


class Made:
    """Rules of random groups."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.groups: Lists = []
        self.kinds: list[int] = []
        self.rules: Lists = []
        self.profile: list[int] = []
        self.number: list[int] = []
        for profile in range(random.randrange(6)):
            for number in range(random.randint(1, 3)):
                rule = []
                for kind in random.choices((KEYWORDS, BIBLIOGRAPHY, EXCLUDING), k=random.randint(1, 4)):
                    rule.append(len(self.groups))
                    self.groups.append(
                        [random.choice((one, ~one)) for one in random.choices(range(9), k=random.randrange(5))]
                    )
                    self.kinds.append(kind)
                self.rules.append(rule)
                self.profile.append(profile)
                self.number.append(number)
        self.least = [random.choice((0, 1, 10_000)) for _ in set(self.profile)]

    def written(
        self,
    ) -> tuple[Ints, Ints]:
        return write_records(
            ints([one for group in self.groups for one in group]),
            ints(starts_of(self.groups)),
            np.array(self.kinds, np.uint8),
            ints(starts_of(self.rules)),
            ints(self.profile),
            ints(self.number),
            ints(self.least),
        )


@pytest.mark.parametrize("seed", range(40))
def test_records_are_read_as_they_were_written(seed: int) -> None:
    made = Made(seed)
    records, _ = made.written()
    assert [column.tolist() for column in read_records(records, len(made.rules), len(made.least))] == [
        [one for group in made.groups for one in group],
        starts_of(made.groups),
        made.kinds,
        starts_of(made.rules),
        made.profile,
        made.number,
        made.least,
    ]


@pytest.mark.parametrize("seed", range(10))
def test_a_record_begins_where_it_is_said_to_and_says_whether_its_profile_has_others(seed: int) -> None:
    made = Made(seed)
    records, starts = made.written()
    for rule, start in enumerate(starts.tolist()):
        assert records[start + SERIAL] == rule
        assert records[start + LEAST] & 1 == (made.profile.count(made.profile[rule]) > 1)
        assert records[start + LEAST] >> 1 == made.least[made.profile[rule]]
        groups = [made.groups[group] for group in made.rules[rule]]
        end = start + FIRST_GROUP + sum(1 + len(group) for group in groups)
        assert end == ([*starts.tolist(), len(records)])[rule + 1]
