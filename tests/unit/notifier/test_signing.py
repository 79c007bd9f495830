"""Signatures, held to the standard's own example and to its own library."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook

from services.notifier.channels import signing
from services.notifier.channels.signing import Scheme
from services.notifier.channels.webhook import OLD_SECRET, OLD_UNTIL, valid_keys
from shared.errors import InvalidInputError
from tests.unit.notifier.making import NOW, SECRET

BODY = b'{"test": 2432232314}'
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_the_standards_example_is_signed_as_it_says() -> None:
    header = signing.signature_header([SECRET], message_id=MESSAGE, timestamp=1614265330, body=BODY)
    assert header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_standards_own_library_accepts_each_of_two_secrets() -> None:
    old, new = signing.new_secret(Scheme.HMAC), signing.new_secret(Scheme.HMAC)
    now = int(datetime.now(UTC).timestamp())  # the library's clock is the real one
    header = signing.signature_header([new, old], message_id="d-1", timestamp=now, body=BODY)
    headers = {"webhook-id": "d-1", "webhook-timestamp": str(now), "webhook-signature": header}
    for secret in (old, new):
        assert Webhook(secret).verify(BODY, headers) == {"test": 2432232314}
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(signing.new_secret(Scheme.HMAC)).verify(BODY, headers)


def test_a_private_key_signs_what_its_public_key_checks() -> None:
    secret = signing.new_secret(Scheme.ED25519)
    told = signing.told_to_receivers(secret)
    assert told.startswith("whpk_")
    version, _, signature = signing.signature_header([secret], message_id="d-1", timestamp=7, body=BODY).partition(",")
    assert version == "v1a"
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(told.removeprefix("whpk_")))
    public.verify(base64.b64decode(signature), b"d-1.7." + BODY)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signature), b"d-1.8." + BODY)


def test_a_private_key_may_have_its_public_half_behind_it() -> None:
    short = signing.new_secret(Scheme.ED25519)
    halves = [base64.b64decode(key.partition("_")[2]) for key in (short, signing.told_to_receivers(short))]
    long = "whsk_" + base64.b64encode(b"".join(halves)).decode()
    assert signing.told_to_receivers(long) == signing.told_to_receivers(short)


def test_a_shared_secret_is_told_as_it_is() -> None:
    assert signing.told_to_receivers(SECRET) == SECRET
    assert signing.scheme_of(SECRET) is Scheme.HMAC


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_!!!!",
        "whsk_" + base64.b64encode(b"x" * 33).decode(),
        "whpk_" + base64.b64encode(b"x" * 32).decode(),
        SECRET.removeprefix("whsec_"),
    ],
)
def test_what_is_no_secret_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(InvalidInputError, match="whsec_") as caught:
        signing.scheme_of(secret)
    assert len(secret) < 7 or secret not in str(caught.value)


def test_the_old_secret_signs_until_its_time_is_over() -> None:
    options = {"secret": "new", OLD_SECRET: "old", OLD_UNTIL: "2026-01-06T02:00:00+00:00"}
    assert valid_keys(options, NOW) == ["new", "old"]
    assert valid_keys(options, NOW.replace(day=6)) == ["new"]
    assert valid_keys({"secret": "only"}, NOW) == ["only"]
