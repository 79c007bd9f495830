"""What a backup holds comes back, whatever becomes of the file on the way."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.archive.backup import make_backup
from shared.archive.blocks import Block, BlockKind, DamagedBackupError, pack, read_blocks
from shared.archive.keys import fingerprint
from shared.archive.progress import Silence
from shared.archive.reading import check_backup
from shared.archive.restore import restore
from shared.bus.port import Record
from shared.bus.topics import PROFILES, PUBLICATIONS
from shared.errors import FutureSchemaError, InvalidInputError, MisconfiguredError
from shared.filing.kinds import KINDS
from shared.runtime.closed import refuse_closed
from shared.runtime.role import Surroundings
from shared.secret_box import SecretBox
from shared.store.archived import ClosureState, Snapshot
from shared.store.filing import FiledRecord
from shared.wire.events import ProfileSaved, encode_event
from shared.wire.profile import Profile, Rule
from tests.integration.archive.conftest import KEY, Opens
from tests.integration.archive.filled import fill, held, kept


async def backed_up(around: Surroundings, path: Path) -> Path:
    with path.open("wb") as out:
        await make_backup(around, out, files=kept(around.settings.data_dir), progress=Silence())
    return path


async def put_back(
    around: Surroundings, path: Path, *, replace: bool = False, old_secrets: SecretBox | None = None
) -> None:
    await restore(
        around,
        check_backup(path),
        files=kept(around.settings.data_dir),
        replace=replace,
        old_secrets=old_secrets,
        progress=Silence(),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_restored_and_backed_up_again_is_the_same(opens: Opens, tmp_path: Path, seed: int) -> None:
    source = await opens("source")
    await fill(source, seed)
    kept(source.settings.data_dir)["terms.jsonl"].write_text('{"词": 1}\n{"词": 2}\n', "utf-8")
    path = await backed_up(source, tmp_path / "one")
    target = await opens("target")
    await put_back(target, path)
    assert await held(target) == await held(source)
    assert kept(target.settings.data_dir)["terms.jsonl"].read_text("utf-8") == '{"词": 1}\n{"词": 2}\n'
    first, second = check_backup(path), check_backup(await backed_up(target, tmp_path / "two"))
    documents = [name for name in first.manifest.sections if not name.startswith("topic:")]
    assert [first.end.sections[name] for name in documents] == [second.end.sections[name] for name in documents]
    assert {name: total.documents for name, total in first.end.sections.items()} == {
        name: total.documents for name, total in second.end.sections.items()
    }


async def test_everybody_may_work_on_it_when_it_is_restored(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1)
    target = await opens("target")
    await put_back(target, await backed_up(source, tmp_path / "one"))
    await refuse_closed(target.store)
    destination = await target.store.destinations.get("d-1")
    assert destination == await source.store.destinations.get("d-1")
    async with target.store.quarantine.open("q-5") as restored, source.store.quarantine.open("q-5") as original:
        assert restored.read_bytes() == original.read_bytes()


async def test_a_target_that_holds_something_is_refused_unless_told(opens: Opens, tmp_path: Path) -> None:
    source, target = await opens("source"), await opens("target")
    await fill(source, 1)
    await fill(target, 2)
    before = await held(target)
    path = await backed_up(source, tmp_path / "one")
    with pytest.raises(InvalidInputError, match=r"目标不是空的：.*公开 publications 40 条.*--replace"):
        await put_back(target, path)
    assert await held(target) == before
    incarnation = await target.bus.incarnation(PROFILES)
    await put_back(target, path, replace=True)
    assert await held(target) == await held(source)
    assert await target.bus.incarnation(PROFILES) != incarnation, "an index kept beside it would be taken for good"
    assert not (target.settings.data_dir / "quarantine" / "left-over").exists()


@pytest.mark.parametrize("of_ten", range(10))
async def test_a_damaged_byte_is_found_before_anything_is_changed(opens: Opens, tmp_path: Path, of_ten: int) -> None:
    source = await opens("source")
    await fill(source, 1, size=10)
    path = await backed_up(source, tmp_path / "one")
    raw = bytearray(path.read_bytes())
    raw[len(raw) * of_ten // 10 + 40] ^= 0x10
    path.write_bytes(raw)
    with pytest.raises(InvalidInputError, match="备份"):
        check_backup(path)


@pytest.mark.parametrize("of_twenty", range(1, 20))
async def test_a_file_that_was_cut_off_says_in_which_section(opens: Opens, tmp_path: Path, of_twenty: int) -> None:
    source = await opens("source")
    await fill(source, 1, size=10)
    path = await backed_up(source, tmp_path / "one")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * of_twenty // 20])
    with pytest.raises(DamagedBackupError, match=r"备份文件在(“.+”这一段|开头)损坏"):
        check_backup(path)


async def test_a_whole_section_that_is_missing_is_noticed(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1, size=10)
    path = await backed_up(source, tmp_path / "one")
    with path.open("rb") as file:
        blocks = [block for block in read_blocks(file) if block.section != "alerts"]
    path.write_bytes(b"".join(map(pack, blocks)))
    with pytest.raises(DamagedBackupError, match="“alerts”这一段"):
        check_backup(path)


def test_something_else_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "其他"
    for content in (b"", b"PK\x03\x04 something else", b"x"):
        path.write_bytes(content)
        with pytest.raises(InvalidInputError, match="不是知推的备份文件"):
            check_backup(path)


def test_a_backup_of_a_newer_version_is_refused_with_its_version(tmp_path: Path) -> None:
    path = tmp_path / "new"
    said = b'{"format": "zhitui-backup", "version": 2, "program": "9.0", "unheard": "of"}\n'
    path.write_bytes(
        pack(Block(kind=BlockKind.MANIFEST, section="", content=said))
        + pack(Block(kind=BlockKind.END, section="", content=b"{}\n"))
    )
    with pytest.raises(FutureSchemaError, match=r"9\.0"):
        check_backup(path)


async def opened(around: Surroundings) -> list[tuple[str, str]]:
    """Return what lies sealed of documents with an owner, opened with the installation's own key."""
    texts = []
    async with around.store.archive.snapshot() as snapshot:
        for name in (kind.name for kind in KINDS if kind.sealed):
            async for records in snapshot.walk(name):
                texts += [(name, around.secrets.open(r.text.encode())) for r in records if isinstance(r, FiledRecord)]
    return texts


async def test_another_key_is_refused_and_the_old_one_reseals(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1)
    path = await backed_up(source, tmp_path / "one")
    other = await opens("target", Fernet.generate_key().decode())
    with pytest.raises(InvalidInputError, match=f"另一把密钥.*{fingerprint(source.secrets)}.*--old-key-file"):
        await put_back(other, path)
    with pytest.raises(InvalidInputError, match="也不是"):
        await put_back(other, path, old_secrets=SecretBox(Fernet.generate_key().decode()))
    assert not any((await other.store.archive.counts()).values())
    await put_back(other, path, old_secrets=source.secrets)
    assert await other.store.destinations.all() == await source.store.destinations.all()
    assert await opened(other) == await opened(source) != []
    assert KEY.encode() not in path.read_bytes()


async def test_no_address_stands_open_in_a_backup(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1)
    path = await backed_up(source, tmp_path / "one")
    lines = b"".join(b"".join(lines) for _, lines in check_backup(path).lines())
    assert b"example.cn" not in lines
    assert b"CN000000001A" in lines


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs the zstd program")
async def test_other_tools_read_the_lines(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1, size=10)
    path = await backed_up(source, tmp_path / "one")
    done = await asyncio.to_thread(subprocess.run, ["zstd", "-dc", str(path)], capture_output=True, check=True)
    lines = done.stdout.decode().split("\n")
    assert '"format":"zhitui-backup"' in lines[0]
    assert '{"section":"publications"}' in lines


async def test_a_profile_saved_while_the_backup_runs_is_in_force_and_listed(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1)
    late = Profile(id="late", name="迟到", rules=(Rule(groups=(("轴承",),)),))

    original = source.store.archive.snapshot

    @asynccontextmanager
    async def snapshot() -> AsyncIterator[Snapshot]:
        async with original() as moment:
            event = encode_event(ProfileSaved(profile=late, saved_at=source.clock.now()))
            await source.bus.append(PROFILES, [Record(key="late", value=event), Record(key="p-3", value=None)])
            yield moment

    source.store.archive.snapshot = snapshot  # type: ignore[method-assign]
    path = await backed_up(source, tmp_path / "one")
    target = await opens("target")
    await put_back(target, path)
    listed = {profile.id for profile in await target.store.profiles.all()}
    assert "late" in listed
    assert "p-3" not in listed


async def test_what_one_shard_of_the_profiles_has_not_seen_yet_is_kept_though_another_has(
    opens: Opens, tmp_path: Path
) -> None:
    source = await opens("source")
    told = [Record(key=f"CN{n}A", value=b"x") for n in range(8)]
    await source.bus.append(PUBLICATIONS, told)
    async with source.bus.consumer(PUBLICATIONS, "matcher-1-of-2") as ahead:
        await ahead.commit(await ahead.poll(100, 5.0))
    async with source.bus.consumer(PUBLICATIONS, "matcher-2-of-2") as behind:
        done = await behind.poll(3, 5.0)
        await behind.commit(done)
    settings = source.settings.model_copy(update={"matcher_shards": 2})
    path = await backed_up(replace(source, settings=settings), tmp_path / "one")
    target = await opens("target")
    await put_back(target, path)
    expected = {record.key for record in told} - {record.key for record in done}
    async with target.bus.reader(PUBLICATIONS) as reader:
        assert {record.key for record in await reader.poll(100, 0)} == expected


async def test_roles_do_not_start_on_what_is_half_restored(opens: Opens, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 1)
    path = await backed_up(source, tmp_path / "one")
    target = await opens("target")

    class Breaks(Silence):
        def step(self, text: str) -> None:
            if "alerts" in text:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await restore(target, check_backup(path), files={}, replace=False, old_secrets=None, progress=Breaks())
    with pytest.raises(MisconfiguredError, match="还没有完成"):
        await refuse_closed(target.store)
    closure = await target.store.archive.closure()
    assert closure is not None
    assert closure.state is ClosureState.FILLING
    other = await backed_up(source, tmp_path / "two")
    with pytest.raises(InvalidInputError, match="目标已关闭"):
        await put_back(target, other)
    await put_back(target, path)
    assert await held(target) == await held(source)
    await refuse_closed(target.store)
