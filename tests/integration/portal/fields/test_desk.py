"""What subscribers and curators do with technical fields, at the desk."""

import msgspec
import pytest

from services.portal.catalogue.catalogue import shipped
from services.portal.desk.actor import Actor, Role
from services.portal.desk.desk import Desk
from services.portal.desk.field_contents import content_of
from services.portal.desk.refusals import ConflictError, ForbiddenError, InvalidError, MissingError, StaleError
from shared.filing.field_followings import FIELD_FOLLOWINGS
from shared.filing.field_versions import FIELD_VERSIONS, FieldContent
from shared.runtime.role import Surroundings
from shared.testing.advice import WRONG
from shared.wire.profile import Rule
from tests.integration.portal.fields.conftest import actor

CODE = "xsy-2.1.1"
SHIPPED = content_of(shipped().get(CODE))
NARROWER = msgspec.structs.replace(SHIPPED, zh="磷酸铁锂", rules=(Rule(groups=(("磷酸锰铁锂",),), ipc=("H01M4/58",)),))


async def published(desk: Desk, curator: Actor, content: FieldContent = NARROWER, code: str = CODE) -> None:
    revision = (await desk.curating.open(curator, code)).revision
    saved = await desk.curating.write(curator, code, content, revision=revision)
    await desk.curating.publish(curator, code, why="只看磷酸锰铁锂", revision=saved.revision)


async def test_one_tap_brings_a_profile_into_force_that_remembers_its_field(
    desk: Desk, editor: Actor, around: Surroundings
) -> None:
    own = await desk.following.subscribe(editor, CODE)
    assert (await around.store.profiles.get(own.profile.id)) == own.profile
    assert own.profile.name == SHIPPED.zh
    assert own.profile.rules == SHIPPED.rules
    [followed] = await desk.following.mine(editor)
    assert (followed.following.code, followed.following.number, followed.offer) == (CODE, 0, None)


async def test_an_industry_is_one_profile_of_all_its_fields(desk: Desk, editor: Actor) -> None:
    own = await desk.following.subscribe(editor, "beidou")
    assert own.profile.rules == shipped().rules("beidou")


async def test_what_is_too_wide_is_refused_with_what_to_do(desk: Desk, editor: Actor) -> None:
    with pytest.raises(ConflictError, match="请进入下一级"):
        await desk.following.subscribe(editor, "sei")


async def test_who_may_not_write_profiles_subscribes_to_nothing(desk: Desk) -> None:
    with pytest.raises(ForbiddenError):
        await desk.following.subscribe(actor(Role.VIEWER), CODE)


async def test_a_code_of_no_field_is_missing(desk: Desk, editor: Actor) -> None:
    with pytest.raises(MissingError):
        await desk.fields.get(editor, "xsy-9.9")


async def test_a_draft_changes_nothing_for_subscribers(desk: Desk, editor: Actor, curator: Actor) -> None:
    await desk.curating.write(curator, CODE, NARROWER, revision=0)
    assert (await desk.fields.get(editor, CODE)).field.zh == SHIPPED.zh
    assert (await desk.curating.open(curator, CODE)).draft is not None


async def test_a_published_version_counts_is_found_and_is_no_longer_as_measured(
    desk: Desk, editor: Actor, curator: Actor
) -> None:
    assert (await desk.fields.get(editor, CODE)).a_week is not None
    await published(desk, curator)
    view = await desk.fields.get(editor, CODE)
    assert (view.number, view.field.zh, view.a_week) == (1, "磷酸铁锂", None)
    assert [field.code for field in await desk.fields.search(editor, "磷酸锰铁锂")] == [CODE]
    assert (await desk.fields.get(editor, "xsy-2.1")).a_week is None


async def test_a_subscriber_who_was_not_asked_is_offered_the_new_version_and_takes_it(
    desk: Desk, editor: Actor, curator: Actor
) -> None:
    own = await desk.following.subscribe(editor, CODE)
    await published(desk, curator)
    assert (await desk.profiles.get(editor, own.profile.id)).profile.rules == SHIPPED.rules
    followed = await desk.following.followed(editor, own.profile.id)
    assert followed is not None
    offer = followed.offer
    assert offer is not None
    assert not offer.is_own
    taken = await desk.following.take(editor, own.profile.id, revision=own.revision)
    assert taken.profile.rules == NARROWER.rules
    [followed] = await desk.following.mine(editor)
    assert (followed.following.number, followed.offer) == (1, None)
    with pytest.raises(ConflictError):
        await desk.following.take(editor, own.profile.id, revision=taken.revision)


async def test_who_follows_by_themselves_has_the_new_version_at_once(
    desk: Desk, editor: Actor, curator: Actor, around: Surroundings
) -> None:
    own = await desk.following.subscribe(editor, CODE, automatic=True)
    above = await desk.following.subscribe(editor, "xsy-2.1", automatic=True)
    await published(desk, curator)
    now = await around.store.profiles.get(own.profile.id)
    assert now is not None
    assert now.rules == NARROWER.rules
    taken = [entry for entry in await desk.audit.listed("o-1") if entry.action == "field.taken"]
    assert {entry.details["automatic"] for entry in taken} == {"true"}
    whole = await around.store.profiles.get(above.profile.id)
    assert whole is not None
    assert NARROWER.rules[0] in whole.rules


async def test_what_a_broken_off_publication_left_over_is_brought_within_the_hour(
    desk: Desk, editor: Actor, curator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned = [await desk.following.subscribe(editor, CODE, automatic=True) for _ in range(3)]
    monkeypatch.setattr("services.portal.desk.following.AT_ONCE", 1)
    await published(desk, curator)
    rules = [(await desk.profiles.get(editor, own.profile.id)).profile.rules for own in owned]
    assert sorted(found == NARROWER.rules for found in rules) == [False, False, True]
    await desk.keeping.tidy()
    rules = [(await desk.profiles.get(editor, own.profile.id)).profile.rules for own in owned]
    assert rules == [NARROWER.rules] * 3
    assert await desk.following.catch_up() == 0


async def test_a_profile_that_its_people_changed_is_only_offered_the_new_version(
    desk: Desk, editor: Actor, curator: Actor
) -> None:
    own = await desk.following.subscribe(editor, CODE, automatic=True)
    mine = msgspec.structs.replace(own.profile, rules=(Rule(groups=(("我们的词",),)),))
    await desk.profiles.replace(editor, own.profile.id, mine, revision=own.revision)
    await published(desk, curator)
    assert (await desk.profiles.get(editor, own.profile.id)).profile.rules == mine.rules
    followed = await desk.following.followed(editor, own.profile.id)
    assert followed is not None
    offer = followed.offer
    assert offer is not None
    assert offer.is_own


async def test_a_removed_profile_is_followed_no_more(
    desk: Desk, editor: Actor, curator: Actor, around: Surroundings
) -> None:
    own = await desk.following.subscribe(editor, CODE)
    await desk.profiles.remove(editor, own.profile.id)
    assert await around.store.shelf(FIELD_FOLLOWINGS).get(own.profile.id) is None
    await published(desk, curator)
    assert await desk.following.mine(editor) == []


async def test_an_offer_to_another_organisation_is_not_told(desk: Desk, editor: Actor) -> None:
    own = await desk.following.subscribe(editor, CODE)
    stranger = actor(organisation="o-2")
    for asked in (
        desk.following.followed(stranger, own.profile.id),
        desk.following.take(stranger, own.profile.id, revision=own.revision),
        desk.following.choose(stranger, own.profile.id, automatic=True),
    ):
        with pytest.raises(MissingError):
            await asked
    assert await desk.following.mine(stranger) == []


async def test_rules_that_can_never_match_and_publishing_without_a_reason_are_refused(
    desk: Desk, curator: Actor
) -> None:
    wrong = msgspec.structs.replace(SHIPPED, rules=(Rule(groups=((WRONG,),)),))
    saved = await desk.curating.write(curator, CODE, wrong, revision=0)
    with pytest.raises(InvalidError) as refused:
        await desk.curating.publish(curator, CODE, why="试试", revision=saved.revision)
    assert refused.value.faults[0].pointer == "/content/rules/0/groups/0/0"
    saved = await desk.curating.write(curator, CODE, NARROWER, revision=saved.revision)
    with pytest.raises(InvalidError):
        await desk.curating.publish(curator, CODE, why=" ", revision=saved.revision)
    assert (await desk.curating.open(curator, CODE)).number == 0


async def test_of_two_curators_the_second_is_told_of_the_first(desk: Desk, curator: Actor) -> None:
    await desk.curating.write(curator, CODE, NARROWER, revision=0)
    with pytest.raises(StaleError):
        await desk.curating.write(curator, CODE, SHIPPED, revision=0)


async def test_any_version_can_be_had_back_and_the_history_tells_it(desk: Desk, editor: Actor, curator: Actor) -> None:
    await published(desk, curator)
    revision = (await desk.curating.open(curator, CODE)).revision
    await desk.curating.restore(curator, CODE, 0, why="还是原来的好", revision=revision)
    assert (await desk.fields.get(editor, CODE)).field == shipped().get(CODE)
    history = (await desk.curating.history(curator, CODE)).items
    assert [(version.number, version.restores) for version in history] == [(2, 0), (1, None)]
    assert (await desk.curating.version(curator, CODE, 1)).content == NARROWER


async def test_publishing_what_counts_already_is_refused(desk: Desk, curator: Actor) -> None:
    saved = await desk.curating.write(curator, CODE, SHIPPED, revision=0)
    with pytest.raises(ConflictError):
        await desk.curating.publish(curator, CODE, why="没有变化", revision=saved.revision)
    await desk.curating.discard(curator, CODE, revision=saved.revision)
    assert (await desk.curating.open(curator, CODE)).draft is None


async def test_a_node_has_nothing_to_edit(desk: Desk, curator: Actor) -> None:
    with pytest.raises(ConflictError):
        await desk.curating.open(curator, "xsy-2.1")


async def test_only_curators_curate(desk: Desk) -> None:
    owner = actor(Role.OWNER)
    with pytest.raises(ForbiddenError):
        await desk.curating.open(owner, CODE)
    with pytest.raises(ForbiddenError):
        await desk.curating.version(owner, CODE, 0)


async def test_what_curators_do_is_written_down(desk: Desk, curator: Actor) -> None:
    await published(desk, curator)
    entries = await desk.audit.listed("centre")
    assert [entry.action for entry in entries] == ["field.published", "field.drafted"]
    assert entries[0].thing == CODE


async def test_a_version_that_a_dead_process_did_not_file_is_filed_with_the_next(
    desk: Desk, curator: Actor, around: Surroundings
) -> None:
    await published(desk, curator)
    await around.store.shelf(FIELD_VERSIONS).remove(f"{CODE}@1")
    await published(desk, curator, SHIPPED)
    assert (await desk.curating.version(curator, CODE, 1)).content == NARROWER
