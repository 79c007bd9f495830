"""A backup of one backend is restored on the other, and back."""

from pathlib import Path

import pytest

from shared.runtime.role import Surroundings
from tests.integration.archive.conftest import Opens
from tests.integration.archive.filled import fill, held
from tests.integration.archive.test_backup import backed_up, put_back

pytestmark = pytest.mark.city


@pytest.mark.parametrize("seed", [1, 2])
async def test_embedded_to_cluster_and_back_is_the_same(
    opens: Opens, cluster: Surroundings, tmp_path: Path, seed: int
) -> None:
    source, last = await opens("source"), await opens("last")
    await fill(source, seed)
    before = await held(source)
    await put_back(cluster, await backed_up(source, tmp_path / "one"))
    assert await held(cluster) == before
    await put_back(last, await backed_up(cluster, tmp_path / "two"))
    assert await held(last) == before


async def test_a_cluster_is_replaced_by_its_own_older_backup(cluster: Surroundings, tmp_path: Path) -> None:
    await fill(cluster, 1)
    before = await held(cluster)
    path = await backed_up(cluster, tmp_path / "one")
    await cluster.store.profiles.remove("p-1")
    await cluster.store.archive.remove("alerts", [("s-1", "CN000000001A", "d-1")])
    await put_back(cluster, path, replace=True)
    assert await held(cluster) == before
