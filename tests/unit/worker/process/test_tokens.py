"""Tokens are ours, for one purpose, for a while: whatever else is presented opens nothing."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from worker.process.tokens import LIFETIME_S, Audience, BadPass, Tokens

OLD, NEW = "the key that was first, long enough", "the key that is first now, long too"
WHO = {"account_id": 3, "member_id": 7, "epoch": 1}
NOW = int(datetime.now(UTC).timestamp())
GOOD: dict[str, Any] = {
    "iss": "resolutionflow", "aud": "resolutionflow/api", "iat": NOW, "exp": NOW + 3600, "account": 3, "member": 7, "epoch": 1,
}  # fmt: skip


def key_of(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"resolutionflow json web token", "sha256")


def forged(claims: dict[str, Any], key: bytes | None = None, *, header: dict[str, Any] | None = None) -> str:
    """Return a token as somebody without the library would make it: any header, any claims."""

    def part(value: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    head = part(header or {"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    sign = base64.urlsafe_b64encode(hmac.digest(key_of(NEW) if key is None else key, head, "sha256")).rstrip(b"=")
    return (head + b"." + sign).decode()


@pytest.mark.parametrize("audience", list(Audience))
def test_a_token_says_what_was_signed_and_until_when(audience: Audience) -> None:
    tokens = Tokens([NEW])
    at = datetime.now(UTC).replace(microsecond=0)
    read = tokens.read(tokens.sign(audience, **WHO, at=at, subject=12), audience)
    assert (read.account_id, read.member_id, read.epoch, read.subject, read.audience) == (3, 7, 1, 12, audience)
    assert read.expires_at == at + timedelta(seconds=LIFETIME_S[audience])


def test_the_same_moment_gives_the_same_token() -> None:
    at = datetime.now(UTC)
    assert Tokens([NEW]).sign(Audience.SIGN_IN, **WHO, at=at) == Tokens([NEW]).sign(Audience.SIGN_IN, **WHO, at=at)


def test_no_token_is_good_for_another_purpose() -> None:
    tokens = Tokens([NEW])
    for made in Audience:
        token = tokens.sign(made, **WHO)
        for used in set(Audience) - {made}:
            with pytest.raises(BadPass, match="something else"):
                tokens.read(token, used)


def test_keys_can_change() -> None:
    token = Tokens([OLD]).sign(Audience.API, **WHO)
    assert Tokens([NEW, OLD]).read(token, Audience.API).member_id == 7
    assert Tokens([NEW]).read(Tokens([NEW, OLD]).sign(Audience.API, **WHO), Audience.API).member_id == 7, "the first signs"
    with pytest.raises(BadPass, match="not signed"):
        Tokens([NEW]).read(token, Audience.API)


@pytest.mark.parametrize("audience", list(Audience))
def test_tokens_run_out(audience: Audience) -> None:
    tokens, life = Tokens([NEW]), timedelta(seconds=LIFETIME_S[audience])
    assert tokens.read(tokens.sign(audience, **WHO, at=datetime.now(UTC) - life + timedelta(seconds=30)), audience)
    with pytest.raises(BadPass, match="expired"):
        tokens.read(tokens.sign(audience, **WHO, at=datetime.now(UTC) - life - timedelta(seconds=2)), audience)


def test_our_own_hand_made_token_is_read() -> None:
    assert Tokens([NEW]).read(forged(GOOD), Audience.API).account_id == 3


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


FORGERIES: dict[str, Callable[[], str]] = {
    "unsigned": lambda: jwt.encode(GOOD, None, algorithm="none"),
    "unsigned, our signature": lambda: forged(GOOD, header={"alg": "none"}),
    "another algorithm, our key": lambda: jwt.encode(GOOD, key_of(NEW), algorithm="HS512"),
    "HS384 with our key": lambda: jwt.encode(GOOD, key_of(NEW), algorithm="HS384"),
    "signed with the bare secret": lambda: forged(GOOD, NEW.encode()),
    "signed with nothing": lambda: forged(GOOD, b""),
    "a key by URL": lambda: forged(GOOD, b"mine", header={"alg": "HS256", "jku": "https://evil.example/k", "kid": "1"}),
    "a key in the header": lambda: forged(GOOD, b"mine", header={"alg": "HS256", "jwk": {"kty": "oct", "k": "bWluZQ"}}),
    "another issuer": lambda: forged(GOOD | {"iss": "somebody"}),
    "another audience": lambda: forged(GOOD | {"aud": "https://other.example"}),
    "not yet": lambda: forged(GOOD | {"nbf": NOW + 3600}),
    "issued tomorrow": lambda: forged(GOOD | {"iat": NOW + 86_400}),
    "account as text": lambda: forged(GOOD | {"account": "3"}),
    "account true": lambda: forged(GOOD | {"account": True}),
    "account below zero": lambda: forged(GOOD | {"account": -1}),
    "account too large": lambda: forged(GOOD | {"account": 2**63}),
    "account a list": lambda: forged(GOOD | {"account": [3]}),
    "account a fraction": lambda: forged(GOOD | {"account": 3.5}),
    "exp as text": lambda: forged(GOOD | {"exp": "never"}),
    "exp for ever": lambda: forged(GOOD | {"exp": 10**30}),
    "sub not a number": lambda: forged(GOOD | {"sub": "admin"}),
    "several audiences": lambda: forged(GOOD | {"aud": ["resolutionflow/api", "resolutionflow/browser"]}),
    "claims a list": lambda: forged([GOOD]),  # type: ignore[arg-type]
    **{f"no {name}": (lambda name=name: forged(without(name))) for name in GOOD},  # type: ignore[misc]
    **{repr(bent): (lambda bent=bent: bent) for bent in  # type: ignore[misc]
       ("", ".", "..", "a.b.c", "x" * 5000, "\ud800", "Bearer", "e30.e30.", "\x00.\x00.\x00", "é.é.é")},
}  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forgery_opens_nothing(how: str) -> None:
    with pytest.raises(BadPass):
        Tokens([NEW]).read(FORGERIES[how](), Audience.API, Audience.POD)


def test_each_character_counts() -> None:
    tokens = Tokens([NEW])
    token = tokens.sign(Audience.API, **WHO)
    for place in range(0, len(token) - 1):  # the last one may hold bits nobody reads
        bent = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(BadPass):
            tokens.read(bent, Audience.API)


@pytest.mark.parametrize("ahead", [0, 1, 5, 59])
def test_a_token_made_by_a_machine_whose_clock_is_a_little_ahead_is_good_at_once(ahead: int) -> None:
    made = datetime.now(UTC) + timedelta(seconds=ahead)
    assert Tokens([NEW]).read(Tokens([NEW]).sign(Audience.API, **WHO, at=made), Audience.API).member_id == WHO["member_id"]
    with pytest.raises(BadPass, match="clock"):
        Tokens([NEW]).read(Tokens([NEW]).sign(Audience.API, **WHO, at=made + timedelta(minutes=3)), Audience.API)
