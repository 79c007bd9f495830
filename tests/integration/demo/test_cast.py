"""Who is told in the demonstration, and of what."""

from datetime import UTC, datetime

from services.demo import cast
from services.demo.sample_files import gazette_files, sample_profiles


def test_every_sample_profile_is_subscribed_to_and_every_destination_gets_something() -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    subscriptions = cast.subscriptions(now)
    assert {p for s in subscriptions for p in s.profiles} == {profile.id for profile in sample_profiles()}
    assert {d for s in subscriptions for d in s.destinations} == {d.id for d in cast.destinations(now)}


def test_the_sample_gazette_has_a_file_of_each_kind() -> None:
    assert [path.stem for path in gazette_files()] == [
        "design",
        "invention_granted",
        "invention_published",
        "utility_model",
    ]
