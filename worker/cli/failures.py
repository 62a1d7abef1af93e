"""Turn what an operator can do something about into one clear line; let defects show their traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError


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
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        print(f"resolutionflow: database: {reason}. Is DATABASE_URL right, and was `migrate` run?", file=sys.stderr)  # noqa: T201
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error
        print(f"resolutionflow: {what}", file=sys.stderr)  # noqa: T201
    except EOFError:
        print("resolutionflow: this asks a question; answer it in a terminal, or give --yes", file=sys.stderr)  # noqa: T201
    except KeyboardInterrupt:
        failed.code = 130
