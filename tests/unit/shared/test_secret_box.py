"""The secret box: what is sealed opens with its key alone."""

import pytest
from cryptography.fernet import Fernet

from shared.errors import MisconfiguredError
from shared.secret_box import SecretBox

KEY = Fernet.generate_key().decode()


def test_what_was_sealed_comes_back() -> None:
    sealed = SecretBox(KEY).seal("密钥 693a91f6")
    assert SecretBox(KEY).open(sealed) == "密钥 693a91f6"
    assert b"693a91f6" not in sealed


def test_another_key_opens_nothing_and_the_error_tells_neither() -> None:
    sealed = SecretBox(KEY).seal("693a91f6")
    with pytest.raises(MisconfiguredError) as caught:
        SecretBox(Fernet.generate_key().decode()).open(sealed)
    assert "693a91f6" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_the_box_shows_its_key_in_no_repr() -> None:
    assert KEY not in repr(SecretBox(KEY))


@pytest.mark.parametrize("key", ["", "short", "é" * 44])
def test_what_is_no_key_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        SecretBox(key)
    assert "密钥格式不对" in str(caught.value)
    assert not key or key not in str(caught.value)


def test_derived_keys_stay_the_same_and_differ_by_purpose_and_key() -> None:
    box = SecretBox(KEY)
    assert box.derive("links") == SecretBox(KEY).derive("links")
    assert (
        len({box.derive("links"), box.derive("feeds"), SecretBox(Fernet.generate_key().decode()).derive("links")}) == 3
    )
    assert len(box.derive("links")) == 32
