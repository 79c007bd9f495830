"""A desk with people of an organisation and of the centre, over a past of three publications."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.desk import Desk
from shared.runtime.role import Surroundings
from shared.testing.advice import PlainAdvice
from shared.wire.publication import Publication
from tests.surroundings import open_surroundings

TITLES = ("一种磷酸铁锂正极材料的制备方法", "磷酸锰铁锂及其应用", "一种人脸识别门锁")


def publications() -> list[Publication]:
    return [
        Publication(
            publication_number=f"CN11008383{n}A",
            kind="A",
            title=title,
            published_on=date(2026, 1, 1),
            ipc=("H01M4/58",),
            source="gazette-csv",
        )
        for n, title in enumerate(TITLES)
    ]


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path) as made:
        yield replace(made, advice=PlainAdvice(publications()))


@pytest.fixture
async def desk(around: Surroundings) -> AsyncIterator[Desk]:
    desk = Desk(around)
    yield desk
    desk.close()


def actor(role: Role = Role.EDITOR, organisation: str = "o-1") -> Actor:
    return Actor(account_id=f"a-{role}", organisation_id=organisation, role=role, way=Way.SESSION)


@pytest.fixture
def editor() -> Actor:
    return actor()


@pytest.fixture
def curator() -> Actor:
    return actor(Role.CURATOR, "centre")
