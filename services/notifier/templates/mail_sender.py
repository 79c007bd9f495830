"""Who a mail is from: the setting ``mail_from``, as it goes over the wire."""

from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache

from shared.errors import ChannelMisconfiguredError, Reason


@dataclass(frozen=True, slots=True)
class Sender:
    """A name for people and an address for machines.

    Attributes:
        address: in ASCII, its domain too (IDNA).
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the ``@``."""
        return self.address.rpartition("@")[2]


@lru_cache(maxsize=8)
def parse_sender(mail_from: str) -> Sender:
    """Read ``Name <address>`` or a bare address.

    Raises:
        ChannelMisconfiguredError: there is no address in it that every mail server takes.
    """
    name, address = parseaddr(mail_from)
    local, at, domain = address.rpartition("@")
    try:
        wired = f"{local}@{ascii_domain(domain)}"
    except UnicodeError:
        wired = ""
    if not (at and local and domain and local.isascii() and wired):
        raise ChannelMisconfiguredError(
            f"ZHITUI_MAIL_FROM 写的“{mail_from}”里没有可用的发件地址。请写成 知推 <zhitui@example.cn>，@ 前面只用英文字母、数字和点。",
            reason=Reason.CONFIGURATION,
        )
    return Sender(name, wired)


def ascii_domain(domain: str) -> str:
    """Return a domain as it goes over the wire.

    Raises:
        UnicodeError: it is none.
    """
    return domain.encode("idna").decode("ascii").lower()
