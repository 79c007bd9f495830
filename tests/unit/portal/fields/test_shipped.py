"""The shipped catalogue is whole: every field has its names, its place and rules that can hold."""

import re
from collections import Counter
from importlib.resources import files

import msgspec
import pytest

from services.matcher.engine import ipc
from services.matcher.health import errors
from services.matcher.rings import Rings
from services.matcher.rings.files import parse_rings
from services.portal.catalogue.catalogue import MAX_RULES, TABLES, shipped, volumes
from services.portal.catalogue.field import Field
from services.portal.desk.fields import profile_of
from shared.wire.profile import as_term

FIELDS = shipped().fields
RULED = [field for field in FIELDS if field.rules]
HAN = re.compile(r"[\u4e00-\u9fff]")
NO_HAN_NEEDED = re.compile(r"[\w .\-/]+", re.ASCII)
"""Names that are the same in Chinese: LoRa, IPv6."""


def test_there_are_the_tables_and_two_industries_of_the_policy() -> None:
    assert [root.code for root in shipped().roots] == list(TABLES)
    assert {root.zh for root in shipped().roots if root.stream} == {"智能装备", "卫星通讯与北斗导航"}
    assert all(root.source for root in shipped().roots)
    assert len(RULED) == 820


def test_an_industry_leads_to_fields_of_the_tables_that_are_there() -> None:
    streams = [root for root in shipped().roots if root.stream]
    assert all(len(stream.related) >= 5 for stream in streams)
    assert [code for stream in streams for code in stream.related if code not in shipped()] == []


def test_codes_are_unique_and_each_field_lies_below_one_that_is_there() -> None:
    codes = Counter(field.code for field in FIELDS)
    assert codes.most_common(1)[0][1] == 1
    assert [field.code for field in FIELDS if field.parent is not None and field.parent not in codes] == []


def test_within_a_table_no_two_fields_have_one_name() -> None:
    held = Counter((field.code.partition("-")[0], field.zh) for field in FIELDS)
    assert [key for key, times in held.items() if times > 1] == []


def test_siblings_differ_in_english_too() -> None:
    held = Counter((field.parent, field.en) for field in FIELDS)
    assert [key for key, times in held.items() if times > 1] == []


def test_every_field_has_both_names_and_a_sentence() -> None:
    assert [f.code for f in FIELDS if not (HAN.search(f.zh) or NO_HAN_NEEDED.fullmatch(f.zh))] == []
    assert [f.code for f in FIELDS if not f.en.strip() or HAN.search(f.en)] == []
    assert [f.code for f in FIELDS if not HAN.search(f.about) or f.about.endswith("。")] == []


def test_every_node_that_holds_no_rules_holds_fields() -> None:
    assert [field.code for field in FIELDS if not field.rules and not shipped().below(field.code)] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_class_is_a_place_of_the_scheme_of_today_or_of_old(table: str) -> None:
    unknown = [
        (field.code, pattern)
        for field in RULED
        if field.code.startswith(f"{table}-")
        for rule in field.rules
        for pattern in (*rule.ipc, *rule.not_ipc)
        if (plain := ipc.canonical(pattern)) is None or not ipc.is_known(plain)
    ]
    assert unknown == []


def test_no_rule_is_impossible() -> None:
    rings = Rings.shipped()
    profiles = [profile_of(shipped(), field.code) for field in RULED]
    assert [(profile.id, finding) for profile in profiles for finding in errors(profile, rings)] == []


def test_no_keyword_is_one_character_or_stands_in_two_groups_of_a_rule() -> None:
    for field in RULED:
        for rule in field.rules:
            words = [as_term(term).text for group in rule.groups for term in group]
            assert len(words) == len(set(words)), field.code
            assert all(len(word) > 1 for word in words), field.code


def test_no_field_excludes_what_it_asks_for() -> None:
    for field in RULED:
        for rule in field.rules:
            asked = {as_term(term).text for group in rule.groups for term in group}
            assert not asked & {as_term(term).text for term in rule.none}
            assert not set(rule.ipc) & set(rule.not_ipc)


def test_each_linked_ring_is_shipped_and_holds_its_keyword() -> None:
    raw = files("services.matcher.resources").joinpath("rings.jsonl").read_bytes()
    rings = {ring.id: ring.members for ring in parse_rings(raw, "rings.jsonl")}
    links = [(field.code, word, ring) for field in RULED for word, ring in field.rings.items()]
    assert len(links) > 300
    assert [link for link in links if link[1] not in rings[link[2]]] == []


def test_every_field_is_measured_and_says_on_what() -> None:
    measured = volumes()
    assert set(measured.matches) == {field.code for field in FIELDS}
    assert measured.issued_on in measured.basis
    assert "只有标题" in measured.basis
    assert max(measured.matches[field.code] for field in RULED) < measured.publications / 50


def test_a_node_without_rules_counts_no_less_than_any_field_below_it() -> None:
    counts = volumes().matches
    nodes = [field for field in FIELDS if not field.rules]
    assert [n.code for n in nodes if any(counts[f.code] > counts[n.code] for f in shipped().below(n.code))] == []


def test_an_industry_can_be_subscribed_to_whole() -> None:
    assert all(len(shipped().rules(root.code)) <= MAX_RULES for root in shipped().roots if root.stream)


def test_a_line_of_the_catalogue_with_a_key_that_nobody_knows_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"code":"x","zh":"x","en":"x","keywords":[]}', type=Field)
