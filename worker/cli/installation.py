"""The commands that are about the whole installation or about one ticket."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.cli.help import Help, broken

if TYPE_CHECKING:
    from models.account.accounts import Account
    from worker.model_reading.model import Model
    from worker.settings import Settings
    from worker.wiring import Services

Subparsers = Any
"""argparse does not export the type of what `add_subparsers` returns."""


def say(text: str = "") -> None:
    """Print for the operator."""
    print(text, flush=True)  # noqa: T201 - the command line speaks


def say_wrapped(text: str) -> None:
    """Print lines; in a terminal that is narrower, broken between words, under the column in which the last part begins."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in text.split("\n"):
        say(broken(line, columns) if columns else line)


def add_to(every: Subparsers) -> None:
    """Add this file's commands."""
    _add_service(every)
    _add_ticket(every)
    _add_package(every)
    replay = every.add_parser(
        "replay",
        help="process stored callbacks again, and bring parked ones and parked briefs back",
        description="Without --since: what was parked. With it: everything received since then. Nothing is done twice.",
        epilog="example: resolutionflow replay --since 2026-03-06T15:00Z --account northgate",
    )
    replay.add_argument("--since", type=_moment, metavar="T", help="e.g. 2026-03-06T15:00Z; UTC without a zone")
    replay.add_argument("--account", metavar="NAME", help="only this account")
    replay.set_defaults(run=_replay)
    every.add_parser("simulator", help="run the simulated ConnectWise (has a --help of its own)", add_help=False)


def _add_service(every: Subparsers) -> None:
    demo = every.add_parser(
        "demo", help="an escalation from start to finish against a simulated ConnectWise",
        description="Starts a simulated ConnectWise and the product, escalates a ticket, shows brief, mails, claims, figures. "
        "Takes a minute; its files are under var/demo; your own installation is not touched.",
        epilog="example: resolutionflow demo --keep",
    )  # fmt: skip
    demo.add_argument("--keep", action="store_true", help="leave everything running and print the addresses")
    demo.set_defaults(run=_demo)

    run = every.add_parser(
        "run", help="web, worker and beat in one command, embedded defaults",
        description="Runs the product on this machine until Ctrl-C: brings the database up to date, starts broker, web, worker, "
        "beat, and again what ends. Files under var/.",
        epilog="example: PUBLIC_URL=https://handoff.example.com resolutionflow run --port 8000",
    )  # fmt: skip
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    run.add_argument("--port", type=_port, default=8000, help="port to listen on (default: %(default)s)")
    run.set_defaults(run=_run)

    for name, help_text in (
        ("web", "the web alone, for a larger installation (docs/install.md)"),
        ("streams", "the event streams alone: the web hands its callers over, or a proxy sends them to this port"),
        ("worker", "a worker alone"),
        ("beat", "beat alone: one of them is enough, two do no harm"),
    ):
        part = every.add_parser(
            name, help=help_text, description=f"Runs {help_text}. It needs the others' settings; `migrate` comes first.",
            epilog=f"example: resolutionflow {name}",
        )  # fmt: skip
        if name in ("web", "streams"):
            part.add_argument("--host", default="0.0.0.0", help="address to listen on (default: %(default)s)")  # noqa: S104
            part.add_argument(
                "--port", type=_port, default=8000 if name == "web" else 8001, help="port to listen on (default: %(default)s)"
            )
        part.set_defaults(run=_part, part=name)

    migrate = every.add_parser(
        "migrate", help="bring the database to the newest version",
        description="Changes the database's schema to this release's, and nothing if it has it; `run` does so by itself. "
        "Back up before.",
        epilog="example: resolutionflow migrate --app-role resolutionflow_app",
    )  # fmt: skip
    migrate.add_argument("--app-role", metavar="ROLE", help="PostgreSQL role to connect as, which should own nothing")
    migrate.add_argument(
        "--restored", action="store_true", help="a backup was just restored: look for notes that were posted after it was made, "
        "before any is posted again",
    )  # fmt: skip
    migrate.set_defaults(run=_migrate)


def _add_ticket(every: Subparsers) -> None:
    brief = every.add_parser(
        "brief", help="gather, build and print a ticket's brief; posts nothing unless asked",
        description="Reads a ticket in ConnectWise and prints its brief. Nothing is stored, posted or sent without --post.",
        epilog="examples:\n  resolutionflow brief 48213 --account northgate\n"
        "  resolutionflow brief 48213 --account northgate --explain",
        formatter_class=Help,
    )  # fmt: skip
    brief.add_argument("ticket", type=ticket_number, metavar="TICKET", help="the ticket's number")
    brief.add_argument("--account", required=True, metavar="NAME", help="whose ticket it is")
    brief.add_argument("--post", action="store_true", help="hand the ticket off: post the note and tell the engineers")
    brief.add_argument("--json", action="store_true", help="print the package instead of its Markdown")
    brief.add_argument("--explain", action="store_true", help="for each line: where it was read")
    brief.set_defaults(run=_brief)


def _add_package(every: Subparsers) -> None:
    package = every.add_parser(
        "package",
        help="thread files to packages, offline",
        description="Reads ticket threads from JSON files and prints one package a line; needs no database.",
        epilog="example: resolutionflow package thread.json --markdown",
    )
    package.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one ticket's thread as JSON")
    package.add_argument("--markdown", action="store_true", help="print the brief instead, secrets redacted as in a note")
    package.add_argument(
        "--redact", action="store_true", help="redact secrets in the JSON too; without it quotations are verbatim"
    )
    package.add_argument(
        "--reader", choices=("local", "model"), default="local",
        help="(default: %(default)s) `model`: have the model that AI_PROVIDER names read each file, redacted; without an answer "
        "the local reading stands and standard error says so",
    )  # fmt: skip
    kept = package.add_mutually_exclusive_group()
    kept.add_argument("--record", type=Path, metavar="DIR", help="with --reader model: keep each request and answer there")
    kept.add_argument("--replay", type=Path, metavar="DIR", help="with --reader model: answer from there, asking nobody")
    package.set_defaults(run=_package)


def ticket_number(text: str) -> int:
    """Return a ticket's number as an argument gives it, with a # or without."""
    try:
        return row_number(text.removeprefix("#"))
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} is no ticket; write its number, e.g. 48213") from None


def row_number(text: str) -> int:
    """Return a number that a database can hold."""
    if not text.isdecimal() or len(text) > 12:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of one; the lists show them")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write 1 to 65535, or 0 for any that is free")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 2026-03-06T15:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wired(*, begin: bool = False) -> Services:
    """Return the collaborators for a command, with a database of the right version.

    Only with `begin` a database and a key are made where there are none: a command in the wrong folder, or without the
    service's settings, would look into an empty installation of its own. Raises `SettingsError` instead.
    """
    from models.database.schema import migrate, require_newest
    from worker import wiring
    from worker.process.logs import set_up
    from worker.settings import Settings

    settings = Settings.read(begin=begin)
    if not begin:
        _require_begun(settings)
    set_up("WARNING" if settings.log_level == "INFO" else settings.log_level)
    if settings.embedded_database:
        migrate(settings.database_url)
    require_newest(settings.database_url)
    return wiring.from_settings(settings)


def wired_for(name: str) -> tuple[Services, Account]:
    """Return the collaborators for a command about one account, and the account. Raises as `wired`, and `CannotConnect`."""
    from worker.account.onboarding import account_named

    services = wired()
    return services, account_named(services, name)


def _require_begun(settings: Settings) -> None:
    from worker.settings import SettingsError

    file, lacking = settings.database_file, ""
    if file is not None and not file.exists():
        lacking = f"no database {file}"
    elif not settings.secret_keys:
        lacking = f"no SECRET_KEYS, set or in {settings.var / 'secret_keys'}"
    if lacking:
        raise SettingsError(
            f"there is {lacking}. If an installation is on this machine, this command lacks its settings (docs/install.md says "
            "how commands get them); `resolutionflow setup` begins a new one"
        )


def _demo(options: argparse.Namespace) -> int:
    from worker.demo import escalation as demo

    return demo.run(keep=options.keep)


def simulator(arguments: list[str]) -> int:
    """Become the simulator: a program of its own, which production never imports."""
    os.execv(sys.executable, [sys.executable, "-m", "psa.simulator", *arguments])  # noqa: S606 - our own module


def _run(options: argparse.Namespace) -> int:
    from models.database.schema import migrate, pending
    from models.database.sessions import Database
    from worker.process import embedded
    from worker.process.logs import set_up
    from worker.settings import Settings

    settings = Settings.read()
    set_up(settings.log_level)
    embedded.require_free(options.host, options.port)
    with embedded.only_one(settings.var):
        if pending(settings.database_url):  # else the application's own role, which owns nothing, is enough
            for version in migrate(settings.database_url):
                say(f"database brought to {version}")
        broker = None
        if settings.redis_url is None:
            broker = embedded.broker_part(settings, log_file=settings.var / "log" / "broker.log")
            broker.start()
            embedded.wait_for_broker(settings)
        parts = embedded.service_parts(
            settings, host=options.host, port=options.port, logs=None,
            environment={"RESOLUTIONFLOW_VAR": str(settings.var)},
        )  # fmt: skip
        database = Database(settings.database_url, pool_size=2)
        keeper = embedded.Supervisor(parts, hung=lambda: embedded.stands_still(database, settings))
        if broker:
            keeper.parts.insert(0, broker)
        signal.signal(signal.SIGTERM, keeper.ask_to_stop)
        signal.signal(signal.SIGINT, keeper.ask_to_stop)
        for part in parts:
            part.start()
        say(f"listening on http://{embedded.place(options.host, options.port)}  (files in {settings.var}; stop with Ctrl-C)")
        try:
            keeper.watch()
        finally:
            keeper.stop()
    return 0


def _part(options: argparse.Namespace) -> int:
    from worker.process import embedded
    from worker.settings import Settings

    settings = Settings.read()
    commands = {
        "web": lambda: embedded.web_command(options.host, options.port),
        "streams": lambda: embedded.streams_command(options.host, options.port),
        "worker": lambda: embedded.worker_command(settings),
        "beat": lambda: embedded.beat_command(settings),
    }
    command = commands[options.part]()
    os.execv(command[0], command)  # noqa: S606 - our own command


def _migrate(options: argparse.Namespace) -> int:
    from models.database.schema import migrate, pending
    from worker.settings import Settings

    url = Settings.read().database_url
    # As the application's role, which owns nothing, a restored database can be marked, if it is of this version.
    done = migrate(url, options.app_role) if not options.restored or pending(url) else []
    say(f"brought to {done[-1]}" if done else "nothing to do: the database is of the newest version")
    return _restored() if options.restored else 0


def _restored() -> int:
    from models.account import accounts

    services = wired()
    with services.database.system(reading=True) as system:
        rows = accounts.list_accounts(system)
    for row in rows:
        with services.database.account(row.id) as session:
            accounts.mark_restored(session, row.id, now=services.clock())
    say(f"{len(rows)} accounts: notes that were posted after the backup are looked for before any is posted")
    return 0


def _brief(options: argparse.Namespace) -> int:
    from escalation.brief.explain import explain
    from escalation.brief.render import render
    from worker.handoff import preview

    services, account = wired_for(options.account)
    if options.post:
        return preview.hand_off(services, account_id=account.id, ticket_id=options.ticket)
    package, local = preview.package(services, account_id=account.id, ticket_id=options.ticket)
    if options.json:
        say(json.dumps(package.to_json(), ensure_ascii=False, indent=1))
    elif options.explain:
        say(explain(package, local))
    else:
        say(render(package, marker=None))
    return 0


def _package(options: argparse.Namespace) -> int:
    from escalation.brief.render import render
    from escalation.model_reading.answer import UnusableAnswer
    from escalation.package.build import bare
    from worker.handoff import preview
    from worker.model_reading.model import NotAnswered
    from worker.settings import encoder_wanted
    from worker.wiring import local_reader

    model = _offline_model(options)
    known = local_reader(encoder_wanted())
    for path in options.files:
        redact = options.redact or options.markdown
        try:
            thread_id, package = preview.package_of_file(path, redact=redact, model=model, known=known)
        except (NotAnswered, UnusableAnswer) as error:
            print(f"resolutionflow: {path}: read locally: {error}", file=sys.stderr)  # noqa: T201
            thread_id, package = preview.package_of_file(path, redact=True, known=known)
        if options.markdown:
            say(render(package, marker=None))
        else:
            say(json.dumps(bare(package, thread_id), ensure_ascii=False))
    return 0


def _offline_model(options: argparse.Namespace) -> Model | None:
    """Return the model that reads files. Raises `SettingsError` without a provider, `InsideTheProgram` for a folder."""
    from worker.model_reading.providers import model_for
    from worker.model_reading.recordings import Player, Recorder
    from worker.settings import Settings, SettingsError

    if options.reader != "model":
        if options.record or options.replay:
            raise SettingsError("--record and --replay keep what a model is asked: give --reader model with them")
        return None
    if options.replay:
        return Player(options.replay)
    model = model_for(Settings.read(begin=False))
    if model is None:
        raise SettingsError("--reader model needs a model: set AI_PROVIDER and its key, or give --replay DIR")
    return Recorder(model, options.record) if options.record else model


def _replay(options: argparse.Namespace) -> int:
    from worker.account.onboarding import account_named
    from worker.handoff.preview import replay

    services = wired()
    only = account_named(services, options.account).id if options.account else None
    callbacks, briefs = replay(services, since=options.since, only=only)
    say(f"{callbacks} callbacks and {briefs} parked briefs are due again; a running worker takes them within seconds")
    return 0


