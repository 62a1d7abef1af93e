"""A page inside the PSA signs in: what ConnectWise told it is proven there, and becomes a token for its memory.

Works where cookies of other sites are blocked, and leaves nothing in the browser.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy import func, select

from models.account import accounts
from models.account.accounts import CannotDecrypt, Cipher
from models.database.sessions import Database
from models.tables import Member
from psa.connectwise.member_proof import CannotAsk, MemberProof, NotProven, Place, SaidToBe
from psa.outbound import strict_json
from webhooks.authorization import Viewer, door, require_member
from webhooks.bulkhead import Bulkhead
from webhooks.problems import problem
from worker.account_values import place_of
from worker.process.tokens import LIFETIME_S, Audience, MemberPass, Tokens, lifetime

log = structlog.get_logger()

FIELDS = ("account", "memberid", "memberHash", "memberContext")
LARGEST = 8192


class Pods:
    """Turns a proof of ConnectWise's into a token of ours."""

    def __init__(self, database: Database, cipher: Cipher, tokens: Tokens, proof: MemberProof, bulkhead: Bulkhead) -> None:
        self._database, self._cipher, self._tokens = database, cipher, tokens
        self._proof, self._bulkhead = proof, bulkhead

    def sign_in(self, key: str, said: SaidToBe) -> tuple[str, Viewer]:
        """Return a token and whose it is. Raises `NotProven`, `CannotAsk`, `NotMember` and `Away`.

        The key of the page's address says which account is meant; everything that ConnectWise is asked with, but the
        member's own words, comes from that account's row.
        """
        account = door().page_account(key)
        if account is None:
            raise NotProven("this page's address belongs to no account (any more): `account connect` renews it")
        place = self._bulkhead.do(lambda: self._place(account.id))
        login = self._proof.prove(place, said)
        who = self._bulkhead.do(lambda: self._viewer(account.id, login))
        token = self._tokens.sign(Audience.POD, account_id=who.account_id, member_id=who.member_id, epoch=who.epoch)
        log.info("pod_signed_in", account_id=who.account_id, member_id=who.member_id)
        return token, who

    def _place(self, account_id: int) -> Place:
        with self._database.account(account_id, reading=True) as session:
            account = accounts.get(session, account_id)
            if account is None:
                raise NotProven("the account was removed")
            try:
                return place_of(account, self._cipher)
            except CannotDecrypt as error:
                raise CannotAsk("the account's clientId cannot be read") from error

    def _viewer(self, account_id: int, login: str) -> Viewer:
        with self._database.account(account_id, reading=True) as session:
            same = func.lower(Member.identifier) == login.lower()
            found = select(Member.id).where(Member.account_id == account_id, same)
            # Of a login name that was given anew, the record of who has it now.
            member_id = session.scalar(found.order_by(Member.active.desc(), Member.id.desc()).limit(1))
            epoch = session.scalar(select(accounts.Account.token_epoch).where(accounts.Account.id == account_id))
            now = self._database.now()
            who = MemberPass(account_id, member_id or 0, epoch or 0, Audience.POD, now + lifetime(Audience.POD))
            return require_member(session, who)


def blueprint(pods: Pods) -> Blueprint:
    """Return `POST /pod/session`."""
    routes = Blueprint("pod_session", __name__)

    @routes.post("/pod/session")
    def sign_in() -> Response:
        """Sign in with what ConnectWise's page said.

        200 `{token, expires_in, member}`; 400 or 422 no such fields; 401 ConnectWise does not know this sign-in; 403 not an
        active member of the account (yet); 503 ConnectWise or the database gives no answer now.
        """
        given = _given()
        if isinstance(given, Response):
            return given
        key, *said = given
        token, who = pods.sign_in(key, SaidToBe(*said))
        return jsonify(
            token=token,
            expires_in=LIFETIME_S[Audience.POD],
            member={
                "id": who.member_id, "login": who.login, "name": who.name, "role": who.role, "may_claim": who.may_claim,
            },
        )  # fmt: skip

    @routes.errorhandler(NotProven)
    def not_proven(error: NotProven) -> Response:
        log.info("pod_refused", reason=str(error))
        return problem(401, str(error))

    @routes.errorhandler(CannotAsk)
    def cannot_ask(error: CannotAsk) -> Response:
        log.warning("pod_not_proven", reason=str(error))
        return problem(503, "ConnectWise gives no answer now; try again", retry_after=5)

    return routes


def _given() -> list[str] | Response:
    # In chunks no length is told before.
    if (request.content_length or 0) > LARGEST or len(request.get_data()) > LARGEST:
        return problem(413, f"send at most {LARGEST} bytes")
    try:
        body: Any = strict_json.read(request.get_data().decode())
    except (UnicodeDecodeError, strict_json.Ambiguous) as error:
        return problem(400, f"body: {error}" if isinstance(error, strict_json.Ambiguous) else "body: not UTF-8")
    values = [body.get(name) if isinstance(body, dict) else None for name in FIELDS]
    wrong = {name: ["give a text"] for name, value in zip(FIELDS, values, strict=True) if not isinstance(value, str)}
    return problem(422, "give each field as a text", errors=wrong) if wrong else [str(value) for value in values]
