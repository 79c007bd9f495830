"""Codes that prove that somebody reads a destination: bound to it, to its address, and to the hour."""

from datetime import timedelta

import msgspec
import pytest
from cryptography.fernet import Fernet

from shared.secret_box import SecretBox
from shared.verification import VALID_SECONDS, Verifier, destination_in
from tests.unit.notifier.making import NOW, mailbox

VERIFIER = Verifier(SecretBox(Fernet.generate_key().decode()))
BOX = mailbox()


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_code_is_taken_however_it_is_typed(typed: "object") -> None:
    assert callable(typed)
    assert VERIFIER.accepts_code(BOX, typed(VERIFIER.code(BOX, NOW)), NOW)


def test_a_code_and_a_link_are_good_for_an_hour_and_not_for_two() -> None:
    hour = timedelta(seconds=VALID_SECONDS)
    code, token = VERIFIER.code(BOX, NOW), VERIFIER.token(BOX, NOW)
    for later, good in ((hour, True), (2 * hour, False)):
        assert VERIFIER.accepts_code(BOX, code, NOW + later) is good
        assert VERIFIER.accepts_token(BOX, token, NOW + later) is good


def test_a_code_is_no_good_for_another_address_destination_or_installation() -> None:
    code, token = VERIFIER.code(BOX, NOW), VERIFIER.token(BOX, NOW)
    other = Verifier(SecretBox(Fernet.generate_key().decode()))
    for destination in (mailbox(address="li@example.com"), msgspec.structs.replace(BOX, id="other")):
        assert not VERIFIER.accepts_code(destination, code, NOW)
        assert not VERIFIER.accepts_token(destination, token, NOW)
    assert not other.accepts_code(BOX, code, NOW)
    assert not other.accepts_token(BOX, token, NOW)


def test_a_link_says_whose_it_is_and_what_is_no_link_says_nothing() -> None:
    named = msgspec.structs.replace(BOX, id="王的邮箱")
    assert destination_in(VERIFIER.token(named, NOW)) == "王的邮箱"
    assert VERIFIER.accepts_token(named, VERIFIER.token(named, NOW), NOW)
    assert destination_in("\u00e9.x") is None
    assert destination_in("a.x") is None
    assert not VERIFIER.accepts_token(BOX, "\ud800", NOW)
