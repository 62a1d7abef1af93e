"""Tokens (JSON Web Tokens, RFC 7519) that say who a member is: to the API, in the pod, in a browser, in a sign-in link.

A token says who knocks, never that they may enter: role, activity and the account's epoch are looked up at each use.
One algorithm, whatever a token's own header asks for; no key is ever fetched. Every one of `SECRET_KEYS` is accepted
and the first signs.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import jwt

ALGORITHM = "HS256"
ISSUER = "resolutionflow"
LARGEST_TOKEN = 2048
"""Characters; ours have about 250."""
LARGEST_ID = 2**63 - 1


class Audience(StrEnum):
    """What a token is for; one that was made for something else opens nothing here."""

    API = "resolutionflow/api"
    """Sent by a program as `Authorization: Bearer`."""
    POD = "resolutionflow/pod"
    """Sent in the same way by a page inside the PSA, which keeps it in memory alone."""
    BROWSER = "resolutionflow/browser"
    """In the cookie of a browser outside the PSA."""
    SIGN_IN = "resolutionflow/sign-in"
    """In the link of a sign-in e-mail; good for a cookie, once."""


LIFETIME_S = {
    Audience.API: 365 * 86_400,
    Audience.POD: 15 * 60,
    Audience.BROWSER: 14 * 86_400,
    Audience.SIGN_IN: 30 * 60,
}
"""Seconds. A year for scripts, so that a forgotten one does not work for ever; two weeks for a browser, as for a claim link; a
quarter of an hour in the pod, which proves its member again without anybody noticing; half an hour for an e-mail to arrive."""

CLOCKS_APART_S = 60
"""Seconds by which the machine that signed may be ahead of the one that reads, each with a clock of its own."""
_CLAIMS = ["iss", "aud", "iat", "exp", "account", "member", "epoch"]


class BadPass(ValueError):
    """A token or link is expired, not ours, for something else, or no token at all. The message says which."""


@dataclass(frozen=True, slots=True)
class MemberPass:
    """Whose token it is, and until when it is good."""

    account_id: int
    member_id: int
    epoch: int
    """The account's when it was signed; a later one there takes it back."""
    audience: Audience
    expires_at: datetime
    subject: int | None = None
    """The row that a sign-in link belongs to."""


class Tokens:
    """Signs and reads tokens with this installation's keys."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        # A key of its own: what is signed for another purpose opens nothing here.
        self._keys = [hmac.digest(key.encode(), b"resolutionflow json web token", "sha256") for key in secret_keys]

    def sign(
        self, audience: Audience, *, account_id: int, member_id: int, epoch: int, at: datetime | None = None,
        subject: int | None = None,
    ) -> str:  # fmt: skip
        """Return a token, good from `at` (now) for `LIFETIME_S`; the same moment gives the same token."""
        issued = int((at or datetime.now(UTC)).timestamp())
        claims = {
            "iss": ISSUER, "aud": audience.value, "iat": issued, "exp": issued + LIFETIME_S[audience],
            "account": account_id, "member": member_id, "epoch": epoch,
        }  # fmt: skip
        if subject is not None:
            claims["sub"] = str(subject)
        return jwt.encode(claims, self._keys[0], algorithm=ALGORITHM)

    def read(self, token: str, *audiences: Audience) -> MemberPass:
        """Return what a token says that was made for one of these. Raises `BadPass`."""
        if len(token) > LARGEST_TOKEN:
            raise BadPass("not signed by this installation")
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token, key, algorithms=[ALGORITHM], issuer=ISSUER, audience=[str(each) for each in audiences],
                    options={"require": _CLAIMS, "strict_aud": False, "verify_iat": False},
                )  # fmt: skip
            except jwt.ExpiredSignatureError:
                raise BadPass("expired") from None
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidAudienceError, jwt.InvalidIssuerError):
                raise BadPass("made for something else") from None
            except (jwt.InvalidTokenError, UnicodeError, ValueError, OverflowError):
                raise BadPass("not signed by this installation") from None
            return _read(claims, audiences)
        raise BadPass("not signed by this installation")


_IN_A_LINK = re.compile(r"\.?[\w-]+(?:\.[\w-]+){2}", re.ASCII)


def as_sent(token: str) -> str:
    """Return a link's token without what mail programs and gateways leave behind it: `.`, `>`, a blank, `&c=…`."""
    sent = _IN_A_LINK.match(token)
    return sent[0] if sent else token


def lifetime(audience: Audience) -> timedelta:
    """Return how long a token for that is good."""
    return timedelta(seconds=LIFETIME_S[audience])


def _read(claims: dict[str, object], audiences: Collection[Audience]) -> MemberPass:
    account, member, epoch, until, audience = (claims[name] for name in ("account", "member", "epoch", "exp", "aud"))
    subject, issued = claims.get("sub"), claims["iat"]
    whole = all(type(each) is int and 0 <= each <= LARGEST_ID for each in (account, member, epoch, until, issued))
    if whole and int(str(issued)) > datetime.now(UTC).timestamp() + CLOCKS_APART_S:
        raise BadPass("issued in time to come: compare this machine's clock with the one that made it")
    if not whole or audience not in audiences or not (subject is None or str(subject).isdecimal()):
        raise BadPass("malformed")
    return MemberPass(
        account_id=int(str(account)),
        member_id=int(str(member)),
        epoch=int(str(epoch)),
        audience=Audience(str(audience)),
        expires_at=datetime.fromtimestamp(int(str(until)), UTC),
        subject=None if subject is None else int(str(subject)),
    )
