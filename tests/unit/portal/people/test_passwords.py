"""Which passwords are taken."""

import pytest

from services.portal.desk.passwords import MEMORY_KIB, password_faults, production_hasher
from services.portal.desk.visitor import Visitor

KNOWN = ("wangxiaoming@example.cn", "某市电池有限公司")


@pytest.mark.parametrize(
    "password", ["三月的风从南边吹过来了", "correct horse battery", "x9!fK2#vQp", "ｗａｌｋｓ　ｕｐｈｉｌｌ"]
)
def test_long_ones_are_taken_without_a_mixture_of_signs(password: str) -> None:
    assert password_faults(password, pointer="/password", known=KNOWN) == []


@pytest.mark.parametrize(
    "password",
    ["short", "1234567890", "ＡＢＣ1234567", "aaaaaaaaaaaaaaaa", "wangxiaoming1", "某市电池有限公司12", "x" * 129],
)
def test_short_common_and_obvious_ones_are_refused_with_the_field_and_a_reason(password: str) -> None:
    (fault,) = password_faults(password, pointer="/password", known=KNOWN)
    assert fault.pointer == "/password"
    assert fault.text.zh
    assert fault.text.en
    assert password not in fault.text.zh


def test_passwords_are_hashed_with_what_the_field_recommends() -> None:
    hasher = production_hasher()
    assert hasher.type.name == "ID"
    assert hasher.memory_cost == MEMORY_KIB >= 19 * 1024
    assert hasher.time_cost >= 2


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("", ""),
    ],
)
def test_one_household_is_one_place(address: str, place: str) -> None:
    assert Visitor(address=address).network == place
