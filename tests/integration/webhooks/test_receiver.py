"""The receiver on a real database, with a real key server: what is taken, what is refused, what is left alone."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from models import accounts, inbox
from models.accounts import Sealer, StatusRow
from models.base import Database
from models.inbox import Inbox
from tests.integration import receiver
from tests.integration.receiver import ESCALATED, KEYS, NEW, KeyServer, body, signed
from webhooks.app import create_app
from worker.settings import Settings


@dataclass
class Post:
    """A receiver with one connected account, and how to call it."""

    client: FlaskClient
    database: Database
    keys: KeyServer
    account_id: int
    token: str

    def send(self, raw: bytes, headers: dict[str, str] | None = None, token: str | None = None) -> Any:
        path = f"/callbacks/connectwise/{token or self.token}?recordId=48213&action=updated"
        return self.client.post(path, data=raw, headers=signed(raw) if headers is None else headers)

    def rows(self) -> list[Inbox]:
        with self.database.account(self.account_id, reading=True) as session:
            return list(session.scalars(select(Inbox).order_by(Inbox.id)))


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Iterator[Post]:
    settings = Settings.read(
        {
            "RESOLUTIONFLOW_VAR": str(tmp_path),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "LOG_LEVEL": "ERROR",
        }
    )
    sealer = Sealer(settings.secret_keys)
    with KeyServer() as keys:
        with database.system() as system:
            account_id = accounts.add_account(
                system, sealer, name="northgate", site=keys.url, company="northgate", public_key="p", private_key="q",
                client_id="c", now=datetime.now(UTC), allow_private=True, api_member="resolutionflow",
            )  # fmt: skip
        with database.account(account_id) as session:
            rows = [StatusRow(1, ESCALATED, "Help Desk", "Escalated", "escalate")]
            accounts.replace_statuses(session, account_id, rows)
            account = accounts.get(session, account_id)
            assert account is not None
            token = accounts.path_token(account, sealer)
        client = create_app(settings).test_client()
        yield Post(client, database, keys, account_id, token)


def test_an_escalation_is_stored_once_however_often_it_comes(post: Post) -> None:
    raw = body(post.keys.url)
    assert [post.send(raw).status_code for _ in range(3)] == [204] * 3
    (row,) = post.rows()
    assert (row.record_id, row.verified, row.state, row.member_identifier) == (48213, True, "new", "jlind")
    assert b"padding" not in row.raw, "a checked callback keeps no customer's words"
    assert post.keys.asked == 1, "the key is fetched once"


def test_what_cannot_matter_stores_nothing_and_hardly_asks_the_database(post: Post) -> None:
    for _ in range(2):  # the first pins the key, after which the account is looked up once more
        post.send(body(post.keys.url, status=NEW))
    statements: list[str] = []
    engine = post.client.application.extensions["resolutionflow"].engine
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    for raw in (
        body(post.keys.url, status=NEW),
        body(post.keys.url, Type="company"),
        body(post.keys.url, MemberId="ResolutionFlow"),
    ):
        assert post.send(raw).status_code == 204
    asked = [s for s in statements if not s.startswith(("BEGIN", "SELECT set_config", "SELECT 1"))]
    assert post.rows() == []
    assert len(asked) == 1, "one indexed look for a ticket that is watched"


def test_a_watched_ticket_always_matters(post: Post) -> None:
    from models import watches

    with post.database.account(post.account_id) as session:
        watches.record(
            session, post.account_id, 48213, expected_version=0, board_id=1, status_id=ESCALATED, in_escalation=True,
            left_at=None, last_updated=None, episode=1,
        )  # fmt: skip
    assert post.send(body(post.keys.url, status=NEW)).status_code == 204
    assert len(post.rows()) == 1


def test_a_deleted_ticket_that_is_not_watched_does_not_matter(post: Post) -> None:
    assert post.send(body(post.keys.url, status=None, action="deleted")).status_code == 204
    assert post.rows() == []


def test_an_entity_that_says_nothing_is_stored_for_the_worker_to_look(post: Post) -> None:
    assert post.send(body(post.keys.url, Entity="{broken")).status_code == 204
    assert len(post.rows()) == 1


def test_an_unknown_address_is_refused(post: Post) -> None:
    raw = body(post.keys.url)
    for token in ("x" * 43, "short", post.token[:-1] + ("A" if post.token[-1] != "A" else "B")):
        assert post.send(raw, token=token).status_code == 403
    assert post.rows() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-content-signature": ""}, {"x-content-signature": "not base64!"}, {"x-content-signature": "AAAA"}],
)
def test_a_missing_or_bad_signature_is_refused(post: Post, headers: dict[str, str]) -> None:
    answer = post.send(body(post.keys.url), headers=headers)
    assert (answer.status_code, post.rows()) == (403, [])


def test_a_key_from_elsewhere_is_refused(post: Post) -> None:
    host = post.keys.url.removeprefix("http://")
    for site in ("http://127.0.0.1:1", f"http://evil@{host}", "http://169.254.169.254", "https://na.myconnectwise.net"):
        raw = body(site)
        assert post.send(raw).status_code == 403, site
    with KeyServer() as other:
        raw = body(other.url)
        assert post.send(raw).status_code == 403
        assert other.asked == 0, "never fetched"
    assert post.rows() == []


def test_another_companys_valid_key_is_refused(post: Post) -> None:
    raw = body(post.keys.url, company="lakeside", key_id="key-2")
    assert post.send(raw, signed(raw, KEYS["key-2"])).status_code == 403
    assert post.send(body(post.keys.url)).status_code == 204  # pins key-1
    raw = body(post.keys.url, key_id="key-2")
    assert post.send(raw, signed(raw, KEYS["key-2"])).status_code == 403, "our name with their key"
    assert len(post.rows()) == 1


def test_five_hundred_forgeries_are_refused(post: Post) -> None:
    rng = random.Random(20260306)
    genuine = body(post.keys.url)
    good = signed(genuine)["x-content-signature"]
    accepted = 0
    for _ in range(500):
        raw, sent = bytearray(body(post.keys.url)), good
        kind = rng.randrange(4)
        if kind == 0:  # the body was changed after signing
            sent = receiver.signature(bytes(raw))
            at = rng.randrange(len(raw))
            raw[at] = (raw[at] + 1 + rng.randrange(200)) % 256
        elif kind == 1:  # signed with a key of the sender's own
            sent = receiver.signature(bytes(raw), f"guess-{rng.random()}")
        elif kind == 2:  # another body's signature
            sent = good
        else:  # one bit of the signature
            digest = bytearray(receiver.signature(bytes(raw)).encode())
            digest[rng.randrange(20)] ^= 1
            sent = digest.decode("latin-1")
        status = post.send(bytes(raw), {"x-content-signature": sent}).status_code
        assert status in (400, 403)
        accepted += status == 204
    assert (accepted, post.rows()) == (0, [])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "JSON"),
        (b"not json", "JSON"),
        (b"[1]", "object"),
        (b'{"Action":"updated","Action":"deleted"}', "Action"),
        (json.dumps({"Action": 5, "Type": "ticket", "ID": 1, "CompanyId": "northgate"}).encode(), "action"),
        (json.dumps({"Action": "updated", "Type": "ticket", "ID": "1", "CompanyId": "northgate"}).encode(), "ID"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "nested"),
    ],
)
def test_what_is_malformed_is_named(post: Post, raw: bytes, says: str) -> None:
    answer = post.send(raw)
    assert answer.status_code == 400
    assert says.lower() in answer.text.lower()
    assert post.rows() == []


def test_a_body_of_ten_megabytes_is_not_taken(post: Post) -> None:
    assert post.send(b"x" * 10_000_000).status_code == 413
    assert post.rows() == []


def test_a_key_that_cannot_be_fetched_now_is_no_reason_to_lose_the_callback(post: Post) -> None:
    post.keys.broken = True
    raw = body(post.keys.url)
    assert post.send(raw).status_code == 204
    (row,) = post.rows()
    assert (row.verified, row.raw) == (False, raw)


def test_a_database_that_does_not_take_it_is_answered_429_in_time(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.send(body(post.keys.url, status=NEW))
    lock = post.database.account(post.account_id)
    begun = time.monotonic()
    with lock as session:
        session.execute(text("SELECT 1"))
        if not post.database.is_sqlite:
            session.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        answer = post.send(body(post.keys.url))
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert time.monotonic() - begun < 4.6
    assert post.rows() == []


def test_other_methods_and_paths_say_so_without_internals(post: Post) -> None:
    assert post.client.get(f"/callbacks/connectwise/{post.token}").status_code == 405
    missing = post.client.get("/nowhere")
    assert missing.status_code == 404
    assert missing.get_json()["title"] == "Not Found"


def test_health_and_readiness(post: Post) -> None:
    assert post.client.get("/healthz").status_code == 200
    assert post.client.get("/readyz").get_json()["status"] == "ready"


def test_it_is_the_row_that_counts_and_not_the_bell(post: Post) -> None:
    """No broker runs in these tests: every 204 above was given without one."""
    assert post.send(body(post.keys.url)).status_code == 204
    with post.database.system(reading=True) as system:
        due = inbox.due(system, now=datetime(2100, 1, 1, tzinfo=UTC), limit=5)
    assert due == [(post.account_id, post.rows()[0].id)]
