"""Who has the database alone learns nothing of people."""

from services.portal.desk.actor import Actor, Permission, Role
from services.portal.desk.desk import Desk
from services.portal.desk.refusals import RefusalError
from shared.filing.accounts import Account
from shared.runtime.role import Surroundings
from tests.people import HERE, PASSWORD


async def test_nothing_of_people_lies_in_the_clear(
    desk: Desk, account: Account, owner: Actor, around: Surroundings
) -> None:
    opened = await desk.sessions.open(account, HERE, by="password")
    issued = await desk.tokens.issue(owner, name="OA", scopes=[Permission.READ])
    await desk.inviting.invite(owner, "li@example.cn", Role.EDITOR)
    flow = await desk.sign_in.ask_code(HERE, "wang@example.cn")
    for attempt in (
        desk.sign_in.by_password(HERE, "wang@example.cn", "wrong password!"),
        desk.sign_in.by_code(HERE, flow, "1"),
    ):
        try:
            await attempt
        except RefusalError:
            continue
    files = [path.read_bytes() for path in around.settings.data_dir.rglob("*") if path.is_file()]
    kept = b"".join(files)
    assert account.id.encode() in kept  # it is looked for in the right place
    secrets = {
        "address": "wang@example.cn",
        "invited": "li@example.cn",
        "name": "王工",
        "password": PASSWORD,
        "hash": "argon2id",
        "place": HERE.address,
        "session": opened.token,
        "token": issued.value,
    }
    assert [what for what, secret in secrets.items() if secret.encode() in kept] == []
