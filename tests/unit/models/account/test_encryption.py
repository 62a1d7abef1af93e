"""Secrets at rest."""

import pytest

from models.account.encryption import CannotDecrypt, Cipher

OLD, NEW = "an old secret key, long enough for one", "a new secret key, long enough for one"


def test_opens_what_it_sealed_and_hides_it_meanwhile() -> None:
    encrypted = Cipher([OLD]).encrypt("hunter2", account_id=1, field="private_key")
    assert b"hunter2" not in encrypted
    assert Cipher([OLD]).decrypt(encrypted, account_id=1, field="private_key") == b"hunter2"


def test_seals_the_same_value_differently_each_time() -> None:
    cipher = Cipher([OLD])
    assert cipher.encrypt("x", account_id=1, field="f") != cipher.encrypt("x", account_id=1, field="f")


@pytest.mark.parametrize(
    ("account_id", "field"), [(2, "private_key"), (1, "public_key"), (11, "private_key")]
)
def test_opens_nothing_for_another_account_or_field(account_id: int, field: str) -> None:
    encrypted = Cipher([OLD]).encrypt("hunter2", account_id=1, field="private_key")
    with pytest.raises(CannotDecrypt, match="damaged or belongs elsewhere"):
        Cipher([OLD]).decrypt(encrypted, account_id=account_id, field=field)


def test_notices_every_changed_byte() -> None:
    encrypted = Cipher([OLD]).encrypt("hunter2", account_id=1, field="f")
    for place in range(len(encrypted)):
        broken = bytearray(encrypted)
        broken[place] ^= 1
        with pytest.raises(CannotDecrypt):
            Cipher([OLD]).decrypt(bytes(broken), account_id=1, field="f")


@pytest.mark.parametrize("encrypted", [b"", b"\x01", b"plain text of some length, never encrypted"])
def test_refuses_what_was_never_sealed(encrypted: bytes) -> None:
    with pytest.raises(CannotDecrypt):
        Cipher([OLD]).decrypt(encrypted, account_id=1, field="f")


def test_seals_with_the_first_key_and_opens_with_all() -> None:
    old = Cipher([OLD]).encrypt("x", account_id=1, field="f")
    both = Cipher([NEW, OLD])
    assert both.decrypt(old, account_id=1, field="f") == b"x"
    assert not both.is_newest(old)
    new = both.encrypt("x", account_id=1, field="f")
    assert both.is_newest(new)
    with pytest.raises(CannotDecrypt, match="not in SECRET_KEYS"):
        Cipher([OLD]).decrypt(new, account_id=1, field="f")


def test_hashes_a_token_under_each_key() -> None:
    old, new, both = Cipher([OLD]), Cipher([NEW]), Cipher([NEW, OLD])
    assert both.token_hashes("t") == new.token_hashes("t") + old.token_hashes("t")
    assert len(set(both.token_hashes("t") + both.token_hashes("u"))) == 4


def test_needs_a_key() -> None:
    with pytest.raises(ValueError, match="SECRET_KEYS"):
        Cipher([])
