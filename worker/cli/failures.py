"""Turn what an operator can do something about into one clear line; let defects show their traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

NO_RIGHT = "42501"
"""PostgreSQL's code for what a role may not do."""


@dataclass(slots=True)
class Failed:
    """The exit code of a command that could not be carried out."""

    code: int = 1


@contextmanager
def in_one_line() -> Iterator[Failed]:
    """Print errors that say what to do, without a traceback; the exit code is in what this gives."""
    from escalation.package.stored import DamagedPackage, UnknownPackageVersion
    from escalation.package.threads import MalformedThread
    from models.account.accounts import CannotDecrypt
    from models.database.access import SystemRoleMissing
    from models.database.schema import SchemaOutOfDate
    from models.database.sessions import UnknownDatabase
    from psa.outbound.allowed_hosts import ForbiddenAddress
    from psa.port import PsaError
    from worker.account.onboarding import CannotConnect
    from worker.mail.smtp_answers import MailError
    from worker.mail.transport import MailUrlError
    from worker.model_reading.recordings import InsideTheProgram
    from worker.process.embedded import CannotStart
    from worker.settings import SettingsError
    from worker.wiring import UnknownAccount

    known = (
        CannotConnect, CannotStart, DamagedPackage, ForbiddenAddress, MailError, MailUrlError, MalformedThread,
        InsideTheProgram, PsaError, SchemaOutOfDate, CannotDecrypt, SettingsError,
        SystemRoleMissing, UnknownAccount, UnknownDatabase,
        UnknownPackageVersion,
    )  # fmt: skip
    failed = Failed()
    try:
        yield failed
    except known as error:
        print(f"resolutionflow: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks
    except DBAPIError as error:
        if not (hint := _of_the_operator(error)):
            raise
        reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        print(f"resolutionflow: database: {reason}. {hint}", file=sys.stderr)  # noqa: T201
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error
        print(f"resolutionflow: {what}", file=sys.stderr)  # noqa: T201
    except EOFError:
        print("resolutionflow: this asks a question; answer it in a terminal, or give --yes", file=sys.stderr)  # noqa: T201
    except KeyboardInterrupt:
        failed.code = 130


def _of_the_operator(error: DBAPIError) -> str:
    """Return what to do about a database that is not as it should be; empty for a defect of ours."""
    if getattr(error.orig, "sqlstate", "") == NO_RIGHT:
        return "This role may not: `migrate` is for the one that owns the tables, with --app-role for the other (docs/install.md)"
    if type(error) is DatabaseError:  # SQLite's for a file that is none, or that is damaged
        return "Put a backup back (docs/install.md), and keep the file: it may hold what the backup lacks"
    # Without a statement there was no connection yet: what the driver found wrong stands in the address.
    is_theirs = isinstance(error, OperationalError) or error.statement is None
    return "Is DATABASE_URL right, and was `migrate` run?" if is_theirs else ""
