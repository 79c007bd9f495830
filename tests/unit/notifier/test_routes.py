"""Subscriptions by profile, as they change."""

from services.notifier.routes import Routes
from tests.unit.notifier.making import subscription


def holders(routes: Routes, profile_id: str) -> list[str]:
    return [route.subscription_id for route in routes.holders(profile_id)]


def test_a_subscription_is_found_by_each_of_its_profiles_once() -> None:
    routes = Routes()
    routes.put(subscription(id="a", profiles=("p1", "p2", "p1")))
    routes.put(subscription(id="b", profiles=("p2",)))
    assert holders(routes, "p1") == ["a"]
    assert holders(routes, "p2") == ["a", "b"]
    assert holders(routes, "p3") == []
    assert sorted(routes.profiles) == ["p1", "p2"]
    assert len(routes) == 2


def test_a_change_replaces_and_a_removal_leaves_nothing() -> None:
    routes = Routes()
    routes.put(subscription(id="a", profiles=("p1", "p2")))
    routes.put(subscription(id="b", profiles=("p2",)))
    routes.put(subscription(id="a", profiles=("p2", "p3")))
    assert holders(routes, "p1") == []
    assert sorted(holders(routes, "p2")) == ["a", "b"]
    routes.remove("a")
    routes.remove("a")
    routes.remove("b")
    assert sorted(routes.profiles) == []
    assert len(routes) == 0


def test_of_opted_out_and_repeated_destinations_none_is_left() -> None:
    routes = Routes()
    routes.put(subscription("box", "group", "box", profiles=("p1",), opted_out=("group",)))
    (route,) = routes.holders("p1")
    assert route.destinations == ("box",)
