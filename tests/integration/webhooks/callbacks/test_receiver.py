"""The receiver on a real database, with a real key server: what is taken, what is refused, what is left alone."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text

from models.account import accounts
from models.account.accounts import Cipher
from models.handoff import handoffs
from models.work import inbox, jobs, ticket_watch
from models.work.alert_kinds import Kind
from tests.integration import receiver
from tests.integration.receiver import ESCALATED, KEYS, NEW, KeyServer, another, body, signature, signed
from tests.integration.webhooks.conftest import Post, connected, settings_for
from tests.trail import followed
from webhooks.app import create_app
from webhooks.callbacks.token_lookup import TokenLookup
from worker.settings import Settings


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
        body(post.keys.url, status=NEW, MemberId="ResolutionFlow"),
    ):
        assert post.send(raw).status_code == 204
    asked = [s for s in statements if not s.startswith(("BEGIN", "SELECT set_config", "SELECT 1"))]
    assert post.rows() == []
    assert len(asked) == 1, "one indexed look for a ticket that is watched"


def test_a_point_stands_before_and_after_each_row(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    with followed(post.its_database.engine, monkeypatch) as trail:
        assert post.send(body(post.keys.url)).status_code == 204
    assert trail.reached == {"callbacks.receiver._pin", "callbacks.receiver._store"}
    assert trail.passed == {"callback.pinned", "callback.checked", "callback.stored"}
    assert trail.gaps == []


def test_a_watched_ticket_always_matters(post: Post) -> None:
    with post.database.account(post.account_id) as session:
        ticket_watch.record(
            session, post.account_id, 48213, expected_version=0, board_id=1, status_id=ESCALATED, in_escalation=True,
            left_at=None, last_updated=None, episode=1, missing_since=None, absent_since=None,
        )  # fmt: skip
    assert post.send(body(post.keys.url, status=NEW)).status_code == 204
    assert len(post.rows()) == 1


@pytest.mark.parametrize("seen", ["never", "escalated", "left, its handoff live", "left, its handoff over"])
@pytest.mark.parametrize("status", [ESCALATED, NEW])
def test_what_our_api_member_saved_matters_where_another_program_with_its_keys_escalates(
    post: Post, status: int, seen: str
) -> None:
    """For the first time or once more: the poll alone would find the second one."""
    now = datetime.now(UTC)
    with post.database.account(post.account_id) as session:
        accounts.set_account(session, post.account_id, api_member="rfapi")
        if seen != "never":
            ticket_watch.record(
                session, post.account_id, 48213, expected_version=0, board_id=1, status_id=ESCALATED,
                in_escalation=seen == "escalated", left_at=None, last_updated=None, episode=1,
                missing_since=None, absent_since=None,
            )  # fmt: skip
            handoff = handoffs.open_handoff(
                session, account_id=post.account_id, ticket_id=48213, episode=1, escalated_at=now, now=now, rule_version=1
            )
            if handoff and seen.endswith("over"):
                handoffs.withdraw(session, post.account_id, handoff.id, now=now, why="left")
    assert post.send(body(post.keys.url, status=status, MemberId="RFapi")).status_code == 204
    assert len(post.rows()) == (0 if seen == "escalated" or status == NEW else 1)


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
        (json.dumps({"Action": "updated", "Type": "ticket", "ID": "one", "CompanyId": "northgate"}).encode(), "ID"),
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


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_pool_without_a_connection_left_is_429_in_time(post: Post) -> None:
    post.send(body(post.keys.url, status=NEW))
    with ExitStack() as taken:
        for _ in range(20):
            taken.enter_context(post.its_database.engine.connect())
        begun = time.monotonic()
        answer = post.send(body(post.keys.url))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
        again = post.send(body(post.keys.url))
        assert again.status_code == 429
        assert time.monotonic() - begun < 3
    time.sleep(0.25)
    assert post.send(body(post.keys.url)).status_code == 204


def test_a_ticket_number_that_no_database_could_hold_is_not_looked_for(post: Post) -> None:
    huge = json.dumps({"chargeToType": "ServiceTicket", "chargeToId": 2**70, "_info": {}})
    assert post.send(body(post.keys.url, Type="time", Entity=huge)).status_code == 204
    assert post.rows() == []


def test_whatever_goes_wrong_with_us_connectwise_is_asked_to_repeat(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside /srv/app with key abc")

    monkeypatch.setattr(inbox, "store", broken)
    answer = post.send(body(post.keys.url))
    assert answer.status_code == 429
    assert "abc" not in answer.text
    monkeypatch.undo()
    assert post.send(body(post.keys.url)).status_code == 204, "one fault of ours shuts nothing"


def test_two_keys_at_once_are_not_both_accepted(post: Post) -> None:
    """The first verified callback ties the account to its key; one under way with another comes too late."""
    raw, late = body(post.keys.url), body(post.keys.url, key_id="key-2")
    with post.database.account(post.account_id) as session:  # what another process pinned a moment ago
        post.send(body(post.keys.url, Type="company", CompanyId="elsewhere"))  # the account is known, unpinned
        accounts.pin_callback_key(session, post.account_id, "key-1")
    assert post.send(late, signed(late, KEYS["key-2"])).status_code == 403
    assert post.send(raw).status_code == 204
    assert [row.verified for row in post.rows()] == [True]


def test_an_account_added_later_is_known_at_once_whatever_else_is_going_on(post: Post) -> None:
    for number in range(100):
        assert post.send(b"{}", token=f"{number:043d}", address="198.51.100.9").status_code in (403, 429)
    assert post.send(b"{}", token="y" * 43, address="198.51.100.9").status_code == 429, "a stranger"
    settings = Settings.read({"RESOLUTIONFLOW_VAR": str(post.folder), "LOG_LEVEL": "ERROR"})
    _, token = connected(post.database, settings, post.keys.url, name="lakeside")
    raw = body(post.keys.url, company="lakeside")
    assert post.send(raw, token=token).status_code == 204, "from its own address"
    _, token = connected(post.database, settings, post.keys.url, name="harbour")
    raw = body(post.keys.url, company="harbour")
    answers = []
    for _ in range(3):  # from the same address as all the noise, as behind a proxy
        answers.append(post.send(raw, token=token, address="198.51.100.9").status_code)
        time.sleep(0.6)
    assert answers[-1] == 204, "within the two repeats that ConnectWise makes"


def test_noise_from_the_same_address_never_keeps_out_who_has_token_and_signature(post: Post) -> None:
    statements: list[str] = []
    for number in range(60):
        assert post.send(b"{}", token=f"{number:043d}").status_code in (403, 429)
        assert post.send(body(post.keys.url), {"x-content-signature": "AAAA"}).status_code == 403
    event.listen(post.its_database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    for number in range(60):
        assert post.send(b"{}", token=f"{number + 100:043d}").status_code in (403, 429)
    assert len([s for s in statements if "path_token_hash" in s]) <= 1, "guesses do not reach the database"
    assert post.send(body(post.keys.url)).status_code == 204


def test_a_token_that_was_changed_or_removed_is_refused_soon(post: Post) -> None:
    now = [0.0]
    settings = Settings.read({"RESOLUTIONFLOW_VAR": str(post.folder), "LOG_LEVEL": "ERROR"})
    token_lookup = TokenLookup(post.database, Cipher(settings.secret_keys), clock=lambda: now[0])
    assert token_lookup.find(post.token) is not None
    with post.database.account(post.account_id) as session:
        accounts.remove_account(session, post.account_id)
    now[0] = 5.0
    assert token_lookup.find(post.token) is None


def test_secret_keys_may_be_rotated_under_a_running_receiver(post: Post) -> None:
    settings = Settings.read({"RESOLUTIONFLOW_VAR": str(post.folder), "LOG_LEVEL": "ERROR"})
    now, both = [0.0], Cipher(("n" * 40, *settings.secret_keys))
    token_lookup = TokenLookup(post.database, both, clock=lambda: now[0])
    assert token_lookup.find(post.token) is not None
    with post.database.account(post.account_id) as session:
        assert accounts.rotate(session, post.account_id, both)
    for moment in (1.0, 6.0, 12.0):
        now[0] = moment
        assert token_lookup.find(post.token) is not None


def test_other_methods_and_paths_say_so_without_internals(post: Post) -> None:
    for method in ("get", "head", "put", "delete"):
        answer = getattr(post.client, method)(f"/callbacks/connectwise/{post.token}")
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
        assert post.token not in answer.text
    missing = post.client.get("/nowhere/<script>")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
    assert missing.get_json() == {"type": "about:blank", "title": "Not Found", "status": 404}
    for answer in (missing, post.send(body(post.keys.url)), post.client.get("/healthz")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_health_and_readiness(post: Post) -> None:
    assert post.client.get("/healthz").get_json() == {"status": "alive"}
    answer = post.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ready", "database": "ok", "broker": "away", "canary": "off"}, "stored all the same"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_of_another_version_is_not_ready_and_says_what_to_do(post: Post) -> None:
    with post.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    answer = post.client.get("/readyz")
    assert answer.status_code == 503
    assert "resolutionflow migrate" in answer.get_json()["database"]


def test_it_is_the_row_that_counts_and_not_the_bell(post: Post) -> None:
    """No broker runs in these tests: every 204 above was given without one."""
    assert post.send(body(post.keys.url)).status_code == 204
    with post.database.system(reading=True) as system:
        due = inbox.due(system, now=datetime(2100, 1, 1, tzinfo=UTC), limit=5)
    assert due == [(post.account_id, post.rows()[0].id)]


def test_no_answer_waits_for_a_broker_that_is_frozen(post: Post, tmp_path: Path) -> None:
    """It takes connections, as a stopped process does, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        environment = {
            "RESOLUTIONFLOW_VAR": str(post.folder),
            "DATABASE_URL": post.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"redis://127.0.0.1:{frozen.getsockname()[1]}/0",
            "SECRET_KEYS": (post.folder / "secret_keys").read_text().strip(),
            "LOG_LEVEL": "ERROR",
        }
        post.client = create_app(Settings.read(environment)).test_client()
        begun = time.monotonic()
        assert {post.send(another(post.keys.url)).status_code for _ in range(20)} == {204}
        assert time.monotonic() - begun < 5, "one time-out of the twenty's would be a second each"
        post.its_database.dispose()
    assert len(post.rows()) == 20


def test_a_changed_signing_key_is_told_of_after_a_few_and_never_taken_at_the_callbacks_word(post: Post) -> None:
    def alerts() -> list[str]:
        with post.database.account(post.account_id, reading=True) as session:
            return [a.kind for a in jobs.open_alerts(session, post.account_id)]

    def another_key() -> bytes:
        return another(post.keys.url, key_id="key-2")

    assert post.send(another(post.keys.url)).status_code == 204  # pins key-1
    for _ in range(2):
        raw = another_key()
        assert post.send(raw, {"x-content-signature": signature(raw, KEYS["key-2"])}).status_code == 403
    assert alerts() == []
    assert post.send(another(post.keys.url)).status_code == 204  # the right one in between: somebody plays
    for _ in range(3):
        raw = another_key()
        assert post.send(raw, {"x-content-signature": signature(raw, KEYS["key-2"])}).status_code == 403
    assert alerts() == [Kind.OTHER_KEY]
    assert len(post.rows()) == 2
    with post.database.account(post.account_id) as session:  # as the worker does: a new address, told to ConnectWise alone
        account = accounts.get(session, post.account_id)
        assert account is not None
        token = accounts.renew_path_token(session, account, Cipher(settings_for(post.database, post.folder).secret_keys))
    raw = another_key()
    headers = {"x-content-signature": signature(raw, KEYS["key-2"])}
    until = time.monotonic() + 10  # what was read of an account is kept for five seconds
    while post.send(raw, headers, token=token).status_code != 204:
        assert time.monotonic() < until
        time.sleep(0.1)
    raw = another(post.keys.url)
    assert post.send(raw, token=token).status_code == 403, "the former key is none any more"


REFUSED: dict[str, Callable[[Post], tuple[bytes, dict[str, str]]]] = {
    "no signature": lambda post: (another(post.keys.url), {}),
    "another signature": lambda post: (another(post.keys.url), {"x-content-signature": signature(b"{}")}),
    "in hexadecimal": lambda post: (another(post.keys.url), {"x-content-signature": "ab" * 32}),
    "key at another host": lambda post: _signed(another("https://cw.northgate.example")),
    "another company": lambda post: _signed(another(post.keys.url, company="northgate_sandbox")),
    "no key": lambda post: _signed(another(post.keys.url, Metadata=None)),
    "not to be read": lambda post: _signed(another(post.keys.url, ID="none")),
}


def _signed(raw: bytes) -> tuple[bytes, dict[str, str]]:
    return raw, signed(raw)


@pytest.mark.parametrize("why", REFUSED)
def test_callbacks_that_are_all_refused_are_told_of_until_one_is_accepted(post: Post, why: str) -> None:
    def alerts() -> list[str]:
        with post.database.account(post.account_id, reading=True) as session:
            return [a.kind for a in jobs.open_alerts(session, post.account_id)]

    for count in range(1, 7):
        raw, headers = REFUSED[why](post)
        for _ in range(3):  # ConnectWise repeats what is refused
            assert post.send(raw, headers).status_code in (400, 403)
        assert alerts() == ([Kind.CALLBACKS_REFUSED] if count >= 3 else [])
    assert post.send(another(post.keys.url)).status_code == 204
    assert alerts() == []
    for _ in range(2):
        assert post.send(*REFUSED[why](post)).status_code in (400, 403)
    assert alerts() == []
