"""Shares: the same for everybody who sees the same living, all given out, and only moved as far as they must."""

from collections import Counter

from shared.runtime.members import (
    GENERATION,
    Everything,
    Membership,
    generation_of,
    owner_of,
    process_name,
)
from shared.settings import load_settings
from shared.store.buckets import BUCKETS, bucket_of

LIVING = [f"host-{n}" for n in range(5)]


def joined(instance: str, living: list[str]) -> Membership:
    membership = Membership(instance)
    membership.hear(living)
    return membership


def test_every_destination_is_in_exactly_one_share() -> None:
    members = [joined(instance, LIVING) for instance in LIVING]
    for n in range(1_000):
        assert sum(member.mine(f"d-{n}") for member in members) == 1


def test_buckets_and_destinations_agree() -> None:
    member = joined(LIVING[0], LIVING)
    assert member.buckets is not None
    assert all(member.mine(f"d-{n}") == (bucket_of(f"d-{n}") in member.buckets) for n in range(1_000))


def test_shares_are_about_equal() -> None:
    shares = Counter(owner_of(bucket, LIVING) for bucket in range(BUCKETS))
    assert set(shares) == set(LIVING)
    assert max(shares.values()) < 2 * min(shares.values())


def test_only_the_share_of_the_one_who_went_moves() -> None:
    without = LIVING[1:]
    for bucket in range(BUCKETS):
        before = owner_of(bucket, LIVING)
        assert before in {owner_of(bucket, without), LIVING[0]}


def test_as_long_as_one_of_them_is_older_all_know_it() -> None:
    new, old = "pod-1-17-a1b2c3.g1", "pod-2-9-d4e5f6"
    assert joined(new, [new]).generation == 1
    assert joined(new, [new, old]).generation == 0
    assert joined(new, [new, "pod.g7-9-d4e5f6"]).generation == 0, "what people call a machine says nothing"
    assert joined(new, [new, "pod-3-5-ffffff.g12"]).generation == 1
    assert Membership(new).generation == 0
    assert Everything().generation == GENERATION


def test_before_it_heard_of_the_living_a_process_has_no_share() -> None:
    member = Membership("one")
    assert not member.joined
    assert member.buckets == frozenset()
    assert not member.mine("d-1")


def test_a_process_alone_has_everything() -> None:
    for share in (joined("one", ["one"]), Everything()):
        assert share.joined
        assert share.buckets is None
        assert share.mine("d-1")


def test_a_process_that_the_others_took_for_dead_has_no_share() -> None:
    member = joined("one", ["one", "two"])
    assert member.hear(["two"])
    assert not member.hear(["two"])
    assert member.buckets == frozenset()


def test_a_destinations_bucket_never_changes() -> None:
    assert [bucket_of(name) for name in ("d-1", "邮箱", "")] == [59, 117, 0]


def test_on_one_machine_a_process_keeps_its_name_and_on_a_cluster_each_start_has_another() -> None:
    assert process_name(load_settings()) == "local"
    assert process_name(load_settings(instance="desk")) == "desk"
    cluster = load_settings(
        bus="kafka", store="mongo", kafka_bootstrap_servers="k:9092", mongo_uri="mongodb://m", instance="pod-1"
    )
    names = {process_name(cluster) for _ in range(10)}
    assert len(names) == 10
    assert all(name.startswith("pod-1-") for name in names)
    assert {generation_of(name) for name in names} == {GENERATION}
