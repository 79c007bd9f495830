"""What the modules about people are built from, made once in `services.portal.desk.desk`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.accounts import Accounts
from services.portal.desk.audit import Audit
from services.portal.desk.codes import Codes
from services.portal.desk.consents import Consents
from services.portal.desk.devices import Devices
from services.portal.desk.letters import Letters
from services.portal.desk.organisations import Organisations
from services.portal.desk.sessions import Sessions
from services.portal.desk.throttle import Throttle
from services.portal.desk.tokens import Tokens

if TYPE_CHECKING:
    from services.portal.desk.passwords import Passwords
    from shared.runtime.role import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Everything by which people are known and let in."""

    around: "Surroundings"
    passwords: "Passwords"
    audit: Audit
    accounts: Accounts
    organisations: Organisations
    sessions: Sessions
    tokens: Tokens
    consents: Consents
    devices: Devices
    throttle: Throttle
    codes: Codes
    letters: Letters


def make_means(around: "Surroundings", passwords: "Passwords") -> Means:
    """Wire them."""
    audit = Audit(around)
    accounts = Accounts(around)
    return Means(
        around=around,
        passwords=passwords,
        audit=audit,
        accounts=accounts,
        organisations=Organisations(around, audit),
        sessions=Sessions(around, accounts, audit),
        tokens=Tokens(around, accounts, audit),
        consents=Consents(around),
        devices=Devices(around.secrets),
        throttle=Throttle(around.store.lanes, accounts.lookups),
        codes=Codes(around, accounts.lookups),
        letters=Letters(around),
    )
