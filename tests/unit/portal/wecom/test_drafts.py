"""What an administrator enters of an app, and what is refused where it stands."""

import pytest

from services.portal.desk.wecom_drafts import CorpDraft, draft_faults, key_faults, keys_of
from services.portal.wecom.crypto import CallbackCipher


def draft(**changes: object) -> CorpDraft:
    fields: dict[str, object] = {"corp_id": "ww0theirs", "agent_id": 1000009, "secret": "a-secret-of-theirs"}
    return CorpDraft(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"corp_id": "../../etc"}, "/corp_id"),
        ({"agent_id": 0}, "/agent_id"),
        ({"secret": "short"}, "/secret"),
        ({"token": "a b"}, "/token"),
        ({"aes_key": "a" * 42}, "/aes_key"),
        ({"newcomers": "owner"}, "/newcomers"),
    ],
)
def test_what_cannot_be_right_is_refused_where_it_stands(changes: dict[str, object], pointer: str) -> None:
    assert draft_faults(draft()) == []
    assert [fault.pointer for fault in draft_faults(draft(**changes))] == [pointer]


def test_keys_that_are_made_here_are_such_as_the_vendor_takes() -> None:
    made = [keys_of("wc-1", "", "") for _ in range(50)]
    assert len({keys.aes_key for keys in made}) == 50
    for keys in made:
        assert key_faults(keys.token, keys.aes_key) == []
        cipher = CallbackCipher(keys.token, keys.aes_key, "ww0")
        assert cipher.open(cipher.seal(b"hello", bytes(16))) == b"hello"


def test_keys_that_are_given_are_kept() -> None:
    keys = keys_of("wc-1", "QDG6eK", "b" * 43)
    assert (keys.token, keys.aes_key) == ("QDG6eK", "b" * 43)
