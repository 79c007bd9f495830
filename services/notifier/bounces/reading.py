"""What a mail says of a mail of ours that did not arrive: a pure function of its bytes.

Source: RFC 3464 (reports in a fixed form); QQ and 163 write in words, see docs/channels.md.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from services.notifier.channels.email_proof import Proof

MACHINES = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon")
"""Who writes such mails. People's own mails, and what answers for them while they are away, quote our headers too."""

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_ENHANCED = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"(?<![\d.:/-])([45][0-5]\d)(?=[ -])(?!-\d\d-)")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_VAGUE = re.compile(r"[245]\.0\.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A mail of ours that did not arrive.

    Attributes:
        delivery_id: which one; the report brought its proof.
        failed: the addresses that it did not reach, lower case.
        code: SMTP code of the refusal, 550 or 450 where only the class is told.
        said: the refusal's own words, one line; they may hold addresses.
    """

    delivery_id: str
    failed: frozenset[str]
    code: int
    said: str


def read_bounce(raw: bytes, proof: "Proof") -> Bounce | None:
    """Return what the mail reports.

    Args:
        raw: a mail, perhaps cut off at its end, perhaps of nobody's standard.
        proof: tells whether it names a delivery that its writer has seen.

    Returns:
        ``None``: it reports no failure of a mail of ours.
    """
    mail = message_from_bytes(raw, policy=policy.compat32)
    delivery_id = next((named for text in _texts(mail) for named in proof.named(text)), None)
    if delivery_id is None:
        return None
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    found = _from_words(mail) if report is None else _from_fields(report)
    if found is None:
        return None
    failed, code, said = found
    return Bounce(delivery_id=delivery_id, failed=frozenset(failed), code=code, said=" ".join(said.split())[:500])


def _from_fields(report: "Message[str, str]") -> tuple[set[str], int, str] | None:
    failed: set[str] = set()
    told = ("", "")
    blocks = report.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, str) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        for name in ("Original-Recipient", "Final-Recipient"):
            named = str(block.get(name, "")).partition(";")[2]
            failed |= _addresses(named) | _addresses(_XTEXT.sub(lambda found: chr(int(found.group(1), 16)), named))
        status = _ENHANCED.search(str(block.get("Status", "")))
        told = (status.group(0) if status else "", str(block.get("Diagnostic-Code", "")).partition(";")[2].strip())
    if not failed:
        return None
    status_code, said = told
    exact = _ENHANCED.search(said)
    if status_code and not (exact and _VAGUE.fullmatch(status_code)):
        said = f"{status_code} {said}"
    code = _CODE.search(said)
    return failed, int(code.group(1)) if code else _class(status_code), said


def _from_words(mail: "Message[str, str]") -> tuple[set[str], int, str] | None:
    writer = parseaddr(_decoded(mail.get("From", "")))[1].partition("@")[0].lower()
    if writer not in MACHINES:
        return None
    text = "\n".join(_bodies(mail))
    code, enhanced = _CODE.search(text), _ENHANCED.search(text)
    begins = min((found.start() for found in (code, enhanced) if found), default=0)
    said = text[begins : begins + 500] if code or enhanced else f"{_decoded(mail.get('Subject', ''))} {text}"
    return _addresses(text), int(code.group(1)) if code else _class(enhanced.group(0) if enhanced else ""), said


def _class(status: str) -> int:
    return 450 if status.startswith("4") else 550


def _addresses(text: str) -> set[str]:
    return {found.strip(".").lower() for found in _ADDRESS.findall(text)}


def _texts(mail: "Message[str, str]") -> "Iterator[str]":
    for part in mail.walk():
        yield from (str(value) for value in part.values())
    yield from _bodies(mail)


def _bodies(mail: "Message[str, str]") -> "Iterator[str]":
    for part in mail.walk():
        if part.get_content_maintype() in {"text", "message"} and not part.is_multipart():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield _told(payload, part.get_content_charset() or "utf-8")


def _told(payload: bytes, charset: str) -> str:
    try:
        text = payload.decode("gb18030" if charset.lower() in {"gb2312", "gbk", "x-gbk"} else charset, "replace")
    except (LookupError, ValueError):
        text = payload.decode("utf-8", "replace")
    return re.sub(r"<[^<>@]*>", " ", text) if "</" in text else text


def _decoded(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value))))
    except (LookupError, ValueError, MessageError):
        return str(value)
