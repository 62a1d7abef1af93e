"""A canary is taken from us alone, once, fresh, for the account it was sent for; and nothing follows from it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.work import canaries
from models.work.canaries import Canary
from tests.integration.receiver import KEYS, body, signature
from tests.integration.webhooks.conftest import Post, connected, settings_for
from tests.trail import followed
from worker.process.links import Passes
from worker.settings import Settings


def settings(post: Post) -> Settings:
    return settings_for(post.database, post.folder)


def noted(post: Post, *, ago: timedelta = timedelta(0), account_id: int = 0) -> Canary:
    mine = account_id or post.account_id
    with post.database.account(mine) as session:
        return canaries.note(session, mine, ticket_id=None, now=datetime.now(UTC) - ago)


def raw_of(one: Canary, **fields: Any) -> bytes:
    whole = {"Action": "updated", "Type": "canary", "ID": one.id, "CompanyId": "northgate", "MessageId": one.nonce}
    return json.dumps({**whole, **fields}).encode()


def sent(post: Post, raw: bytes, *, account_id: int = 0, proof: str | None = None) -> int:
    ours = Passes(settings(post).secret_keys).sign_canary(raw, account_id=account_id or post.account_id)
    status: int = post.send(raw, {"x-content-signature": ours if proof is None else proof}).status_code
    return status


def test_one_of_ours_is_stored_once_without_a_ticket(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    one = noted(post)
    with followed(post.its_database.engine, monkeypatch) as trail:
        assert sent(post, raw_of(one, Entity='{"board": {"id": 1}, "status": {"id": 11}}')) == 204
    assert trail.gaps == []
    (row,) = post.rows()
    assert (row.type, row.record_id, row.raw, row.verified) == ("canary", None, b"", True)
    with post.database.account(post.account_id, reading=True) as session:
        stored = canaries.get(session, post.account_id, one.id)
    assert stored is not None
    assert stored.stored_at is not None
    assert sent(post, raw_of(one)) == 403, "a replay"
    assert len(post.rows()) == 1


def test_a_strangers_canary_is_refused(post: Post) -> None:
    one = noted(post)
    raw = raw_of(one)
    for proof in ("", "?", base64.b64encode(bytes(32)).decode(), signature(raw), signature(raw, KEYS["key-2"])):
        assert sent(post, raw, proof=proof) == 403
    assert post.rows() == []


def test_a_good_signature_under_another_body_is_refused(post: Post) -> None:
    one, other = noted(post), noted(post)
    proof = Passes(settings(post).secret_keys).sign_canary(raw_of(one), account_id=post.account_id)
    assert sent(post, raw_of(other), proof=proof) == 403
    assert sent(post, body(post.keys.url), proof=proof) == 403, "least of all under a callback's"
    assert post.rows() == []


def test_one_that_was_never_sent_or_is_old_is_refused(post: Post) -> None:
    one = noted(post, ago=timedelta(minutes=11))
    assert sent(post, raw_of(one)) == 403
    assert sent(post, raw_of(noted(post), ID=999)) == 403
    assert sent(post, raw_of(noted(post), MessageId="0" * 32)) == 403
    assert sent(post, raw_of(noted(post), MessageId=None)) == 403
    assert post.rows() == []


def test_another_accounts_canary_is_refused(post: Post) -> None:
    other, _ = connected(post.database, settings(post), post.keys.url, name="contoso")
    theirs = noted(post, account_id=other)
    assert sent(post, raw_of(theirs), account_id=other) == 403
    assert sent(post, raw_of(theirs)) == 403
    assert post.rows() == []


def test_a_real_signature_makes_no_canary_and_ours_makes_no_callback(post: Post) -> None:
    real = body(post.keys.url, Type="canary")
    assert post.send(real).status_code == 403
    raw = body(post.keys.url)
    assert sent(post, raw) == 403
    assert post.rows() == []
