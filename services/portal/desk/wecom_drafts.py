"""What an administrator enters of an app in WeCom, and what is wrong with it."""

import re
import secrets as random_letters
import string
from dataclasses import dataclass

import msgspec

from services.portal.desk.actor import Role
from services.portal.desk.refusals import Fault, Text
from services.portal.wecom.crypto import AES_KEY, TOKEN

CORP_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]{8,128}")
FILE = re.compile(r"WW_verify_[A-Za-z0-9]{8,64}\.txt")
FILE_CONTENT = re.compile(r"[A-Za-z0-9]{8,64}")
NEWCOMERS = (Role.EDITOR, Role.VIEWER)
"""Roles that members may get by themselves."""

_LARGEST_AGENT = 2**31 - 1


class CorpDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app as an administrator enters it.

    Attributes:
        token, aes_key: of the callback; ``""``: made here.
        newcomers: role that members get when they first do something in the portal.
    """

    corp_id: str
    agent_id: int
    secret: str
    token: str = ""
    aes_key: str = ""
    newcomers: str = Role.EDITOR

    def __repr__(self) -> str:
        return f"CorpDraft(agent_id={self.agent_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The callback's keys, as they are shown once to be entered at the vendor."""

    connection_id: str
    token: str
    aes_key: str

    def __repr__(self) -> str:
        return f"Keys({self.connection_id!r})"


def keys_of(connection_id: str, token: str, aes_key: str) -> Keys:
    """Return a callback's keys, made where none are given."""
    letters = string.ascii_letters + string.digits
    return Keys(
        connection_id=connection_id,
        token=token or "".join(random_letters.choice(letters) for _ in range(24)),
        # Its last character carries four bits only.
        aes_key=aes_key
        or "".join((*(random_letters.choice(letters) for _ in range(42)), random_letters.choice("AEIMQUYcgkosw048"))),
    )


def draft_faults(draft: CorpDraft) -> list[Fault]:
    """Return what is wrong with it."""
    faults = key_faults(draft.token, draft.aes_key)
    if not CORP_ID.fullmatch(draft.corp_id):
        faults.append(Fault("/corp_id", _BAD_CORP_ID))
    if not 1 <= draft.agent_id <= _LARGEST_AGENT:
        faults.append(Fault("/agent_id", _BAD_AGENT_ID))
    if not SECRET.fullmatch(draft.secret):
        faults.append(Fault("/secret", BAD_SECRET))
    if draft.newcomers not in NEWCOMERS:
        faults.append(Fault("/newcomers", Text("没有这种角色。", "There is no such role.")))
    return faults


def key_faults(token: str, aes_key: str) -> list[Fault]:
    """Return what is wrong with a callback's keys; those that are ``""`` are made here."""
    faults = []
    if token and not TOKEN.fullmatch(token):
        faults.append(
            Fault("/token", Text("Token 是 3 到 32 位字母或数字。", "A token has 3 to 32 letters and digits."))
        )
    if aes_key and not AES_KEY.fullmatch(aes_key):
        faults.append(
            Fault(
                "/aes_key",
                Text("EncodingAESKey 是 43 位字母或数字。", "An EncodingAESKey has 43 letters and digits."),
            )
        )
    return faults


_BAD_CORP_ID = Text(
    "企业 ID 在管理后台“我的企业”页面底部，以 ww 开头。",
    "The CorpID stands at the foot of “My company”; it begins with ww.",
)
_BAD_AGENT_ID = Text("AgentId 是一串数字，在应用的详情页。", "The AgentId is a number on the app's page.")
BAD_SECRET = Text(
    "Secret 在应用的详情页点“查看”，会发到管理员的企业微信里。",
    "The secret is sent to you by “View” on the app's page.",
)
BAD_FILE = Text(
    "请填企业微信给的校验文件名（WW_verify_….txt）和文件里的内容。",
    "Give the name of WeCom's file (WW_verify_….txt) and what is in it.",
)
