"""Keys by which things are found tell nothing of what they are made from."""

from cryptography.fernet import Fernet

from shared.filing.lookups import Lookups
from shared.secret_box import SecretBox

LOOKUPS = Lookups(SecretBox(Fernet.generate_key().decode()))


def test_one_mailbox_has_one_key_however_it_is_written() -> None:
    keys = {LOOKUPS.email(text) for text in ("wang@example.cn", " WANG@Example.CN ", "ｗａｎｇ@example.cn")}
    assert len(keys) == 1
    assert keys.isdisjoint({LOOKUPS.email("wang@example.com")})


def test_what_is_compared_of_a_token_is_a_hash_so_that_time_tells_nothing_of_its_letters() -> None:
    token = "zhitui_abcdefghijklmnopqrstuvwxyz"
    near = LOOKUPS.secret("token", token[:-1] + "0")
    key = LOOKUPS.secret("token", token)
    assert token not in key
    assert sum(a == b for a, b in zip(key, near, strict=True)) < 20  # 4 of 64 by chance


def test_a_key_is_good_for_one_purpose_and_one_installation() -> None:
    other = Lookups(SecretBox(Fernet.generate_key().decode()))
    keys = [
        LOOKUPS.secret("token", "x"),
        LOOKUPS.secret("session", "x"),
        other.secret("token", "x"),
        LOOKUPS.email("x"),
    ]
    assert len(set(keys)) == 4


def test_the_borders_of_parts_are_kept_apart() -> None:
    assert LOOKUPS.wecom("ww1", "2wang") != LOOKUPS.wecom("ww12", "wang")
    assert LOOKUPS.secret("code", "a", "b1:c") != LOOKUPS.secret("code", "ab1", ":c")
