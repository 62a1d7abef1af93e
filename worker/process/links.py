"""Signed passes: the claim link in an e-mail, the form behind it, a canary; `tokens.py` has those that say who somebody is.

A pass says who may knock, never that they may enter: role and account are looked up when it is used. Every one of
`SECRET_KEYS` is accepted and the first signs, so that keys can be changed without breaking links in mailboxes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from worker.process.tokens import Audience, Tokens, as_sent
from worker.process.tokens import BadPass as BadPass

CLAIM_LINK_S = 14 * 86_400
"""A claim link is good for two weeks: longer than any escalation should wait, shorter than a mailbox lives."""
CLAIM_SALT = "resolutionflow claim link"


@dataclass(frozen=True, slots=True)
class ClaimPass:
    """Who was sent a claim link, for which handoff."""

    account_id: int
    handoff_id: int
    member_id: int
    epoch: int
    """The account's when it was signed; a later one there takes it back."""


class Passes:
    """Signs and reads passes with this installation's keys."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        # itsdangerous signs with the last of several keys.
        keys = self._keys = list(reversed(secret_keys))
        self._claims = URLSafeTimedSerializer(keys, salt=CLAIM_SALT)
        self.tokens = Tokens(secret_keys)
        self._forms = URLSafeTimedSerializer(keys, salt="resolutionflow claim form")

    def sign_canary(self, raw: bytes, *, account_id: int) -> str:
        """Return the signature of a canary's body: for this account, in the form of a callback's."""
        return base64.b64encode(_of_canary(self._keys[-1], raw, account_id)).decode()

    def check_canary(self, raw: bytes, signature: str, *, account_id: int) -> None:
        """Check that we signed a canary's body, for this account. Raises `BadPass`."""
        try:
            given = base64.b64decode(signature.strip(), validate=True)
        except ValueError as error:
            raise BadPass("a canary's signature is not base64") from error
        if not any(hmac.compare_digest(_of_canary(key, raw, account_id), given) for key in self._keys):
            raise BadPass("a canary that we did not sign")

    def claim_link(
        self, public_url: str, *, account_id: int, handoff_id: int, member_id: int, epoch: int,
        at: datetime | None = None,
    ) -> str:  # fmt: skip
        """Return the address at which a member claims a handoff.

        Good from `at` on, by default now; the same moment gives the same link, so that a message sent again is the same.
        """
        signs = self._claims if at is None else URLSafeTimedSerializer(self._keys, salt=CLAIM_SALT, signer=_stamped(at))
        return f"{public_url}/claim/{signs.dumps([account_id, handoff_id, member_id, epoch])}"

    def read_claim(self, token: str) -> ClaimPass:
        """Return what a claim link says. Raises `BadPass`."""
        return ClaimPass(*_read(self._claims, as_sent(token), 4, CLAIM_LINK_S))

    def form_token(self, *, link: str, browser: str) -> str:
        """Return what a claim page's form must carry: good for this link in this browser alone."""
        return str(self._forms.dumps(_bound(link, browser)))

    def check_form(self, form_token: str, *, link: str, browser: str) -> None:
        """Raise `BadPass` unless the form was made for this link in this browser."""
        try:
            bound = self._forms.loads(form_token, max_age=CLAIM_LINK_S)
        except (BadSignature, UnicodeError):  # an expired one too
            raise BadPass("no form of this page") from None
        if not isinstance(bound, str) or not hmac.compare_digest(bound, _bound(link, browser)):
            raise BadPass("a form of another page")

    def api_token(self, *, account_id: int, member_id: int, epoch: int) -> str:
        """Return a token for the API."""
        return self.tokens.sign(Audience.API, account_id=account_id, member_id=member_id, epoch=epoch)


def _of_canary(secret: str, raw: bytes, account_id: int) -> bytes:
    # A key of its own: what is signed for another purpose opens nothing here.
    key = hmac.digest(secret.encode(), b"resolutionflow canary", "sha256")
    return hmac.digest(key, f"{account_id}\n".encode() + raw, "sha256")


def _stamped(at: datetime) -> type[TimestampSigner]:
    """Return a signer that signs as of a moment."""

    class Stamped(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(at.timestamp())

    return Stamped


def _bound(link: str, browser: str) -> str:
    return hashlib.sha256(f"{browser}\n{link}".encode()).hexdigest()


def _read(serializer: URLSafeTimedSerializer, token: str, size: int, max_age_s: int) -> list[int]:
    try:
        content: Any = serializer.loads(token, max_age=max_age_s)
    except SignatureExpired:
        raise BadPass("expired") from None
    except (BadSignature, UnicodeError):
        raise BadPass("not signed by this installation") from None
    if not isinstance(content, list) or len(content) != size or not all(type(part) is int for part in content):
        raise BadPass("malformed")
    return content
