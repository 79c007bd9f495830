"""What a member says or does, read from the vendor's XML.

Source: https://developer.work.weixin.qq.com/document/path/90239 (messages), path/90240 (events), path/90241 (answers).
"""

from dataclasses import dataclass

from lxml import etree

from shared.errors import InvalidInputError

MAX_TEXT = 2_000
"""Characters of a message that are looked at; the vendor's own field takes 2,048 bytes."""

MAX_NAME = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing that a member said or did.

    Attributes:
        corp_id: whom it is for.
        user_id: of the member, as the vendor writes it.
        key: the same when it comes again: messages have an id, events a member and a second.
        agent_id: of the app, ``""`` where the vendor names none.
    """

    corp_id: str
    user_id: str
    key: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Incoming):
    """A text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Incoming):
    """Something else than a text: a picture, a voice, a place."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched(Incoming):
    """A button of a card.

    Attributes:
        button: its key.
        task_id: the card's.
        response_code: lets us change the card once, for 72 hours.
    """

    button: str
    task_id: str
    response_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chose(Incoming):
    """An entry of the app's menu."""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Came(Incoming):
    """The member may see the app from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory(Incoming):
    """Somebody was added to the directory, changed or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other(Incoming):
    """What nobody here needs to know."""


def sealed_part(body: bytes) -> str:
    """Return the sealed text of a request's body, blank-free.

    Raises:
        InvalidInputError: there is none.
    """
    sealed = _text(_parsed(body), "Encrypt")
    if not sealed:
        raise InvalidInputError("no sealed part")
    return sealed


def read(message: bytes) -> Incoming:
    """Return what a message says.

    Raises:
        InvalidInputError: it is none.
    """
    xml = _parsed(message)
    user_id, made_at = _text(xml, "FromUserName"), _text(xml, "CreateTime")
    kind, event = _text(xml, "MsgType"), _text(xml, "Event")
    message_id = _text(xml, "MsgId")
    if not user_id or not (message_id or made_at):
        raise InvalidInputError("nobody said it")
    key = message_id or f"{user_id.casefold()} {made_at} {event} {_text(xml, 'EventKey')} {_text(xml, 'TaskId')}"
    base = {"corp_id": _text(xml, "ToUserName"), "user_id": user_id, "key": key, "agent_id": _text(xml, "AgentID")}
    match kind:
        case "text":
            return Said(**base, text=_text(xml, "Content", MAX_TEXT))
        case "event":
            return _event(xml, event, base)
        case _:
            return Sent(**base, kind=kind)


def answer_xml(to: Incoming, text: str, *, at_seconds: int) -> bytes:
    """Return the answer that the vendor shows to the member who said something."""
    return _written(
        ToUserName=to.user_id, FromUserName=to.corp_id, CreateTime=str(at_seconds), MsgType="text", Content=text
    )


def envelope_xml(sealed: str, signature: str, timestamp: str, nonce: str) -> bytes:
    """Return a sealed answer as the vendor reads it."""
    return _written(Encrypt=sealed, MsgSignature=signature, TimeStamp=timestamp, Nonce=nonce)


def _written(**fields: str) -> bytes:
    xml = etree.Element("xml")
    for name, value in fields.items():
        etree.SubElement(xml, name).text = value
    return etree.tostring(xml, encoding="unicode").encode()


def _event(xml: etree._Element, event: str, base: dict[str, str]) -> Incoming:
    match event:
        case "template_card_event":
            return Touched(
                **base,
                button=_text(xml, "EventKey"),
                task_id=_text(xml, "TaskId"),
                response_code=_text(xml, "ResponseCode", 1_024),
            )
        case "click":
            return Chose(**base, entry=_text(xml, "EventKey"))
        case "subscribe":
            return Came(**base)
        case "change_contact":
            return Directory(**base)
        case _:
            return Other(**base)


def _parsed(raw: bytes) -> etree._Element:
    # Nothing is fetched or expanded, and what declares entities is not looked at further.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        xml = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise InvalidInputError("no XML") from None
    if xml.getroottree().docinfo.internalDTD is not None or xml.tag != "xml":
        raise InvalidInputError("not the vendor's XML")
    return xml


def _text(xml: etree._Element, name: str, limit: int = MAX_NAME) -> str:
    found = xml.find(name)
    text = (found.text or "") if found is not None else ""
    return text.strip()[:limit] if name != "Encrypt" else "".join(text.split())
