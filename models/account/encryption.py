"""Keep an account's secrets encrypted at rest, each bound to its account and field."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORM = b"\x01"
_ID = 4
_NONCE = 12


class CannotDecrypt(RuntimeError):
    """An encrypted value cannot be read: another key, another account or field, or a damaged row."""


class Cipher:
    """Encrypts with the first of the secret keys and decrypts with any of them."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        """Raises `ValueError` without a key."""
        if not secret_keys:
            raise ValueError("SECRET_KEYS is empty: nothing could be encrypted")
        self._keys = [
            (_derive(key, b"seal-id", _ID), AESGCM(_derive(key, b"seal", 32))) for key in secret_keys
        ]
        self._token_keys = [_derive(key, b"token", 32) for key in secret_keys]

    def encrypt(self, plain: str | bytes, *, account_id: int, field: str) -> bytes:
        """Return the value encrypted with the first key, for this account and field only."""
        key_id, key = self._keys[0]
        nonce = os.urandom(_NONCE)
        content = plain.encode() if isinstance(plain, str) else plain
        return _FORM + key_id + nonce + key.encrypt(nonce, content, _bound_to(account_id, field))

    def decrypt(self, encrypted: bytes, *, account_id: int, field: str) -> bytes:
        """Return the plain value. Raises `CannotDecrypt`."""
        key_id, rest = encrypted[1 : 1 + _ID], encrypted[1 + _ID :]
        key = dict(self._keys).get(key_id)
        if encrypted[:1] != _FORM or key is None:
            raise CannotDecrypt(
                f"account {account_id}: {field} was encrypted with a key that is not in SECRET_KEYS; add the "
                "former key to its end, or enter the credentials again"
            )
        try:
            return key.decrypt(rest[:_NONCE], rest[_NONCE:], _bound_to(account_id, field))
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt(f"account {account_id}: {field} is damaged or belongs elsewhere") from error

    def is_newest(self, encrypted: bytes) -> bool:
        """Tell whether the value was encrypted with the first key."""
        return encrypted[1 : 1 + _ID] == self._keys[0][0]

    def token_hashes(self, token: str) -> list[bytes]:
        """Return the keyed hash of a token under each key, the first key's first."""
        return [hmac.digest(key, token.encode(), hashlib.sha256) for key in self._token_keys]


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"resolutionflow/" + purpose).derive(secret.encode())


def _bound_to(account_id: int, field: str) -> bytes:
    return f"{account_id}/{field}".encode()
