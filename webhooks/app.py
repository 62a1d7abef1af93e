"""The web application: callbacks, claim pages, the API, health and metrics. Built for each process by `create_app`."""

from __future__ import annotations

from apiflask import APIFlask
from flask import Flask
from sqlalchemy import text

from models.account.accounts import Cipher
from models.database.sessions import Database
from psa.connectwise.callbacks import LARGEST_BODY
from psa.connectwise.member_proof import MemberProof
from psa.connectwise.signatures import Verifier
from webhooks import health, metrics
from webhooks.api import routes, session_routes
from webhooks.api.answers import Auth
from webhooks.api.records import Records
from webhooks.authorization import DOOR, Door, refuse
from webhooks.bidi import isolated
from webhooks.bulkhead import Bulkhead
from webhooks.callbacks import receiver as callbacks
from webhooks.callbacks.token_lookup import TokenLookup
from webhooks.claims import page
from webhooks.claims.claiming import Claiming
from webhooks.claims.keeping import Keeping
from webhooks.claims.noting import Noting
from webhooks.claims.wishing import Wishing
from webhooks.client_address import ClientAddress
from webhooks.health import Readiness
from webhooks.mcp import hosted
from webhooks.pages import routes as pages
from webhooks.problems import speak_plainly
from webhooks.refused_callers import RefusedCallers
from webhooks.ringing import Ringer
from webhooks.sessions.recording import Recording
from webhooks.sign_in import link, pod
from webhooks.streams import hand_over
from worker import __version__
from worker.process.announcing import Announcer
from worker.process.backoff import plainly
from worker.process.bell import Bell, make
from worker.process.links import Passes
from worker.process.logs import set_up
from worker.settings import Settings

STATEMENT_S = 2.0
"""Less than elsewhere: ConnectWise gives up after five seconds, and a refusal within them is repeated."""
KEY_FETCH_S = 1.0
"""The same again; a callback whose key takes longer is stored unverified, and the worker asks for the key."""


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, wired for this installation. Raises `SettingsError` listing what is wrong.

    It has threads and connections: make it in the process that serves (gunicorn without `--preload`).
    """
    settings = settings or Settings.read()
    set_up(settings.log_level)
    app = _described(settings.public_url)
    # One more than allowed: without a Content-Length, werkzeug cuts the body here and says nothing.
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY + 1
    app.wsgi_app = ClientAddress(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    database = Database(settings.database_url, statement_timeout_s=STATEMENT_S)
    database.on_moved = Announcer(settings.redis_client_url).moved
    app.extensions["resolutionflow"] = database
    app.jinja_env.filters.update(bdi=isolated, plainly=plainly)
    speak_plainly(app)
    refuse(app)
    bell = Ringer(Bell(make(settings)), burst=settings.burst, rate=settings.calls_per_second)
    passes = Passes(settings.secret_keys)
    receiver = callbacks.Receiver(
        database=database,
        token_lookup=TokenLookup(database, Cipher(settings.secret_keys)),
        verifier=Verifier(deadline=KEY_FETCH_S),
        bell=bell,
        passes=passes,
        clock=database.now,
        longest_pause_s=settings.intervals.longest_pause,
    )
    app.extensions["resolutionflow.receiver"] = receiver
    app.register_blueprint(callbacks.blueprint(receiver, Bulkhead(lambda: _writable(database)), RefusedCallers()))
    app.register_blueprint(health.blueprint(_readiness(database, settings)))
    # People wait longer than ConnectWise and are fewer: a door of their own, so that neither holds up the other.
    counter = Bulkhead(lambda: _writable(database), width=6, within_s=5.0, squeeze_s=2.0)
    app.extensions[DOOR] = Door(database, passes.tokens, counter, public_url=settings.public_url)
    claiming, wishing = Claiming(database, bell, database.now), Wishing(database, bell, database.now)
    noting, keeping = Noting(database, bell, database.now), Keeping(database, database.now)
    app.register_blueprint(
        page.blueprint(claiming, passes, counter, public_url=settings.public_url, clock=database.now)
    )
    auth = Auth(realm="resolutionflow", description="From `resolutionflow account token NAME --member ID`.")
    app.register_blueprint(routes.blueprint(
        claiming, wishing, noting, keeping, Records(database, database.now), counter, auth
    ))
    recording = Recording(database, bell, database.now, refresh_delay_s=settings.intervals.refresh_delay)
    app.register_blueprint(session_routes.blueprint(recording, counter, auth))
    app.register_blueprint(hosted.blueprint())
    pods = pod.Pods(database, Cipher(settings.secret_keys), passes.tokens, MemberProof(), counter)
    app.register_blueprint(pod.blueprint(pods))
    links = link.Links(database, passes, bell, database.now, message_domain=settings.message_domain)
    app.register_blueprint(link.blueprint(links, passes, counter, public_url=settings.public_url))
    app.register_blueprint(
        pages.blueprint(
            database=database, claiming=claiming, wishing=wishing, noting=noting, keeping=keeping,
            recording=recording, bulkhead=counter, clock=database.now, public_url=settings.public_url,
        )
    )
    app.extensions[hand_over.WHERE] = settings.streams_socket
    app.register_blueprint(hand_over.blueprint())
    meter = metrics.Meter(database, database.now, canary_late_s=settings.canary_late_s)
    app.register_blueprint(metrics.blueprint(meter, database.now, token=settings.metrics_token))
    return app


def _readiness(database: Database, settings: Settings) -> Readiness:
    return Readiness(database, settings.redis_client_url, canary_late_s=settings.canary_late_s, now=database.now)


def _described(public_url: str) -> APIFlask:
    """Return an application that describes its API itself, and no other page for it."""
    app = APIFlask(
        __name__, title="ResolutionFlow", version=__version__, spec_path="/api/v1/openapi.json", docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]  # Flask takes it, and has no such route then
    )  # fmt: skip
    app.description = "Escalations of one account: who has them, and what they cost. See docs/api.md."
    app.config["SERVERS"] = [{"url": public_url}]
    # What apiflask would add describes its own shape of errors, and the server by whatever the caller names it.
    for name in ("SERVERS", "AUTH_ERROR_RESPONSE", "404_RESPONSE", "VALIDATION_ERROR_RESPONSE"):
        app.config[f"AUTO_{name}"] = False
    app.error_processor(routes.check_failed)
    return app


def _writable(database: Database) -> None:
    """Ask for a sign of life that a writer would get: SQLite lets others read while one of them writes."""
    with database.system() as system:
        system.execute(text("SELECT 1"))
