"""Profiles divided over several matchers: together they find what one finds."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from services.matcher.shard import Shard
from shared.bus.lags import measure_lags
from shared.errors import MisconfiguredError
from shared.settings import load_settings
from tests.integration.matcher.made import open_surroundings, running, save, see, told, worked_off

SHARDS = 3


async def test_each_shard_sees_every_publication_and_each_profile_is_in_one(tmp_path: Path) -> None:
    ids = [f"p{number}" for number in range(30)]
    async with AsyncExitStack() as stack:
        around = [
            await stack.enter_async_context(open_surroundings(tmp_path, matcher_shard=shard, matcher_shards=SHARDS))
            for shard in range(1, SHARDS + 1)
        ]
        for profile_id in ids:
            await save(around[0], profile_id, "电池")
        roles = [await stack.enter_async_context(running(one)) for one in around]
        await see(around[0], "电池甲", "电池乙")
        for role in roles:
            await worked_off(role)
        await save(around[0], "p0", None)
        await save(around[0], "p30", "电池")
        await see(around[0], "电池丙")
        for role in roles:
            await worked_off(role)
        found = await told(around[0])
        assert sorted(found["电池甲"]) == sorted(found["电池乙"]) == sorted(ids)
        assert sorted(found["电池丙"]) == sorted([*ids[1:], "p30"])
        held = [one.metrics.registry.get_sample_value("zhitui_matcher_profiles") for one in around]
        assert sum(one or 0 for one in held) == len(ids)
        assert all(held)
        lags = await measure_lags(around[0].bus, SHARDS)
        assert {(topic.name, group) for topic, group, lag in lags if lag == 0} >= {
            ("zhitui.publications.v1", f"matcher-{shard}-of-{SHARDS}") for shard in range(1, SHARDS + 1)
        }


def test_a_shard_that_is_none_is_told() -> None:
    with pytest.raises(MisconfiguredError, match="ZHITUI_MATCHER_SHARD=3"):
        Shard.of(load_settings(matcher_shard=3, matcher_shards=2))
