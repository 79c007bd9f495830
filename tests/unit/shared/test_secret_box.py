"""The secret box: what is sealed opens with its key alone."""

import pytest
from cryptography.fernet import Fernet

from shared.errors import MisconfiguredError
from shared.secret_box import SecretBox, key_id

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


def test_a_newer_key_seals_and_the_older_ones_still_open() -> None:
    newer = Fernet.generate_key().decode()
    before, after = SecretBox(KEY).seal("盐"), SecretBox(f"{newer}\n{KEY}\n").seal("盐")
    both = SecretBox(f"{newer},{KEY}")
    assert (both.open(before), both.open(after)) == ("盐", "盐")
    with pytest.raises(MisconfiguredError):
        SecretBox(KEY).open(after)
    assert both.derive("links") == SecretBox(KEY).derive("links")
    assert both.key_ids == (key_id(newer), key_id(KEY))


def test_a_key_that_is_known_before_it_seals_changes_nothing_yet() -> None:
    newer = Fernet.generate_key().decode()
    old, waiting = SecretBox(KEY), SecretBox(f"{KEY},{newer},{KEY}")
    assert waiting.key_ids == (key_id(KEY), key_id(newer))
    assert waiting.open(SecretBox(f"{newer},{KEY}").seal("盐")) == "盐"
    assert old.open(waiting.seal("盐")) == "盐"
    assert waiting.derive("links") == old.derive("links")


def test_rewrapping_changes_the_key_around_a_secret_and_leaves_the_secret_alone() -> None:
    newer = Fernet.generate_key().decode()
    old, both = SecretBox(KEY), SecretBox(f"{newer} {KEY}")
    sealed = old.seal("盐")
    assert not both.is_current(sealed)
    turned = both.rewrap(sealed)
    assert (both.is_current(turned), SecretBox(newer).open(turned)) == (True, "盐")
    with pytest.raises(MisconfiguredError):
        SecretBox(newer).rewrap(sealed)


def test_what_the_first_versions_sealed_is_opened_and_rewrapped() -> None:
    bare = Fernet(KEY).encrypt("盐".encode())
    box = SecretBox(KEY)
    assert (box.open(bare), box.is_current(bare)) == ("盐", False)
    assert box.open(box.rewrap(bare)) == "盐"


def test_a_key_that_another_process_put_first_is_read_when_it_is_met() -> None:
    newer = Fernet.generate_key().decode()
    running = SecretBox(KEY, lambda: f"{newer}\n{KEY}")
    assert running.open(SecretBox(newer).seal("盐")) == "盐"
    assert running.key_ids[0] == key_id(newer)


@pytest.mark.parametrize("place", [0, 3, 40, 150, -1])
def test_what_was_tampered_with_does_not_open(place: int) -> None:
    sealed = bytearray(SecretBox(KEY).seal("693a91f6"))
    sealed[place] = ord("A") if sealed[place] != ord("A") else ord("B")
    with pytest.raises(MisconfiguredError):
        SecretBox(KEY).open(bytes(sealed))
