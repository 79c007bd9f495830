"""Profiles, destinations and subscriptions refuse what could never work, while they are decoded."""

from typing import Any

import msgspec
import pytest

from shared.wire.profile import Fuzziness, Profile, Term, TermMatch, as_term
from shared.wire.subscription import Channel, Destination, Subscription
from tests.contract.made import NOW

RULE: dict[str, Any] = {"groups": [["固态电池"]]}


def decoded(**fields: object) -> Profile:
    return msgspec.convert({"id": "p-1", "rules": [RULE], **fields}, Profile)


def test_a_profile_needs_little_and_the_rest_has_defaults() -> None:
    profile = decoded()
    assert profile.fields == ("title", "abstract", "claim")
    assert profile.fuzziness is Fuzziness.OFF
    assert profile.min_score == 0.0
    assert profile.rings is True


@pytest.mark.parametrize("positive", ["groups", "ipc", "applicants", "regions", "kinds"])
def test_any_one_positive_condition_makes_a_rule(positive: str) -> None:
    value: object = [["固态电池"]] if positive == "groups" else ["4401"]
    assert len(decoded(rules=[{positive: value}]).rules) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": []},
        {"rules": [{}]},
        {"rules": [{"none": ["铅酸"], "not_ipc": ["H01M*"], "not_applicants": ["某公司"]}]},
        {"rules": [{"groups": [[]]}]},
        {"rules": [{"groups": [[" "]]}]},
        {"rules": [{"groups": [["固" * 201]]}]},
        {"rules": [{**RULE, "none": [""]}]},
        {"rules": [{**RULE, "ipc": [" "]}]},
        {"rules": [{**RULE, "colour": ["red"]}]},
        {"rules": [{"groups": [[{"text": "电机", "weight": 0}]]}]},
        {"rules": [{"groups": [[{"text": "电机", "weight": 1.5}]]}]},
        {"rules": [{"groups": [[{"text": "电机", "synonyms": [""]}]]}]},
        {"rules": [{"groups": [[{"text": "电机", "match": "sometimes"}]]}]},
        {"fields": []},
        {"fields": ["title", "inventors"]},
        {"min_score": 1.01},
        {"min_score": -0.01},
        {"fuzziness": "very"},
        {"rings": "no"},
        {"rules": [{"groups": [[{"text": "电机", "rings": 1}]]}]},
        {"colour": "red"},
        {"id": ""},
        {"id": "a b"},
        {"id": "a\x00"},
        {"id": "x" * 129},
    ],
    ids=str,
)
def test_what_could_never_match_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded(**wrong)


def test_a_bare_string_is_a_term_with_the_defaults() -> None:
    assert as_term("电机") == Term(text="电机", match=TermMatch.DEFAULT, weight=1.0, synonyms=())
    term = Term(text="电机", match=TermMatch.WORD)
    assert as_term(term) is term


def test_synonym_rings_are_switched_by_the_profile_unless_the_term_says() -> None:
    terms: list[dict[str, object]] = [
        {"text": "电机"},
        {"text": "电机", "rings": True},
        {"text": "电机", "rings": False},
    ]
    profile = decoded(rings=False, rules=[{"groups": [terms]}])
    assert profile.rings is False
    assert [as_term(term).rings for term in profile.rules[0].groups[0]] == [None, True, False]


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        (Channel.EMAIL, "wang@example.cn", "w***@example.cn"),
        (Channel.WECOM_ROBOT, "693a91f6-7xxx-4bc4", "693a…"),
        (Channel.WEBHOOK, "https://u:p@example.cn/x", "https://example.cn/…"),
        (Channel.WECOM_APP, "short", "…"),
    ],
)
def test_a_destination_shows_its_address_only_in_part(channel: Channel, address: str, shown: str) -> None:
    destination = Destination(id="d-1", channel=channel, address=address, options={"secret": "盐"}, created_at=NOW)
    assert destination.masked_address == shown
    assert address not in repr(destination)
    assert "盐" not in repr(destination)


@pytest.mark.parametrize(
    "wrong", [{"profiles": ()}, {"destinations": ()}, {"cap": 0}, {"id": "a b"}], ids=lambda wrong: next(iter(wrong))
)
def test_a_subscription_that_tells_nothing_to_nobody_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs|must|has"):
        Subscription(**{"id": "s-1", "profiles": ("p-1",), "destinations": ("d-1",), "created_at": NOW, **wrong})
