"""TXT records asked of a real name server, on loopback: what it says, and what is said when it says nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.asyncresolver
import dns.message
import dns.rcode
import dns.rrset
import pytest

from services.cli.checks import txt_records
from services.cli.checks.mail_domain import mail_domain
from services.portal.findings import Level
from shared.settings import load_settings


class NameServer(asyncio.DatagramProtocol):
    """Answers with the records that it was given; ``rcode``: with this instead; ``is_deaf``: not at all."""

    def __init__(self, records: dict[str, list[str]], rcode: dns.rcode.Rcode, *, is_deaf: bool) -> None:
        self._records, self._rcode, self._is_deaf = records, rcode, is_deaf

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # of datagrams
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._is_deaf:
            return
        query = dns.message.from_wire(data)
        name = query.question[0].name
        response = dns.message.make_response(query)
        records = self._records.get(name.to_text(omit_final_dot=True))
        response.set_rcode(dns.rcode.NXDOMAIN if records is None and not self._rcode else self._rcode)
        if records:
            response.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", records))
        self._transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def served(
    monkeypatch: pytest.MonkeyPatch,
    records: dict[str, list[str]],
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR,
    *,
    is_deaf: bool = False,
) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: NameServer(records, rcode, is_deaf=is_deaf), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
    try:
        yield
    finally:
        transport.close()


async def test_doctor_reads_a_domains_records_from_its_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    records = {
        "alerts.example.cn": ['"other=1"', '"v=spf1 include:spf.mail" ".qq.com ~all"'],
        "_dmarc.example.cn": ['"v=DMARC1; p=none"'],
        "_dmarc.alerts.example.cn": [],
    }
    settings = load_settings(mail_from="zhitui@alerts.example.cn", smtp_host="smtp.exmail.qq.com")
    async with served(monkeypatch, records):
        found = [finding async for finding in mail_domain(settings)]
    assert [finding.level for finding in found] == [Level.OK] * 3


@pytest.mark.parametrize(
    ("rcode", "is_deaf", "said"),
    [
        (dns.rcode.SERVFAIL, False, "答复出错"),
        (dns.rcode.REFUSED, False, "答复出错"),
        (dns.rcode.NOERROR, True, "没有回答"),
    ],
    ids=["servfail", "refused", "deaf"],
)
async def test_a_name_server_that_is_of_no_use_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, *, rcode: dns.rcode.Rcode, is_deaf: bool, said: str
) -> None:
    monkeypatch.setattr(txt_records, "ASK_SECONDS", 0.1)
    async with served(monkeypatch, {}, rcode, is_deaf=is_deaf):
        with pytest.raises(OSError, match=said):
            await txt_records.txt_records("example.cn")
