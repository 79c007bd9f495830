"""What may be seen on the wire."""

from tests.faults.proxy import Direction, Proxy

_RECORD_TYPES = {20, 21, 22, 23}  # change cipher spec, alert, handshake, application data
_HANDSHAKE = 22
_HEADER_BYTES = 5


def is_tls(sent: bytes) -> bool:
    """Return whether these bytes of one connection are TLS records from the first on, the last one maybe unfinished."""
    at = 0
    while at < len(sent):
        kind, major = sent[at], sent[at + 1 : at + 2]
        if kind not in ({_HANDSHAKE} if at == 0 else _RECORD_TYPES) or major not in {b"\x03", b""}:
            return False
        at += _HEADER_BYTES + int.from_bytes(sent[at + 3 : at + _HEADER_BYTES], "big")
    return True


def connections_sent(proxy: Proxy) -> list[bytes]:
    """Return what clients sent, for each connection since recording began that sent anything."""
    return [sent for sent in proxy.recorded(Direction.TO_SERVER) if sent]
