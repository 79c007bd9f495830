"""Whether a request that changes something was made by a page of ours.

Two checks, each enough by itself: where the browser says that the request comes from, and a token that only a page of ours,
shown to this very browser, can know (OWASP, "signed double-submit cookie"). A token is masked anew in each page, so that
compression gives nothing away (BREACH).
"""

import hashlib
import hmac
import secrets as random_letters
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.portal.desk.refusals import ForbiddenError, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.secret_box import SecretBox

NONCE_BYTES = 12

_STALE = Text(
    "这个页面太旧了，请刷新后再提交；填写的内容请先复制下来。",
    "This page is too old. Copy what you wrote, reload, and send it again.",
)
_ELSEWHERE = Text(
    "这次提交不是从本站页面发出的，没有执行。", "This was not sent by a page of ours, so nothing was done."
)


class Forgery:
    """Makes and checks the tokens of forms."""

    def __init__(self, secrets: "SecretBox") -> None:
        self._key = secrets.derive("forms")

    def token(self, browser: str) -> str:
        """Return a token for a page that is shown to the browser with this cookie."""
        nonce = random_letters.token_urlsafe(NONCE_BYTES)
        return f"{nonce}.{self._mac(browser, nonce)}"

    def check_token(self, browser: str, token: str) -> None:
        """Refuse what no page that was shown to this browser can have sent.

        Raises:
            ForbiddenError: the token is missing or another's.
        """
        nonce, _, mac = token.partition(".")
        good = hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(browser, nonce).encode())
        if not browser or not good:
            raise ForbiddenError("stale-form", _STALE)

    def _mac(self, browser: str, nonce: str) -> str:
        return hmac.digest(self._key, f"{nonce}\n{browser}".encode("utf-8", "replace"), hashlib.sha256).hex()


def check_origin(headers: "Mapping[str, str]", public_url: str | None) -> None:
    """Refuse what a browser says comes from another site.

    A browser that says nothing, or ``null`` as our own referrer policy makes some do, is left to the token.

    Args:
        headers: of the request.
        public_url: where people reach this server, when a proxy changes ``Host``.

    Raises:
        ForbiddenError: it comes from elsewhere.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForbiddenError("other-site", _ELSEWHERE)
        return
    origin = headers.get("Origin", "null")
    ours = {headers.get("Host"), urlsplit(public_url or "").netloc}
    if origin != "null" and urlsplit(origin).netloc not in ours:
        raise ForbiddenError("other-site", _ELSEWHERE)
