"""Signatures of mails, checked by a verifier that is not ours."""

import re

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from services.notifier.channels.email_dkim import DkimSigner, load_signer
from services.notifier.templates import mail
from shared.errors import ChannelMisconfiguredError
from shared.settings import Settings, load_settings
from tests.golden.notifier.examples import message
from tests.unit.notifier.making import NOW, mailbox

FROM = "Zhitui 知推 <zhitui@alerts.example.cn>"
KEY = rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def verifies(raw: bytes, signer: DkimSigner) -> bool:
    def txt(name: bytes, timeout: int = 5) -> bytes:
        assert name == f"{signer.selector}._domainkey.{signer.domain}.".encode()
        return f"v=DKIM1; k=rsa; p={signer.public_key}".encode()

    return bool(dkim.verify(raw, dnsfunc=txt))


def signing(**changes: object) -> DkimSigner:
    made = load_signer(Settings(**{"mail_from": FROM, "dkim_key": pem(KEY), **changes}))  # type: ignore[arg-type]
    assert made is not None
    return made


@pytest.fixture
def signer() -> DkimSigner:
    return signing()


@pytest.mark.parametrize("address", ["wang@example.com", "张三@example.com"])
@pytest.mark.parametrize("unsubscribe_url", ["https://zt.example.cn/u/" + "a" * 150, None])
def test_another_verifier_finds_the_signature_good(
    signer: DkimSigner, address: str, unsubscribe_url: str | None
) -> None:
    told = message(mailbox(address=address), unsubscribe_url=unsubscribe_url)
    signed = signer.sign(mail.compose(told, mail_from=FROM))
    assert verifies(signed, signer)
    assert max(map(len, signed.partition(b"\r\n\r\n")[0].split(b"\r\n"))) < 998


def test_a_test_mail_is_signed_as_well(signer: DkimSigner) -> None:
    assert verifies(signer.sign(mail.compose_test("wang@example.com", mail_from=FROM, now=NOW)), signer)


@pytest.mark.parametrize(
    ("found", "changed"),
    [
        (rb"^List-Unsubscribe: <https://", b"List-Unsubscribe: <https://evil."),
        (rb"^List-Unsubscribe-Post: List-Unsubscribe=One-Click", b"List-Unsubscribe-Post: none"),
        (rb"^List-Id: <", b"List-Id: <x"),
        (rb"^From: ", b"From: evil@example.com\r\nFrom: "),
        (rb"^Subject: ", b"Subject: x"),
        (rb"\r\n\r\n--=_", b"\r\n\r\nx--=_"),
    ],
    ids=["unsubscribe", "one-click", "list", "second sender", "subject", "body"],
)
def test_what_is_changed_on_the_way_breaks_the_signature(signer: DkimSigner, found: bytes, changed: bytes) -> None:
    signed = signer.sign(mail.compose(message(), mail_from=FROM))
    spoilt, count = re.subn(found, changed, signed, count=1, flags=re.MULTILINE)
    assert count == 1
    assert not verifies(spoilt, signer)


def test_blanks_that_relays_change_leave_it_good(signer: DkimSigner) -> None:
    signed = signer.sign(mail.compose(message(), mail_from=FROM))
    relayed = (
        signed.replace(b"List-Id: <", b"LIST-ID:   <").replace(b"\r\n =?utf-8?", b"\r\n\t  =?utf-8?") + b"\r\n\r\n"
    )
    assert relayed != signed
    assert verifies(relayed, signer)


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"a", b"a \t\r\n", b" \t\r\n\r\n", b"a  b \r\n \r\n\r\n", b"\r\na\r\n b\t\tc \r\n \t \r\n"]
)
def test_bodies_of_every_shape_are_signed_as_others_read_them(signer: DkimSigner, body: bytes) -> None:
    assert verifies(signer.sign(b"From: a@example.cn\r\nSubject:  x \r\n\ty\r\n\r\n" + body), signer)


def test_every_try_of_a_delivery_has_the_same_bytes(signer: DkimSigner) -> None:
    first, second = (signer.sign(mail.compose(message(), mail_from=FROM, proof="ab" * 8)) for _ in range(2))
    assert first == second


def test_the_domain_that_signs_is_the_senders_unless_another_is_set() -> None:
    plain = signing(mail_from="知推 <zhitui@专利.中国>")
    other = signing(dkim_domain="Example.cn", dkim_selector="k1")
    assert (plain.domain, other.domain, other.selector) == ("xn--ohq82h.xn--fiqs8s", "example.cn", "k1")
    assert load_signer(load_settings(mail_from=FROM)) is None


def test_a_domain_that_is_none_is_said_to_be_so() -> None:
    with pytest.raises(ChannelMisconfiguredError, match="ZHITUI_DKIM_DOMAIN"):
        signing(dkim_domain="mail..example.cn")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("no key", "PEM"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "RSA"),
        (pem(rsa.generate_private_key(65537, 1024)).replace("A", "B"), "PEM"),
    ],
    ids=["nonsense", "another kind", "spoilt"],
)
def test_a_key_that_cannot_sign_is_refused_and_not_shown(key: str, said: str) -> None:
    with pytest.raises(ChannelMisconfiguredError, match=said) as caught:
        signing(dkim_key=key)
    assert "ZHITUI_DKIM_KEY_FILE" in str(caught.value)
    assert not any(line in repr(caught.value) for line in key.splitlines())
