"""Enterprises in WeCom that organisations have connected: an app of their own each, with its secrets."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class WecomCorp(msgspec.Struct, frozen=True, kw_only=True):
    """One app of one enterprise.

    Attributes:
        id: ours; it stands in the callback's address, so it is not to be guessed.
        organisation_id: who connected it; its members belong there until they tie themselves elsewhere.
        corp_id: the vendor's id of the enterprise.
        agent_id: the app's number in it.
        secret: of the app.
        token, aes_key: of the callback.
        old_token, old_aes_key: those before, good for a day after ``rotated_at``; ``""``: there are none.
        proved_at: when the vendor first took the secret; ``None``: whose the enterprise is, is only said.
        called_at: when the vendor last called the callback's address, as far as it was written down.
        newcomers: role that its members get in the portal when they first do something there.
        domain_file: name and content of the file by which the vendor checks whose the domain is; ``("", "")``: none.
        synced_at: when the directory was last read.
    """

    id: str
    organisation_id: str
    corp_id: str
    agent_id: int
    secret: str
    token: str
    aes_key: str
    old_token: str = ""
    old_aes_key: str = ""
    rotated_at: datetime | None = None
    proved_at: datetime | None = None
    called_at: datetime | None = None
    newcomers: str = "editor"
    domain_file: tuple[str, str] = ("", "")
    synced_at: datetime | None = None
    created_at: datetime
    created_by: str

    def __repr__(self) -> str:
        return f"WecomCorp(id={self.id!r}, organisation_id={self.organisation_id!r}, agent_id={self.agent_id!r})"


def app_lookup(corp_id: str, agent_id: int) -> str:
    """Return by what the one connection of an app is found that was proved."""
    return f"app:{corp_id}/{agent_id}"


def file_lookup(name: str) -> str:
    """Return by what the connection is found whose domain file has this name."""
    return f"file:{name}"


def _lookups(corp: WecomCorp) -> tuple[str, ...]:
    app = (app_lookup(corp.corp_id, corp.agent_id),) if corp.proved_at else ()
    return (*app, file_lookup(corp.domain_file[0])) if corp.domain_file[0] else app


WECOM_CORPS: Kind[WecomCorp] = Kind(
    name="wecom_corps",
    title="接入的企业微信",
    document=WecomCorp,
    owner=lambda corp: corp.organisation_id,
    lookups=_lookups,
    order=lambda corp: by_moment(corp.created_at),
    sealed=True,
)
